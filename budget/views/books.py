"""Advances and what they were settled at; closing the books."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.decorators import roles_required
from accounts.roles import Role
from budget.closings import close_books, last_day
from budget.forms.books import CloseForm, SettleForm
from budget.models import Advance, Closing, Voucher
from budget.payments import settle_advance
from budget.refusals import UnableToPost
from budget.views.page import WORKERS, back_to, page

PAGE = 50


@require_GET
@roles_required(*WORKERS)
def advances(request: HttpRequest) -> HttpResponse:
    """Open ones first, the longest overdue on top; without those who were paid."""
    is_open = request.GET.get("state") != "settled"
    rows = Advance.objects.visible_to(request.actor).filter(settled_on__isnull=is_open)
    rows = rows.select_related("line__organisation", "line__item", "line__object_code", "paid_by")
    order = ("due_on", "id") if is_open else ("-settled_on", "-id")
    found = Paginator(rows.order_by(*order), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": found,
        "rows": list(found),
        "is_open": is_open,
        "states": [
            {"label": _("정산할 선금"), "url": "?state=open", "current": is_open, "count": None},
            {"label": _("정산한 선금"), "url": "?state=settled", "current": not is_open, "count": None},
        ],
        "organisation_id": request.actor.organisation_id,
        "settles": request.actor.role == Role.DISBURSING_OFFICER,
    }
    return page(request, "budget/advances.html", context, current="advances")


@require_http_methods(["GET", "POST"])
@roles_required(Role.DISBURSING_OFFICER)
def advance_settle(request: HttpRequest, pk: int) -> HttpResponse:
    own = Advance.objects.visible_to(request.actor).filter(line__organisation=request.actor.organisation_id)
    found = get_object_or_404(own.select_related("line__item", "line__object_code", "paid_by"), pk=pk)
    initial = {"settled_on": timezone.localdate(), "drafted_by": found.paid_by.drafted_as_id}
    form = SettleForm(request.POST or None, actor=request.actor, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            settle_advance(
                pk, actual_cost=data["actual_cost"], settled_on=data["settled_on"], drafted_as=data["drafted_by"],
                actor=request.actor,
            )  # fmt: skip
        except UnableToPost as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("정산하였습니다. 차액을 장부에 기장하였습니다."))
            return back_to("advances")
    return page(request, "budget/advance_settle.html", {"advance": found, "form": form}, current="advances")


@require_http_methods(["GET", "POST"])
@roles_required(*WORKERS)
def closing(request: HttpRequest) -> HttpResponse:
    """What is closed; and, for the finance officer, closing a month or a year, which is final."""
    form = CloseForm(request.POST or None, actor=request.actor, initial=_last_month())
    pending: dict[str, Any] = {}
    if form.is_bound and form.is_valid():
        try:
            close_books(
                fiscal_year=form.cleaned_data["fiscal_year"], month=form.cleaned_data["month"], actor=request.actor
            )  # fmt: skip
        except UnableToPost as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("마감하였습니다."))
            return back_to("closing")
    elif form.is_bound:
        pending = _pending(request, form)
    closed = Closing.objects.visible_to(request.actor).select_related("organisation", "closed_by")
    context = {
        "form": form,
        "closings": closed.order_by("-fiscal_year", "organisation__name", "-month", "id")[:200],
        "may_close": request.actor.role == Role.FINANCE_OFFICER,
        "pending": pending,
    }
    return page(request, "budget/closing.html", context, current="closing")


def _last_month() -> dict[str, int]:
    today = timezone.localdate()
    return {"fiscal_year": today.year - (today.month == 1), "month": (today.month - 2) % 12 + 1}


def _pending(request: HttpRequest, form: CloseForm) -> dict[str, Any]:
    """What is asked to be closed, and the vouchers that could not be posted into it any more."""
    data = form.cleaned_data
    if "fiscal_year" not in data or "month" not in data:
        return {}
    year, month = data["fiscal_year"], data["month"]
    waiting = Voucher.objects.visible_to(request.actor).filter(
        organisation=request.actor.organisation_id, fiscal_year=year, state__in=("draft", "submitted")
    )
    if month:
        waiting = waiting.filter(occurred_on__year=year, occurred_on__month=month)
    return {"until": last_day(year, month), "waiting": waiting.count()}
