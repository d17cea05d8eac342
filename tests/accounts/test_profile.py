"""One's own details, from signing up to leaving."""

import base64
import re

import pytest
from django.contrib.sessions.models import Session
from django.core import mail

from accounts import leaving
from accounts.models import AdminDong, CitizenProfile, Destruction, User
from accounts.roles import Actor, Role
from accounts.sessions import SessionStore
from programs.models import ApplicationDraft
from tests.factories import cast as c

DETAILS = {
    "name": "김시험",
    "birth_date": "1996-03-14",
    "phone": "010-1234-5678",
    "district": c.DONGJAK,
    "dong": "",
    "address": "사당로 27길 10",
    "household_size": "1",
    "tenure": "monthly",
}


@pytest.fixture
def newcomer(db, client):
    someone = c.user()
    client.force_login(someone)
    return someone


def test_signing_up_leads_to_the_profile_and_then_home(db, client, settings):
    settings.ACCOUNT_EMAIL_VERIFICATION = "optional"
    words = {"email": "new@example.com", "password1": c.PASSWORD, "password2": c.PASSWORD, "over_14": "on"}
    answer = client.post("/accounts/signup/", words, follow=True)
    assert answer.redirect_chain[-1][0] == "/profile/"
    answer = client.post("/profile/", DETAILS, follow=True)
    assert answer.redirect_chain == [("/", 302)]
    assert CitizenProfile.objects.get().user.email == "new@example.com"
    assert [message.subject for message in mail.outbox] == ["[안심서울] 이메일 주소를 확인해 주십시오"]
    assert re.search(r"^\d{6}$", mail.outbox[0].body, re.MULTILINE)


def test_the_address_is_proved_by_a_code_and_the_self_check_s_answers_are_kept(db, client):
    client.post("/finder/", {"district": c.GWANAK, "birth_year": "1996", "household_size": "1", "tenure": "monthly"})
    words = {"email": "new@example.com", "password1": c.PASSWORD, "password2": c.PASSWORD, "over_14": "on"}
    page = client.post("/accounts/signup/", words, follow=True)
    assert page.redirect_chain[-1][0] == "/accounts/confirm-email/"
    assert "new@example.com" in page.text
    wrong = client.post("/accounts/confirm-email/", {"code": "abcdef"})
    assert "번호가 맞지 않습니다" in wrong.text
    code = re.search(r"^\d{6}$", mail.outbox[0].body, re.MULTILINE)[0]
    answer = client.post("/accounts/confirm-email/", {"code": code}, follow=True)
    assert answer.redirect_chain[-1][0] == "/profile/"
    assert answer.context["form"]["district"].value() == c.GWANAK
    assert answer.context["form"]["birth_date"].value() == "1996-"


def test_three_wrong_codes_end_it(db, client):
    words = {"email": "new@example.com", "password1": c.PASSWORD, "password2": c.PASSWORD, "over_14": "on"}
    client.post("/accounts/signup/", words)
    for _ in range(2):
        assert client.post("/accounts/confirm-email/", {"code": "abcdef"}).status_code == 200
    assert client.post("/accounts/confirm-email/", {"code": "abcdef"}).url == "/accounts/login/"
    code = re.search(r"^\d{6}$", mail.outbox[0].body, re.MULTILINE)[0]
    assert client.post("/accounts/confirm-email/", {"code": code}).url == "/accounts/login/"


def test_a_session_keeps_nothing_readable(db, client):
    words = {"email": "new@example.com", "password1": c.PASSWORD, "password2": c.PASSWORD, "over_14": "on"}
    client.post("/accounts/signup/", words)
    kept = Session.objects.get().session_data
    assert b"new@example" not in base64.b64decode(kept)
    assert SessionStore().decode(kept)["account_email_verification_code"]["email"] == "new@example.com"
    assert SessionStore().decode("eyJhIjoxfQ:from:before") == {}


def test_signing_up_under_fourteen_names_the_guardians_way(db, client):
    answer = client.post("/accounts/signup/", {"email": "a@b.kr", "password1": c.PASSWORD, "password2": c.PASSWORD})
    assert "법정대리인" in answer.content.decode()
    assert not User.objects.exists()


def test_a_birth_date_under_fourteen_names_the_guardians_way(newcomer, client):
    answer = client.post("/profile/", DETAILS | {"birth_date": "2020-01-01"})
    assert answer.status_code == 422
    assert "법정대리인" in answer.content.decode()
    assert not CitizenProfile.objects.exists()


def test_saving_continues_where_one_was_going(newcomer, client):
    assert 'name="next" value="/finder/"' in client.get("/profile/?next=/finder/").content.decode()
    assert client.post("/profile/", DETAILS | {"next": "/finder/"}).url == "/finder/"


def test_saving_never_leads_to_another_site(newcomer, client):
    assert client.post("/profile/", DETAILS | {"next": "https://evil.example/"}).url == "/"


def test_saving_twice_changes_one_profile(newcomer, client):
    client.post("/profile/", DETAILS)
    assert client.post("/profile/", DETAILS | {"phone": "01099998888"}).url == "/profile/"
    assert CitizenProfile.objects.get().phone == "01099998888"


@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"phone": "12"}, {"address": "900101-1234567"}, {"district": "99999"}, {"household_size": "0"}],
)
def test_what_is_wrong_is_said_and_nothing_saved(newcomer, client, wrong):
    answer = client.post("/profile/", DETAILS | wrong)
    assert answer.status_code == 422
    assert "data-error-summary" in answer.content.decode()
    assert not CitizenProfile.objects.exists()


def test_only_dongs_of_the_chosen_district_may_be_chosen(newcomer, client):
    elsewhere = AdminDong.objects.filter(district=c.GWANAK).first()
    answer = client.post("/profile/", DETAILS | {"dong": elsewhere.pk})
    assert "고른 자치구의 행정동이 아닙니다" in answer.content.decode()
    here = AdminDong.objects.filter(district=c.DONGJAK).first()
    assert client.post("/profile/", DETAILS | {"dong": here.pk}).status_code == 302


def test_the_dongs_follow_the_district_with_and_without_script(newcomer, client):
    assert "사당" in client.get("/profile/dongs/", {"district": c.DONGJAK}).content.decode()
    assert "사당" not in client.get("/profile/dongs/", {"district": c.GWANAK}).content.decode()
    page = client.post("/profile/", DETAILS | {"narrow": "1"}).content.decode()
    assert "사당" in page
    assert 'value="김시험"' in page
    assert not CitizenProfile.objects.exists()


def test_the_self_checks_answers_are_not_asked_again(newcomer, client):
    session = client.session
    session["self_check"] = {"district": c.DONGJAK, "birth_year": 1996, "household_size": 2, "tenure": "jeonse"}
    session.save()
    page = client.get("/profile/").content.decode()
    assert 'value="1996-"' in page
    assert re.search(r'value="11590" selected', page)
    assert re.search(r'value="jeonse" selected', page)


def test_staff_who_act_as_staff_have_no_profile(cast, client, settings):
    settings.STAFF_SECOND_FACTOR = False
    client.force_login(cast.officer.user)
    session = client.session
    session["acting_membership"] = cast.officer.membership.pk
    session.save()
    for path in ("/profile/", "/profile/seen/", "/profile/requests/", "/profile/leave/", "/letters/"):
        assert client.get(path).status_code == 403, path


def leave(client, **changes):
    return client.post("/profile/leave/", {"understood": "on", "password": c.PASSWORD} | changes)


def test_leaving_blanks_the_person_and_keeps_the_row(cast, client):
    someone = c.citizen()
    name = someone.profile.name
    someone.profile.save()
    client.force_login(someone)
    ApplicationDraft.objects.create(owner=someone, call=cast.call)
    assert leave(client).url == "/"
    someone.refresh_from_db()
    assert someone.email.endswith("@anonymised.invalid")
    assert not someone.is_active
    assert someone.anonymised_at
    assert not CitizenProfile.objects.filter(pk=someone.pk).exists()
    assert not ApplicationDraft.objects.exists()
    history = CitizenProfile.pgh_event_model.objects.filter(pgh_obj_id=someone.pk)
    assert not history.exists(), name
    assert Destruction.objects.filter(what="회원 정보").count() == 1
    assert client.get("/profile/").status_code == 302


def test_nobody_leaves_while_an_application_runs(cast, client):
    owner = c.citizen()
    cast.receive(applicant=owner)
    client.force_login(owner)
    assert "지금은 탈퇴할 수 없습니다" in client.get("/profile/leave/").content.decode()
    answer = leave(client)
    assert answer.status_code == 422
    assert "진행 중인 신청" in answer.content.decode()
    owner.refresh_from_db()
    assert owner.is_active


def test_leaving_needs_the_password_and_the_understanding(newcomer, client):
    assert "비밀번호가 맞지 않습니다" in leave(client, password="wrong").content.decode()
    assert "되돌릴 수 없다는 것을 확인하십시오" in leave(client, understood="").content.decode()
    newcomer.refresh_from_db()
    assert newcomer.is_active


def test_staff_leave_only_after_their_membership_ended(cast):
    with pytest.raises(leaving.UnableToLeave):
        leaving.leave(Actor.citizen(cast.officer.user))


def test_a_stranger_is_sent_to_sign_in(db, client):
    for path in ("/profile/", "/profile/seen/", "/profile/requests/", "/profile/settings/", "/letters/"):
        assert client.get(path).url.startswith("/accounts/login/"), path


def test_an_address_that_left_can_sign_up_again(cast, client):
    someone = c.citizen()
    address = someone.email
    leaving.leave(Actor.citizen(someone))
    assert not User.objects.filter(email=address).exists()
    assert c.member(Role.CITY_OFFICER).is_in_force  # others are untouched


def test_the_page_of_addresses_opens_for_an_account_that_staff_made(db, client, settings):
    settings.ACCOUNT_EMAIL_VERIFICATION = "optional"
    someone = c.user()
    client.post("/accounts/login/", {"login": someone.email, "password": c.PASSWORD})
    assert someone.email in client.get("/accounts/email/").content.decode()


def test_a_forgotten_password_is_set_anew_by_mail(db, client):
    someone = c.user()
    client.post("/accounts/password/reset/", {"email": someone.email})
    assert "/accounts/password/reset/key/" in mail.outbox[0].body
    assert mail.outbox[0].subject.startswith("[안심서울] ")


def test_the_language_of_the_page_one_signs_up_on_is_kept_and_can_be_changed(db, client, settings):
    settings.ACCOUNT_EMAIL_VERIFICATION = "optional"
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    words = {"email": "new@example.com", "password1": c.PASSWORD, "password2": c.PASSWORD, "over_14": "on"}
    client.post("/accounts/signup/", words)
    assert User.objects.get().language == "en"
    client.post("/profile/", DETAILS)  # a form that does not ask changes nothing
    assert User.objects.get().language == "en"
    assert client.get("/profile/").context["form"]["language"].value() == "en"
    client.post("/profile/", DETAILS | {"language": "ko"})
    assert User.objects.get().language == "ko"
    assert client.post("/profile/", DETAILS | {"language": "fr"}).status_code == 422
