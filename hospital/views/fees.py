"""Fees still owed, and replaying trips under other terms."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access_log import Action, record_access
from accounts.decorators import roles_required
from accounts.models.access import Purpose
from accounts.roles import OPERATOR_STAFF, Actor, Role
from hospital.escort_terms import EscortTerms, terms_of
from hospital.forms.money import PayForm, ReplayForm
from hospital.models import Purpose as TripPurpose
from hospital.models import Trip
from hospital.payments import take_payment
from hospital.replay import Replayed, Total, counts_from, replay, total_of
from hospital.selectors.money import fees_due, trips_to_replay
from programs.workflow import UnableToPerform

READERS = (*OPERATOR_STAFF, Role.CITY_OFFICER)
PAGE_SIZE = 30
MOST_TRIPS = 10_000  # in one answer of the page; a year of the service of 2022


@require_GET
@roles_required(*READERS)
def fees(request: HttpRequest) -> HttpResponse:
    return _list(request)


def _list(request: HttpRequest, wrong: tuple[int, PayForm] | None = None, status: int = 200) -> HttpResponse:
    today = timezone.localdate()
    overdue = request.GET.get("tab") == "overdue"
    rows = fees_due(request.actor, overdue_on=today if overdue else None)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    record_access(
        request.actor, Action.LIST, about="trips:fees", ids=[fee.pk for fee in page], purpose=Purpose.SETTLEMENT,
        filter={"overdue": overdue, "page": page.number},
    )  # fmt: skip
    values = {
        "page": page,
        "rows": [_row(fee, today, wrong) for fee in page],
        "tabs": [
            {"label": _("받을 이용료"), "url": "?", "count": None, "current": not overdue},
            {"label": _("기한 지남"), "url": "?tab=overdue", "count": None, "current": overdue},
        ],
        "may_take": request.actor.role in OPERATOR_STAFF,
    }
    return render(request, "hospital/fees.html", values, status=status)


def _row(fee: Any, today: dt.date, wrong: tuple[int, PayForm] | None) -> dict[str, Any]:
    form = wrong[1] if wrong and wrong[0] == fee.pk else PayForm(auto_id=f"id_{fee.pk}_%s")
    return {"fee": fee, "owed": fee.amount - (fee.paid or 0), "late": fee.due_on < today, "form": form}


@require_POST
@roles_required(*OPERATOR_STAFF)
def pay(request: HttpRequest, pk: int) -> HttpResponse:
    """Record what was received for one trip: all that is owed. Sent twice, it is one payment."""
    form = PayForm(request.POST, auto_id=f"id_{pk}_%s")
    if form.is_valid():
        try:
            take_payment(pk, actor=request.actor, **form.cleaned_data)
        except Trip.DoesNotExist as missing:
            raise Http404 from missing
        except UnableToPerform as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("받은 것을 기록하고 영수증을 보냈습니다."))
        return redirect("hospital:fees")
    if not Trip.objects.visible_to(request.actor).filter(pk=pk).exists():
        raise Http404
    return _list(request, (pk, form), status=422)


@require_GET
@roles_required(Role.DISPATCHER, Role.CITY_OFFICER)
def replay_trips(request: HttpRequest) -> HttpResponse:
    """What would these trips have cost under other terms? Nothing is written."""
    form = ReplayForm(request.GET or None, actor=request.actor)
    values: dict[str, Any] = {"form": form, "total": None, "refused": "", "empty": False}
    if form.is_valid():
        terms = terms_of(form.cleaned_data["terms"], form.cleaned_data["first"])
        values |= _replayed(request.actor, form, terms)
    status = 422 if form.errors else 200
    return render(request, "hospital/replay.html", values, status=status)


def _replayed(actor: Actor, form: ReplayForm, terms: EscortTerms) -> dict[str, Any]:
    first = form.cleaned_data["first"]
    trips = trips_to_replay(actor, counts_from(first, terms), form.cleaned_data["last"])
    if (count := trips.count()) > MOST_TRIPS:
        return {"refused": _("%(n)s건은 한 번에 견줄 수 없습니다. 기간을 줄이십시오.") % {"n": f"{count:,}"}}
    rows = list(replay(trips, terms, since=first))
    total = total_of(rows)
    barred = Counter(row.barred for row in rows if row.barred)
    return {
        "total": total if rows else None,
        "sums": _then_and_now(total),
        "empty": not rows,
        "by_month": _grouped(rows, lambda row: date_format(row.trip.day, "Y-m")),
        "by_purpose": _grouped(rows, lambda row: str(TripPurpose(row.trip.purpose).label)),
        "barred": sorted(barred.items(), key=lambda one: (-one[1], one[0])),
    }


def _then_and_now(total: Total) -> list[tuple[str, int, int, int]]:
    """(what, as it was, under the other terms, the difference)."""
    pairs = [
        (_("동행 수"), total.trips, total.trips - total.barred),
        (_("이용료(원)"), total.was, total.would_be),
        (_("운영비(원)"), total.was_cost, total.cost),
        (_("시 부담(원)"), total.was_share, total.city_share),
    ]
    return [(name, was, now, now - was) for name, was, now in pairs]


def _grouped(rows: list[Replayed], key: Any) -> list[tuple[str, Total]]:
    groups: dict[str, list[Replayed]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return [(name, total_of(some)) for name, some in sorted(groups.items())]
