"""Service months: where they begin and end, and which are payable."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from accounts.months import add_months, last_day
from safety.doorguard.service_months import payable_months, service_month

days = st.dates(dt.date(2020, 1, 1), dt.date(2040, 12, 31))
one_day = dt.timedelta(days=1)


def test_a_month_runs_to_the_day_before_the_same_day():
    month = service_month(dt.date(2021, 9, 10), 1)
    assert (month.starts_on, month.ends_on) == (dt.date(2021, 9, 10), dt.date(2021, 10, 9))


def test_month_ends_are_clipped_and_never_add_up():
    ends = [service_month(dt.date(2021, 1, 31), number).ends_on for number in (1, 2, 3)]
    assert ends == [dt.date(2021, 2, 27), dt.date(2021, 3, 30), dt.date(2021, 4, 29)]


def test_a_leap_day_has_its_year():
    assert add_months(dt.date(2024, 2, 29), 12) == dt.date(2025, 2, 28)


def test_the_month_of_a_termination_is_not_payable():
    installed = dt.date(2021, 9, 10)
    until = dt.date(2021, 12, 31)
    by_end = {
        end: len(list(payable_months(installed, until=until, ended_on=end, limit=12)))
        for end in (dt.date(2021, 10, 8), dt.date(2021, 10, 9), dt.date(2021, 11, 1), None)
    }
    assert list(by_end.values()) == [0, 1, 1, 3]


@given(days, st.integers(1, 60))
def test_months_follow_each_other_without_gap_or_overlap(installed, number):
    assert service_month(installed, number).ends_on + one_day == service_month(installed, number + 1).starts_on


@given(days, st.integers(1, 60))
def test_a_month_has_27_to_31_days_and_begins_on_the_clipped_day(installed, number):
    month = service_month(installed, number)
    assert 27 <= (month.ends_on - month.starts_on).days + 1 <= 32
    assert month.starts_on.day == min(installed.day, last_day(month.starts_on).day)


@given(days, st.integers(0, 48), st.integers(0, 48))
def test_adding_whole_years_keeps_the_month(day, a, b):
    assert add_months(day, a + b).replace(day=1) == add_months(add_months(day, a), b).replace(day=1)


@given(days, days, st.none() | days, st.integers(1, 36))
def test_payable_months_are_the_completed_ones_in_order_and_at_most_the_limit(installed, until, ended_on, limit):
    months = list(payable_months(installed, until=until, ended_on=ended_on, limit=limit))
    assert [month.number for month in months] == list(range(1, len(months) + 1))
    assert len(months) <= limit
    stop = min(until, ended_on or until)
    assert all(month.ends_on <= stop for month in months)
    if len(months) < limit:
        assert service_month(installed, len(months) + 1).ends_on > stop


@given(days, days, st.integers(0, 400), st.integers(1, 36))
def test_a_later_date_never_pays_less(installed, until, more, limit):
    def count(day):
        return len(list(payable_months(installed, until=day, ended_on=None, limit=limit)))

    assert count(until) <= count(until + dt.timedelta(days=more))
