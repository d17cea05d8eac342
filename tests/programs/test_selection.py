"""Selecting the next N in order (기안·결재)."""

import pytest
from django.db import IntegrityError, transaction

from accounts.roles import Role
from programs import selection
from programs.models import Application, DistrictCall
from programs.workflow import UnableToPerform, perform
from tests.factories import cast as c


def confirmed(cast, count):
    rows = [cast.receive() for _ in range(count)]
    for row in rows:
        perform(row, "confirm", actor=cast.officer)
    return rows


def states(rows):
    return [Application.objects.get(pk=row.pk).state for row in rows]


def test_it_selects_in_order_of_receipt_and_never_over_the_quota(cast):
    rows = confirmed(cast, 5)
    batch = selection.draft(cast.dongjak, actor=cast.officer, places=10)
    selection.approve(batch.pk, actor=cast.manager)
    assert states(rows) == ["selected"] * 3 + ["under_review"] * 2


def test_someone_ahead_who_is_not_ready_keeps_a_place(cast):
    first = cast.receive()
    rows = confirmed(cast, 3)
    batch = selection.draft(cast.dongjak, actor=cast.officer, places=3)
    selection.approve(batch.pk, actor=cast.manager)
    assert states([first, *rows]) == ["submitted", "selected", "selected", "under_review"]


def test_passing_over_needs_a_written_reason(cast):
    rows = confirmed(cast, 3)
    with pytest.raises(UnableToPerform, match="사유"):
        selection.draft(cast.dongjak, actor=cast.officer, places=1, pass_over={rows[0].pk: " "})
    batch = selection.draft(cast.dongjak, actor=cast.officer, places=1, pass_over={rows[0].pk: "연락이 되지 않음"})
    selection.approve(batch.pk, actor=cast.manager)
    assert states(rows) == ["under_review", "selected", "under_review"]
    assert batch.lines.get(application=rows[0]).reason == "연락이 되지 않음"


def test_a_draft_reserves_nothing_and_approval_shows_what_changed(cast):
    rows = confirmed(cast, 4)
    batch = selection.draft(cast.dongjak, actor=cast.officer, places=3)
    perform(rows[0], "withdraw", actor=cast.officer, data={"note": "취하 요청"})
    with pytest.raises(selection.ChangedSinceDrafted) as refused:
        selection.approve(batch.pk, actor=cast.manager)
    assert {change["receipt_no"] for change in refused.value.changes} == {rows[0].receipt_no, rows[3].receipt_no}
    selection.approve(batch.pk, actor=cast.manager, accept_changes=refused.value.seal)
    assert states(rows) == ["withdrawn", "selected", "selected", "selected"]


def test_the_drafter_cannot_approve(cast):
    confirmed(cast, 1)
    batch = selection.draft(cast.dongjak, actor=cast.manager, places=1)
    with pytest.raises(UnableToPerform, match="기안한 사람"):
        selection.approve(batch.pk, actor=cast.manager)
    with pytest.raises(UnableToPerform, match="팀장"):
        selection.approve(batch.pk, actor=cast.officer)
    selection.approve(batch.pk, actor=cast.actor(Role.DISTRICT_MANAGER, c.DONGJAK))


def test_a_second_draft_waits_for_the_first(cast):
    confirmed(cast, 2)
    selection.draft(cast.dongjak, actor=cast.officer, places=1)
    with pytest.raises(UnableToPerform, match="기안이 이미"):
        selection.draft(cast.dongjak, actor=cast.officer, places=1)


def test_a_draft_can_be_sent_back_and_made_again(cast):
    confirmed(cast, 1)
    batch = selection.draft(cast.dongjak, actor=cast.officer, places=1)
    with pytest.raises(UnableToPerform, match="반송 사유"):
        selection.send_back(batch.pk, actor=cast.manager, comment="")
    selection.send_back(batch.pk, actor=cast.manager, comment="서류를 다시 보십시오.")
    selection.draft(cast.dongjak, actor=cast.officer, places=1)


def test_the_database_itself_refuses_a_place_too_many_and_a_quota_below_use(cast):
    rows = confirmed(cast, 4)
    batch = selection.draft(cast.dongjak, actor=cast.officer, places=3)
    selection.approve(batch.pk, actor=cast.manager)
    with pytest.raises(IntegrityError, match="no free place"), transaction.atomic():
        Application.objects.filter(pk=rows[3].pk).update(holds_place=True)
    with pytest.raises(IntegrityError, match="quota below"), transaction.atomic():
        DistrictCall.objects.filter(pk=cast.dongjak.pk).update(quota=2)


def _waiting_behind_one_undecided(cast):
    """Quota 3: two selected, one place kept for the first in order, one on the waiting list."""
    ahead, *ready = [cast.receive() for _ in range(4)]
    for row in ready:
        perform(row, "confirm", actor=cast.officer)
    batch = selection.draft(cast.dongjak, actor=cast.officer, places=3, waitlist_rest=True)
    selection.approve(batch.pk, actor=cast.manager)
    return ahead, ready


def state_of(row):
    return Application.objects.get(pk=row.pk).state


@pytest.mark.parametrize(
    ("act", "data"),
    [
        ("withdraw", {"note": "취하"}),
        ("return", {"note": "반려"}),
        ("reject", {"note": "미선정", "reasons": ["not_single"]}),
        ("transfer", {"note": "이사", "district": "11620"}),
    ],
)
def test_a_place_kept_for_someone_who_no_longer_needs_it_goes_to_the_waiting_list(cast, act, data):
    ahead, ready = _waiting_behind_one_undecided(cast)
    assert state_of(ready[-1]) == "waitlisted"
    perform(ahead, act, actor=cast.officer, data=data)
    assert state_of(ready[-1]) == "offered"


def test_a_freed_place_stays_kept_for_whoever_is_ahead_of_the_waiting_list(cast):
    """One of the selected leaves: one place for the undecided who is ahead, one for the head of the waiting list."""
    ahead, ready = _waiting_behind_one_undecided(cast)
    late = cast.receive()
    perform(late, "confirm", actor=cast.officer)
    perform(ready[0], "withdraw", actor=cast.officer, data={"note": "취하"})
    assert [state_of(row) for row in (ahead, ready[-1], late)] == ["submitted", "offered", "under_review"]
    perform(ready[-1], "withdraw", actor=cast.officer, data={"note": "취하"})
    perform(ahead, "confirm", actor=cast.officer)
    batch = selection.draft(cast.dongjak, actor=cast.officer, places=3)
    selection.approve(batch.pk, actor=cast.manager)
    assert [state_of(row) for row in (ahead, late)] == ["selected", "selected"]


def test_two_ahead_and_one_place_leave_nothing_for_the_waiting_list(cast):
    _first, _second, *ready = [cast.receive() for _ in range(5)]
    for row in ready:
        perform(row, "confirm", actor=cast.officer)
    batch = selection.draft(cast.dongjak, actor=cast.officer, places=3, waitlist_rest=True)
    selection.approve(batch.pk, actor=cast.manager)
    assert [state_of(row) for row in ready] == ["selected", "waitlisted", "waitlisted"]
    perform(ready[0], "withdraw", actor=cast.officer, data={"note": "취하"})
    assert [state_of(row) for row in ready[1:]] == ["offered", "waitlisted"]  # three free, two of them kept
