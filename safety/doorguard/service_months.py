"""Service months: from the installation day to the day before the same day of the next month, month ends clipped.

Source: the report of 2 November 2021 (the first year's fee is subsidised by the month) and the house rule that a month
is payable once it is completed. Installed on 31 January: months end on 27 February, 30 March, 29 April, …
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from accounts.months import add_months


@dataclass(frozen=True, slots=True)
class ServiceMonth:
    number: int  # 1 for the month that begins on the installation day
    starts_on: dt.date
    ends_on: dt.date  # inclusive


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
