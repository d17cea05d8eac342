"""Hubs and partner agencies: what is offered to them, answered within its time. Of the person they see nothing yet."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access_log import Action, record_access
from accounts.decorators import roles_required
from accounts.roles import Role
from hospital import offering
from hospital.forms.board import DeclineForm
from hospital.models import Offer
from hospital.selectors import agency as reading
from programs.workflow import UnableToPerform

PAGE_SIZE = 30
TONES = {
    Offer.State.OPEN: "neutral",  # its time is over, and the worker has not written so yet
    Offer.State.ACCEPTED: "success",
    Offer.State.DECLINED: "neutral",
    Offer.State.LAPSED: "warning",
    Offer.State.WITHDRAWN: "neutral",
}


@require_GET
@roles_required(Role.AGENCY_STAFF)
def offers(request: HttpRequest) -> HttpResponse:
    return _page(request)


def _page(request: HttpRequest, wrong: tuple[int, DeclineForm] | None = None, status: int = 200) -> HttpResponse:
    now = timezone.now()
    waiting = reading.open_offers(request.actor, now)
    page = Paginator(reading.past_offers(request.actor, now), PAGE_SIZE).get_page(request.GET.get("page"))
    record_access(
        request.actor, Action.LIST, about="trips", ids=[one.trip_id for one in (*waiting, *page)],
        filter={"offers": "ours", "page": page.number},
    )  # fmt: skip
    return render(request, "hospital/offers.html", {
        "waiting": [
            {
                "offer": one,
                "minutes": max(int((one.expires_at - now).total_seconds() // 60), 0),
                "form": wrong[1] if wrong and wrong[0] == one.pk else DeclineForm(auto_id=f"id_{one.pk}_%s"),
                "open": bool(wrong and wrong[0] == one.pk),
            }
            for one in waiting
        ],
        "page": page,
        "rows": [{"offer": one, "tone": TONES[Offer.State(one.state)]} for one in page],
        "wrong_form": wrong[1] if wrong else None,
        "here": request.get_full_path(),
    }, status=status)  # fmt: skip


@require_POST
@roles_required(Role.AGENCY_STAFF)
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Take it; the trip and its person are then ours to open."""
    try:
        trip = offering.accept_offer(pk, actor=request.actor)
    except Offer.DoesNotExist as missing:
        raise Http404 from missing
    except UnableToPerform as refused:
        messages.error(request, str(refused))
        return redirect("hospital:offers")
    messages.success(request, _("동행을 맡았습니다. 매니저를 배정하십시오."))
    return redirect("hospital:own_trip", pk=trip.pk)


@require_POST
@roles_required(Role.AGENCY_STAFF)
def decline(request: HttpRequest, pk: int) -> HttpResponse:
    form = DeclineForm(request.POST, auto_id=f"id_{pk}_%s")
    if not form.is_valid():
        if not Offer.objects.visible_to(request.actor).filter(pk=pk).exists():
            raise Http404
        return _page(request, wrong=(pk, form), status=422)
    try:
        offering.decline_offer(pk, actor=request.actor, **form.cleaned_data)
    except Offer.DoesNotExist as missing:
        raise Http404 from missing
    except UnableToPerform as refused:
        messages.error(request, str(refused))
    else:
        messages.info(request, _("맡지 않겠다고 답하였습니다."))
    return redirect("hospital:offers")
