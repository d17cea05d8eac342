"""Deadlines of the Civil Petitions Treatment Act."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from programs.deadlines import SEOUL, WorkingCalendar

calendar = WorkingCalendar({})


def at(*parts):
    return dt.datetime(*parts, tzinfo=SEOUL)


def test_six_days_or_more_count_the_first_day():
    assert calendar.due_at(at(2021, 9, 6, 10), 14) == at(2021, 9, 28, 18)  # Chuseok 20–22 Sept is not counted


def test_received_on_a_holiday_begins_on_the_next_working_day():
    assert calendar.due_at(at(2021, 10, 3, 10), 6) == at(2021, 10, 13, 18)  # 10/4 and 10/11 are substitute holidays


def test_five_days_or_fewer_count_working_hours():
    assert calendar.due_at(at(2021, 11, 5, 17), 1) == at(2021, 11, 8, 17)  # Friday 17:00, 8 working hours


def test_a_supplement_is_not_counted():
    due = calendar.due_at(at(2021, 11, 1, 9), 14)
    assert calendar.resume(due, at(2021, 11, 3, 9), at(2021, 11, 5, 9), 14) == calendar.extend(due, 2)


def test_a_local_override_wins_over_the_calendar():
    assert not WorkingCalendar({dt.date(2021, 11, 1): True}).is_working_day(dt.date(2021, 11, 1))
    assert WorkingCalendar({dt.date(2021, 10, 4): False}).is_working_day(dt.date(2021, 10, 4))


moments = st.datetimes(dt.datetime(2021, 1, 1), dt.datetime(2027, 6, 1)).map(lambda d: d.replace(tzinfo=SEOUL))  # noqa: DTZ001


@given(moments, st.integers(1, 60))
def test_a_deadline_is_in_working_time_and_after_receipt(received, days):
    due = calendar.due_at(received, days)
    assert due > received
    assert calendar.is_working_day(due.astimezone(SEOUL).date())


@given(moments, st.integers(1, 59))
def test_a_longer_period_never_ends_sooner(received, days):
    assert calendar.due_at(received, days) <= calendar.due_at(received, days + 1)


@given(moments, st.floats(0, 400))
def test_hours_added_are_hours_between(start, hours):
    span = dt.timedelta(minutes=int(hours * 60))
    end = calendar.add_hours(start, span)
    assert calendar.hours_between(start, end) == span
