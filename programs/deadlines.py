"""Deadlines of the Civil Petitions Treatment Act (민원처리법 §19): Korean working days and hours.

Five days or fewer are counted in working hours of eight a day from the moment of receipt; six or more in days, the
first included. Saturdays, Sundays and holidays do not count. The clock stands still during a supplement (영 §20).
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from accounts.clock import SEOUL
from programs.models import HolidayOverride

if TYPE_CHECKING:
    import holidays

_HOURS_DAYS = 5
_OPENS, _LUNCH, _LUNCH_ENDS, _CLOSES = dt.time(9), dt.time(12), dt.time(13), dt.time(18)


@lru_cache(maxsize=1)
def _calendar() -> holidays.HolidayBase:
    import holidays  # noqa: PLC0415 - takes half a second, and few processes need it at their start

    return holidays.country_holidays("KR", language="ko")


@lru_cache(maxsize=1)
def _overrides_in(_minute: int) -> dict[dt.date, bool]:
    """Local corrections of the calendar; each process reads them once a minute."""
    return dict(HolidayOverride.objects.values_list("day", "is_holiday"))


class WorkingCalendar:
    """Working days of one look at the calendar; make one per request or batch."""

    def __init__(self, overrides: dict[dt.date, bool] | None = None) -> None:
        self.overrides = _overrides_in(int(time.monotonic() // 60)) if overrides is None else overrides
        self._nth: dict[tuple[dt.date, int], dt.date] = {}  # a batch asks for the same few days again and again

    def is_working_day(self, day: dt.date) -> bool:
        if day in self.overrides:
            return not self.overrides[day]
        return day.weekday() < 5 and day not in _calendar()

    def working_days_from(self, day: dt.date) -> Iterator[dt.date]:
        """`day` and all after it that are worked."""
        while True:
            if self.is_working_day(day):
                yield day
            day += dt.timedelta(days=1)

    def nth_working_day(self, start: dt.date, count: int) -> dt.date:
        """The `count`-th working day, `start` included where it is one. `count` ≥ 1."""
        if (start, count) not in self._nth:
            self._nth[start, count] = next(islice(self.working_days_from(start), count - 1, None))
        return self._nth[start, count]

    def working_days_between(self, start: dt.date, end: dt.date) -> int:
        """Working days after `start`, up to and including `end`."""
        days = (start + dt.timedelta(days=n) for n in range(1, (end - start).days + 1))
        return sum(map(self.is_working_day, days))

    def _spans(self, start: dt.datetime) -> Iterator[tuple[dt.datetime, dt.datetime]]:
        """Working half-days from `start` on."""
        for day in self.working_days_from(start.date()):
            for begin, end in ((_OPENS, _LUNCH), (_LUNCH_ENDS, _CLOSES)):
                first = max(dt.datetime.combine(day, begin, SEOUL), start)
                last = dt.datetime.combine(day, end, SEOUL)
                if first < last:
                    yield first, last

    def add_hours(self, start: dt.datetime, hours: dt.timedelta) -> dt.datetime:
        for first, last in self._spans(start.astimezone(SEOUL)):
            if hours <= last - first:
                return first + hours
            hours -= last - first
        raise AssertionError("working days never end")

    def hours_between(self, start: dt.datetime, end: dt.datetime) -> dt.timedelta:
        total = dt.timedelta()
        end = end.astimezone(SEOUL)
        for first, last in self._spans(start.astimezone(SEOUL)):
            if first >= end:
                return total
            total += min(last, end) - first
        raise AssertionError("working days never end")

    def due_at(self, received_at: dt.datetime, days: int) -> dt.datetime:
        """When a case received then must be decided: the processing period is `days` working days."""
        if days <= _HOURS_DAYS:
            return self.add_hours(received_at, dt.timedelta(hours=8 * days))
        last = self.nth_working_day(received_at.astimezone(SEOUL).date(), days)
        return dt.datetime.combine(last, _CLOSES, SEOUL)

    def extend(self, due_at: dt.datetime, days: int) -> dt.datetime:
        """`days` working days later than `due_at`."""
        due = due_at.astimezone(SEOUL)
        last = self.nth_working_day(due.date() + dt.timedelta(days=1), days)
        return dt.datetime.combine(last, due.timetz())

    def resume(self, due_at: dt.datetime, stopped_at: dt.datetime, resumed_at: dt.datetime, days: int) -> dt.datetime:
        """The new deadline after a supplement: the time it took is not counted."""
        if days <= _HOURS_DAYS:
            return self.add_hours(due_at, self.hours_between(stopped_at, resumed_at))
        stood_still = self.working_days_between(
            stopped_at.astimezone(SEOUL).date(), resumed_at.astimezone(SEOUL).date()
        )
        return self.extend(due_at, stood_still) if stood_still else due_at
