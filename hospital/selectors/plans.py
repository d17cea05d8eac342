"""A plan with its lines, and the open requests of its day that no line serves."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.roles import Actor, Role
from hospital.models import DispatchPlan, PlanLine, State, Trip
from hospital.planning import own_days
from hospital.selectors.board import in_hours, suggestions


@dataclass(frozen=True)
class Unserved:
    """A request the plan leaves out, and why."""

    trip: Trip
    why: str
    clock: str


def plan_of(actor: Actor, pk: int) -> DispatchPlan:
    return DispatchPlan.objects.visible_to(actor).select_related("made_by__user").get(pk=pk)


def plan_lines(actor: Actor, plan: DispatchPlan) -> list[PlanLine]:
    rows = PlanLine.objects.visible_to(actor).filter(plan=plan)
    return list(
        rows.select_related(
            "trip__district", "trip__hospital__district", "manager__membership__user", "manager__base"
        ).order_by("meet_at", "pk")
    )


def unserved(actor: Actor, plan: DispatchPlan, lines: list[PlanLine]) -> list[Unserved]:
    """What of the day still waits and is in no line that stands."""
    served = [line.trip_id for line in lines if line.outcome != PlanLine.Outcome.REFUSED]
    rows = Trip.objects.visible_to(actor).filter(day=plan.day, state=State.REQUESTED, agency__isnull=True)
    rows = rows.exclude(pk__in=served).select_related("district", "hospital__district", "terms")
    now = timezone.now()
    days = own_days(actor, plan.day) if actor.role == Role.DISPATCHER else []
    return [
        Unserved(trip, _why(trip, bool(suggestions(trip, days, now)), now), in_hours(_left(trip, now)))
        for trip in rows.order_by("latest", "pk")
    ]


def _left(trip: Trip, now: dt.datetime) -> int:
    return int((trip.latest - now).total_seconds() // 60)


def _why(trip: Trip, alone: bool, now: dt.datetime) -> str:
    if trip.latest <= now:
        return _("약속한 때가 지났습니다.")
    if alone:
        return _("다른 신청과 겹칩니다. 이 신청만이라면 갈 수 있는 매니저가 있습니다.")
    return _("그때 이동 시간까지 비어 있는 매니저가 없습니다.")
