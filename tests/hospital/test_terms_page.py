"""The city sets new terms of the escort on the catalogue's page, from a day that nobody can book yet."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Actor, Role
from hospital.forms.terms import EscortTermsForm
from hospital.models import Trip
from hospital.terms_check import check_terms, in_rows
from portal.seoul2021.escort_terms import TERMS
from programs import calls
from programs.models import Terms
from programs.workflow import UnableToPerform
from tests.factories import cast as c
from tests.programs.signed_in import client_of

URL = "/work/catalogue/hospital-escort/terms/"


@pytest.fixture
def city(escort):
    return client_of(Actor.of(c.member(Role.CITY_OFFICER)))


def later(days=30):
    return timezone.localdate() + dt.timedelta(days=days)


def filled(values, **changes):
    """What the form sends where nothing is changed."""
    form = EscortTermsForm(values=values)
    sent = {bound.html_name: bound.value() for bound in form}
    sent = {name: value for name, value in sent.items() if value is not None and value is not False}
    return sent | {"first": later().isoformat(), "basis": "방침"} | changes


@pytest.mark.parametrize("dated", TERMS, ids=["2021", "2022", "2025"])
def test_what_is_not_changed_stays_the_same(dated, escort):
    form = EscortTermsForm(filled(dated.values), values=dated.values)
    assert form.is_valid(), form.errors
    for name, value in dated.values.items():
        assert form.values[name] == value or (
            name == "limits" and sorted(map(str, value)) == sorted(map(str, form.values[name]))
        )


def test_a_limit_is_changed_from_a_day_on_and_the_past_keeps_its_row(city, escort):
    trip = escort.booked()
    old = Terms.objects.get(program="hospital-escort")
    assert "월간 10회" in city.get(URL).content.decode()
    answer = city.post(URL, filled(old.values) | {"limit-uses-month": "4", "weekday-closes": "19:00"})
    assert answer.status_code == 302
    new = Terms.objects.get(program="hospital-escort", valid__startswith=later())
    assert {"measure": "uses", "per": "month", "allowed": 4} in new.values["limits"]
    assert new.values["weekday"] == {"opens": "07:00", "closes": "19:00"}
    before, after = old.values, Terms.objects.get(pk=old.pk)
    assert (after.values, after.valid.upper) == (before, later())
    assert Trip.objects.get(pk=trip.pk).terms_id == old.pk


def test_a_day_that_may_be_booked_already_is_refused(city, escort):
    answer = city.post(URL, filled(escort.terms.values, first=later(7).isoformat()))
    assert answer.status_code == 422
    assert "이미 예약을 받고" in answer.content.decode()
    assert Terms.objects.filter(program="hospital-escort").count() == 1


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"fee_step_minutes": "0"}, "1분 이상"),
        ({"weekday-closes": "06:00"}, "시작하는 시각보다 뒤"),
        ({"limit-uses-month": "0"}, "1 이상이어야"),
        ({"ban-months": ""}, "모두 있어야"),
        ({"weekend-closes": ""}, "모두 있어야"),
        ({"free-kinds": []}, "증빙을 하나 이상"),
        ({"free-income_percent": ""}, "소득 기준"),
        ({"estimate-dialysis": "0"}, "예상 소요시간"),
        ({"fee_first": "-1"}, "0"),
        ({"fee_first": "오천"}, "정수"),
    ],
)
def test_nonsense_is_refused_in_words(city, escort, changes, why):
    answer = city.post(URL, filled(escort.terms.values) | changes)
    assert answer.status_code == 422
    assert why in answer.content.decode()
    assert Terms.objects.filter(program="hospital-escort").count() == 1


def test_limits_and_bans_may_be_left_out(escort):
    values = escort.terms.values
    emptied = {
        name: ""
        for name in EscortTermsForm(values=values).fields
        if name.startswith(("limit-", "free-", "ban-", "weekend-"))
    }
    form = EscortTermsForm(filled(values) | emptied | {"free-kinds": []}, values=values)
    assert form.is_valid(), form.errors
    assert [form.values[name] for name in ("limits", "free", "weekend", "ban")] == [[], None, None, None]
    check_terms(form.values, later())


def test_whoever_calls_the_function_is_checked_too(escort):
    officer = Actor.of(c.member(Role.CITY_OFFICER))
    with pytest.raises(UnableToPerform, match="빠지거나 잘못된 값"):
        calls.add_terms(
            escort.terms.program, actor=officer, district=None, first=later(), values={"fee_first": 1}, basis="잘못"
        )


def test_rows_of_every_time_can_be_read(escort):
    assert ("주말·공휴일 이용시간", "없음") in in_rows(TERMS[0].values)
    assert in_rows({"fee_first": 1}) == [("fee_first", "1")]
    assert reverse("programs:terms", args=["hospital-escort"]) == URL
