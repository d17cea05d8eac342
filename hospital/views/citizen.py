"""A citizen's own trips: the list with what is left, one trip, its cancelling, the manager's photo."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.preferences import profile_of
from accounts.templatetags.ui import won
from hospital.cancelling import cancel, consequence
from hospital.letters import CALL_CENTER
from hospital.models import Fee, Payment, Trip, TripConsent
from hospital.selectors import citizen as reading
from hospital.selectors.standing import allowance_of, in_words
from hospital.views.booking import citizen_only
from hospital.views.photos import send_photo
from programs.workflow import UnableToPerform

PAGE = 10


@require_GET
@citizen_only
def escort(request: HttpRequest) -> HttpResponse:
    profile = profile_of(request)
    context: dict[str, Any] = {"call_center": CALL_CENTER, "profile": profile, "allowance": None, "trouble": ""}
    if profile is not None:
        try:
            context["allowance"] = allowance_of(reading.own_service_user_id(profile), profile.district)
            context["words"] = in_words(context["allowance"].terms)
        except UnableToPerform as refused:
            context["trouble"] = str(refused)
    page = Paginator(reading.past_trips(request.actor), PAGE).get_page(request.GET.get("page"))
    context |= {
        "coming": [_row(request, trip) for trip in reading.coming_trips(request.actor)],
        "past": [_row(request, trip) for trip in page],
        "page": page,
    }
    return render(request, "hospital/escort.html", context)


def _row(request: HttpRequest, trip: Trip) -> dict[str, Any]:
    return {
        "trip": trip,
        "tone": reading.TONES[trip.state],
        "when": reading.when_met(trip),
        "short": reading.in_short(trip),
        "whose": _whose(request, trip),
        "fee": getattr(trip, "fee", None),
    }


def _whose(request: HttpRequest, trip: Trip) -> str:
    """Of a trip for family, whose it is."""
    return "" if trip.subject_id == request.actor.user_id else trip.service_user.masked_name


def _mine(request: HttpRequest, number: str) -> Trip:
    rows = Trip.objects.visible_to(request.actor).select_related(
        "hospital__district", "service_user", "terms", "district"
    )
    return get_object_or_404(rows, number=number)


@require_GET
@citizen_only
def my_trip(request: HttpRequest, number: str) -> HttpResponse:
    trip = _mine(request, number)
    fee = Fee.objects.visible_to(request.actor).filter(trip=trip).first()
    consents = TripConsent.objects.visible_to(request.actor).filter(trip=trip).select_related("consent")
    context = _row(request, trip) | {
        "manager": reading.manager_of(trip),
        "timeline": reading.timeline_of(trip),
        "fee": fee,
        "payments": Payment.objects.visible_to(request.actor).filter(fee=fee).order_by("pk") if fee else [],
        "consents": consents.order_by("consent__sort", "pk"),
        "cancelling": _cancelling(trip) if trip.state in reading.CANCELLABLE else "",
        "call_center": CALL_CENTER,
    }
    return render(request, "hospital/my_trip.html", context)


def _cancelling(trip: Trip) -> str:
    """What cancelling now would mean, said before it is done."""
    means = consequence(trip, timezone.now())
    if not means.late:
        return _("지금은 위약금 없이 취소되고 이용 횟수를 돌려받습니다.")
    text = _("만날 때가 가까워 늦은 취소가 됩니다. 이용한 것으로 셉니다.")
    if means.fee:
        text += " " + _("위약금 %(won)s을 내셔야 합니다.") % {"won": won(means.fee)}
    if means.ban_after is not None:
        text += " " + _("이번을 더해 늦은 취소가 %(n)d번이면 한동안 예약할 수 없습니다.") % {
            "n": max(means.ban_after, 1)
        }
    return text


@require_POST
@citizen_only
def cancel_trip(request: HttpRequest, number: str) -> HttpResponse:
    trip = _mine(request, number)
    try:
        cancel(trip.pk, actor=request.actor, reason="person")
        messages.success(request, _("예약을 취소하였습니다."))
    except UnableToPerform as refused:
        messages.error(request, str(refused))
    return redirect("hospital:my_trip", number)


@require_GET
@citizen_only
def trip_photo(request: HttpRequest, number: str) -> HttpResponseBase:
    return photo_of(_mine(request, number))


def photo_of(trip: Trip) -> HttpResponseBase:
    """The photo of whoever comes, shown in the page and kept by nobody; 404 where there is none."""
    assignment = reading.assignment_of(trip)
    if assignment is None or not assignment.manager.photo:
        raise Http404
    return send_photo(assignment.manager.photo)
