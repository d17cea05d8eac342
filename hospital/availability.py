"""When a manager could take a trip: shifts less absences and what is planned already, with a valid set of credentials.
What assigning checks and what the solver is given come from here alike."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.clock import SEOUL
from hospital.models import Absence, Assignment, Credential, EscortManager, Shift

NEEDED = (Credential.Kind.CERTIFICATE, Credential.Kind.TRAINING, Credential.Kind.INSURANCE)


@dataclass
class Planned:
    """One live assignment: from setting out to the estimated end; met at, and back at, the same door (`place`)."""

    trip_id: int
    assignment_id: int
    place: str
    starts: dt.datetime
    meets: dt.datetime
    ends: dt.datetime


@dataclass
class Day:
    """One manager on one day."""

    manager: EscortManager
    shifts: list[tuple[dt.datetime, dt.datetime]] = field(default_factory=list)
    absences: list[tuple[dt.datetime, dt.datetime]] = field(default_factory=list)
    planned: list[Planned] = field(default_factory=list)
    lacking: list[str] = field(default_factory=list)  # credentials that are missing or have run out


def bounds(day: dt.date) -> tuple[dt.datetime, dt.datetime]:
    start = dt.datetime.combine(day, dt.time(), SEOUL)
    return start, start + dt.timedelta(days=1)


def days_of(managers: QuerySet[EscortManager], day: dt.date) -> list[Day]:
    """Everybody's day in a constant number of statements, in the managers' order."""
    begins, ends = bounds(day)
    during = (begins, ends)
    found = {m.pk: Day(m) for m in managers.select_related("membership__user", "organisation", "base")}
    for manager, span in Shift.objects.filter(manager__in=found, span__overlap=during).values_list("manager", "span"):
        found[manager].shifts.append((span.lower, span.upper))
    for manager, span in Absence.objects.filter(manager__in=found, span__overlap=during).values_list(
        "manager", "span"
    ):
        found[manager].absences.append((span.lower, span.upper))
    for one in live_assignments(found, during):
        found[one.manager_id].planned.append(_planned(one))
    for manager, lacking in lacking_on(found, day).items():
        found[manager].lacking = lacking
    for row in found.values():
        row.shifts.sort()
        row.planned.sort(key=lambda planned: planned.starts)
    return list(found.values())


def live_assignments(managers: Iterable[int], during: tuple[dt.datetime, dt.datetime | None]) -> QuerySet[Assignment]:
    return (
        Assignment.objects.filter(manager__in=list(managers), released_at__isnull=True, planned__overlap=during)
        .select_related("trip")
        .order_by("planned", "pk")
    )


def _planned(one: Assignment) -> Planned:
    meets = one.trip.meet_at or one.planned.lower
    return Planned(one.trip_id, one.pk, one.trip.district_id, one.planned.lower, meets, one.planned.upper)


def lacking_on(managers: Iterable[int], day: dt.date) -> dict[int, list[str]]:
    """By manager, which of the needed credentials are not valid that day; only those who lack one."""
    managers = list(managers)
    held: dict[int, set[str]] = defaultdict(set)
    valid = Credential.objects.filter(manager__in=managers, valid_from__lte=day).filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=day)
    )
    for manager, kind in valid.values_list("manager", "kind"):
        held[manager].add(kind)
    lacking = {pk: [str(kind.label) for kind in NEEDED if kind not in held[pk]] for pk in managers}
    return {pk: kinds for pk, kinds in lacking.items() if kinds}


def why_not_at_all(day: Day) -> str | None:
    """Why the manager can take no trip that day whatever its time, or None."""
    if not day.manager.active:
        return _("지금 일하지 않는 매니저입니다.")
    if day.lacking:
        return _("유효하지 않은 자격이 있습니다: %(list)s") % {"list": ", ".join(day.lacking)}
    if not day.shifts:
        return _("근무일이 아닙니다.")
    return None


@dataclass
class Stretch:
    """A free span, and the trips met in it one after the other; the manager comes to its first from their base."""

    begins: dt.datetime
    ends: dt.datetime
    planned: list[Planned]


def stretches(day: Day, *, without: int | None = None) -> list[Stretch]:
    """The manager's day. `without`: a trip taken as not planned."""
    planned = [one for one in day.planned if one.trip_id != without]
    return [
        Stretch(begins, ends, [one for one in planned if begins <= one.meets < ends])
        for begins, ends in free_spans(day)
    ]


def free_spans(day: Day) -> list[tuple[dt.datetime, dt.datetime]]:
    """The shifts less the absences."""
    spans = list(day.shifts)
    for begins, ends in day.absences:
        spans = [
            part
            for start, stop in spans
            for part in ((start, min(stop, begins)), (max(start, ends), stop))
            if part[0] < part[1]
        ]
    return sorted(set(spans))
