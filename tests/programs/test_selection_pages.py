"""The pages on which a selection is planned, drafted, approved and printed."""

import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AccessLog
from accounts.roles import Role
from programs import selection
from programs.models import Application, Call, SelectionBatch
from programs.workflow import perform, perform_many
from tests.factories import cast as c
from tests.programs.signed_in import client_of


@pytest.fixture
def officer(cast):
    return client_of(cast.officer)


@pytest.fixture
def manager(cast):
    return client_of(cast.manager)


def confirmed(cast, count):
    rows = [cast.receive() for _ in range(count)]
    for row in rows:
        perform(row, "confirm", actor=cast.officer)
    return rows


def states(rows):
    return [Application.objects.get(pk=row.pk).state for row in rows]


def url(name, *args):
    return reverse(f"programs:selection_{name}", args=args)


def drafted(cast, places=3, **more):
    return selection.draft(cast.dongjak, actor=cast.officer, places=places, **more)


def test_the_list_counts_places_of_my_district_only(cast, officer):
    rows = confirmed(cast, 3)
    cast.receive()
    selection.approve(drafted(cast, 1).pk, actor=cast.manager)
    page = officer.get(reverse("programs:selection"))
    (standing,) = page.context["standings"]
    assert (standing.selected, standing.held, standing.ready, standing.not_ready, standing.free) == (1, 0, 2, 1, 2)
    assert standing.district_call == cast.dongjak
    assert states(rows)[0] == "selected"


def test_the_list_takes_as_many_queries_for_many_calls(cast, officer):
    def count():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            officer.get(reverse("programs:selection"))
        return len(queries)

    count()  # a new session writes itself down
    first = count()
    for year in range(2001, 2006):
        call = Call.objects.create(
            program=cast.program, code=f"old-{year}", title="지난 모집", year=year, opens_at=cast.call.opens_at,
            closes_at=cast.call.closes_at,
        )  # fmt: skip
        call.district_calls.create(district_id=c.DONGJAK, quota=1)
    assert count() == first


def test_the_plan_keeps_places_for_those_ahead_and_shows_masked_names(cast, officer):
    first = cast.receive()
    rows = confirmed(cast, 3)
    page = officer.get(url("plan", cast.dongjak.pk))
    text = page.content.decode()
    assert [row.pk for row in page.context["plan"].select] == [rows[0].pk, rows[1].pk]
    assert "앞사람 1명의 자리를 남겨" in text
    assert rows[0].name not in text
    assert rows[0].masked_name in text
    assert first.receipt_no not in text
    log = AccessLog.objects.get(user=cast.officer.user, action="list")
    assert log.ids == [rows[0].pk, rows[1].pk]


def test_passing_over_asks_for_a_reason_and_brings_up_the_next(cast, officer):
    rows = confirmed(cast, 4)
    data = {"places": 3, "act": "draft", "pass_over": [rows[0].pk]}
    refused = officer.post(url("plan", cast.dongjak.pk), data | {f"reason-{rows[0].pk}": " "})
    assert refused.status_code == 422
    assert "사유를 적으십시오" in refused.content.decode()
    assert not SelectionBatch.objects.exists()
    preview = officer.post(
        url("plan", cast.dongjak.pk), data | {"act": "preview", f"reason-{rows[0].pk}": "연락이 되지 않음"}
    )
    assert [row.pk for row in preview.context["plan"].select] == [row.pk for row in rows[1:]]
    assert not SelectionBatch.objects.exists()
    done = officer.post(url("plan", cast.dongjak.pk), data | {f"reason-{rows[0].pk}": "연락이 되지 않음"})
    batch = SelectionBatch.objects.get()
    assert done["Location"] == url("batch", batch.pk)
    assert batch.lines.get(application=rows[0]).reason == "연락이 되지 않음"


def test_a_reason_may_not_carry_a_resident_number(cast, officer):
    (row,) = confirmed(cast, 1)
    data = {"places": 1, "act": "draft", "pass_over": [row.pk], f"reason-{row.pk}": "900101-1234567"}
    assert officer.post(url("plan", cast.dongjak.pk), data).status_code == 422


def test_drafting_twice_makes_one_draft_and_says_so(cast, officer):
    confirmed(cast, 2)
    data = {"places": 1, "act": "draft"}
    officer.post(url("plan", cast.dongjak.pk), data)
    again = officer.post(url("plan", cast.dongjak.pk), data, follow=True)
    assert SelectionBatch.objects.count() == 1
    assert "기안이 이미 있습니다" in again.content.decode()


def test_a_manager_approves_and_a_second_click_says_it_is_done(cast, manager):
    rows = confirmed(cast, 2)
    batch = drafted(cast, 2)
    assert "data-confirm" in manager.get(url("batch", batch.pk)).content.decode()
    manager.post(url("approve", batch.pk))
    again = manager.post(url("approve", batch.pk), follow=True)
    assert states(rows) == ["selected", "selected"]
    assert "이미 처리된 기안입니다: 결재 완료" in again.content.decode()
    assert Application.objects.get(pk=rows[0].pk).events.filter(action="select").count() == 1


def test_an_officer_sees_why_not_to_approve_and_is_refused(cast, officer):
    rows = confirmed(cast, 1)
    batch = drafted(cast, 1)
    assert "결재는 팀장이 합니다" in officer.get(url("batch", batch.pk)).content.decode()
    officer.post(url("approve", batch.pk))
    assert states(rows) == ["under_review"]


def test_what_changed_is_shown_and_only_that_is_accepted(cast, manager):
    rows = confirmed(cast, 5)
    batch = drafted(cast, 3)
    perform(rows[0], "withdraw", actor=cast.officer, data={"note": "취하 요청"})
    page = manager.post(url("approve", batch.pk))
    assert page.status_code == 409
    assert {row["receipt_no"] for row in page.context["changes"]} == {rows[0].receipt_no, rows[3].receipt_no}
    seal = page.context["changed"].seal
    perform(rows[1], "withdraw", actor=cast.officer, data={"note": "취하 요청"})
    assert manager.post(url("approve", batch.pk), {"accept_changes": seal}).status_code == 409
    page = manager.post(url("approve", batch.pk))
    manager.post(url("approve", batch.pk), {"accept_changes": page.context["changed"].seal})
    assert states(rows) == ["withdrawn", "withdrawn", "selected", "selected", "selected"]
    assert "기안과 다르게 결재한 것" in manager.get(url("batch", batch.pk)).content.decode()


def test_sending_back_needs_a_reason_and_the_author_may_cancel(cast, officer, manager):
    confirmed(cast, 1)
    batch = drafted(cast, 1)
    manager.post(url("send_back", batch.pk), {"reason": " "})
    assert SelectionBatch.objects.get().state == "drafted"
    manager.post(url("send_back", batch.pk), {"reason": "서류를 다시 보십시오."})
    assert "서류를 다시 보십시오." in officer.get(url("batch", batch.pk)).content.decode()
    second = drafted(cast, 1)
    officer.post(url("send_back", second.pk))
    assert SelectionBatch.objects.get(pk=second.pk).state == "cancelled"
    assert len(officer.get(url("history")).context["rows"]) == 2


def test_the_decision_document_is_logged_before_it_is_shown(cast, manager):
    rows = confirmed(cast, 1)
    batch = drafted(cast, 1)
    assert manager.post(url("print", batch.pk)).status_code == 404
    selection.approve(batch.pk, actor=cast.manager)
    assert manager.get(url("print", batch.pk)).status_code == 405
    assert "선정 결정서" in manager.post(url("print", batch.pk)).content.decode()
    assert AccessLog.objects.get(action="print").ids == [rows[0].pk]


def test_another_district_finds_nothing(cast):
    confirmed(cast, 1)
    batch = drafted(cast, 1)
    stranger = client_of(cast.neighbour)
    assert stranger.get(url("plan", cast.dongjak.pk)).status_code == 404
    assert stranger.get(url("batch", batch.pk)).status_code == 404
    assert stranger.post(url("approve", batch.pk)).status_code == 404
    assert stranger.post(url("print", batch.pk)).status_code == 404
    assert not stranger.get(url("history")).context["rows"]
    assert client_of(cast.actor(Role.COMPANY_STAFF)).get(reverse("programs:selection")).status_code == 403


def test_empty_pages_say_why(cast, officer):
    assert "적격을 확인한 신청이 없습니다" in officer.get(url("plan", cast.dongjak.pk)).content.decode()
    assert "기안한 선정이 없습니다" in officer.get(url("history")).content.decode()
    cast.dongjak.delete()
    assert "선정할 모집이 없습니다" in officer.get(reverse("programs:selection")).content.decode()


def test_a_call_that_scores_after_its_deadline_selects_nobody_before(cast, officer):
    rows = confirmed(cast, 1)
    Call.objects.filter(pk=cast.call.pk).update(selection="scored")
    officer.post(url("plan", cast.dongjak.pk), {"places": 1, "act": "draft"})
    assert not SelectionBatch.objects.exists()
    assert states(rows) == ["under_review"]


def test_it_selects_a_hundred_in_under_a_second(cast, manager):
    """Of processor time, so that a busy machine does not fail it; the bench measures the clock's."""
    cast.dongjak.quota = 120
    cast.dongjak.save()
    rows = [cast.receive() for _ in range(101)]
    perform_many([row.pk for row in rows], "confirm", actor=cast.officer)
    batch = drafted(cast, 100, waitlist_rest=True)
    manager.get(url("batch", batch.pk))  # the first request of a process loads the whole site
    started = time.process_time()
    manager.post(url("approve", batch.pk))
    assert time.process_time() - started < 1
    assert states(rows) == ["selected"] * 100 + ["under_review"]


def test_a_long_batch_is_shown_in_pages_and_cut_at_the_limit(cast, officer, monkeypatch):
    monkeypatch.setattr(selection, "MAX_LINES", 60)
    cast.dongjak.quota = 80
    cast.dongjak.save()
    rows = [cast.receive() for _ in range(62)]
    perform_many([row.pk for row in rows], "confirm", actor=cast.officer)
    page = officer.get(url("plan", cast.dongjak.pk), {"places": 80})
    assert page.context["plan"].cut_short
    batch = drafted(cast, 80)
    assert batch.lines.count() == 60
    first = officer.get(url("batch", batch.pk))
    assert len(first.context["rows"]) == 50
    assert len(officer.get(url("batch", batch.pk), {"page": 2}).context["rows"]) == 10
