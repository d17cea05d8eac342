"""A week of the roster: who works when, and who is away."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from accounts.clock import SEOUL
from accounts.models import Organisation
from accounts.roles import Actor
from hospital.models import Absence, EscortManager, Shift
from hospital.selectors.managers import managers_of

DAYS = 7


@dataclass
class Cell:
    """One day of one manager: hours of work, and reasons of being away."""

    day: dt.date
    shifts: list[tuple[dt.datetime, dt.datetime]] = field(default_factory=list)
    away: list[str] = field(default_factory=list)


@dataclass
class Week:
    manager: EscortManager
    cells: list[Cell]
    minutes: int = 0


def agencies_of(actor: Actor) -> list[Organisation]:
    """Those whose managers the actor sees, to choose among."""
    seen = managers_of(actor).order_by().values("organisation")
    return list(Organisation.objects.filter(pk__in=seen).order_by("kind", "name", "pk"))


def weeks_of(managers: list[EscortManager], monday: dt.date) -> list[Week]:
    """In a constant number of statements, in the managers' order."""
    days = [monday + dt.timedelta(days=n) for n in range(DAYS)]
    found = {manager.pk: Week(manager, [Cell(day) for day in days]) for manager in managers}
    for one in Shift.objects.filter(manager__in=found, week=monday).order_by("span"):
        week = found[one.manager_id]
        week.minutes += one.minutes
        number = (one.span.lower.astimezone(SEOUL).date() - monday).days
        week.cells[number].shifts.append((one.span.lower, one.span.upper))
    begins = dt.datetime.combine(monday, dt.time(), SEOUL)
    during = (begins, begins + dt.timedelta(days=DAYS))
    for absence in Absence.objects.filter(manager__in=found, span__overlap=during).order_by("span"):
        for cell in found[absence.manager_id].cells:
            midnight = dt.datetime.combine(cell.day, dt.time(), SEOUL)
            if absence.span.lower < midnight + dt.timedelta(days=1) and absence.span.upper > midnight:
                cell.away.append(absence.get_reason_display())
    return list(found.values())
