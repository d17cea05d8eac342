"""Assigning all open requests of a day at once: a proposal by the solver, and its application under the locks."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.roles import Actor, Role
from hospital.assigning import assign_manager
from hospital.availability import Day, days_of
from hospital.dispatch import solve
from hospital.dispatch.problem import Gap, Plan
from hospital.escort_terms import terms_on
from hospital.models import DispatchPlan, EscortManager, PlanLine, State, Trip
from hospital.problem import gaps_of, moment_of, request_of
from hospital.travel_times import travel_under
from programs.workflow import UnableToPerform

SECONDS = 4.0


@dataclass(frozen=True)
class Applied:
    """What applying did: how many lines were assigned, and those that could not be, with why."""

    plan: DispatchPlan
    assigned: int
    refused: list[PlanLine]


def open_trips(actor: Actor, day: dt.date) -> list[Trip]:
    """The requests of the day that wait for a manager of ours, the most urgent first."""
    rows = Trip.objects.visible_to(actor).filter(day=day, state=State.REQUESTED)
    if actor.role == Role.AGENCY_STAFF:
        rows = rows.filter(agency=actor.organisation_id)
    else:
        rows = rows.filter(agency__isnull=True)
    return list(rows.select_related("district", "hospital", "service_user", "terms").order_by("latest", "pk"))


def own_days(actor: Actor, day: dt.date) -> list[Day]:
    managers = EscortManager.objects.visible_to(actor).filter(organisation=actor.organisation_id, active=True)
    return days_of(managers.order_by("base", "pk"), day)


def propose(day: dt.date, *, actor: Actor) -> DispatchPlan:
    """Solve the open requests of the day: most served in time, then least travel. Nothing is reserved by it.

    Solving takes seconds and holds no lock. Raises UnableToPerform where nothing is open, or to a stranger."""
    if actor.role != Role.DISPATCHER or actor.membership is None:
        raise UnableToPerform(_("배차 담당자만 한꺼번에 배정할 수 있습니다."))
    now = timezone.now()
    trips = open_trips(actor, day)
    requests = [request for trip in trips if (request := request_of(trip, now)).earliest <= request.latest]
    if not trips:
        raise UnableToPerform(_("배정을 기다리는 신청이 없습니다."))
    gaps = gaps_of(own_days(actor, day), day, now)
    plan = solve(requests, gaps, travel_under(terms_on(day)), seconds=SECONDS)
    return _keep(plan, day, gaps, open_requests=len(trips), actor=actor)


@transaction.atomic
def _keep(solved: Plan, day: dt.date, gaps: list[Gap], *, open_requests: int, actor: Actor) -> DispatchPlan:
    assert actor.membership is not None  # noqa: S101 - propose has asked
    plan = DispatchPlan.objects.create(
        operator=actor.membership.organisation, day=day, open_requests=open_requests, served=solved.served,
        travel_minutes=solved.travel, bound=solved.bound, seconds=solved.seconds, made_by=actor.membership,
    )  # fmt: skip
    manager_of = {gap.key: gap.manager for gap in gaps}
    PlanLine.objects.bulk_create(
        PlanLine(
            plan=plan, trip_id=stop.request, manager_id=manager_of[gap], meet_at=moment_of(stop.starts, day),
            travel_minutes=stop.travel,
        )
        for gap, route in sorted(solved.routes.items())
        for stop in route
    )  # fmt: skip
    return plan


def apply_plan(plan_id: int, *, actor: Actor) -> Applied:
    """Assign line by line, each checked again under its locks: what changed meanwhile is left out and listed.

    Each line is done once, with its outcome in the same transaction: applied twice or by two, the plan is applied
    once, and broken off, the next time does the rest. Raises UnableToPerform, DispatchPlan.DoesNotExist."""
    if actor.role != Role.DISPATCHER:
        raise UnableToPerform(_("배차 담당자만 한꺼번에 배정할 수 있습니다."))
    with transaction.atomic():
        plan = DispatchPlan.objects.visible_to(actor).select_for_update().get(pk=plan_id)
        if plan.state == DispatchPlan.State.DISCARDED:
            raise UnableToPerform(_("버린 제안입니다. 다시 계산하십시오."))
        plan.state, plan.applied_at = DispatchPlan.State.APPLIED, plan.applied_at or timezone.now()
        plan.save(update_fields=["state", "applied_at"])
    for pk in plan.lines.filter(outcome="").order_by("meet_at", "pk").values_list("pk", flat=True):
        _apply(pk, actor)
    lines = list(plan.lines.select_related("trip", "manager__membership__user").order_by("meet_at", "pk"))
    refused = [line for line in lines if line.outcome == PlanLine.Outcome.REFUSED]
    return Applied(plan, sum(line.outcome == PlanLine.Outcome.ASSIGNED for line in lines), refused)


@transaction.atomic
def _apply(line_id: int, actor: Actor) -> None:
    line = PlanLine.objects.select_for_update().get(pk=line_id)
    if line.outcome:  # done by another press in this moment
        return
    try:
        assign_manager(line.trip_id, line.manager_id, actor=actor, meet_at=line.meet_at, only_open=True)
        line.outcome, line.why = PlanLine.Outcome.ASSIGNED, ""
    except (UnableToPerform, Trip.DoesNotExist, EscortManager.DoesNotExist) as changed:
        line.outcome = PlanLine.Outcome.REFUSED
        line.why = str(changed)[:200] if isinstance(changed, UnableToPerform) else _("더 이상 볼 수 없는 건입니다.")
    line.save(update_fields=["outcome", "why"])


@transaction.atomic
def discard_plan(plan_id: int, *, actor: Actor) -> None:
    plan = DispatchPlan.objects.visible_to(actor).select_for_update().get(pk=plan_id)
    if plan.state == DispatchPlan.State.PROPOSED:
        plan.state = DispatchPlan.State.DISCARDED
        plan.save(update_fields=["state"])
