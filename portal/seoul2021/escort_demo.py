"""The escort's past and its demo: November and December 2021, one year under the terms of 2025 for volume, and what is
going on around the day of loading."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable

from django.utils import timezone

from accounts.models import District, Organisation
from accounts.months import previous_month
from accounts.roles import Actor
from hospital.models import EscortManager, Hospital, State, Trip
from hospital.settlements import compute_settlement
from hospital.surveying import SURVEY, about_of
from portal.seoul2021.escort import OPERATOR, load_shifts
from portal.seoul2021.escort_history import History, Made, some_people
from portal.seoul2021.escort_write import write_people, write_proofs, write_settlements, write_trips
from programs.workflow import UnableToPerform
from surveys.seed import SeedResponse, seed_responses

FIRST_2021, LAST_2021 = dt.date(2021, 11, 1), dt.date(2021, 12, 31)
FIRST_2025, LAST_2025 = dt.date(2025, 4, 1), dt.date(2026, 3, 31)
A_DAY_2021, A_DAY_2025, A_DAY_NOW = 8.0, 17.0, 20.0


def load_escort_history(managers: list[EscortManager], today: dt.date) -> None:
    """Once: what happened since is left as it is."""
    if Trip.objects.exists():
        return
    operator = Organisation.objects.get(code=OPERATOR)
    districts = sorted(District.objects.values_list("code", flat=True))
    hospitals = list(Hospital.objects.filter(region="seoul", open=True).order_by("pk"))
    load_shifts(managers, today - dt.timedelta(days=14), today + dt.timedelta(days=28))
    rng = random.Random(2021)  # noqa: S311 - made-up data
    people = some_people(rng, 220, districts)
    rows = write_people(people, 3_000_000)
    write_proofs(people, rows, "dolbom_sos", 85, (dt.date(2021, 11, 1), dt.date(2022, 1, 1)))
    made = list(History(people, managers, hospitals, 2021).days(FIRST_2021, LAST_2021, A_DAY_2021))
    write_settlements(write_trips(made, rows, operator), operator, LAST_2021)

    people = some_people(rng, 700, districts)
    rows = write_people(people, 3_100_000)
    write_proofs(people, rows, "health_insurance", 100, (dt.date(2025, 1, 1), None))
    history = History(people, managers, hospitals, 2025)
    made = list(history.days(FIRST_2025, LAST_2025, A_DAY_2025))
    write_settlements(write_trips(made, rows, operator), operator, LAST_2025)
    load_lately(history, rows, operator, today)
    _load_answers(Trip.objects.filter(state=State.COMPLETED).order_by("pk"))


def _load_answers(trips: Iterable[Trip]) -> None:
    """Two of five answer, nearly all of them content, as in 2022 (domain notes §2.3: over 90 %)."""
    rng = random.Random(25)  # noqa: S311 - made-up data
    now = timezone.now()
    rows = []
    for trip in trips:
        sent = trip.ended_at + dt.timedelta(hours=1)
        answered = sent + dt.timedelta(hours=rng.uniform(0.1, 60))
        if sent > now:
            continue
        answers = rng.random() < 0.4 and answered < now
        rows.append(
            SeedResponse(
                about=about_of(trip),
                district_id=trip.district_id,
                occurred_on=trip.day,
                sent_at=sent,
                answered_at=answered if answers else None,
                values=rng.choices((5, 4, 3, 2), weights=(62, 30, 6, 2), k=5) if answers else (),
            )
        )
    seed_responses(SURVEY, rows)


def load_lately(history: History, rows: list, operator: Organisation, today: dt.date) -> None:
    """Since the month before, day by day; today and the week ahead as they stand at this hour."""
    now = timezone.now()
    first = max(previous_month(today), LAST_2025 + dt.timedelta(days=1))
    made = list(history.days(first, today + dt.timedelta(days=7), A_DAY_NOW))
    write_trips([one for one in made if so_far(one, now)], rows, operator)
    try:
        compute_settlement(operator_id=operator.pk, month=first, actor=Actor.system())
    except UnableToPerform:  # loaded in the first days of a month without trips before it
        return


def so_far(one: Made, now: dt.datetime) -> bool:
    """Cut the trip back to what had happened by then; False where nobody had asked for it yet. Every third of those
    assigned for later waits for the dispatcher again, so that the board has something to do."""
    if one.requested_at > now:
        return False
    if one.refused:
        return True
    one.events = [event for event in one.events if event.at <= now]
    if one.latest > now and one.events[-1].action == "assign" and one.requested_at.minute % 3 == 0:
        one.events.pop()
    one.state = one.events[-1].target
    if one.state == State.REQUESTED:
        one.manager, one.meet_at = None, None
    one.met_at = one.met_at if one.met_at and one.met_at <= now else None
    one.returned_at = one.returned_at if one.returned_at and one.returned_at <= now else None
    one.unmet = one.unmet if one.state == State.UNMET else ""
    return True
