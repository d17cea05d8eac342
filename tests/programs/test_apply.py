"""Applying on a phone: from the start page to the receipt."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Actor
from programs import applying, intake
from programs.models import Application, ApplicationDraft, Call, Consent, Document
from programs.workflow import perform
from tests.factories import cast as c
from tests.programs import files
from tests.scratch import in_threads

CALL = "door-guard-test"


def url(name, *args):
    return reverse(f"programs:{name}", args=args or [CALL])


@pytest.fixture
def me(cast, client):
    """A signed-in citizen of Dongjak-gu with a finished profile."""
    owner = c.citizen()
    client.force_login(owner)
    return owner


def upload(client, data=None, name="등본.pdf", kind="register", **headers):
    file = SimpleUploadedFile(name, files.pdf() if data is None else data)
    return client.post(url("apply_upload", CALL, kind), {f"file-{kind}": file}, **headers)


def consent(client, cast, **answers):
    given = {f"consent_{item.pk}": "yes" if item.required else "no" for item in cast.consents} | answers
    return client.post(url("apply_consents"), given)


def confirm_person(client, owner):
    owner.profile.refresh_from_db()
    return client.post(url("apply_person"), {"as_of": owner.profile.updated_at.isoformat()})


def fill_in(client, cast, owner):
    """Everything up to the review."""
    client.post(url("apply"))
    consent(client, cast)
    confirm_person(client, owner)
    upload(client)
    answer = client.post(url("apply_conditions"), c.DETAIL)
    assert answer.url == url("apply_review")
    return ApplicationDraft.objects.get(owner=owner)


def submit(client, draft):
    return client.post(url("apply_submit"), {"key": draft.pk})


def test_the_whole_way_ends_with_a_receipt(client, cast, me):
    draft = fill_in(client, cast, me)
    page = client.get(url("apply_review")).content.decode()
    assert "등본.pdf" in page
    assert "10,000,000원" in page
    application = Application.objects.get(receipt_no=submit(client, draft).url.split("/")[2])
    receipt = client.get(url("receipt", application.receipt_no)).content.decode()
    assert application.receipt_no in receipt
    assert "1번째" in receipt
    assert "02-2820-1234" in receipt
    assert {answer.given for answer in Consent.objects.filter(application=application)} == {True, False}


def test_a_replay_and_another_tab_land_on_the_same_receipt(client, cast, me):
    draft = fill_in(client, cast, me)
    assert submit(client, draft).url == submit(client, draft).url
    assert Application.objects.count() == 1
    assert client.get(url("apply_review")).url == url("apply")
    assert "이미 신청하셨습니다" in client.get(url("apply")).content.decode()


def test_consents_come_before_documents(client, cast, me):
    client.post(url("apply"))
    assert upload(client).url == url("apply_consents")
    assert Document.objects.count() == 0
    assert client.get(url("apply_conditions")).url == url("apply_consents")


def test_a_refused_required_consent_says_what_that_means_and_an_optional_one_blocks_nothing(client, cast, me):
    client.post(url("apply"))
    required, optional = cast.consents
    page = consent(client, cast, **{f"consent_{required.pk}": "no"})
    assert page.status_code == 422
    assert "신청할 수 없습니다." in page.content.decode()
    assert consent(client, cast, **{f"consent_{optional.pk}": ""}).url == url("apply_person")


def test_a_profile_changed_after_it_was_confirmed_is_confirmed_again(client, cast, me):
    fill_in(client, cast, me)
    me.profile.address = "새주소로 1"
    me.profile.save()
    assert client.get(url("apply_review")).url == url("apply_person")


def test_missing_answers_and_documents_are_named(client, cast, me):
    client.post(url("apply"))
    consent(client, cast)
    confirm_person(client, me)
    page = client.post(url("apply_conditions"), {"building_type": "villa"})
    assert page.status_code == 422
    text = page.content.decode()
    assert "주민등록등본: 서류를 올려 주십시오." in text
    assert "#id_has_wifi_group" in text


def test_who_does_not_meet_a_condition_is_told_before_submitting(client, cast, me):
    client.post(url("apply"))
    consent(client, cast)
    confirm_person(client, me)
    upload(client)
    page = client.post(url("apply_conditions"), c.DETAIL | {"has_wifi": "no"})
    assert page.status_code == 422
    assert "무선인터넷(Wi-Fi) 공유기가 있어야 합니다" in page.content.decode()


def test_what_is_typed_is_kept_and_found_on_another_device(client, cast, me):
    client.post(url("apply"))
    consent(client, cast)
    confirm_person(client, me)
    assert client.post(url("apply_save", CALL, "conditions"), {"deposit": "777"}).status_code == 204
    other = type(client)()
    other.force_login(me)
    assert "이어서 쓰기" in other.get(reverse("programs:my_applications")).content.decode()
    assert other.post(url("apply")).url == url("apply_conditions")
    assert 'value="777"' in other.get(url("apply_conditions")).content.decode()


def test_a_resident_number_is_never_kept(client, cast, me):
    client.post(url("apply"))
    client.post(url("apply_save", CALL, "conditions"), {"deposit": "900101-1234567"})
    assert "1234567" not in ApplicationDraft.objects.get(owner=me).payload


def test_saving_after_submitting_changes_nothing(client, cast, me):
    submit(client, fill_in(client, cast, me))
    assert client.post(url("apply_save", CALL, "conditions"), {"deposit": "1"}).status_code == 409


def test_discarding_deletes_the_draft_and_its_files(client, cast, me, django_capture_on_commit_callbacks):
    fill_in(client, cast, me)
    file = Document.objects.get().file
    with django_capture_on_commit_callbacks(execute=True):
        client.post(url("apply_discard"))
    assert not ApplicationDraft.objects.exists()
    assert not file.storage.exists(file.name)
    assert client.post(url("apply_discard")).status_code == 302


def test_a_stranger_and_staff_see_no_draft(client, cast, me):
    draft = fill_in(client, cast, me)
    document = Document.objects.get()
    stranger = type(client)()
    stranger.force_login(c.citizen())
    assert submit(stranger, draft).status_code == 404
    assert stranger.get(url("document", document.key)).status_code == 404
    assert stranger.post(url("document_remove", document.key)).status_code == 404
    assert not ApplicationDraft.objects.visible_to(cast.officer).exists()
    assert not Document.objects.visible_to(cast.officer).exists()
    assert Document.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"closes_at": dt.timedelta(minutes=-1)}, "에 끝났습니다"),
        ({"opens_at": dt.timedelta(days=1)}, "접수를 시작합니다"),
        ({"closed_at": dt.timedelta(minutes=-1)}, "일찍 마감되었습니다"),
    ],
)
def test_a_closed_call_says_so_before_anything_is_typed(client, cast, me, change, words):
    Call.objects.update(**{name: timezone.now() + delta for name, delta in change.items()})
    page = client.get(url("apply")).content.decode()
    assert words in page
    assert "신청 시작" not in page
    client.post(url("apply"))
    assert not ApplicationDraft.objects.exists()


def fill_places(cast):
    for _ in range(cast.dongjak.quota):
        application = cast.receive()
        perform(application, "confirm", actor=cast.officer)
        perform(application, "select", actor=cast.manager)


def test_a_full_call_with_a_waiting_list_says_so_up_front(client, cast, me):
    fill_places(cast)
    assert "지금 신청하면 대기자로 접수됩니다" in client.get(url("apply")).content.decode()
    assert "대기자로 제출하기" in (fill_in(client, cast, me) and client.get(url("apply_review")).content.decode())


def test_a_call_that_became_full_tells_and_loses_nothing(client, cast, me):
    Call.objects.update(when_full=Call.WhenFull.CLOSE)
    draft = fill_in(client, cast, me)
    fill_places(cast)
    page = submit(client, draft)
    assert page.status_code == 409
    assert "정원이 찼습니다" in page.content.decode()
    assert ApplicationDraft.objects.get(pk=draft.pk).documents.count() == 1
    assert "정원이 찼습니다" in client.get(url("apply")).content.decode()


def test_who_does_not_qualify_is_told_the_rule_before_typing(client, cast):
    client.force_login(c.citizen(household_size=3))
    page = client.get(url("apply")).content.decode()
    assert "혼자 사는 1인가구여야 합니다" in page
    assert "신청 시작" not in page


def test_a_visitor_is_asked_to_sign_in_and_a_new_member_for_the_profile(client, cast):
    assert "로그인하고 신청하기" in client.get(url("apply")).content.decode()
    assert client.post(url("apply")).url.startswith(reverse("account_login"))
    client.force_login(c.user())
    assert "내 정보 적기" in client.get(url("apply")).content.decode()
    assert client.post(url("apply_submit"), {"key": "x"}).url == url("apply")


def test_an_unknown_call_and_a_malformed_key_are_not_found(client, cast, me):
    assert client.get(url("apply", "no-such-call")).status_code == 404
    assert client.post(url("apply_submit"), {"key": "x"}).status_code == 404


def test_the_conditions_page_asks_a_constant_number_of_queries(client, cast, me, django_assert_max_num_queries):
    fill_in(client, cast, me)
    for number in range(4):
        upload(client, files.pdf(f"page {number}"), name=f"{number}.pdf")
    with django_assert_max_num_queries(30):
        client.get(url("apply_conditions"))


def test_twenty_threads_submit_one_draft(scratch_database):
    cast = c.make_cast()
    owner = c.citizen()
    actor = Actor.citizen(owner)
    draft = applying.begin(cast.call, owner.profile, timezone.now(), actor=actor)
    applying.remember(draft.pk, "consents", {item.pk: True for item in cast.consents}, actor=actor)
    draft = applying.remember(draft.pk, "detail", c.DETAIL, actor=actor)
    Document.objects.create(
        draft=draft, kind="register", filename="a.pdf", file="x", content_type="application/pdf", size=1, sha256="0",
        uploaded_by=owner,
    )  # fmt: skip
    results = in_threads(lambda _n: intake.submit(draft.pk, actor=actor), range(20))
    assert {result.pk for result in results} == {Application.objects.get().pk}


def test_the_conditions_begin_with_what_the_self_check_was_told(client, cast, me):
    told = {"district": c.DONGJAK, "birth_year": "1996", "household_size": "1", "tenure": "monthly",
            "deposit": "30,000,000", "monthly_rent": "450,000", "has_wifi": "yes"}  # fmt: skip
    client.post("/finder/", told)
    client.post(url("apply"))
    consent(client, cast)
    confirm_person(client, me)
    form = client.get(url("apply_conditions")).context["form"]
    assert (form["deposit"].value(), form["monthly_rent"].value(), form["has_wifi"].value()) == (
        30_000_000, 450_000, "yes",
    )  # fmt: skip
    client.post(url("apply_save", CALL, "conditions"), {"deposit": "1000"})
    assert client.get(url("apply_conditions")).context["form"]["deposit"].value() == "1000"  # what was typed since


@pytest.mark.parametrize("data", [None, b"no document at all"])
def test_an_upload_without_script_keeps_what_was_typed(client, cast, me, data):
    client.post(url("apply"))
    consent(client, cast)
    confirm_person(client, me)
    file = SimpleUploadedFile("등본.pdf", files.pdf() if data is None else data)
    typed = {"building_type": "villa", "deposit": "5000", "file-register": file, "file-other": ""}
    answer = client.post(url("apply_upload", CALL, "register"), typed)
    assert answer.status_code == (302 if data is None else 422)
    form = client.get(url("apply_conditions")).context["form"]
    assert (form["building_type"].value(), form["deposit"].value()) == ("villa", "5000")
    page = client.get(url("apply_conditions")).text
    assert f'formaction="{url("apply_upload", CALL, "register")}"' in page
    upload(client)  # the script sends the file alone, which overwrites nothing
    assert client.get(url("apply_conditions")).context["form"]["deposit"].value() == "5000"
