"""Identity verification: what a provider says is kept, once, for whoever asked for it."""

import datetime as dt
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts import identity, identity_local
from accounts.models import CitizenProfile, IdentityAttempt
from accounts.models.people import person_index
from programs.intake import UnableToReceive
from tests.factories import cast as c

WHO = {"name": "박확인", "birth_date": "1988-05-05", "phone": "010-7777-8888"}


@pytest.fixture
def me(db, client):
    someone = c.citizen()
    client.force_login(someone)
    return someone


def answer(client: Client, **who: str) -> dict[str, str]:
    """What comes back from the provider's page."""
    away = client.post("/profile/identity/").url
    hidden = {key: value[0] for key, value in parse_qs(urlsplit(away).query).items()}
    back = client.post("/profile/identity/local/", hidden | WHO | who)
    assert back.status_code == 302, back.context["form"].errors
    return {key: value[0] for key, value in parse_qs(urlsplit(back.url).query).items()}


def finish(client: Client, said: dict[str, str]) -> str:
    return client.post("/profile/identity/return/", said, follow=True).text


def test_name_birth_date_and_phone_come_from_the_provider(me, client):
    page = client.get("/profile/").text
    assert "본인확인하기" in page
    assert "주민등록번호는 받지 않습니다" in page
    said = answer(client)
    assert "박확인" not in "".join(said.values())  # nothing personal stands in the address
    before = CitizenProfile.objects.get()
    assert "본인확인 마치기" in client.get("/profile/identity/return/", said).text
    assert CitizenProfile.objects.get().name == before.name  # looking changes nothing
    assert "본인확인을 마쳤습니다" in finish(client, said)
    profile = CitizenProfile.objects.get()
    assert (profile.name, profile.birth_date, profile.phone) == ("박확인", dt.date(1988, 5, 5), "01077778888")
    assert profile.ci
    assert bytes(profile.person_index) == person_index(name="", birth_date="", phone="", ci=profile.ci)
    assert profile.identity_verified_at
    assert "본인확인을 마쳤습니다" in client.get("/profile/").text


def test_what_is_verified_is_not_typed_over(me, client):
    finish(client, answer(client))
    details = {"name": "이딴사람", "birth_date": "1999-09-09", "phone": "01000001111", "district": c.GWANAK,
               "address": "새 주소 1", "household_size": "1", "tenure": "jeonse"}  # fmt: skip
    assert client.post("/profile/", details).status_code == 302
    profile = CitizenProfile.objects.get()
    assert (profile.name, profile.phone, profile.district_id) == ("박확인", "01077778888", c.GWANAK)


def test_an_answer_is_used_once(me, client):
    said = answer(client)
    finish(client, said)
    assert "이미 쓴 본인확인입니다" in finish(client, said)
    assert not IdentityAttempt.objects.exists()


def test_an_answer_that_came_too_late_is_refused(me, client):
    said = answer(client)
    IdentityAttempt.objects.update(started_at=timezone.now() - identity.VALID_FOR - dt.timedelta(seconds=1))
    assert "시간이 지났습니다" in finish(client, said)
    assert CitizenProfile.objects.get().identity_verified_at is None


@pytest.mark.parametrize("wrong", [{"state": "x"}, {"code": "x"}, {"code": "%%%"}, {"state": "", "code": ""}])
def test_what_was_tampered_with_is_refused(me, client, wrong):
    said = answer(client) | wrong
    page = finish(client, said)
    assert "처음부터 다시 해 주십시오" in page
    assert CitizenProfile.objects.get().identity_verified_at is None
    assert not IdentityAttempt.objects.exists()  # one guess, then a new attempt


def test_the_answer_to_another_attempt_is_refused(me, client):
    code = answer(client)["code"]
    assert "읽을 수 없습니다" in finish(client, answer(client) | {"code": code})


def test_one_person_s_answer_is_nothing_to_another(me, client):
    said = answer(client)
    other = Client()
    other.force_login(c.citizen())
    other.post("/profile/identity/")
    assert "이미 쓴 본인확인입니다" in finish(other, said)
    assert not CitizenProfile.objects.filter(identity_verified_at__isnull=False).exists()


def test_the_same_person_in_two_accounts_is_told_kindly_and_nothing_of_the_other(me, client):
    finish(client, answer(client))
    other = Client()
    second = c.citizen()
    other.force_login(second)
    page = finish(other, answer(other, phone="010-1234-0000"))  # another phone, the same person
    assert "이미 다른 계정에서 본인확인을 마친 분입니다" in page
    assert me.email not in page
    assert CitizenProfile.objects.get(user=second).identity_verified_at is None


def test_the_same_person_may_verify_again(me, client):
    finish(client, answer(client))
    assert "본인확인을 마쳤습니다" in finish(client, answer(client, phone="010-1234-0000"))
    assert CitizenProfile.objects.get().phone == "01012340000"


def test_a_child_is_told_the_guardians_way(me, client):
    assert "법정대리인" in finish(client, answer(client, birth_date=f"{timezone.localdate().year - 10}-01-01"))
    assert CitizenProfile.objects.get().identity_verified_at is None


def test_without_a_profile_it_is_asked_for_first(db, client):
    client.force_login(c.user())
    assert "본인확인하기" not in client.get("/profile/").text
    assert "먼저 내 정보를 적어 주십시오" in finish(client, answer(client))


def test_verifying_does_not_open_a_way_to_apply_twice(cast, me, client):
    profile = CitizenProfile.objects.get()
    first = cast.receive(c.intake.Person.of(profile), applicant=me)
    finish(client, answer(client))
    first.refresh_from_db()
    profile.refresh_from_db()
    assert bytes(first.person_index) == bytes(profile.person_index)
    assert first.name != profile.name  # as it was sent
    with pytest.raises(UnableToReceive, match=first.receipt_no):
        cast.receive(c.intake.Person.of(profile), applicant=me)


def test_the_database_keeps_one_account_a_verified_person(db):
    first, second = (CitizenProfile.objects.get(user=c.citizen()) for _ in range(2))
    first.ci, first.identity_verified_at = "CI", timezone.now()
    first.save()
    second.ci = "CI"
    with transaction.atomic(), pytest.raises(IntegrityError, match="verified_profile_has_a_ci"):
        second.save()
    second.identity_verified_at = timezone.now()
    with transaction.atomic(), pytest.raises(IntegrityError, match="one_account_a_verified_person"):
        second.save()


def test_without_a_provider_it_is_not_offered(me, client, settings):
    settings.IDENTITY_PROVIDER = ""
    assert "본인확인하기" not in client.get("/profile/").text
    assert "지금은 본인확인을 할 수 없습니다" in client.post("/profile/identity/", follow=True).text


def test_the_stand_in_is_not_there_in_production(me, client, settings):
    settings.TESTING = settings.DEMO = False
    assert client.get("/profile/identity/local/").status_code == 404
    assert not identity_local.is_available()
