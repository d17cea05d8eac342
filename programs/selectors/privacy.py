"""Reads of the privacy officer: the access log by month and person, what is unusual in it, and whose data a row is
about."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, ExtractHour, TruncDate, TruncMonth
from django.utils import timezone

from accounts.models import AccessLog, LogReview, Organisation, User
from accounts.roles import Actor, Role
from programs.deadlines import WorkingCalendar
from programs.models import Application

MANY_A_DAY = 100  # persons whose data one colleague opened in one day
_DAY_BEGINS, _DAY_ENDS = 7, 21
TAKEN = (AccessLog.Action.DOWNLOAD, AccessLog.Action.PRINT)
_SHOWN_SUBJECTS = 100


@dataclass(frozen=True)
class Month:
    """One organisation's log of one month. `review` is None until it was reviewed."""

    organisation: Organisation
    first: dt.date
    total: int
    review: LogReview | None

    @property
    def name(self) -> str:
        return f"{self.first:%Y-%m}"

    @property
    def is_over(self) -> bool:
        return self.first < timezone.localdate().replace(day=1)


def months(actor: Actor) -> list[Month]:
    """Every month with entries, those not yet reviewed first, each with the newest first."""
    rows = (
        AccessLog.objects.visible_to(actor)
        .filter(organisation__isnull=False)
        .annotate(month=TruncMonth("at"))
        .values("organisation", "month")
        .annotate(total=Count("id"))
    )
    organisations = Organisation.objects.in_bulk()
    reviews = {(row.organisation_id, row.month): row for row in LogReview.objects.visible_to(actor)}
    found = []
    for row in rows:
        first = timezone.localtime(row["month"]).date()
        review = reviews.get((row["organisation"], first))
        found.append(Month(organisations[row["organisation"]], first, row["total"], review))
    found.sort(key=lambda one: one.organisation.name)
    found.sort(key=lambda one: one.first, reverse=True)
    return sorted(found, key=lambda one: (one.review is not None, not one.is_over))


def bounds(month: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """From its first moment until the next month's, in Seoul."""
    following = (month + dt.timedelta(days=32)).replace(day=1)
    begin, end = (timezone.make_aware(dt.datetime.combine(day, dt.time())) for day in (month, following))
    return begin, end


def of_month(actor: Actor, organisation: Organisation, month: dt.date) -> QuerySet[Any]:
    begin, end = bounds(month)
    return (
        AccessLog.objects.visible_to(actor)
        .filter(organisation=organisation, at__gte=begin, at__lt=end)
        .annotate(hour=ExtractHour("at"))
    )


def off_hours(month: dt.date) -> Q:
    """At night, on a weekend or a holiday."""
    calendar, day, days_off = WorkingCalendar(), month, []
    while day.month == month.month:
        if not calendar.is_working_day(day):
            days_off.append(day)
        day += dt.timedelta(days=1)
    return Q(hour__lt=_DAY_BEGINS) | Q(hour__gte=_DAY_ENDS) | Q(at__date__in=days_off)


@dataclass(frozen=True)
class Person:
    """What one colleague did in a month. `subjects` counts the persons in what was opened, listed or taken."""

    user_id: int
    name: str
    role: str
    total: int
    subjects: int
    off: int
    taken: int
    busy_days: int

    @property
    def is_unusual(self) -> bool:
        return bool(self.off or self.taken or self.busy_days)


def people_of(rows: QuerySet[Any], month: dt.date) -> list[Person]:
    """Everyone in these rows, the unusual first; three statements."""
    found = list(
        rows.order_by()
        .values("user", "role")
        .annotate(
            total=Count("id"),
            subjects=Coalesce(Sum("count"), 0),
            off=Count("id", filter=off_hours(month)),
            taken=Count("id", filter=Q(action__in=TAKEN)),
        )
    )
    busy = _busy_days(rows)
    names = {user.pk: str(user) for user in User.objects.filter(pk__in=[row["user"] for row in found])}
    people = [
        Person(
            user_id=row["user"],
            name=names.get(row["user"], "-"),
            role=str(Role(row["role"]).label),
            total=row["total"],
            subjects=row["subjects"],
            off=row["off"],
            taken=row["taken"],
            busy_days=busy.get(row["user"], 0),
        )
        for row in found
    ]
    return sorted(people, key=lambda one: (not one.is_unusual, -one.subjects, one.name))


def _busy_days(rows: QuerySet[Any]) -> dict[int, int]:
    """How many days each colleague opened more than MANY_A_DAY persons' data; lists are masked and do not count."""
    days = (
        rows.order_by()
        .exclude(action=AccessLog.Action.LIST)
        .annotate(day=TruncDate("at"))
        .values("user", "day")
        .annotate(opened=Sum("count"))
        .filter(opened__gt=MANY_A_DAY)
    )
    found: dict[int, int] = {}
    for row in days:
        found[row["user"]] = found.get(row["user"], 0) + 1
    return found


def totals(rows: QuerySet[Any], column: str) -> list[dict[str, Any]]:
    """How often each value of `column` occurs, the most frequent first."""
    return list(rows.order_by().values(column).annotate(total=Count("id")).order_by("-total"))


def subjects_of(row: AccessLog) -> list[Application]:
    """The applications a row is about, whose names the page masks; empty where it is about something else."""
    if not row.about.startswith("application"):
        return []
    return list(
        Application.objects.filter(pk__in=row.ids[:_SHOWN_SUBJECTS])
        .select_related("program", "district")
        .order_by("receipt_no")
    )
