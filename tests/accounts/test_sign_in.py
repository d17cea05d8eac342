"""Staff sign-in: the second factor, the idle log-out, the lock-out, one membership at a time, and where it leads."""

import datetime as dt
import time

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts.middleware import ACTING
from accounts.models import Membership, Organisation, User
from accounts.navigation import landing_url
from accounts.roles import MEMBERSHIP_ROLES, Role
from tests.factories import cast as c
from tests.programs.signed_in import client_of


def code_now(secret):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def verified(user):
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def sign_in(user, **more):
    client = Client()
    answer = client.post("/accounts/login/", {"login": user.email, "password": c.PASSWORD} | more)
    return client, answer


@pytest.fixture
def officer(cast, settings):
    settings.STAFF_SECOND_FACTOR = True
    return verified(cast.officer.user)


# --- The second factor ----------------------------------------------------------------------
def test_staff_without_a_second_factor_are_sent_to_set_one_up(officer):
    client, answer = sign_in(officer)
    assert client.get(answer.url).url == "/work/"
    assert client.get("/work/").url == "/accounts/2fa/totp/activate/"
    page = client.get("/accounts/2fa/totp/activate/", follow=True)
    assert page.status_code == 200
    assert "2단계 인증을 등록한 뒤에" in page.content.decode()
    for path in ("/accounts/2fa/", "/accounts/password/change/", "/accounts/logout/", "/accounts/2fa/webauthn/add/"):
        assert client.get(path, follow=True).status_code == 200
    assert client.post("/work/queue/bulk/").url == "/accounts/2fa/totp/activate/"


def test_the_second_factor_is_asked_at_sign_in_and_lets_in(officer):
    secret = generate_totp_secret()
    TOTP.activate(officer, secret)
    client, answer = sign_in(officer)
    assert answer.url.startswith("/accounts/2fa/authenticate/")
    assert ACTING not in client.session
    wrong = client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert wrong.status_code == 200
    done = client.post("/accounts/2fa/authenticate/", {"code": code_now(secret)})
    assert client.get(done.url).url == "/work/"
    assert client.get("/work/").status_code == 200


def test_a_recovery_code_lets_in_too(officer):
    TOTP.activate(officer, generate_totp_secret())
    codes = RecoveryCodes.activate(officer).get_unused_codes()
    client, _answer = sign_in(officer)
    done = client.post("/accounts/2fa/authenticate/", {"code": codes[0]})
    client.get(done.url)
    assert client.get("/work/").status_code == 200


def test_a_session_that_never_used_its_second_factor_must_use_it_and_comes_back(cast, officer):
    client = client_of(cast.officer)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password"}]
    session.save()
    secret = generate_totp_secret()
    TOTP.activate(officer, secret)
    asked = client.get("/work/queue/?tab=new")
    assert asked.url == "/accounts/2fa/reauthenticate/?next=%2Fwork%2Fqueue%2F%3Ftab%3Dnew"
    assert client.get(asked.url).status_code == 200
    back = client.post(asked.url, {"code": code_now(secret)})
    assert back.url == "/work/queue/?tab=new"
    assert client.get(back.url).status_code == 200


def test_the_api_says_no_in_its_own_words(cast, officer):
    client = client_of(cast.officer)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password"}]
    session.save()
    answer = client.get("/api/v1/anything/")
    assert answer.status_code == 403
    assert answer["Content-Type"] == "application/problem+json"


def test_citizens_need_no_second_factor(db, settings):
    settings.STAFF_SECOND_FACTOR = True
    client, answer = sign_in(verified(c.citizen()))
    assert client.get(answer.url, follow=True).status_code == 200
    assert client.get("/profile/").status_code == 200


def test_the_demo_may_switch_it_off(cast, settings):
    settings.STAFF_SECOND_FACTOR = False
    client, answer = sign_in(verified(cast.officer.user))
    client.get(answer.url)
    assert client.get("/work/").status_code == 200


# --- Idle -----------------------------------------------------------------------------------
def idle_for(client, minutes):
    session = client.session
    session["staff_seen_at"] = time.time() - minutes * 60
    session.save()


def test_an_idle_staff_session_ends_says_so_and_comes_back(cast, settings):
    client = client_of(cast.officer)
    idle_for(client, settings.STAFF_IDLE_MINUTES - 1)
    assert client.get("/work/").status_code == 200
    idle_for(client, settings.STAFF_IDLE_MINUTES + 1)
    out = client.get("/work/queue/?tab=soon")
    assert out.url == "/accounts/login/?next=%2Fwork%2Fqueue%2F%3Ftab%3Dsoon"
    assert "사용하지 않아 로그아웃했습니다" in client.get(out.url).content.decode()
    assert "_auth_user_id" not in client.session


def test_an_idle_api_session_is_told_without_a_page(cast, settings):
    client = client_of(cast.officer)
    idle_for(client, settings.STAFF_IDLE_MINUTES + 1)
    assert client.get("/api/v1/anything/").status_code == 401


def test_an_idle_citizen_is_left_alone(db, settings):
    client = Client()
    client.force_login(c.citizen())
    idle_for(client, settings.STAFF_IDLE_MINUTES + 100)
    assert client.get("/profile/").status_code == 200


def test_signing_in_on_the_way_to_a_work_page_chooses_the_membership_first(cast):
    client = Client()
    client.force_login(cast.officer.user)
    asked = client.get("/work/queue/?tab=soon")
    assert asked.url == "/work/acting/?next=%2Fwork%2Fqueue%2F%3Ftab%3Dsoon"
    chosen = client.post(asked.url, {"membership": cast.officer.membership.pk, "next": "/work/queue/?tab=soon"})
    assert chosen.url == "/work/queue/?tab=soon"
    elsewhere = client.post(
        "/work/acting/", {"membership": cast.officer.membership.pk, "next": "https://evil.example/"}
    )
    assert elsewhere.url in ("/work/", "/accounts/2fa/totp/activate/")


# --- Lock-out -------------------------------------------------------------------------------
def test_five_failures_lock_for_fifteen_minutes(cast, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "5/15m/key,30/15m/ip"}
    cache.clear()
    user = verified(cast.officer.user)
    for _ in range(5):
        _client, answer = sign_in(user, password="wrong")
        assert "비밀번호가 맞지 않습니다" in answer.content.decode()
    for password in ("wrong", c.PASSWORD):
        client, answer = sign_in(user, password=password)
        assert "15분 뒤에 다시" in answer.content.decode()
        assert "_auth_user_id" not in client.session
    _client, other = sign_in(verified(cast.manager.user))
    assert other.status_code == 302
    cache.clear()


# --- One membership at a time ---------------------------------------------------------------
@pytest.fixture
def two_hats(cast):
    user = cast.officer.user
    Membership.objects.create(
        user=user, organisation=c.organisation("city"), role=Role.CITY_OFFICER, starts_at=timezone.now()
    )
    return user


def test_with_two_memberships_one_is_chosen(cast, two_hats):
    client = Client()
    client.force_login(two_hats)
    assert client.get("/sign-in/done/").url == "/work/acting/"
    page = client.get("/work/acting/").content.decode()
    assert page.count("이 자격으로 일하기") == 2
    assert client.post("/work/acting/", {"membership": cast.manager.membership.pk}).status_code == 404
    assert client.post("/work/acting/", {"membership": "x"}).status_code == 404
    client.post("/work/acting/", {"membership": cast.officer.membership.pk})
    assert client.session[ACTING] == cast.officer.membership.pk


def test_an_ended_membership_cannot_be_chosen_and_stops_at_once(cast, two_hats):
    client = client_of(cast.officer)
    assert client.get("/work/").status_code == 200
    now = timezone.now()
    Membership.objects.filter(pk=cast.officer.membership.pk).update(ends_at=now, starts_at=now - dt.timedelta(days=1))
    assert client.get("/work/selection/").status_code == 403
    assert ACTING not in client.session
    assert client.post("/work/acting/", {"membership": cast.officer.membership.pk}).status_code == 404


# --- Where a role begins --------------------------------------------------------------------
@pytest.mark.parametrize("role", MEMBERSHIP_ROLES)
def test_no_role_lands_on_a_dead_end(cast, role):
    actor = cast.actor(role, c.DONGJAK if role.value.startswith("district") else None)
    client = client_of(actor)
    url = landing_url(actor)
    assert url.startswith("/work/")
    assert client.get(url).status_code == 200


def test_a_visitor_finds_no_duties(db):
    client = Client()
    client.force_login(c.citizen())
    assert client.get("/work/duties/").url == "/"


# --- The first officer ----------------------------------------------------------------------
def test_the_first_city_officer_gets_a_link_and_the_offices_exist(db, capsys):
    call_command("add_city_officer", "First@Example.org", name="첫사람")
    said = capsys.readouterr().out
    url = said.strip().rsplit(" ", 1)[1].removeprefix("http://localhost:8000")
    assert Organisation.objects.filter(kind="district").count() == 25
    made = Membership.objects.get()
    assert (made.role, made.user.email, made.user.name) == ("city_officer", "first@example.org", "첫사람")
    assert 'name="password1"' in Client().get(url, follow=True).content.decode()
    call_command("add_city_officer", "first@example.org")
    assert "Set the password" in capsys.readouterr().out
    assert Membership.objects.count() == 1


def test_a_second_officer_and_a_wrong_address(db, capsys):
    user = verified(c.user())
    call_command("add_city_officer", user.email)
    assert "has its password already" in capsys.readouterr().out
    with pytest.raises(CommandError, match="이미 맡고"):
        call_command("add_city_officer", user.email)
    with pytest.raises(CommandError, match="not an e-mail"):
        call_command("add_city_officer", "nobody")
    assert User.objects.count() == 1
