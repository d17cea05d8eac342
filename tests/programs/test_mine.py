"""My applications: where they stand, and what I can do about them."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.access_log import Action, record_access
from programs import objections
from programs.models import Application, DistrictCall, Objection
from programs.workflow import perform
from tests.factories import cast as c
from tests.programs import files


@pytest.fixture
def me(cast, client):
    owner = c.citizen()
    client.force_login(owner)
    return owner


@pytest.fixture
def mine(cast, me):
    return cast.receive(applicant=me)


def url(name, application, *args):
    return reverse(f"programs:{name}", args=[application.receipt_no, *args])


def text(client, application):
    return client.get(url("my_application", application)).content.decode()


def state(application):
    return Application.objects.get(pk=application.pk).state


def ask_for_more(cast, application, **data):
    until = timezone.localdate() + dt.timedelta(days=7)
    ask = {"note": "등본을 다시 내 주십시오.", "until": until, "document_kinds": ["register"]}
    perform(application, "request_supplement", actor=cast.officer, data=ask | data)
    return until


def upload(client, application, kind="register", data=None):
    file = SimpleUploadedFile("등본.pdf", data or files.pdf())
    return client.post(url("supplement_upload", application, kind), {f"file-{kind}": file})


def offer(cast, application):
    """Put it on the waiting list and free a place for it."""
    others = [cast.receive() for _ in range(cast.dongjak.quota)]
    for row in (*others, application):
        perform(row, "confirm", actor=cast.officer)
    for row in others:
        perform(row, "select", actor=cast.manager)
    perform(application, "waitlist", actor=cast.manager)
    perform(others[0], "withdraw", actor=cast.officer, data={"note": "이사"})
    assert state(application) == "offered"


def test_an_empty_list_says_what_to_do(client, me):
    page = client.get(reverse("programs:my_applications")).content.decode()
    assert "아직 신청한 사업이 없습니다" in page
    assert reverse("programs:finder") in page


def test_it_tells_the_state_the_place_and_the_date_in_plain_words(client, cast, me):
    cast.receive()
    application = cast.receive(applicant=me)
    page = text(client, application)
    assert "신청서가 접수되었습니다." in page
    assert "2번째" in page
    assert "결과를 알려 드리는 날" in page
    assert "[안심서울] 신청이 접수되었습니다" in page


def test_the_timeline_names_units_and_no_people_and_hides_internal_notes(client, cast, mine):
    cast.officer.user.name = "김담당"
    cast.officer.user.save()
    perform(mine, "start_review", actor=cast.officer)
    perform(mine, "note", actor=cast.officer, data={"note": "비밀 메모"})
    perform(mine, "assign", actor=cast.officer, data={"assignee": cast.officer.membership.pk})
    page = text(client, mine)
    assert "검토를 시작하였습니다." in page
    assert "동작구청" in page
    assert "비밀 메모" not in page
    assert "담당자 배정" not in page
    assert "김담당" not in page


def test_another_persons_application_is_not_found(client, cast, me):
    other = cast.receive(applicant=c.citizen())
    for name in ("my_application", "receipt"):
        assert client.get(url(name, other)).status_code == 404
    for name in ("withdraw", "accept_offer", "decline_offer", "extend_supplement", "answer_supplement"):
        assert client.post(url(name, other)).status_code == 404
    assert client.post(url("object", other), {"text": "x"}).status_code == 404
    assert upload(client, other).status_code == 404
    assert state(other) == "submitted"


def test_staff_look_at_it_in_the_console_and_not_here(client, cast, mine, settings):
    settings.STAFF_SECOND_FACTOR = False
    client.force_login(cast.officer.user)
    session = client.session
    session["acting_membership"] = cast.officer.membership.pk
    session.save()
    assert client.get(reverse("programs:my_applications")).status_code == 403


def test_a_supplement_is_answered_with_documents_and_words(client, cast, mine):
    ask_for_more(cast, mine)
    assert "등본을 다시 내 주십시오." in text(client, mine)
    client.post(url("answer_supplement", mine), {"text": "냈습니다."})
    assert state(mine) == "supplement_requested"  # the document is still missing
    assert upload(client, mine).status_code == 302
    client.post(url("answer_supplement", mine), {"text": "냈습니다."})
    assert state(mine) == "under_review"
    assert mine.supplements.get().answer == "냈습니다."
    assert upload(client, mine, data=files.pdf("late")).status_code == 422


def test_a_supplement_document_can_be_taken_back_before_it_is_handed_in(client, cast, mine):
    ask_for_more(cast, mine)
    upload(client, mine)
    client.post(reverse("programs:document_remove", args=[mine.documents.get().key]))
    assert not mine.documents.exists()


def test_a_resident_number_in_the_answer_is_refused_and_the_words_are_kept(client, cast, mine):
    ask_for_more(cast, mine)
    page = client.post(url("answer_supplement", mine), {"text": "제 번호는 900101-1234567"})
    assert page.status_code == 422
    assert "주민등록번호로 보이는 숫자" in page.content.decode()
    assert state(mine) == "supplement_requested"


def test_a_wrong_file_is_named_beside_the_upload(client, cast, mine):
    ask_for_more(cast, mine)
    page = upload(client, mine, data=b"MZ")
    assert page.status_code == 422
    assert "등본.pdf: 올릴 수 없는 형식입니다" in page.content.decode()


def test_the_supplement_period_is_extended_twice_at_most(client, cast, mine):
    until = ask_for_more(cast, mine)
    for times in (1, 2):
        client.post(url("extend_supplement", mine))
        mine.refresh_from_db()
        assert mine.supplement_until == until + dt.timedelta(days=7 * times)
        assert mine.supplements.get().until == mine.supplement_until
    page = client.post(url("extend_supplement", mine), follow=True).content.decode()
    assert "두 번까지만" in page
    assert mine.events.filter(action="extend_supplement").count() == 2
    assert "기한 연장 요청" not in page


def test_a_second_request_may_be_extended_anew(client, cast, mine):
    ask_for_more(cast, mine, document_kinds=[])
    client.post(url("extend_supplement", mine))
    client.post(url("extend_supplement", mine))
    client.post(url("answer_supplement", mine), {"text": "답합니다."})
    mine.refresh_from_db()
    ask_for_more(cast, mine, document_kinds=[])
    client.post(url("extend_supplement", mine))
    assert mine.events.filter(action="extend_supplement").count() == 3


def test_withdrawing_ends_it_once(client, cast, mine):
    client.post(url("withdraw", mine))
    assert state(mine) == "withdrawn"
    page = client.post(url("withdraw", mine), follow=True).content.decode()
    assert "상태에서는 할 수 없습니다" in page


def test_an_offered_place_is_accepted(client, cast, mine):
    offer(cast, mine)
    assert "수락 기한" in text(client, mine)
    client.post(url("accept_offer", mine))
    assert state(mine) == "selected"


def test_an_offered_place_is_declined_but_nothing_else_is(client, cast, mine):
    client.post(url("decline_offer", mine))
    assert state(mine) == "submitted"
    offer(cast, mine)
    client.post(url("decline_offer", mine))
    assert state(mine) == "withdrawn"


def test_the_place_on_the_waiting_list_is_shown(client, cast, mine):
    DistrictCall.objects.filter(pk=cast.dongjak.pk).update(quota=0)
    perform(mine, "confirm", actor=cast.officer)
    perform(mine, "waitlist", actor=cast.manager)
    assert "대기 1번째" in text(client, mine)


def reject(cast, application):
    perform(application, "reject", actor=cast.officer, data={"note": "세대원이 둘입니다.", "reasons": ["not_single"]})


def test_a_refusal_is_objected_to_once_and_the_decision_is_shown(client, cast, mine):
    reject(cast, mine)
    assert "이의신청할 수 있습니다" in text(client, mine)
    client.post(url("object", mine), {"text": "혼자 삽니다."})
    page = client.post(url("object", mine), {"text": "다시"}, follow=True).content.decode()
    assert "이미 있습니다" in page
    assert "혼자 삽니다." in page
    objections.decide(Objection.objects.get().pk, actor=cast.manager, upheld=False, answer="등본에 둘입니다.")
    assert "등본에 둘입니다." in text(client, mine)


def test_an_empty_objection_is_asked_for_again(client, cast, mine):
    reject(cast, mine)
    assert client.post(url("object", mine), {"text": " "}).status_code == 422
    assert not Objection.objects.exists()


def test_after_the_legal_time_the_form_is_gone_and_the_post_is_refused(client, cast, mine):
    reject(cast, mine)
    Application.objects.filter(pk=mine.pk).update(decided_at=timezone.now() - dt.timedelta(days=40))
    assert "이의신청 기간이" in text(client, mine)
    client.post(url("object", mine), {"text": "늦었습니다."})
    assert not Objection.objects.exists()


def test_it_shows_who_read_my_data_and_why(client, cast, me, mine):
    about = f"application:{mine.pk}"
    record_access(cast.officer, Action.READ, about=about, ids=[mine.pk], subject_id=me.pk, purpose="screening")
    other = c.citizen()
    record_access(cast.city, Action.READ, about=about, ids=[mine.pk], subject_id=other.pk, purpose="audit")
    page = text(client, mine)
    assert "동작구청 자치구 담당자" in page
    assert "신청 심사" in page
    assert "점검·감사" not in page


def test_the_list_is_paged_and_asks_a_constant_number_of_queries(client, cast, me, django_assert_num_queries):
    for _ in range(12):
        cast.receive(applicant=me)
    first = client.get(reverse("programs:my_applications"))
    assert first.content.decode().count("<article") == 10
    assert client.get(f"{reverse('programs:my_applications')}?page=2").content.decode().count("<article") == 2
    with django_assert_num_queries(5):
        client.get(reverse("programs:my_applications"))


def test_a_destroyed_application_is_no_longer_anyones(client, cast, mine):
    from programs.retention import destroy_applications

    perform(mine, "withdraw", actor=cast.officer, data={"note": "취하 요청"})
    destroy_applications([mine.pk], mine.program_id, timezone.now())
    assert client.get(url("my_application", mine)).status_code == 404


def test_an_upload_without_script_keeps_the_answer_typed_so_far(client, cast, mine):
    ask_for_more(cast, mine)
    file = SimpleUploadedFile("등본.pdf", files.pdf())
    typed = {"text": "확정일자가 보이는 사본입니다.", "file-register": file}
    assert client.post(url("supplement_upload", mine, "register"), typed).status_code == 302
    page = client.get(url("my_application", mine))
    assert page.context["supplement"]["form"]["text"].value() == "확정일자가 보이는 사본입니다."
    client.post(url("answer_supplement", mine), {"text": "확정일자가 보이는 사본입니다."})
    assert f"supplement_words_{mine.pk}" not in client.session
