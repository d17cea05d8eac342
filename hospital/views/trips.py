"""The trips, masked; one trip with everything of it, and opened for its service; and demand that was not met."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.access_log import Action, record_access
from accounts.decorators import roles_required
from accounts.masking import format_phone
from accounts.models.access import Purpose
from accounts.roles import OPERATOR_STAFF, Actor, Role
from hospital.forms.trips import TripsForm, UnmetForm
from hospital.models import State, Trip, UnmetDemand
from hospital.selectors import trips as reading
from hospital.selectors.board import TONES, chosen_trip, offers_of
from hospital.views.acts import ACTS, Wrong, offered
from hospital.views.board import board_url
from programs.models.terms import ConsentText

READERS = (*OPERATOR_STAFF, Role.CITY_OFFICER)
PAGE_SIZE = 50


def trip_url(actor: Actor, trip: Trip) -> str:
    name = "hospital:own_trip" if actor.role == Role.AGENCY_STAFF else "hospital:trip"
    return reverse(name, args=[trip.pk])


@require_GET
@roles_required(*READERS)
def trips(request: HttpRequest) -> HttpResponse:
    return render_trips(request)


@require_GET
@roles_required(Role.AGENCY_STAFF)
def own_trips(request: HttpRequest) -> HttpResponse:
    """The trips an agency took."""
    return render_trips(request)


def render_trips(request: HttpRequest) -> HttpResponse:
    form = TripsForm(request.GET, actor=request.actor)
    wanted = form.wanted()
    page = Paginator(reading.trip_list(request.actor, wanted), PAGE_SIZE).get_page(request.GET.get("page"))
    record_access(
        request.actor, Action.LIST, about="trips", ids=[trip.pk for trip in page],
        filter=wanted.as_logged() | {"page": page.number},
    )  # fmt: skip
    shown = {"first": wanted.first, "last": wanted.last}
    return render(request, "hospital/trips.html", {
        "page": page,
        "rows": [
            {"trip": trip, "tone": TONES[State(trip.state)], "url": trip_url(request.actor, trip)} for trip in page
        ],
        "form": form if form.data else TripsForm(initial=shown, actor=request.actor),
        "wanted": wanted,
        "is_agency": request.actor.role == Role.AGENCY_STAFF,
        "here": request.path,
    })  # fmt: skip


@require_GET
@never_cache
@roles_required(*READERS)
def trip(request: HttpRequest, pk: int) -> HttpResponse:
    return render_trip(request, trip_or_404(request, pk))


@require_GET
@never_cache
@roles_required(Role.AGENCY_STAFF)
def own_trip(request: HttpRequest, pk: int) -> HttpResponse:
    return render_trip(request, trip_or_404(request, pk))


@require_POST
@never_cache
@roles_required(*READERS, Role.AGENCY_STAFF)
def open_trip(request: HttpRequest, pk: int) -> HttpResponse:
    """Name, phone, address and what to know of their health, logged before they are shown; the person can see the
    log. The city looks to check, the others to serve."""
    found = trip_or_404(request, pk)
    if found.service_user.destroyed_at or found.destroyed_at:
        messages.error(request, _("보관 기간이 끝나 개인정보를 파기하였습니다."))
        return redirect(trip_url(request.actor, found))
    purpose = Purpose.AUDIT if request.actor.role == Role.CITY_OFFICER else Purpose.INSTALLATION
    record_access(
        request.actor, Action.READ, about=f"trip:{found.pk}", ids=[found.pk], subject_id=found.subject_id,
        purpose=purpose,
    )  # fmt: skip
    return render_trip(request, found, opened=True)


def trip_or_404(request: HttpRequest, pk: int) -> Trip:
    """Of an agency only what was given to it: of an offer it sees the offer."""
    try:
        found = chosen_trip(request.actor, pk)
    except Trip.DoesNotExist as missing:
        raise Http404 from missing
    if request.actor.role == Role.AGENCY_STAFF and found.agency_id != request.actor.organisation_id:
        raise Http404
    return found


def render_trip(
    request: HttpRequest, found: Trip, *, opened: bool = False, wrong: Wrong | None = None, status: int = 200
) -> HttpResponse:
    actor = request.actor
    is_agency = actor.role == Role.AGENCY_STAFF
    destroyed = bool(found.service_user.destroyed_at or found.destroyed_at)
    return render(request, "hospital/trip.html", {
        "trip": found,
        "tone": TONES[State(found.state)],
        "opened": opened,
        "may_open": not destroyed,
        "is_agency": is_agency,
        "person": _person(found, destroyed=destroyed, opened=opened),
        "acts": offered(actor, found, tuple(ACTS), wrong) if actor.role != Role.CITY_OFFICER else [],
        "wrong_form": wrong.form if wrong else None,
        "events": _events(actor, found),
        "assignments": [
            {"one": one, "why": reading.RELEASES.get(one.release_reason, one.release_reason)}
            for one in reading.assignments_of(actor, found)
        ],
        "offers": [] if is_agency else offers_of(actor, found),
        "consents": _consents(actor, found),
        "fee": reading.fee_of(actor, found),
        "payments": reading.payments_of(actor, found),
        "letters": reading.letters_of(found),
        "incidents": reading.incidents_of(actor, found),
        "board_url": None if actor.role == Role.CITY_OFFICER else board_url(actor, found.day, trip=found.pk),
        "list_url": reverse("hospital:own_trips" if is_agency else "hospital:trips"),
    }, status=status)  # fmt: skip


def _person(found: Trip, *, destroyed: bool, opened: bool) -> list[dict[str, str]]:
    """Who is escorted; before opening only what a list may show."""
    person = found.service_user
    if destroyed:
        return [{"term": _("이용자"), "text": _("보관 기간이 끝나 개인정보를 파기하였습니다.")}]
    if not opened:
        return [
            {"term": _("이름"), "text": person.masked_name},
            {"term": _("휴대전화"), "text": person.masked_phone},
            {"term": _("주소"), "text": str(person.district)},
        ]
    rows = [
        {"term": _("이름"), "text": person.name or ""},
        {"term": _("나이"), "text": _("만 %(n)s세") % {"n": person.age_on(timezone.localdate())}},
        {"term": _("휴대전화"), "text": person.phone_display, "url": f"tel:{person.phone}"},
        {"term": _("주소"), "text": f"{person.district} {person.address or ''}"},
        {"term": _("만나는 곳"), "text": found.pickup or ""},
        {"term": _("보호자"), "text": f"{person.guardian_name or ''} {format_phone(person.guardian_phone) or ''}"},
        {"term": _("신청한 가족"), "text": f"{found.family_name or ''} {format_phone(found.family_phone) or ''}"},
        {"term": _("거동"), "text": str(found.get_mobility_display())},
        {"term": _("건강상 알릴 것"), "text": found.notes or ""},
    ]
    return [row for row in rows if row["text"].strip()]


def _events(actor: Actor, found: Trip) -> list[dict[str, Any]]:
    return [
        {
            "event": event,
            "why": reading.REASONS.get(event.reason, event.reason),
            "who": Role(event.role).label,
            "late": event.in_time is False,
        }
        for event in reading.events_of(actor, found)
    ]


def _consents(actor: Actor, found: Trip) -> list[dict[str, Any]]:
    return [
        {"label": ConsentText.Kind(one.consent.kind).label, "given": one.given, "at": one.given_at}
        for one in reading.consents_of(actor, found)
    ]


@require_GET
@roles_required(*READERS)
def unmet(request: HttpRequest) -> HttpResponse:
    """Demand that was not met, with its reason; where a trip was given up, its number leads to it."""
    form = UnmetForm(request.GET)
    wanted = form.wanted()
    page = Paginator(reading.unmet_list(request.actor, wanted), PAGE_SIZE).get_page(request.GET.get("page"))
    record_access(
        request.actor, Action.LIST, about="trips", ids=[one.trip_id for one in page if one.trip_id],
        filter={"unmet": wanted.reason or "all", "first": wanted.first, "last": wanted.last, "page": page.number},
    )  # fmt: skip
    totals = reading.unmet_by_reason(request.actor, wanted)
    return render(request, "hospital/unmet.html", {
        "page": page,
        "rows": [{"one": one, "purpose": one.get_purpose_display() if one.purpose else ""} for one in page],
        "totals": totals,
        "total": sum(row["n"] for row in totals),
        "form": form if form.data else UnmetForm(initial={"first": wanted.first, "last": wanted.last}),
        "wanted": wanted,
        "reason": UnmetDemand.Reason(wanted.reason).label if wanted.reason else "",
        "here": request.path,
    })  # fmt: skip
