"""Service months: from the installation day to the day before the same day of the next month, month ends clipped.

Source: the report of 2 November 2021 (the first year's fee is subsidised by the month) and the house rule that a month
is payable once it is completed. Installed on 31 January: months end on 27 February, 30 March, 29 April, …
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ServiceMonth:
    number: int  # 1 for the month that begins on the installation day
    starts_on: dt.date
    ends_on: dt.date  # inclusive


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day of the month so many months later, or that month's last day."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def last_day(month: dt.date) -> dt.date:
    """The last day of the month that this day is in."""
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


def service_month(installed_on: dt.date, number: int) -> ServiceMonth:
    """The nth service month; counted from the installation day each time, so that clipping never adds up."""
    return ServiceMonth(
        number, add_months(installed_on, number - 1), add_months(installed_on, number) - dt.timedelta(days=1)
    )


def payable_months(
    installed_on: dt.date, *, until: dt.date, ended_on: dt.date | None, limit: int
) -> Iterator[ServiceMonth]:
    """The completed months, at most `limit`, that ended by `until` and by the last day of service (both inclusive).
    The month in which a service ends early is not complete and not payable."""
    until = min(until, ended_on) if ended_on else until
    for number in range(1, limit + 1):
        month = service_month(installed_on, number)
        if month.ends_on > until:
            return
        yield month
