"""Fees and limits by the terms of the day: pure rules, tried on many values, across changes of terms, midnight and
holidays."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.clock import SEOUL
from hospital.allowances import left_of
from hospital.escort_terms import EscortTerms, Limit, terms_on
from hospital.fees import cost_of, price_of
from hospital.models import Measure, Per
from hospital.possible import Wish, ask
from portal.seoul2021.escort_terms import TERMS, load_escort_terms
from programs.deadlines import WorkingCalendar
from programs.models import Program, Terms
from programs.workflow import UnableToPerform
from tests.factories import cast as c
from tests.factories.escort import hospital

OF_2021, OF_2022, OF_2025 = (EscortTerms.of(Terms(pk=n, values=one.values)) for n, one in enumerate(TERMS, 1))
ALL = st.sampled_from([OF_2021, OF_2022, OF_2025])
MINUTES = st.integers(0, 24 * 60)


# --- Fees ----------------------------------------------------------------------------------
@given(ALL, MINUTES, MINUTES)
def test_longer_is_never_cheaper(terms, one, other):
    shorter, longer = sorted((one, other))
    assert price_of(shorter, terms).amount <= price_of(longer, terms).amount


@given(ALL, st.integers(0, 20), st.integers(1, 30))
def test_a_step_begun_is_paid_whole(terms, steps, into):
    edge = terms.fee_first_minutes + steps * terms.fee_step_minutes
    assert price_of(edge, terms).steps == steps
    assert price_of(edge + min(into, terms.fee_step_minutes), terms).steps == steps + 1


@given(ALL, MINUTES)
def test_its_parts_make_the_amount(terms, minutes):
    parts = price_of(minutes, terms).as_parts()
    assert parts["first"] + parts["steps"] * parts["step"] == price_of(minutes, terms).amount == parts["full"]


@given(ALL, MINUTES)
def test_exempt_costs_nothing_and_says_by_what(terms, minutes):
    price = price_of(minutes, terms, exempt_by="near_poor")
    assert (price.amount, price.full) == (0, price_of(minutes, terms).amount)


@pytest.mark.parametrize(
    ("minutes", "in_2021", "later"),
    [(1, 5_000, 5_000), (60, 5_000, 5_000), (61, 10_000, 7_500), (90, 10_000, 7_500), (91, 10_000, 10_000),
     (120, 10_000, 10_000), (121, 15_000, 12_500)],
)  # fmt: skip
def test_by_the_hour_in_2021_and_by_the_half_hour_since(minutes, in_2021, later):
    assert price_of(minutes, OF_2021).amount == in_2021
    assert price_of(minutes, OF_2022).amount == price_of(minutes, OF_2025).amount == later


@given(ALL, MINUTES)
def test_the_contracts_cost_drops_fractions_of_ten_won(terms, minutes):
    cost = cost_of(minutes, terms)
    assert cost % 10 == 0
    assert 0 <= minutes * terms.service_price / 60 - cost < 10


# --- Limits --------------------------------------------------------------------------------
DAYS = st.dates(dt.date(2020, 1, 1), dt.date(2030, 12, 31))


@given(DAYS)
def test_a_day_is_in_its_period(day):
    for per in Per:
        first = Limit(Measure.USES, per, 1).starts_on(day)
        assert first <= day
        assert Limit(Measure.USES, per, 1).starts_on(first) == first
    assert Limit(Measure.USES, Per.WEEK, 1).starts_on(day).weekday() == 0
    assert (day - Limit(Measure.USES, Per.WEEK, 1).starts_on(day)).days < 7


@given(st.integers(0, 30), st.integers(1, 12))
def test_what_is_left_is_never_below_nothing(used, allowed):
    limit, day = Limit(Measure.USES, Per.YEAR, allowed), dt.date(2025, 6, 1)
    left = left_of({("uses", "year", dt.date(2025, 1, 1)): used}, [limit], day)[0].left
    assert left == max(allowed - used, 0)


def test_another_year_or_month_begins_anew():
    limit = Limit(Measure.USES, Per.MONTH, 10)
    used = {("uses", "month", dt.date(2025, 4, 1)): 10}
    assert left_of(used, [limit], dt.date(2025, 4, 30))[0].left == 0
    assert left_of(used, [limit], dt.date(2025, 5, 1))[0].left == 10


# --- The terms of its day ------------------------------------------------------------------
@pytest.fixture
def three_times(db):
    Program.objects.create(code="hospital-escort", name="동행", name_en="Escort", summary="동행", summary_en="Escort")
    load_escort_terms()


@pytest.mark.parametrize(
    ("day", "step", "late_fee"),
    [("2021-11-01", 5_000, 0), ("2021-12-31", 5_000, 0), ("2022-01-01", 2_500, 0), ("2025-03-31", 2_500, 0),
     ("2025-04-01", 2_500, 13_000)],
)  # fmt: skip
def test_terms_change_at_midnight(three_times, day, step, late_fee):
    terms = terms_on(dt.date.fromisoformat(day))
    assert (terms.fee_step, terms.late_cancel_fee) == (step, late_fee)


def test_midnight_is_seouls_not_greenwichs(three_times):
    """Half past eleven in the evening of 31 December in Seoul is still 2021."""
    district = c.District.objects.get(pk=c.DONGJAK)

    def day_of(moment):
        wish = Wish("reserved", moment, district, hospital(), "treatment")
        return ask(wish, None, moment - dt.timedelta(days=2)).terms.fee_step

    assert day_of(dt.datetime(2021, 12, 31, 23, 30, tzinfo=SEOUL)) == 5_000
    assert day_of(dt.datetime(2021, 12, 31, 15, 30, tzinfo=dt.UTC)) == 2_500


@pytest.mark.parametrize(
    ("day", "is_working"),
    [("2025-01-29", False), ("2025-05-06", False), ("2025-10-06", False), ("2025-10-08", False), ("2025-06-04", True),
     ("2025-06-07", False)],
)  # fmt: skip
def test_holidays_and_their_substitutes_are_like_weekends(day, is_working, db):
    """New Year's, the substitute of Children's Day, Chuseok and its substitute; a Wednesday; a Saturday."""
    hours = OF_2025.hours_on(dt.date.fromisoformat(day), WorkingCalendar({}))
    assert (hours == OF_2025.weekday) is is_working
    assert (OF_2021.hours_on(dt.date.fromisoformat(day), WorkingCalendar({})) is not None) is is_working


def test_before_the_first_terms_there_is_no_service(three_times):

    with pytest.raises(UnableToPerform, match="등록되어 있지 않습니다"):
        terms_on(dt.date(2021, 10, 31))
