"""Months as people count them."""

from __future__ import annotations

import calendar
import datetime as dt


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day of the month so many months later, or that month's last day."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def last_day(month: dt.date) -> dt.date:
    """The last day of the month that this day is in."""
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


def previous_month(day: dt.date) -> dt.date:
    """The first day of the month before this day's."""
    return (day.replace(day=1) - dt.timedelta(days=1)).replace(day=1)
