"""The manager's own pages, made for one thumb and a bad line: today's trips, whom to meet, and what happens.

A tap is sent by script with a key and the phone's time, again and again until it is answered; without script the same
buttons are plain forms."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.access_log import Action, record_access
from accounts.decorators import roles_required
from accounts.models.access import Purpose
from accounts.roles import Role
from hospital import taps
from hospital.forms.phone import DelayForm, IncidentForm, PaidForm, SignForm, TapForm, is_drawn
from hospital.incidents import report_incident
from hospital.models import ENDED, Fee, State, Trip, TripEvent
from hospital.payments import paid_of, take_payment
from hospital.selectors.board import TONES
from hospital.selectors.phone import likely_from, my_trip, my_trips
from programs.workflow import UnableToPerform

_OPENED = "escort_opened"
manager_only = roles_required(Role.ESCORT_MANAGER)


@require_GET
@never_cache
@manager_only
def my_day(request: HttpRequest) -> HttpResponse:
    """Yesterday's, today's and tomorrow's trips; names only as a list may show them."""
    found = list(my_trips(request.actor))
    record_access(request.actor, Action.LIST, about="trips", ids=[trip.pk for trip in found], filter={"page": "phone"})
    today = timezone.localdate()
    rows = [{"trip": trip, "tone": TONES[State(trip.state)], "over": trip.state in ENDED} for trip in found]
    return render(request, "hospital/phone_day.html", {
        "today": [row for row in rows if row["trip"].day == today],
        "others": [row for row in rows if row["trip"].day != today],
        "day": today,
    })  # fmt: skip


def _trip_or_404(request: HttpRequest, pk: int) -> Trip:
    try:
        return my_trip(request.actor, pk)
    except Trip.DoesNotExist as missing:
        raise Http404 from missing


@require_GET
@never_cache
@manager_only
def my_page(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _trip_or_404(request, pk))


@require_POST
@never_cache
@manager_only
def open_person(request: HttpRequest, pk: int) -> HttpResponse:
    """Whom to meet and where, logged before it is shown. It stays open for this trip and day, so that a tap or a lost
    line does not close it."""
    found = _trip_or_404(request, pk)
    record_access(
        request.actor, Action.READ, about=f"trip:{found.pk}", ids=[found.pk], subject_id=found.subject_id,
        purpose=Purpose.INSTALLATION,
    )  # fmt: skip
    today = timezone.localdate().isoformat()
    opened = request.session.get(_OPENED, {})
    before = opened.get("trips", []) if opened.get("day") == today else []
    request.session[_OPENED] = {"day": today, "trips": [*before, found.pk]}
    return redirect("hospital:phone_trip", pk=pk)


def _is_open(request: HttpRequest, trip: Trip) -> bool:
    opened = request.session.get(_OPENED, {})
    return opened.get("day") == timezone.localdate().isoformat() and trip.pk in opened.get("trips", [])


def _page(
    request: HttpRequest, found: Trip, wrong: dict[str, forms.Form] | None = None, status: int = 200
) -> HttpResponse:
    wrong = wrong or {}
    fee = getattr(found, "fee", None)
    values: dict[str, Any] = {
        "trip": found,
        "tone": TONES[State(found.state)],
        "opened": _is_open(request, found),
        "map_url": _map_of(found),
        "steps": [] if found.state in ENDED else [_button(step, found) for step in taps.steps()],
        "may_delay": found.state in (State.ASSIGNED, State.ON_THE_WAY),
        "delay_form": wrong.get("delay") or DelayForm(auto_id="id_delay_%s"),
        "incident_form": wrong.get("incident") or IncidentForm(auto_id="id_incident_%s"),
        "sign_form": wrong.get("sign") or SignForm(auto_id="id_sign_%s"),
        "may_sign": found.state in (State.MET, State.IN_CONSULTATION, State.WAITING, State.COMPLETED),
        "strokes": found.signature if is_drawn(found.signature or "") else "",
        "fee": fee,
        "owed": _owed(found, fee),
        "paid_form": wrong.get("paid") or PaidForm(auto_id="id_paid_%s"),
        "wrong_form": next(iter(wrong.values()), None),
    }
    return render(request, "hospital/phone_trip.html", values, status=status)


def _owed(trip: Trip, fee: Fee | None) -> int:
    """What may be asked for now, in won."""
    return fee.amount - paid_of(fee) if fee and fee.state == Fee.State.DUE and not trip.has_doubtful_end else 0


def _map_of(trip: Trip) -> str:
    """A search for the meeting place on a map of the manager's own choice of app or page."""
    where = f"{trip.district} {trip.pickup or ''}".strip()
    return f"https://map.kakao.com/?{urlencode({'q': where})}"


def _button(step: taps.Step, trip: Trip) -> dict[str, Any]:
    """A button is there for every state it may be pressed in: without a line the script shows the next one by itself.
    `likely`: the state in which it is the big one at the thumb."""
    likely = likely_from(step.action)
    return {
        "action": step.action,
        "label": TripEvent.Action(step.action).label,
        "key": uuid.uuid4(),
        "sources": " ".join(step.sources),
        "target": step.target,
        "likely": likely,
        "is_next": likely == trip.state,
        "is_other": trip.state in step.sources and likely != trip.state,
    }


@require_POST
@never_cache
@manager_only
def tap(request: HttpRequest, pk: int) -> HttpResponse:
    """One press of a button: 200 once it is recorded (also when it was before), 409 with the reason where it cannot
    follow. A plain form gets the page again."""
    by_script = request.headers.get("X-Requested-With") == "fetch"
    form = TapForm(request.POST)
    if not form.is_valid():
        return _answer(request, pk, by_script, _("기록할 수 없습니다. 화면을 새로 여십시오."), status=422)
    given = form.tap()
    try:
        if given.action == TripEvent.Action.NO_SHOW:
            taps.tap_no_show(pk, given, actor=request.actor)
            return _over(request, by_script)
        taps.tap(pk, given, actor=request.actor)
    except Trip.DoesNotExist as missing:
        raise Http404 from missing
    except UnableToPerform as refused:
        return _answer(request, pk, by_script, str(refused), status=409)
    return _answer(request, pk, by_script, "", status=200)


def _answer(request: HttpRequest, pk: int, by_script: bool, refused: str, *, status: int) -> HttpResponse:
    if by_script:
        return JsonResponse({"message": refused}, status=status)
    if refused:
        messages.error(request, refused)
    return redirect("hospital:phone_trip", pk=_trip_or_404(request, pk).pk)


def _over(request: HttpRequest, by_script: bool) -> HttpResponse:
    """Nobody was met: the trip is no longer the manager's, and the page goes back to the day."""
    messages.success(request, _("만나지 못한 것으로 기록하였습니다."))
    return JsonResponse({"message": ""}) if by_script else redirect("hospital:phone_day")


@require_POST
@never_cache
@manager_only
def delay(request: HttpRequest, pk: int) -> HttpResponse:
    found, form = _trip_or_404(request, pk), DelayForm(request.POST, auto_id="id_delay_%s")
    if form.is_valid():
        try:
            taps.report_delay(pk, actor=request.actor, **form.cleaned_data)
        except UnableToPerform as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("이용자에게 늦어진다고 알렸습니다."))
            return redirect("hospital:phone_trip", pk=pk)
    return _page(request, found, {"delay": form}, status=422)


@require_POST
@never_cache
@manager_only
def incident(request: HttpRequest, pk: int) -> HttpResponse:
    found, form = _trip_or_404(request, pk), IncidentForm(request.POST, auto_id="id_incident_%s")
    if form.is_valid():
        report_incident(pk, actor=request.actor, **form.cleaned_data)
        messages.success(request, _("사고를 보고하였습니다. 배차 담당자가 확인하고 연락합니다."))
        return redirect("hospital:phone_trip", pk=pk)
    return _page(request, found, {"incident": form}, status=422)


@require_POST
@never_cache
@manager_only
def sign(request: HttpRequest, pk: int) -> HttpResponse:
    found, form = _trip_or_404(request, pk), SignForm(request.POST, auto_id="id_sign_%s")
    if form.is_valid():
        try:
            taps.sign(pk, signature=form.signature, actor=request.actor)
        except UnableToPerform as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("이용자의 확인을 저장하였습니다."))
            return redirect("hospital:phone_trip", pk=pk)
    return _page(request, found, {"sign": form}, status=422)


@require_POST
@never_cache
@manager_only
def pay(request: HttpRequest, pk: int) -> HttpResponse:
    """The fee, received on the spot; the receipt is sent."""
    found, form = _trip_or_404(request, pk), PaidForm(request.POST, auto_id="id_paid_%s")
    if form.is_valid():
        try:
            take_payment(pk, actor=request.actor, **form.cleaned_data)
        except UnableToPerform as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("이용료를 받은 것을 기록하고 영수증을 보냈습니다."))
            return redirect("hospital:phone_trip", pk=pk)
    return _page(request, found, {"paid": form}, status=422)
