"""One case: masked until it is opened with a purpose; what is seen, printed and downloaded is logged."""

import datetime as dt
import hashlib
import io

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from accounts.models import AccessLog
from accounts.roles import Role
from programs.models import Application, Document, DocumentPage
from programs.views import opening
from programs.workflow import perform
from tests.factories import cast as c
from tests.programs.signed_in import client_of


def url(application, what="case", **more):
    return reverse(f"programs:{what}", args=[application.receipt_no], **more)


def opened_client(cast, application, actor=None):
    client = client_of(actor or cast.officer)
    client.post(url(application, "case_open"), {"purpose": "screening"})
    return client


def text(response):
    return response.content.decode()


def add_document(application, *, pictures="ready", pages=2):
    data = b"%PDF-1.4 original"
    document = Document.objects.create(
        application=application, kind="register", filename="김시험 등본.pdf", file=ContentFile(data, "x"),
        content_type="application/pdf", size=len(data), sha256=hashlib.sha256(data).hexdigest(),
        uploaded_by=application.applicant, pictures=pictures,
    )  # fmt: skip
    for number in range(1, pages + 1):
        picture = io.BytesIO()
        Image.new("RGB", (20, 30), "white").save(picture, "JPEG")
        DocumentPage.objects.create(
            document=document, number=number, image=ContentFile(picture.getvalue(), "x"), width=20, height=30
        )
    return document


@pytest.fixture
def application(cast):
    return cast.receive(applicant=c.citizen())


def test_it_is_masked_until_it_is_opened(cast, application):
    perform(application, "note", actor=cast.officer, data={"note": "어머니와 통화함"})
    client = client_of(cast.officer)
    masked = text(client.get(url(application)))
    secrets = (application.name, application.phone_display, application.address, "어머니와 통화함", "10,000,000원")
    for secret in secrets:
        assert secret not in masked
    assert application.masked_phone in masked
    assert not AccessLog.objects.exists()
    client.post(url(application, "case_open"), {"purpose": "screening"})
    full = text(client.get(url(application)))
    for secret in secrets:
        assert secret in full
    log = AccessLog.objects.get()
    assert (log.action, log.ids, log.subject_id, log.purpose) == (
        "read", [application.pk], application.applicant_id, "screening",
    )  # fmt: skip


def test_opening_twice_logs_once_and_closing_masks_again(cast, application):
    client = opened_client(cast, application)
    client.post(url(application, "case_open"), {"purpose": "screening"})
    assert AccessLog.objects.count() == 1
    client.post(url(application, "case_close"))
    assert application.name not in text(client.get(url(application)))


def test_it_is_masked_again_after_half_an_hour(cast, application, monkeypatch):
    client = opened_client(cast, application)
    later = timezone.now() + opening.OPEN_FOR
    monkeypatch.setattr(opening.timezone, "now", lambda: later)
    assert application.name not in text(client.get(url(application)))


def test_it_does_not_open_without_a_purpose(cast, application):
    client = client_of(cast.officer)
    for purpose in ("", "curiosity", "reporting"):
        client.post(url(application, "case_open"), {"purpose": purpose})
    assert application.name not in text(client.get(url(application)))
    assert not AccessLog.objects.exists()


def test_one_officers_opening_is_not_anothers(cast, application):
    opened_client(cast, application)
    assert application.name not in text(client_of(cast.manager).get(url(application)))


def test_the_city_opens_with_a_purpose_and_has_no_act(cast, application):
    client = client_of(cast.city)
    assert "심사는 자치구가 합니다" in text(client.get(url(application)))
    client.post(url(application, "case_open"), {"purpose": "audit"})
    assert application.name in text(client.get(url(application)))
    assert AccessLog.objects.get().purpose == "audit"


def test_another_districts_case_is_not_there(cast, application):
    client = client_of(cast.neighbour)
    assert client.get(url(application)).status_code == 404
    for what in ("case_open", "case_close", "case_print"):
        assert client.post(url(application, what), {"purpose": "screening"}).status_code == 404
    assert client.get(url(application, "case") + "act/confirm/").status_code == 404


@pytest.mark.parametrize("role", [Role.PRIVACY_OFFICER, Role.COMPANY_STAFF, Role.COUNCIL_READER])
def test_other_roles_open_no_case(cast, application, role):
    assert client_of(cast.actor(role)).get(url(application)).status_code == 403


def test_no_log_no_data(cast, application, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("audit is down")

    monkeypatch.setattr(opening, "record_access", broken)
    client = client_of(cast.officer)
    with pytest.raises(RuntimeError):
        client.post(url(application, "case_open"), {"purpose": "screening"})
    assert application.name not in text(client.get(url(application)))


def test_pictures_are_shown_in_an_opened_case_alone_and_logged_once(cast, application):
    document = add_document(application)
    pages = [reverse("programs:document_page", args=[document.key, n]) for n in (1, 2)]
    assert client_of(cast.officer).get(pages[0]).status_code == 403
    client = opened_client(cast, application)
    assert pages[1] in text(client.get(url(application)))
    for page in (*pages, pages[0]):
        response = client.get(page)
        assert response["Content-Type"] == "image/jpeg"
        assert response["Cache-Control"] == "no-store, private"
        assert b"".join(response.streaming_content).startswith(b"\xff\xd8")
    logs = AccessLog.objects.filter(action="document")
    assert [(log.ids, log.subject_id) for log in logs] == [([document.pk], application.applicant_id)]
    assert client.get(reverse("programs:document_page", args=[document.key, 3])).status_code == 404


def test_another_districts_picture_is_not_there(cast, application):
    document = add_document(application)
    client = client_of(cast.neighbour)
    assert client.get(reverse("programs:document_page", args=[document.key, 1])).status_code == 404
    response = client.post(reverse("programs:document_original", args=[document.key]), {"reason": "확인"})
    assert response.status_code == 404


@pytest.mark.parametrize(
    ("pictures", "words"),
    [("waiting", "그림을 만드는 중"), ("none", "화면에서 볼 수 없습니다"), ("failed", "만들지 못했습니다")],
)
def test_a_document_without_pictures_says_why(cast, application, pictures, words):
    add_document(application, pictures=pictures, pages=0)
    assert words in text(opened_client(cast, application).get(url(application)))


def test_the_original_is_an_attachment_for_a_reason_and_logged(cast, application):
    document = add_document(application)
    original = reverse("programs:document_original", args=[document.key])
    assert client_of(cast.officer).post(original, {"reason": "확인"}).status_code == 403
    client = opened_client(cast, application)
    assert client.get(original).status_code == 405
    assert client.post(original, {"reason": " "}).status_code == 302
    assert not AccessLog.objects.filter(action="download").exists()
    response = client.post(original, {"reason": "글자가 작아 원본 확인"})
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert b"".join(response.streaming_content) == b"%PDF-1.4 original"
    log = AccessLog.objects.get(action="download")
    assert (log.ids, log.reason, log.subject_id) == ([document.pk], "글자가 작아 원본 확인", application.applicant_id)


def test_a_print_is_a_logged_post_of_an_opened_case(cast, application):
    assert client_of(cast.officer).post(url(application, "case_print")).status_code == 403
    client = opened_client(cast, application)
    assert client.get(url(application, "case_print")).status_code == 405
    assert application.name in text(client.post(url(application, "case_print")))
    assert AccessLog.objects.filter(action="print", subject=application.applicant_id).count() == 1


def test_it_shows_the_rules_verdicts_letters_and_history(cast, application):
    until = timezone.localdate() + dt.timedelta(days=3)
    data = {"note": "등본을 다시 내십시오.", "until": until, "document_kinds": ["register"]}
    perform(application, "request_supplement", actor=cast.officer, data=data)
    page = text(opened_client(cast, application).get(url(application)))
    for shown in ("충족", "만 18세 이상이어야 합니다", "보완이 필요합니다", "등본을 다시 내십시오", "주민등록등본"):
        assert shown in page
    assert "보완 요청 → 보완 요청" in page


def test_a_twin_elsewhere_shows_only_district_number_state_and_phone(cast, application):
    twin = cast.receive(c.person(c.GWANAK, phone=application.phone))
    near = cast.receive(c.person(phone=application.phone))
    page = text(opened_client(cast, application).get(url(application)))
    assert twin.receipt_no in page
    assert url(twin) not in page
    assert url(near) in page
    assert "02-2820-1234" in page
    assert twin.name not in page


def test_an_act_that_is_not_possible_says_why(cast, application):
    perform(application, "confirm", actor=cast.officer)
    assert "이미 적격을 확인하였습니다" in text(client_of(cast.officer).get(url(application)))


def test_a_destroyed_person_leaves_a_readable_skeleton(cast, application):
    Application.objects.filter(pk=application.pk).update(
        name=None, birth_date=None, phone=None, address=None, household_size=None, tenure="", person_index=None,
        phone_index=None, phone4_index=None, name_index=None, address_index=None, destroyed_at=timezone.now(),
    )  # fmt: skip
    page = text(client_of(cast.officer).get(url(application)))
    assert "개인정보를 파기했습니다" in page
    assert "알 수 없음" in page
