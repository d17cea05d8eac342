"""Whatever is booked, cancelled and settled, in whatever order: the counters are the sums of the uses."""

from __future__ import annotations

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.roles import Actor
from hospital.allowances import settle
from hospital.booking import UnableToBook, book
from hospital.cancelling import cancel
from hospital.models import TripUse, UsageCounter
from hospital.service_users import Person
from programs.workflow import UnableToPerform
from tests.factories.escort import at, make_escort

LIMITS = [
    {"measure": "uses", "per": "week", "allowed": 3},
    {"measure": "uses", "per": "year", "allowed": 4},
    {"measure": "minutes", "per": "year", "allowed": 400},
]
ACTS = st.tuples(st.sampled_from(["book", "book", "cancel", "settle"]), st.integers(0, 5), st.integers(1, 600))


def sums() -> dict[tuple[int, str, str, object], tuple[int, int]]:
    """(used, over) that the uses amount to."""
    found: dict[tuple[int, str, str, object], tuple[int, int]] = {}
    for use in TripUse.objects.all():
        key = (use.service_user_id, use.measure, use.per, use.starts_on)
        used, over = found.get(key, (0, 0))
        if use.released_at is None:
            happened = use.amount if use.settled is None else use.settled
            used, over = used + min(use.amount, happened), over + max(happened - use.amount, 0)
        found[key] = (used, over)
    return found


def counters() -> dict[tuple[int, str, str, object], tuple[int, int]]:
    return {(c.service_user_id, c.measure, c.per, c.starts_on): (c.used, c.over) for c in UsageCounter.objects.all()}


def play(escort, history) -> None:
    person, me = Person.of(escort.citizen.profile), Actor.citizen(escort.citizen)
    trips = []
    for act, which, minutes in history:
        try:
            if act == "book":
                moment = at(escort.day, f"{8 + which * 2:02}:00")
                trips.append(book(escort.booking(person, wish={"wanted_at": moment}), actor=me))
            elif trips and act == "cancel":
                cancel(trips[which % len(trips)].pk, actor=me)
            elif trips:
                settle(trips[which % len(trips)], minutes)
        except (UnableToBook, UnableToPerform):
            continue


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=20)
@given(history=st.lists(ACTS, max_size=10))
def test_counters_are_the_sums_of_the_uses_after_any_history(db, history):
    with transaction.atomic():
        escort = make_escort(limits=LIMITS)
        play(escort, history)
        assert counters() == sums()
        assert all(row.used <= row.allowed for row in UsageCounter.objects.all())
        transaction.set_rollback(True)  # the next example begins anew
