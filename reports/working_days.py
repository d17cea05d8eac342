"""Working days numbered in a table, so that SQL can say how many lie between two days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db import connection

from programs.deadlines import WorkingCalendar

FIRST = dt.date(2015, 1, 1)
YEARS_AHEAD = 3


def numbered(calendar: WorkingCalendar, last: dt.date) -> Iterator[tuple[dt.date, int]]:
    """Each day from FIRST to `last` with the number of days worked up to and including it."""
    number, day = 0, FIRST
    while day <= last:
        number += calendar.is_working_day(day)
        yield day, number
        day += dt.timedelta(days=1)


def refresh(calendar: WorkingCalendar, today: dt.date) -> None:
    """Write what differs: new days, and days moved by a holiday decided since."""
    days, numbers = zip(*numbered(calendar, dt.date(today.year + YEARS_AHEAD, 12, 31)), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO reports_workingday (day, number) SELECT * FROM unnest(%s::date[], %s::int[]) "
            "ON CONFLICT (day) DO UPDATE SET number = excluded.number "
            "WHERE reports_workingday.number <> excluded.number",
            [list(days), list(numbers)],
        )
