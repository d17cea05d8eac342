"""Doing one thing with a trip: from the board or from its own page, and back there."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.decorators import roles_required
from hospital.models import EscortManager, Trip
from hospital.selectors.board import chosen_trip
from hospital.views.acts import ACTS, WORKERS, Wrong, form_of
from hospital.views.board import board_url, render_board
from hospital.views.trips import render_trip, trip_url
from programs.workflow import UnableToPerform


@require_POST
@never_cache
@roles_required(*WORKERS)
def act(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Wrong input comes back with its errors, where it was entered, and nothing is done."""
    if code not in ACTS:
        raise Http404
    chosen = ACTS[code]
    if request.actor.role not in chosen.roles:
        raise PermissionDenied
    trip = _trip_or_404(request, pk)
    form = form_of(chosen, trip, request.actor, request.POST)
    if form.is_valid():
        try:
            chosen.do(trip, form.cleaned_data, request.actor)
        except UnableToPerform as refused:
            form.add_error(None, str(refused))
        except (Trip.DoesNotExist, EscortManager.DoesNotExist) as missing:
            raise Http404 from missing
        else:
            messages.success(request, str(chosen.done))
            return redirect(_back_to(request, trip, code))
    return _again(request, trip, Wrong(trip.pk, code, form))


def _trip_or_404(request: HttpRequest, pk: int) -> Trip:
    try:
        return chosen_trip(request.actor, pk)
    except Trip.DoesNotExist as missing:
        raise Http404 from missing


def _from_the_board(request: HttpRequest) -> bool:
    return request.POST.get("back") == "board"


def _back_to(request: HttpRequest, trip: Trip, code: str) -> str:
    if code == "hand-back" and not _from_the_board(request):
        return reverse("hospital:own_trips")  # the trip itself is no longer the agency's to see
    if _from_the_board(request):
        return board_url(request.actor, trip.day)
    return trip_url(request.actor, trip)


def _again(request: HttpRequest, trip: Trip, wrong: Wrong) -> HttpResponse:
    if _from_the_board(request):
        return render_board(request, trip.day, wrong=wrong, status=422)
    return render_trip(request, _trip_or_404(request, trip.pk), wrong=wrong, status=422)
