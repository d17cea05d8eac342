"""One trip by the address its messages carry, without a log-in: who comes and when, nothing of the person."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from hospital.letters import CALL_CENTER
from hospital.selectors import citizen as reading
from hospital.trip_links import trip_of
from hospital.views.citizen import photo_of


def _private(response: HttpResponseBase) -> None:
    response.headers["Cache-Control"] = "no-store, private"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"


@login_not_required
@require_GET
def shared_trip(request: HttpRequest, token: str) -> HttpResponse:
    trip = trip_of(token)
    if trip is None:
        response = render(request, "hospital/shared_gone.html", {"call_center": CALL_CENTER}, status=404)
    else:
        context = {
            "token": token,
            "state": trip.get_state_display(),
            "tone": reading.TONES[trip.state],
            "is_live": trip.is_live,
            "called_off": reading.is_called_off(trip),
            "when": reading.when_met(trip),
            "manager": reading.manager_of(trip) if trip.is_live else None,
            "call_center": CALL_CENTER,
        }
        response = render(request, "hospital/shared_trip.html", context)
    _private(response)
    return response


@login_not_required
@require_GET
def shared_photo(request: HttpRequest, token: str) -> HttpResponseBase:
    trip = trip_of(token)
    if trip is None or not trip.is_live:
        raise Http404
    response = photo_of(trip)
    _private(response)
    return response
