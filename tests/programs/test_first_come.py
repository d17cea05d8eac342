"""First come, first served, as a property of any sequence of acts."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from programs import selection
from programs.models import Application
from programs.workflow import UnableToPerform, perform

QUOTA = 3
ACTS = ("receive", "confirm", "supplement", "answer", "withdraw", "accept", "select", "select_and_wait", "skip")

pytestmark = pytest.mark.slow


class Office:
    """A district at work: each act on the n-th application of those it can be done to, if there is one."""

    def __init__(self, cast):
        self.cast = cast

    def of(self, n, *states):
        found = list(Application.objects.filter(state__in=states).order_by("order_at", "id"))
        return found[n % len(found)] if found else None

    def do(self, act, n):
        if act == "receive":
            self.cast.receive()
        elif act in ("select", "select_and_wait", "skip"):
            self.select(n, act)
        else:
            name, states, data = self.cases()[act]
            if row := self.of(n, *states):
                self.perform(row, name, data)

    def cases(self):
        until = timezone.localdate() + dt.timedelta(days=7)
        note = {"note": "사유"}
        return {
            "confirm": ("confirm", ("submitted", "under_review"), {}),
            "supplement": ("request_supplement", ("submitted", "under_review"), note | {"until": until}),
            "answer": ("answer_supplement", ("supplement_requested",), {"answer": "냈습니다."}),
            "withdraw": ("withdraw", ("submitted", "waitlisted", "offered", "selected"), note),
            "accept": ("accept_offer", ("offered",), {}),
        }

    def perform(self, row, name, data):
        try:
            with transaction.atomic():
                perform(row.pk, name, actor=self.cast.officer, data=data)
        except UnableToPerform:
            assert name == "confirm"  # someone already confirmed

    def select(self, n, act):
        ready = list(
            Application.objects.filter(state="under_review", checked_at__isnull=False).order_by("order_at", "id")
        )
        skipped = {ready[0].pk: "연락이 되지 않음"} if act == "skip" and len(ready) > 1 else {}
        try:
            batch = selection.draft(
                self.cast.dongjak,
                actor=self.cast.officer,
                places=n % QUOTA + 1,
                pass_over=skipped,
                waitlist_rest=act == "select_and_wait",
            )
        except UnableToPerform:
            return
        selection.approve(batch.pk, actor=self.cast.manager)
        chosen = set(Application.objects.filter(state="selected", pk__in=[row.pk for row in ready]).values_list("pk"))
        last = max((index for index, row in enumerate(ready) if (row.pk,) in chosen), default=-1)
        ahead = [row.pk for row in ready[:last] if (row.pk,) not in chosen and row.pk not in skipped]
        assert ahead == []  # whoever was ready and earlier was selected, or passed over with a reason


def assert_offers_went_in_order():
    """Each offer went to the lowest number then waiting."""
    waiting = {}
    for row in Application.objects.all():
        for event in row.events.order_by("pk"):
            waiting.setdefault(row.pk, []).append(event)
    acts = sorted((event for events in waiting.values() for event in events), key=lambda event: event.pk)
    numbers: dict[int, int] = {}
    for event in acts:
        if event.action == "waitlist":
            numbers[event.application_id] = event.data["number"]
        elif event.action == "offer":
            assert numbers[event.application_id] == min(numbers.values())
        if event.action in ("offer", "withdraw"):
            numbers.pop(event.application_id, None)


@settings(
    max_examples=10,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(acts=st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 9)), min_size=5, max_size=40))
def test_places_go_in_order_of_receipt_whatever_happens(cast, acts):
    sid = transaction.savepoint()
    office = Office(cast)
    for act in ("receive", "receive", "confirm"):
        office.do(act, 0)
    for act, n in acts:
        office.do(act, n)
        assert Application.objects.filter(holds_place=True).count() <= QUOTA
    assert_offers_went_in_order()
    transaction.savepoint_rollback(sid)


def test_nobody_later_is_selected_while_someone_earlier_is_on_the_waiting_list(cast):
    unready, *ready = [cast.receive() for _ in range(4)]
    for row in ready:
        perform(row, "confirm", actor=cast.officer)
    batch = selection.draft(cast.dongjak, actor=cast.officer, places=QUOTA, waitlist_rest=True)
    selection.approve(batch.pk, actor=cast.manager)
    assert Application.objects.get(pk=ready[-1].pk).state == "waitlisted"
    perform(unready, "withdraw", actor=cast.officer, data={"note": "취하 요청"})
    later = cast.receive()
    perform(later, "confirm", actor=cast.officer)
    with pytest.raises(UnableToPerform, match="지금 선정할 수 있는 사람이 없습니다"):
        selection.draft(cast.dongjak, actor=cast.officer, places=1)
