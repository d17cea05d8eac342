"""Paper and proxy applications entered at the counter."""

import datetime as dt
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccessLog
from programs import counter, intake
from programs.models import Application
from programs.models.applications import Channel
from tests.factories import cast as c
from tests.programs.signed_in import client_of
from tests.scratch import in_threads


@pytest.fixture
def officer(cast):
    return client_of(cast.officer)


def paper(cast, **overrides):
    values = {
        "paper-submission_key": str(uuid.uuid4()),
        "paper-channel": "counter",
        "paper-received_at": f"{timezone.localtime() - dt.timedelta(days=2):%Y-%m-%dT%H:%M}",
        "person-name": "이종이",
        "person-birth_date": "1990-05-05",
        "person-phone": "010-9876-5432",
        "person-address": "사당로 1",
        "person-household_size": "1",
        "person-tenure": "monthly",
        "detail-building_type": "villa",
        "detail-has_wifi": "yes",
        f"paper-consent-{cast.consents[0].pk}": "on",
    }
    return values | overrides


def post(client, cast, **overrides):
    return client.post(reverse("programs:counter_enter", args=[cast.dongjak.pk]), paper(cast, **overrides))


def test_a_paper_application_keeps_its_stated_receipt_time(cast, officer):
    later = cast.receive()
    answer = post(officer, cast)
    row = Application.objects.get(channel="counter")
    assert answer["Location"] == reverse("programs:counter_done", args=[row.receipt_no])
    assert row.applicant is None
    assert row.order_at < later.order_at
    assert row.name == "이종이"
    assert row.door_guard_detail.building_type == "villa"
    assert row.events.get().membership == cast.officer.membership
    given = {consent.item_id: consent.given for consent in row.consents.all()}
    assert given == {cast.consents[0].pk: True, cast.consents[1].pk: False}


def test_the_form_opens_with_now_and_a_new_key(cast, officer):
    address = reverse("programs:counter_enter", args=[cast.dongjak.pk])
    first, second = officer.get(address), officer.get(address)
    keys = [page.context["paper"]["submission_key"].value() for page in (first, second)]
    assert keys[0] != keys[1]
    assert "이종이" not in first.content.decode()


def test_the_same_form_sent_twice_makes_one_application(cast, officer):
    key = str(uuid.uuid4())
    first = post(officer, cast, **{"paper-submission_key": key})
    second = post(officer, cast, **{"paper-submission_key": key})
    assert first["Location"] == second["Location"]
    assert Application.objects.count() == 1


@pytest.mark.parametrize(("days", "words"), [(1, "지금보다 늦습니다"), (-11, "시작되기 전")])
def test_a_time_that_cannot_be_is_refused(cast, officer, days, words):
    stated = f"{timezone.localtime() + dt.timedelta(days=days):%Y-%m-%dT%H:%M}"
    answer = post(officer, cast, **{"paper-received_at": stated})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Application.objects.exists()


def test_a_paper_from_before_the_deadline_may_be_entered_after_it(cast, officer):
    cast.dongjak.closed_at = timezone.now() - dt.timedelta(days=1)
    cast.dongjak.save()
    late = f"{timezone.localtime() - dt.timedelta(hours=2):%Y-%m-%dT%H:%M}"
    assert "마감된 뒤" in post(officer, cast, **{"paper-received_at": late}).content.decode()
    assert post(officer, cast).status_code == 302


def test_a_missing_required_consent_is_refused(cast, officer):
    answer = post(officer, cast, **{f"paper-consent-{cast.consents[0].pk}": ""})
    assert answer.status_code == 409
    assert "동의가 필요합니다" in answer.content.decode()
    assert not Application.objects.exists()


def test_a_proxy_is_named_and_gets_the_letters(cast, officer):
    assert post(officer, cast, **{"paper-channel": "proxy"}).status_code == 422
    proxy = {"paper-channel": "proxy", "paper-proxy_name": "이대리", "paper-proxy_phone": "010-1111-2222"}
    post(officer, cast, **proxy)
    row = Application.objects.get()
    assert (row.channel, row.proxy_name, row.proxy_phone) == ("proxy", "이대리", "01011112222")


def test_a_child_applies_through_a_guardian(cast, officer):
    born = f"{timezone.localdate().year - 10}-01-01"
    answer = post(officer, cast, **{"person-birth_date": born})
    assert "법정대리인" in answer.content.decode()
    assert not Application.objects.exists()


def test_similar_applications_are_told_before_saving(cast, officer):
    elsewhere = cast.receive(c.person(c.GWANAK, phone="01098765432"))
    answer = post(officer, cast)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert elsewhere.receipt_no in text
    assert "같은 전화번호" in text
    assert elsewhere.name not in text
    assert Application.objects.count() == 1
    assert post(officer, cast, **{"paper-seen_alike": "on"}).status_code == 302


def test_a_second_live_application_of_one_person_is_refused(cast, officer):
    post(officer, cast)
    answer = post(officer, cast, **{"paper-seen_alike": "on"})
    assert answer.status_code == 409
    assert "이미 신청하셨습니다" in answer.content.decode()
    assert Application.objects.count() == 1


def test_scans_are_checked_by_content_and_kept_with_the_application(cast, officer, tmp_path):
    wrong = SimpleUploadedFile("등본.pdf", b"not a pdf at all", "application/pdf")
    assert post(officer, cast, **{"paper-scan-register": wrong}).status_code == 422
    assert not Application.objects.exists()
    png = SimpleUploadedFile("등본.png", _png(), "image/png")
    answer = post(officer, cast, **{"paper-scan-register": png})
    assert answer.status_code == 302
    document = Application.objects.get().documents.get()
    assert (document.kind, document.uploaded_by) == ("register", cast.officer.user)


def _png():
    import io

    from PIL import Image

    buffer = io.BytesIO()
    Image.new("RGB", (20, 20), "white").save(buffer, "PNG")
    return buffer.getvalue()


def test_missing_scans_are_told_but_do_not_refuse_the_paper(cast, officer):
    address = post(officer, cast)["Location"]
    assert "빠진 서류가 있습니다: 주민등록등본" in officer.get(address).content.decode()


def test_the_receipt_is_a_logged_print(cast, officer):
    post(officer, cast)
    row = Application.objects.get()
    assert row.name not in officer.get(reverse("programs:counter_done", args=[row.receipt_no])).content.decode()
    page = officer.post(reverse("programs:counter_receipt", args=[row.receipt_no])).content.decode()
    assert row.receipt_no in page
    assert row.name in page
    assert AccessLog.objects.get(action="print").ids == [row.pk]


def test_another_district_cannot_enter_or_see_it(cast, officer):
    post(officer, cast)
    row = Application.objects.get()
    stranger = client_of(cast.neighbour)
    assert stranger.get(reverse("programs:counter_enter", args=[cast.dongjak.pk])).status_code == 404
    assert stranger.get(reverse("programs:counter_done", args=[row.receipt_no])).status_code == 404
    assert stranger.post(reverse("programs:counter_receipt", args=[row.receipt_no])).status_code == 404
    assert client_of(cast.city).get(reverse("programs:counter")).status_code == 403


def test_the_choice_of_calls_is_empty_where_there_is_none(cast, officer):
    assert "도어지킴이 모집" in officer.get(reverse("programs:counter")).content.decode()
    cast.dongjak.delete()
    assert "입력할 모집이 없습니다" in officer.get(reverse("programs:counter")).content.decode()


def test_one_key_from_many_tabs_at_once_makes_one_application(scratch_database):
    cast, key, who = c.make_cast(), uuid.uuid4(), c.person()

    def enter(_n):
        made = intake.Intake(
            person=who, district_call=cast.dongjak, detail=c.DETAIL, channel=Channel.COUNTER, submission_key=key,
            consents={item.pk: True for item in cast.consents},
            stated_received_at=timezone.now() - dt.timedelta(hours=1),
        )  # fmt: skip
        return counter.enter(made, [], actor=cast.officer)[0].pk

    results = in_threads(enter, range(6))
    assert len(set(results)) == 1
    assert Application.objects.count() == 1


def test_one_box_says_what_is_wrong_in_every_part(cast, officer):
    answer = post(officer, cast, **{"person-name": "", "detail-building_type": "", "paper-received_at": ""})
    page = answer.content.decode()
    assert page.count("data-error-summary") == 1
    assert "3곳을 확인해 주십시오" in page
    for part in ("person-name", "detail-building_type", "paper-received_at"):
        assert f'href="#id_{part}_group"' in page
