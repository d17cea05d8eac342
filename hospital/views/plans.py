"""Assigning all open requests of a day at once: what the solver proposes, looked at, then applied or discarded."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.access_log import Action, record_access
from accounts.decorators import roles_required
from accounts.roles import Role
from hospital import offering, planning
from hospital.forms.board import OfferForm
from hospital.models import DispatchPlan, Trip
from hospital.selectors.plans import plan_lines, plan_of, unserved
from hospital.views.board import board_url, day_of
from programs.workflow import UnableToPerform


@require_POST
@roles_required(Role.DISPATCHER)
def propose(request: HttpRequest, day: str) -> HttpResponse:
    when = day_of(day)
    try:
        plan = planning.propose(when, actor=request.actor)
    except UnableToPerform as refused:
        messages.error(request, str(refused))
        return redirect(board_url(request.actor, when))
    return redirect("hospital:plan", pk=plan.pk)


@require_GET
@roles_required(Role.DISPATCHER, Role.CITY_OFFICER)
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _plan_or_404(request, pk))


def _plan_or_404(request: HttpRequest, pk: int) -> DispatchPlan:
    try:
        return plan_of(request.actor, pk)
    except DispatchPlan.DoesNotExist as missing:
        raise Http404 from missing


def _page(
    request: HttpRequest, found: DispatchPlan, offer_form: OfferForm | None = None, status: int = 200
) -> HttpResponse:
    """What it would do line by line, what it cannot and why; once applied, what became of each line."""
    lines = plan_lines(request.actor, found)
    left = unserved(request.actor, found, lines)
    record_access(
        request.actor, Action.LIST, about=f"trips:plan-{found.pk}", filter={"plan": found.pk},
        ids=[line.trip_id for line in lines] + [one.trip.pk for one in left],
    )  # fmt: skip
    is_dispatcher = request.actor.role == Role.DISPATCHER
    return render(request, "hospital/plan.html", {
        "plan": found,
        "lines": lines,
        "left": left,
        "refused": [line for line in lines if line.outcome == "refused"],
        "done": sum(line.outcome == "assigned" for line in lines),
        "best": int(found.bound + 1e-6),
        "is_proposed": found.state == DispatchPlan.State.PROPOSED,
        "is_applied": found.state == DispatchPlan.State.APPLIED,
        "may_act": is_dispatcher,
        "offer_form": (offer_form or OfferForm()) if is_dispatcher and left else None,
        "board_url": board_url(request.actor, found.day) if is_dispatcher else None,
    }, status=status)  # fmt: skip


@require_POST
@roles_required(Role.DISPATCHER)
def apply(request: HttpRequest, pk: int) -> HttpResponse:
    """Assign line by line; what changed meanwhile is left out, and the page lists it."""
    try:
        applied = planning.apply_plan(pk, actor=request.actor)
    except DispatchPlan.DoesNotExist as missing:
        raise Http404 from missing
    except UnableToPerform as refused:
        messages.error(request, str(refused))
    else:
        text = ngettext("%(n)d건을 배정하였습니다.", "%(n)d건을 배정하였습니다.", applied.assigned)
        messages.success(request, text % {"n": applied.assigned})
    return redirect("hospital:plan", pk=pk)


@require_POST
@roles_required(Role.DISPATCHER)
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    found = _plan_or_404(request, pk)
    planning.discard_plan(found.pk, actor=request.actor)
    messages.info(request, _("제안을 버렸습니다. 아무것도 배정하지 않았습니다."))
    return redirect(board_url(request.actor, found.day))


@require_POST
@roles_required(Role.DISPATCHER)
def offer_unserved(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer the ticked requests that the plan cannot serve; each by itself, so that one refusal stops no other."""
    found = _plan_or_404(request, pk)
    form = OfferForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    left = {str(one.trip.pk): one.trip for one in unserved(request.actor, found, plan_lines(request.actor, found))}
    trips = [left[pk] for pk in request.POST.getlist("trip") if pk in left]
    if not trips:
        form.add_error(None, _("제안할 신청을 고르십시오."))
        return _page(request, found, form, status=422)
    _offer_each(request, trips, form.cleaned_data["to"])
    return redirect("hospital:plan", pk=pk)


def _offer_each(request: HttpRequest, trips: list[Trip], to: list[int]) -> None:
    offered = 0
    for trip in trips:
        try:
            offering.offer(trip.pk, to=to, actor=request.actor)
            offered += 1
        except UnableToPerform as refused:
            messages.error(request, f"{trip.number}: {refused}")
        except Trip.DoesNotExist as missing:
            raise Http404 from missing
    if offered:
        text = ngettext("%(n)d건을 기관에 제안하였습니다.", "%(n)d건을 기관에 제안하였습니다.", offered)
        messages.success(request, text % {"n": offered})
