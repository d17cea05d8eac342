"""Reads of the roster: who is there, what they hold, how much they work this week."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import QuerySet, Sum

from accounts.roles import Actor
from hospital.availability import NEEDED
from hospital.models import Absence, Credential, EscortManager, Shift
from hospital.models.managers import monday_of

SOON = dt.timedelta(days=30)


@dataclass
class Line:
    """One manager: what is missing or has run out, what runs out within a month, and this week's minutes."""

    manager: EscortManager
    lacking: list[str] = field(default_factory=list)
    ending: list[Credential] = field(default_factory=list)
    minutes: int = 0


def managers_of(actor: Actor) -> QuerySet[EscortManager]:
    rows = EscortManager.objects.visible_to(actor).select_related("membership__user", "organisation", "base")
    return rows.order_by("organisation_id", "base_id", "pk")


def lines_of(managers: list[EscortManager], today: dt.date) -> list[Line]:
    """In a constant number of statements."""
    held: dict[int, dict[str, Credential]] = defaultdict(dict)
    for one in Credential.objects.filter(manager__in=managers, valid_from__lte=today).order_by("valid_from", "pk"):
        before = held[one.manager_id].get(one.kind)
        ends = one.valid_until or dt.date.max
        if ends >= today and (before is None or ends > (before.valid_until or dt.date.max)):
            held[one.manager_id][one.kind] = one
    week = Shift.objects.filter(manager__in=managers, week=monday_of(today)).values("manager").order_by("manager")
    minutes = dict(week.annotate(n=Sum("minutes")).values_list("manager", "n"))
    return [_line(manager, held[manager.pk], minutes.get(manager.pk, 0), today) for manager in managers]


def _line(manager: EscortManager, held: dict[str, Credential], minutes: int, today: dt.date) -> Line:
    lacking = [str(kind.label) for kind in NEEDED if kind not in held]
    ending = [one for one in held.values() if one.valid_until and one.valid_until <= today + SOON]
    return Line(manager, lacking, ending, minutes)


def shifts_of(actor: Actor, manager: EscortManager, since: dt.date) -> QuerySet[Shift]:
    return Shift.objects.visible_to(actor).filter(manager=manager, week__gte=monday_of(since)).order_by("span")


def absences_of(actor: Actor, manager: EscortManager, since: dt.datetime) -> QuerySet[Absence]:
    return Absence.objects.visible_to(actor).filter(manager=manager, span__endswith__gte=since).order_by("span")


def credentials_of(actor: Actor, manager: EscortManager) -> QuerySet[Credential]:
    return Credential.objects.visible_to(actor).filter(manager=manager).order_by("kind", "-valid_from", "-pk")
