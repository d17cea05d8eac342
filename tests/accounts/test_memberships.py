"""People: inviting, ending, changing roles, standing in, handing over — and who may."""

import datetime as dt

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import memberships
from accounts.memberships import UnableToChange
from accounts.models import Membership, User
from accounts.roles import Actor, Role
from notifications.models import Message
from programs import people
from programs.models import Application, ApplicationEvent
from programs.selectors.people import history
from programs.selectors.queue import QueueFilter, cases
from programs.workflow import perform
from tests.factories import cast as c
from tests.programs.signed_in import client_of

PEOPLE = "/work/people/"


@pytest.fixture
def office(cast):
    return cast.manager.membership.organisation


@pytest.fixture
def manager(cast):
    return client_of(cast.manager)


def invited(cast, office, role=Role.DISTRICT_OFFICER, email="new@example.com", **more):
    return people.invite(actor=cast.manager, email=email, name="새사람", organisation=office, role=role, **more)


def page(membership, name="person"):
    return reverse(f"programs:{name}", args=[membership.pk])


def form(email="new@example.com", role="district_officer", **more):
    return {"email": email, "name": "새사람", "role": role, "first_day": timezone.localdate().isoformat()} | more


# --- Inviting -------------------------------------------------------------------------------
def test_a_new_colleague_is_sent_a_link_that_sets_a_password(cast, manager):
    answer = manager.post(f"{PEOPLE}invite/", form(email="New@Example.com"), follow=True)
    assert "초대하고 전자우편을 보냈습니다" in answer.content.decode()
    made = Membership.objects.get(user__email="new@example.com")
    assert made.is_in_force
    assert made.invited_by == cast.manager.user
    message = Message.objects.get(template="people.invited")
    assert message.channel == "email"
    assert message.recipient is None
    url = message.content["variables"]["주소"].removeprefix("http://localhost:8000")
    visitor = Client()
    landed = visitor.get(url, follow=True)
    action = landed.redirect_chain[-1][0]
    visitor.post(action, {"password1": "a very long secret 7", "password2": "a very long secret 7"})
    signed_in = visitor.post("/accounts/login/", {"login": "new@example.com", "password": "a very long secret 7"})
    assert signed_in.status_code == 302
    assert visitor.get("/sign-in/done/").url == "/work/"


def test_the_link_works_once(cast, office):
    made = invited(cast, office)
    url = memberships.set_password_url(made.user).removeprefix("http://localhost:8000")
    made.user.set_password("something else now")
    made.user.save()
    assert 'name="password1"' not in Client().get(url, follow=True).content.decode()


def test_somebody_known_is_told_and_keeps_the_password(cast, office):
    known = c.user("이미있음")
    EmailAddress.objects.create(user=known, email=known.email, verified=True, primary=True)
    invited(cast, office, email=known.email)
    known.refresh_from_db()
    assert known.has_usable_password()
    assert known.name == "이미있음"
    assert Message.objects.get().template == "people.appointed"


def test_an_account_nobody_proved_loses_its_password_before_it_is_given_a_role(cast, office):
    squatter = c.user()
    invited(cast, office, email=squatter.email)
    squatter.refresh_from_db()
    assert not squatter.has_usable_password()
    assert Message.objects.get().template == "people.invited"


def test_a_double_click_makes_one_membership(manager):
    assert manager.post(f"{PEOPLE}invite/", form()).status_code == 302
    again = manager.post(f"{PEOPLE}invite/", form())
    assert again.status_code == 422
    assert "같은 역할을 이미 맡고 있습니다" in again.content.decode()
    assert Membership.objects.filter(user__email="new@example.com").count() == 1


def test_the_spending_chain_is_never_one_person(manager):
    manager.post(f"{PEOPLE}invite/", form(role="finance_officer"))
    refused = manager.post(f"{PEOPLE}invite/", form(role="cashier"))
    assert "지방회계법 제36조" in refused.content.decode()


@pytest.mark.parametrize("words", [
    {"role": "city_officer"}, {"email": "nobody"}, {"name": ""}, {"first_day": "2020-01-01"},
    {"last_day": "2020-01-01"}, {"first_day": ""},
])  # fmt: skip
def test_what_cannot_be_is_said_and_nothing_is_made(manager, words):
    answer = manager.post(f"{PEOPLE}invite/", form(**words))
    assert answer.status_code == 422
    assert not User.objects.filter(email="new@example.com").exists()


def test_a_manager_gives_no_role_elsewhere_and_none_the_organisation_has_not(cast, office):
    with pytest.raises(UnableToChange, match="권한이 없습니다"):
        people.invite(actor=cast.manager, email="x@example.com", name="x", role=Role.DISTRICT_OFFICER,
                      organisation=cast.neighbour.membership.organisation)  # fmt: skip
    with pytest.raises(UnableToChange, match="없는 역할"):
        invited(cast, office, role=Role.CITY_OFFICER)


def test_the_city_invites_into_any_organisation(cast):
    client = client_of(cast.city)
    gwanak = cast.neighbour.membership.organisation
    wrong = client.post(f"{PEOPLE}invite/", form(role="city_officer", organisation=gwanak.pk))
    assert "이 기관에는 없는 역할" in wrong.content.decode()
    client.post(f"{PEOPLE}invite/", form(role="district_manager", organisation=gwanak.pk))
    assert Membership.objects.get(user__email="new@example.com").organisation == gwanak


def test_an_invitation_is_sent_again_only_while_no_password_is_set(cast, office, manager):
    made = invited(cast, office)
    assert "초대 다시 보내기" in manager.get(page(made)).content.decode()
    made.user.set_password("a password at last")
    made.user.save()
    assert "초대 다시 보내기" not in manager.get(page(made)).content.decode()
    answer = manager.post(page(made, "person_remind"), follow=True)
    assert "이미 비밀번호를 정하였습니다" in answer.content.decode()


# --- Ending ---------------------------------------------------------------------------------
def test_ending_takes_access_away_at_the_next_request(cast, manager):
    officer = client_of(cast.officer)
    assert officer.get("/work/").status_code == 200
    manager.post(page(cast.officer.membership, "person_end"), {"when": "now", "reason": "인사이동"})
    assert officer.get("/work/").status_code == 403
    row = Membership.objects.get(pk=cast.officer.membership.pk)
    assert row.ends_at <= timezone.now()
    assert row.end_reason == "인사이동"


def test_a_dated_end_lasts_through_its_day_and_not_longer(cast, manager):
    last = timezone.localdate() + dt.timedelta(days=3)
    words = {"when": "later", "last_day": last.isoformat(), "reason": "퇴직"}
    manager.post(page(cast.officer.membership, "person_end"), words)
    row = Membership.objects.get(pk=cast.officer.membership.pk)
    assert row.is_in_force
    assert timezone.localtime(row.ends_at).date() == last + dt.timedelta(days=1)
    assert timezone.localtime(row.ends_at).time() == dt.time()


def test_a_dated_end_needs_its_day_and_a_reason(cast, manager):
    for words in ({"when": "later", "reason": "x"}, {"when": "now", "reason": ""},
                  {"when": "later", "last_day": "2020-01-01", "reason": "x"}):  # fmt: skip
        assert manager.post(page(cast.officer.membership, "person_end"), words).status_code == 422
    assert Membership.objects.get(pk=cast.officer.membership.pk).ends_at is None


def test_ending_twice_says_so(cast, manager):
    for _ in range(2):
        answer = manager.post(page(cast.officer.membership, "person_end"), {"when": "now", "reason": "인사이동"})
    assert "이미 끝난 소속입니다" in answer.content.decode()


def test_the_last_manager_cannot_end_themself(cast, office, manager):
    own = cast.manager.membership
    answer = manager.post(page(own, "person_end"), {"when": "now", "reason": "이동"})
    assert answer.status_code == 422
    assert "먼저 후임을 초대하십시오" in answer.content.decode()
    invited(cast, office, role=Role.DISTRICT_MANAGER)
    assert manager.post(page(own, "person_end"), {"when": "now", "reason": "이동"}).status_code == 302
    assert manager.get(PEOPLE).status_code == 403


def test_a_stand_in_does_not_count_as_the_manager_who_remains(cast):
    now = timezone.now()
    people.appoint_stand_in(cast.manager.membership, actor=cast.manager, stand_in=cast.officer.membership,
                            starts_at=now, ends_at=now + dt.timedelta(days=5))  # fmt: skip
    with pytest.raises(UnableToChange, match="후임"):
        people.end_membership(cast.manager.membership, actor=cast.manager, reason="이동")


# --- Cases ----------------------------------------------------------------------------------
@pytest.fixture
def colleague(cast):
    return c.member(Role.DISTRICT_OFFICER, c.DONGJAK)


@pytest.fixture
def assigned(cast):
    rows = [cast.receive() for _ in range(3)]
    for row in rows:
        perform(row, "start_review", actor=cast.officer)
    perform(rows[2], "reject", actor=cast.officer, data={"reasons": ["not_single"], "note": "두 사람"})
    return rows


def assignees():
    return list(Application.objects.order_by("pk").values_list("assignee", flat=True))


def test_open_cases_go_to_a_colleague_and_decided_ones_stay(cast, assigned, colleague, manager):
    asked = manager.get(page(cast.officer.membership, "person_end")).content.decode()
    assert "열린 건 2건" in asked
    words = {"when": "now", "reason": "이동", "successor": colleague.pk}
    manager.post(page(cast.officer.membership, "person_end"), words)
    assert assignees() == [colleague.pk, colleague.pk, cast.officer.membership.pk]
    assert ApplicationEvent.objects.filter(action="reassign", membership=cast.manager.membership).count() == 2


def test_cases_left_behind_are_handed_over_later(cast, assigned, colleague, manager):
    people.end_membership(cast.officer.membership, actor=cast.manager, reason="이동")
    assert "열린 건 넘기기" in manager.get(page(cast.officer.membership)).content.decode()
    manager.post(page(cast.officer.membership, "person_hand_over"), {"successor": colleague.pk})
    assert assignees()[:2] == [colleague.pk, colleague.pk]


def test_cases_go_to_nobody_of_another_district(cast, assigned, manager):
    words = {"when": "now", "reason": "이동", "successor": cast.neighbour.membership.pk}
    assert manager.post(page(cast.officer.membership, "person_end"), words).status_code == 422
    assert assignees() == [cast.officer.membership.pk] * 3


def test_the_city_hands_over_for_a_district(cast, assigned, colleague):
    words = {"successor": colleague.pk}
    client_of(cast.city).post(page(cast.officer.membership, "person_hand_over"), words)
    assert assignees()[:2] == [colleague.pk, colleague.pk]


def test_another_role_is_an_end_and_a_beginning_and_keeps_the_cases(cast, assigned, manager):
    before = cast.officer.membership
    answer = manager.post(page(before, "person_role"), {"role": "district_manager", "reason": "승진"})
    assert answer.status_code == 302
    before.refresh_from_db()
    after = Membership.objects.get(user=cast.officer.user, role="district_manager")
    assert before.ends_at == after.starts_at
    assert assignees()[:2] == [after.pk, after.pk]
    same = manager.post(page(after, "person_role"), {"role": "district_manager", "reason": "승진"})
    assert "다른 역할을 고르십시오" in same.content.decode()


# --- Standing in ----------------------------------------------------------------------------
def test_a_stand_in_of_the_same_role_has_the_absents_cases_before_them(cast, assigned, colleague, manager):
    words = {"stand_in": colleague.pk, "first_day": timezone.localdate().isoformat(),
             "last_day": (timezone.localdate() + dt.timedelta(days=2)).isoformat()}  # fmt: skip
    assert manager.post(page(cast.officer.membership, "person_stand_in"), words).status_code == 302
    stand_in = Membership.objects.get(stands_in_for=cast.officer.membership)
    actor = Actor.of(stand_in)
    assert actor.role == Role.DISTRICT_OFFICER
    assert "대행" in actor.label
    mine = cases(actor, QueueFilter(assignee="me"), timezone.now())
    assert {row.pk for row in mine} == {row.pk for row in assigned[:2]}
    assert not cases(Actor.of(colleague), QueueFilter(assignee="me"), timezone.now()).exists()
    again = manager.post(page(cast.officer.membership, "person_stand_in"), words)
    assert "이미 이 자리를 대신하고 있습니다" in again.content.decode()


def test_a_stand_in_ends_with_whom_they_stand_in_for(cast, colleague):
    now = timezone.now()
    stand_in = people.appoint_stand_in(cast.officer.membership, actor=cast.manager, stand_in=colleague,
                                       starts_at=now, ends_at=now + dt.timedelta(days=9))  # fmt: skip
    people.end_membership(cast.officer.membership, actor=cast.manager, reason="이동")
    stand_in.refresh_from_db()
    assert not stand_in.is_in_force


# --- Who sees whom --------------------------------------------------------------------------
def test_history_says_who_did_what_when(cast, office, manager):
    made = invited(cast, office)
    people.end_membership(made, actor=cast.city, reason="잘못 초대함")
    changes = history(made.user, office)
    assert [(one.what, one.who, one.reason) for one in changes] == [
        ("종료", str(cast.city.user), "잘못 초대함"), ("시작", str(cast.manager.user), ""),
    ]  # fmt: skip
    assert "잘못 초대함" in manager.get(page(made)).content.decode()


def test_a_stranger_is_refused_and_anothers_colleague_is_not_there(cast, manager):
    for who in (cast.officer, cast.neighbour, cast.actor(Role.COMPANY_STAFF), cast.actor(Role.PRIVACY_OFFICER)):
        assert client_of(who).get(PEOPLE).status_code == 403
    for name in ("person", "person_end", "person_role", "person_stand_in", "person_hand_over"):
        assert manager.get(page(cast.neighbour.membership, name)).status_code == 404
    assert manager.post(page(cast.neighbour.membership, "person_remind")).status_code == 404


def test_the_list_pages_masks_addresses_and_costs_the_same(cast, office, manager):
    def queries():
        with CaptureQueriesContext(connection) as seen:
            text = manager.get(PEOPLE).content.decode()
        return len(seen), text

    queries()  # the first request notes in the session that it was used
    before, text = queries()
    assert cast.officer.user.email not in text
    for _n in range(30):
        c.member(Role.DISTRICT_OFFICER, c.DONGJAK)
    after, text = queries()
    assert after == before <= 7
    assert "?page=2" in text
    assert cast.neighbour.user.name not in text.replace("자치구 담당자", "")
    assert "끝난 소속" in text


def test_a_colleague_is_found_by_the_whole_address_only(cast, manager):
    found = manager.post(f"{PEOPLE}find/", {"email": cast.officer.user.email.upper()})
    assert found.url == f"{PEOPLE}?person={cast.officer.user_id}"
    assert manager.get(found.url).content.decode().count("<tr>") == 2
    for email in (cast.officer.user.email[:5], cast.neighbour.user.email, ""):
        assert manager.post(f"{PEOPLE}find/", {"email": email}).url == PEOPLE


def test_an_empty_list_says_what_to_do(manager):
    assert "조건에 맞는 구성원이 없습니다" in manager.get(f"{PEOPLE}?show=ended").content.decode()
