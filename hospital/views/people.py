"""One service user's card: trips, proofs, bans, unpaid fees. Masked until opened, and each opening is logged."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access_log import Action, record_access
from accounts.decorators import roles_required
from accounts.roles import Role
from hospital.cancelling import lift_ban
from hospital.forms.calls import LiftForm, PaymentForm, ProofForm
from hospital.models import Ban, ServiceUser, Trip
from hospital.payments import take_payment
from hospital.proofs import record_proof
from hospital.selectors import calls as reading
from hospital.views.calls import log_reading, operator_only
from programs.workflow import UnableToPerform

PAGE = 20


def _person(request: HttpRequest, pk: int) -> ServiceUser:
    people = ServiceUser.objects.visible_to(request.actor).select_related("district")
    return get_object_or_404(people, pk=pk)


@require_GET
@operator_only
def person(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _person(request, pk))


@require_POST
@operator_only
def person_open(request: HttpRequest, pk: int) -> HttpResponse:
    found = _person(request, pk)
    log_reading(request, f"service_user:{found.pk}", found)
    return _page(request, found, opened=True)


def _page(
    request: HttpRequest,
    found: ServiceUser,
    *,
    opened: bool = False,
    wrong: dict[str, forms.Form] | None = None,
    status: int = 200,
) -> HttpResponse:
    """`wrong`: forms that were refused, by what they are for."""
    wrong = wrong or {}
    page = Paginator(reading.trips_of(request.actor, found), PAGE).get_page(request.GET.get("page"))
    record_access(
        request.actor, Action.LIST, about=f"trips:service_user-{found.pk}", ids=[trip.pk for trip in page],
        subject_id=found.user_id,
    )  # fmt: skip
    context: dict[str, Any] = {
        "known": reading.known(request.actor, found),
        "person": found,
        "opened": opened,
        "trips": [reading.trip_row(trip) for trip in page],
        "page": page,
        "proofs": reading.proofs_of(request.actor, found),
        "bans": [
            row | {"form": wrong.get(f"ban-{row['ban'].pk}") or LiftForm(auto_id=f"id_lift{row['ban'].pk}_%s")}
            for row in reading.bans_of(request.actor, found)
        ],
        "unpaid": [
            row | {"form": PaymentForm(auto_id=f"id_pay{row['fee'].pk}_%s")}
            for row in reading.unpaid_of(request.actor, found)
        ],
        "proof_form": wrong.get("proof") or ProofForm(),
        "wrong": list(wrong.values()),
        "may_lift": request.actor.role == Role.DISPATCHER,
    }
    return render(request, "hospital/person.html", context, status=status)


@require_POST
@operator_only
def proof_add(request: HttpRequest, pk: int) -> HttpResponse:
    found = _person(request, pk)
    form = ProofForm(request.POST)
    if form.is_valid():
        try:
            record_proof(found.pk, actor=request.actor, **form.cleaned_data)
            messages.success(request, _("증빙을 기록하였습니다. 그 기간의 새 예약부터 무료입니다."))
            return redirect("hospital:person", pk)
        except UnableToPerform as refused:
            form.add_error(None, str(refused))
    return _page(request, found, wrong={"proof": form}, status=422)


@require_POST
@roles_required(Role.DISPATCHER)
def ban_lift(request: HttpRequest, pk: int) -> HttpResponse:
    ban = get_object_or_404(Ban.objects.visible_to(request.actor).select_related("service_user__district"), pk=pk)
    form = LiftForm(request.POST, auto_id=f"id_lift{ban.pk}_%s")
    if not form.is_valid():
        return _page(request, ban.service_user, wrong={f"ban-{ban.pk}": form}, status=422)
    lift_ban(ban.pk, reason=form.cleaned_data["reason"], actor=request.actor)
    messages.success(request, _("이용 제한을 풀었습니다. 바로 예약할 수 있습니다."))
    return redirect("hospital:person", ban.service_user_id)


@require_POST
@operator_only
def fee_take(request: HttpRequest, pk: int) -> HttpResponse:
    """Of one trip, all that is still owed."""
    trips = Trip.objects.visible_to(request.actor).select_related("service_user__district")
    trip = get_object_or_404(trips, pk=pk)
    form = PaymentForm(request.POST)
    if not form.is_valid():
        return _page(request, trip.service_user, wrong={"fee": form}, status=422)
    try:
        take_payment(trip.pk, actor=request.actor, **form.cleaned_data)
        messages.success(request, _("이용료를 받은 것으로 기록하고 영수증을 보냈습니다."))
    except UnableToPerform as refused:
        messages.error(request, str(refused))
    return redirect("hospital:person", trip.service_user_id)
