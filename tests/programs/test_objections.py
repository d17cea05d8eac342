"""Objections to a refusal: in time, decided by another, extended once; and their pages."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccessLog
from accounts.roles import Actor, Role
from notifications.models import Message
from programs import objections, selection
from programs.models import Application, Objection
from programs.workflow import UnableToPerform, perform
from tests.factories import cast as c
from tests.programs.signed_in import client_of


@pytest.fixture
def applicant(cast):
    return Actor.citizen(c.citizen())


def rejected(cast, applicant):
    row = cast.receive(applicant=applicant.user)
    return perform(
        row, "reject", actor=cast.officer, data={"reasons": ["not_single"], "note": "세대원이 두 사람입니다."}
    )


@pytest.fixture
def objection(cast, applicant):
    return objections.file_objection(rejected(cast, applicant).pk, actor=applicant, text="혼자 삽니다.")


def state_of(objection):
    return Application.objects.get(pk=objection.application_id).state


def page(objection, name="objection"):
    return reverse(f"programs:{name}", args=[objection.pk])


# --- The rules ------------------------------------------------------------------------------
def test_it_is_due_in_fourteen_days_and_names_the_first_decider(cast, objection):
    assert objection.due_on == timezone.localdate() + dt.timedelta(days=14)
    assert objection.first_decider == cast.officer.user


def test_only_a_refusal_can_be_objected_to_and_only_once(cast, applicant, objection):
    with pytest.raises(UnableToPerform, match="이미 있습니다"):
        objections.file_objection(objection.application_id, actor=applicant, text="다시")
    open_row = cast.receive(applicant=applicant.user)
    with pytest.raises(UnableToPerform, match="미선정된"):
        objections.file_objection(open_row.pk, actor=applicant, text="아직")


def test_it_is_refused_after_the_legal_time_and_without_a_text(cast, applicant):
    row = rejected(cast, applicant)
    with pytest.raises(UnableToPerform, match="이의 내용"):
        objections.file_objection(row.pk, actor=applicant, text=" ")
    Application.objects.filter(pk=row.pk).update(decided_at=timezone.now() - dt.timedelta(days=32))
    with pytest.raises(UnableToPerform, match="끝났습니다"):
        objections.file_objection(row.pk, actor=applicant, text="늦었습니다")


def test_the_first_decider_cannot_decide(cast, objection):
    for upheld in (True, False):
        with pytest.raises(UnableToPerform, match="다른 담당자"):
            objections.decide(objection.pk, actor=cast.officer, upheld=upheld, answer="그대로")
    assert state_of(objection) == "rejected"


def test_upheld_takes_a_free_place(cast, objection):
    objections.decide(objection.pk, actor=cast.manager, upheld=True, answer="1인가구가 맞습니다.")
    assert state_of(objection) == "selected"
    assert Message.objects.filter(template="application.objection_upheld").count() == 1


def test_upheld_without_a_place_stands_first_on_the_waiting_list(cast, objection):
    rows = [cast.receive() for _ in range(4)]
    for row in rows:
        perform(row, "confirm", actor=cast.officer)
    batch = selection.draft(cast.dongjak, actor=cast.officer, places=3, waitlist_rest=True)
    selection.approve(batch.pk, actor=cast.manager)
    objections.decide(objection.pk, actor=cast.city, upheld=True, answer="1인가구가 맞습니다.")
    assert state_of(objection) == "waitlisted"
    perform(rows[0], "withdraw", actor=cast.officer, data={"note": "이사"})
    assert state_of(objection) == "offered"


def test_dismissed_leaves_the_refusal_and_tells_the_remedy(cast, objection):
    objections.decide(objection.pk, actor=cast.manager, upheld=False, answer="등본에 두 사람입니다.")
    assert state_of(objection) == "rejected"
    assert Message.objects.filter(template="application.objection_dismissed").count() == 1
    with pytest.raises(UnableToPerform, match="이미 결정된"):
        objections.decide(objection.pk, actor=cast.manager, upheld=True, answer="다시")


def test_the_time_is_extended_once_with_a_reason(cast, objection):
    with pytest.raises(UnableToPerform, match="연장 사유"):
        objections.extend(objection.pk, actor=cast.officer, reason=" ")
    extended = objections.extend(objection.pk, actor=cast.officer, reason="현장 확인")
    assert extended.due_on == timezone.localdate() + dt.timedelta(days=24)
    with pytest.raises(UnableToPerform, match="한 번만"):
        objections.extend(objection.pk, actor=cast.officer, reason="또")


def test_a_stranger_finds_no_objection(cast, objection):
    with pytest.raises(Objection.DoesNotExist):
        objections.decide(objection.pk, actor=cast.neighbour, upheld=False, answer="x")
    assert Objection.objects.get().state == "filed"


# --- The pages ------------------------------------------------------------------------------
def test_the_list_puts_overdue_first_and_masks_names(cast, applicant, objection):
    other = Actor.citizen(c.citizen())
    second = objections.file_objection(rejected(cast, other).pk, actor=other, text="늦습니다")
    Objection.objects.filter(pk=second.pk).update(due_on=timezone.localdate() - dt.timedelta(days=2))
    answer = client_of(cast.manager).get(reverse("programs:objections"))
    assert [row["objection"].pk for row in answer.context["rows"]] == [second.pk, objection.pk]
    text = answer.content.decode()
    assert "D+2" in text
    assert objection.application.name not in text
    assert "혼자 삽니다." not in text


def test_the_list_takes_as_many_queries_for_many(cast, objection):
    client = client_of(cast.manager)

    def count():
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("programs:objections"))
        return len(queries)

    count()
    first = count()
    for _ in range(3):
        other = Actor.citizen(c.citizen())
        objections.file_objection(rejected(cast, other).pk, actor=other, text="혼자 삽니다.")
    assert count() == first


def test_the_first_decider_sees_disabled_buttons_with_the_reason(cast, objection):
    text = client_of(cast.officer).get(page(objection)).content.decode()
    assert "처음 결정한 사람은 이의신청을 결정할 수 없습니다" in text
    assert 'data-open-dialog="uphold" disabled' in text
    client_of(cast.officer).post(page(objection, "objection_uphold"), {"reason": "그대로"})
    assert state_of(objection) == "rejected"


def test_another_officer_reads_it_logged_and_dismisses_it_once(cast, objection):
    client = client_of(cast.manager)
    assert "혼자 삽니다." in client.get(page(objection)).content.decode()
    assert AccessLog.objects.get(action="read").purpose == "objection"
    client.post(page(objection, "objection_dismiss"), {"reason": " "})
    assert Objection.objects.get().state == "filed"
    client.post(page(objection, "objection_dismiss"), {"reason": "등본에 두 사람입니다."})
    again = client.post(page(objection, "objection_dismiss"), {"reason": "등본에 두 사람입니다."}, follow=True)
    assert "이미 결정된 이의신청입니다" in again.content.decode()
    assert "등본에 두 사람입니다." in again.content.decode()
    done = client.get(reverse("programs:objections"), {"show": "done"})
    assert len(done.context["rows"]) == 1


def test_the_city_may_extend_and_uphold(cast, objection):
    client = client_of(cast.city)
    client.post(page(objection, "objection_extend"), {"reason": "현장 확인"})
    assert "한 번만 연장" in client.get(page(objection)).content.decode()
    client.post(page(objection, "objection_uphold"), {"reason": "1인가구가 맞습니다."})
    assert state_of(objection) == "selected"


def test_other_districts_and_companies_are_kept_out(cast, objection):
    stranger = client_of(cast.neighbour)
    assert stranger.get(page(objection)).status_code == 404
    assert stranger.post(page(objection, "objection_uphold"), {"reason": "x"}).status_code == 404
    assert "결정할 이의신청이 없습니다" in stranger.get(reverse("programs:objections")).content.decode()
    company = client_of(cast.actor(Role.COMPANY_STAFF))
    assert company.get(reverse("programs:objections")).status_code == 403


# --- Messages that could not be sent ----------------------------------------------------------
@pytest.fixture
def dead(cast):
    row = cast.receive()
    Message.objects.filter(about=f"application:{row.pk}").update(
        state="dead", attempts=8, last_error="TimeoutError: no answer"
    )
    return Message.objects.get(about=f"application:{row.pk}")


def test_the_city_sees_why_a_message_died_and_tries_again(cast, dead):
    client = client_of(cast.city)
    text = client.get(reverse("programs:dead_messages")).content.decode()
    assert "TimeoutError: no answer" in text
    assert dead.to not in text
    assert dead.body not in text
    client.post(reverse("programs:dead_message_retry", args=[dead.pk]))
    again = client.post(reverse("programs:dead_message_retry", args=[dead.pk]), follow=True)
    dead.refresh_from_db()
    assert (dead.state, dead.attempts) == ("pending", 0)
    assert "보내지 못한 알림이 없습니다" in again.content.decode()


def test_districts_do_not_see_dead_messages(cast, dead):
    client = client_of(cast.manager)
    assert client.get(reverse("programs:dead_messages")).status_code == 403
    assert client.post(reverse("programs:dead_message_retry", args=[dead.pk])).status_code == 403
