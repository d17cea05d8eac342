"""The dispatch board of the operator, and the same of an agency's own managers. Reading; the writes are trip acts."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from accounts.access_log import Action, record_access
from accounts.decorators import roles_required
from accounts.roles import OPERATOR_STAFF, Actor, Role
from hospital.forms.board import WaitingFilter
from hospital.models import State, Trip
from hospital.selectors import board as reading
from hospital.selectors.trips import TripFilter, trip_list
from hospital.views.acts import ON_THE_BOARD, Wrong, offered

SUGGESTED = 6  # as many as are looked at


@require_GET
@roles_required(*OPERATOR_STAFF)
def board(request: HttpRequest, day: str = "") -> HttpResponse:
    return render_board(request, day_of(day))


@require_GET
@roles_required(Role.AGENCY_STAFF)
def own_board(request: HttpRequest, day: str = "") -> HttpResponse:
    """An agency's own managers and the trips that were given to it."""
    return render_board(request, day_of(day))


def day_of(text: str) -> dt.date:
    """Today where none is named."""
    if not text:
        return timezone.localdate()
    try:
        return dt.date.fromisoformat(text)
    except ValueError as wrong:
        raise Http404 from wrong


def board_url(actor: Actor, day: dt.date, **query: Any) -> str:
    name = "hospital:own_board_day" if actor.role == Role.AGENCY_STAFF else "hospital:board_day"
    asked = urlencode({key: value for key, value in query.items() if value})
    return reverse(name, args=[day.isoformat()]) + (f"?{asked}" if asked else "")


def render_board(request: HttpRequest, day: dt.date, *, wrong: Wrong | None = None, status: int = 200) -> HttpResponse:
    """The board names nobody: number, district, hospital. Opening it logs one row; that it refreshes itself every
    half a minute while it stands open does not, or the log would hold little else."""
    actor, now = request.actor, timezone.now()
    form = WaitingFilter(request.GET, auto_id="id_waiting_%s")
    wanted = form.wanted()
    found = reading.board_of(actor, day, now, **wanted)
    chosen = _chosen(request, day, wrong)
    if request.headers.get("HX-Target") != "lanes":
        record_access(
            actor, Action.LIST, about="trips", filter={"board": day} | {k: v for k, v in wanted.items() if v},
            ids=found.trip_ids,
        )  # fmt: skip
    return render(request, "hospital/board.html", _context(actor, found, chosen, now, wrong) | {
        "filter": form, "filter_query": {key: value for key, value in wanted.items() if value},
    }, status=status)  # fmt: skip


def _chosen(request: HttpRequest, day: dt.date, wrong: Wrong | None) -> Trip | None:
    pk = wrong.trip_id if wrong else request.GET.get("trip", "")
    if not pk:
        return None
    try:
        trip = reading.chosen_trip(request.actor, int(pk))
    except (ValueError, Trip.DoesNotExist) as missing:
        raise Http404 from missing
    if trip.day != day:
        raise Http404
    return trip


def _context(
    actor: Actor, found: reading.Board, chosen: Trip | None, now: dt.datetime, wrong: Wrong | None
) -> dict[str, Any]:
    day, today = found.day, timezone.localdate(now)
    return {
        "board": found,
        "day": day,
        "is_today": day == today,
        "days": [
            {"url": board_url(actor, day - dt.timedelta(days=1)), "day": day - dt.timedelta(days=1)},
            {"url": board_url(actor, day + dt.timedelta(days=1)), "day": day + dt.timedelta(days=1)},
        ],
        "today_url": board_url(actor, today),
        "board_url": board_url(actor, day),
        "hours": reading.hours_shown(),
        "now_x": reading.place_of(now, day),
        "may_plan": actor.role == Role.DISPATCHER and bool(found.waiting),
        "may_assign": actor.role in (Role.DISPATCHER, Role.AGENCY_STAFF),
        "is_agency": actor.role == Role.AGENCY_STAFF,
        "wrong_form": wrong.form if wrong else None,
        "chosen": _panel(actor, found, chosen, now, wrong) if chosen else None,
        "unended": trip_list(actor, TripFilter(day, day, unended=True)).count(),
        "unended_url": reverse("hospital:own_trips" if actor.role == Role.AGENCY_STAFF else "hospital:trips")
        + "?unended=on",
    }


def _panel(actor: Actor, found: reading.Board, trip: Trip, now: dt.datetime, wrong: Wrong | None) -> dict[str, Any]:
    """What can be done with the chosen trip, and who could go."""
    acts = offered(actor, trip, ON_THE_BOARD, wrong)
    may_assign = any(one["act"].code == "assign" for one in acts)
    suggested = reading.suggestions(trip, found.days, now) if may_assign else []
    if may_assign and not suggested and found.day <= timezone.localdate(now):
        suggested = reading.late_suggestions(trip, found.days, now)
    return {
        "trip": trip,
        "tone": reading.TONES[State(trip.state)],
        "manager": reading.manager_of(trip),
        "clock": reading.in_hours(int((trip.latest - now).total_seconds() // 60)),
        "acts": acts,
        "may_assign": may_assign,
        "suggestions": suggested[:SUGGESTED],
        "offers": [] if actor.role == Role.AGENCY_STAFF else reading.offers_of(actor, trip)[:30],
        "url": reverse("hospital:own_trip" if actor.role == Role.AGENCY_STAFF else "hospital:trip", args=[trip.pk]),
    }
