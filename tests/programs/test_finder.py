"""The self-check."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.roles import Actor
from programs import finder
from programs.models import DistrictCall, Program
from tests.factories import cast as c

ANSWERS = {
    "district": c.DONGJAK,
    "birth_year": "1996",
    "household_size": "1",
    "tenure": "monthly",
    "deposit": "10,000,000",
    "monthly_rent": "450000",
    "has_wifi": "yes",
    "hard_to_move": "",
}


def groups(**facts):
    known = {"district": c.DONGJAK, "birth_year": 1996, "household_size": 1, "tenure": "monthly", "has_wifi": True}
    found = finder.find(Actor.anonymous(), finder.facts_of(None, known | facts), timezone.now())
    return {f.program.pk: f.group for f in found}


def result(client, **changes):
    answer = client.post("/finder/", ANSWERS | changes, follow=True)
    return answer.content.decode()


def test_the_answers_lead_to_a_result_that_can_be_reloaded(cast, client):
    page = result(client)
    assert "받을 수 있습니다 (1)" in page
    assert client.get("/finder/result/").content.decode().count("안전 도어지킴이") == 1
    assert client.session["self_check"]["deposit"] == 10_000_000


def test_a_result_without_answers_leads_to_the_form(db, client):
    assert client.get("/finder/result/").url == "/finder/"


def test_answers_can_be_forgotten(cast, client):
    result(client)
    client.post("/finder/forget/")
    assert client.get("/finder/result/").url == "/finder/"


@pytest.mark.parametrize(
    "changes",
    [{"birth_year": "96"}, {"birth_year": "2999"}, {"district": ""}, {"household_size": "0"}, {"deposit": "x"}],
)
def test_it_says_what_is_wrong_and_keeps_what_was_typed(cast, client, changes):
    answer = client.post("/finder/", ANSWERS | changes)
    assert answer.status_code == 422
    assert "data-error-summary" in answer.content.decode()
    assert 'value="10,000,000"' in answer.content.decode() or "deposit" in changes


def test_the_form_comes_back_with_what_was_answered(cast, client):
    result(client)
    page = client.get("/finder/").content.decode()
    assert 'value="1996"' in page
    assert 'value="10000000"' in page


@pytest.mark.parametrize(
    ("facts", "group"),
    [
        ({}, "can"),
        ({"has_wifi": None}, "could"),
        ({"has_wifi": False}, "could"),
        ({"household_size": 3}, "cannot"),
        ({"birth_year": timezone.localdate().year - 18}, "could"),  # 18 this year: it depends on the birthday
        ({"birth_year": timezone.localdate().year - 17}, "cannot"),
        ({"birth_year": timezone.localdate().year - 19}, "can"),
        ({"district": "11110"}, "cannot"),
    ],
)
def test_each_programme_is_in_its_group(cast, facts, group):
    assert groups(**facts) == {"door-guard": group}


def test_a_closed_or_full_call_cannot_be_got(cast):
    DistrictCall.objects.filter(pk=cast.dongjak.pk).update(closed_at=timezone.now())
    assert groups() == {"door-guard": "cannot"}


def test_a_programme_without_a_call_is_for_everyone_until_it_ends(cast):
    Program.objects.create(code="a", name="상시", name_en="Always")
    Program.objects.create(code="b", name="끝남", name_en="Ended", ends_on=dt.date(2021, 12, 31))
    assert groups() == {"door-guard": "can", "a": "can", "b": "cannot"}


def test_a_refusal_names_the_rule_its_day_and_its_basis(cast, client):
    page = result(client, household_size="2")
    assert "혼자 사는 1인가구여야 합니다." in page
    assert "2021년 1월 1일(금)부터 · 근거: 모집공고" in page


def test_it_costs_four_queries(cast, django_assert_num_queries):
    facts = finder.facts_of(None, {"district": c.DONGJAK, "birth_year": 1996})
    with django_assert_num_queries(4):
        finder.find(Actor.anonymous(), facts, timezone.now())


def test_a_profile_overrules_the_answers(cast):
    profile = c.citizen(household_size=2).profile
    facts = finder.facts_of(profile, {"household_size": 1, "has_wifi": True, "birth_year": 1950})
    assert facts["household_size"] == 2
    assert facts["has_wifi"] is True
    assert facts["birth_date"] == profile.birth_date
