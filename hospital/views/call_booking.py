"""Booking for a caller, with the answer beside the form; the booking ends the call."""

from __future__ import annotations

import contextlib
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.masking import normalise_phone
from hospital.booking import UnableToBook, book
from hospital.calling import end_call
from hospital.forms.booking import PERSON_FIELDS, first_values, person_values, words_kept
from hospital.forms.calls import CallBookingForm
from hospital.letters import CALL_CENTER
from hospital.models import CallRecord, ServiceUser, Trip
from hospital.possible import ask
from hospital.service_users import find
from hospital.standing import asked_on
from hospital.views.booking import answer_context, hospital_choices
from hospital.views.calls import call_on_the_line, is_on_the_line, log_reading, operator_only, own_call
from programs.workflow import UnableToPerform


def _form(request: HttpRequest, data: Any = None, **options: Any) -> CallBookingForm:
    """Raises UnableToPerform where no terms are in force."""
    terms, consents = asked_on(timezone.localdate())
    return CallBookingForm(data, actor=request.actor, terms=terms, consents=consents, **options)


@require_http_methods(["GET", "POST"])
@operator_only
def call_book(request: HttpRequest, pk: int) -> HttpResponse:
    call = own_call(request, pk)
    if not is_on_the_line(request, call):
        if call.trip is None:
            messages.error(request, _("끝난 통화이거나 다른 사람이 받은 통화입니다."))
        return redirect("hospital:call", pk)  # the page says what was booked
    try:
        if request.method == "GET":
            return _page(request, call, _form(request, initial=_initial(request, call)))
        form = _form(request, request.POST)
    except UnableToPerform as refused:
        messages.error(request, str(refused))
        return redirect("hospital:call", pk)
    if request.POST.get("step") == "find":
        again = _form(request, initial=words_kept(form))
        return _page(request, call, again, words=request.POST.get("q", ""))
    if not form.is_valid():
        return _page(request, call, form, status=422)
    return _book(request, call, form)


def _initial(request: HttpRequest, call: CallRecord) -> dict[str, Any]:
    """Of a past trip, of a person known, or of the number alone. Whom it shows is logged."""
    if number := request.GET.get("again"):
        trips = Trip.objects.visible_to(request.actor).select_related("hospital", "service_user")
        trip = get_object_or_404(trips, number=number)
        log_reading(request, f"call:{call.pk}", trip.service_user)
        elsewhere = trip.pickup and trip.pickup != trip.service_user.address
        place = {"pickup": trip.pickup, "district": trip.district_id} if elsewhere else {}
        return first_values(trip) | person_values(trip.service_user) | place
    person = request.GET.get("person", "")
    if person.isdigit() and len(person) < 16:
        people = ServiceUser.objects.visible_to(request.actor).filter(destroyed_at__isnull=True)
        row = get_object_or_404(people, pk=person)
        log_reading(request, f"call:{call.pk}", row)
        return first_values() | person_values(row)
    return first_values() | {"phone": normalise_phone(call.phone or "") or ""}


def _page(
    request: HttpRequest, call: CallRecord, form: CallBookingForm, *, status: int = 200, words: str = ""
) -> HttpResponse:
    context = {
        "form": form,
        "call": call,
        "call_center": CALL_CENTER,
        **hospital_choices(request, form.chosen_hospital(), words),
    }
    return render(request, "hospital/call_book.html", context, status=status)


def _book(request: HttpRequest, call: CallRecord, form: CallBookingForm) -> HttpResponse:
    """The trip, then the call's end. Sent twice it is one trip by its key, and the call was ended already."""
    try:
        trip = book(form.to_book(), actor=request.actor)
    except UnableToBook as refused:
        for refusal in refused.refusals:
            form.add_error(None, refusal.text)
        return _page(request, call, form, status=409)
    except UnableToPerform as refused:
        form.add_error(None, str(refused))
        return _page(request, call, form, status=409)
    with contextlib.suppress(UnableToPerform):
        end_call(
            call.pk, result=CallRecord.Result.BOOKED, trip=trip, note=form.cleaned_data["call_note"],
            actor=request.actor,
        )  # fmt: skip
    messages.success(request, _("예약하였습니다. 예약번호 %(number)s을 알려 드리십시오.") % {"number": trip.number})
    return redirect("hospital:call", call.pk)


@require_POST
@operator_only
def call_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """What booking it would mean, as far as it is filled in. Nothing is kept."""
    call_on_the_line(request, pk)
    try:
        form = _form(request, request.POST)
        context = answer_context(form, lambda wish: ask(wish, _person_id(form), timezone.now()))
    except UnableToPerform as refused:
        context = {"trouble": str(refused)}
    return render(request, "hospital/_answer.html", context | {"call_center": CALL_CENTER})


def _person_id(form: CallBookingForm) -> int | None:
    if not all(form.cleaned_data.get(name) for name in PERSON_FIELDS):
        return None
    found = find(form.person(), known=form.cleaned_data.get("known"))
    return found.pk if found else None
