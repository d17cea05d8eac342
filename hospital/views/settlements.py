"""Monthly settlements: the operator confirms or disputes, the city checks, another officer approves."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access_log import Action, record_access
from accounts.decorators import roles_required
from accounts.downloads import attachment
from accounts.models import Organisation
from accounts.models.access import Purpose
from accounts.roles import Actor, Role
from hospital import settlements as domain
from hospital.forms.money import DisputeForm, MonthForm, ResolveForm, TakeForm
from hospital.models import Settlement, SettlementLine
from hospital.selectors.money import (
    charges_collected,
    line_counts,
    settlement_lines,
    settlement_of,
    settlements_list,
    voucher_of,
)
from hospital.statement import settlement_workbook
from programs.workflow import UnableToPerform

PARTIES = (Role.DISPATCHER, Role.CITY_OFFICER)
PAGE_SIZE = 50
Step, LineState = Settlement.State, SettlementLine.State
TONES = {Step.COMPUTED: "warning", Step.CONFIRMED: "progress", Step.CHECKED: "progress", Step.APPROVED: "success"}
LINE_TONES = {LineState.OK: "neutral", LineState.DISPUTED: "warning", LineState.EXCLUDED: "danger"}
ACTS = {
    "confirm": (domain.confirm, __("정산을 확인하여 서울시에 보냈습니다.")),
    "check": (domain.check, __("확인을 마쳤습니다. 다른 담당자가 결재합니다.")),
    "send-back": (domain.send_back, __("확인한 담당자에게 되돌렸습니다.")),
    "approve": (domain.approve, __("정산을 확정하고 예산에 기장하였습니다. 이제 바꿀 수 없습니다.")),
}


def _or_404(request: HttpRequest, pk: int) -> Settlement:
    try:
        return settlement_of(request.actor, pk)
    except Settlement.DoesNotExist as missing:
        raise Http404 from missing


@require_GET
@roles_required(*PARTIES)
def settlements(request: HttpRequest) -> HttpResponse:
    return _list(request, MonthForm())


def _list(request: HttpRequest, form: MonthForm, status: int = 200) -> HttpResponse:
    page = Paginator(settlements_list(request.actor), PAGE_SIZE).get_page(request.GET.get("page"))
    rows = [{"settlement": one, "tone": TONES[one.state]} for one in page]
    return render(request, "hospital/settlements.html", {"page": page, "rows": rows, "form": form}, status=status)


@require_POST
@roles_required(*PARTIES)
def compute(request: HttpRequest) -> HttpResponse:
    """Compute one month, or compute it again while the operator has not confirmed it."""
    form = MonthForm(request.POST)
    if form.is_valid():
        try:
            made = domain.compute_settlement(
                operator_id=_operator_of(request.actor), month=form.cleaned_data["month"], actor=request.actor
            )
        except UnableToPerform as refused:
            form.add_error(None, str(refused))
        else:
            if made.state == Step.COMPUTED:
                messages.success(request, _("정산을 계산하였습니다."))
            else:
                messages.info(request, _("이미 확인한 정산이어서 다시 계산하지 않았습니다."))
            return redirect("hospital:settlement", pk=made.pk)
    return _list(request, form, status=422)


def _operator_of(actor: Actor) -> int:
    """A dispatcher's own organisation; for the city the one operator there is. Raises UnableToPerform."""
    if actor.role == Role.DISPATCHER and actor.organisation_id:
        return actor.organisation_id
    operators = Organisation.objects.visible_to(actor).filter(kind=Organisation.Kind.ESCORT_OPERATOR)
    found = operators.order_by("-pk").first()
    if found is None:
        raise UnableToPerform(_("수행기관이 등록되어 있지 않습니다."))
    return found.pk


@require_GET
@roles_required(*PARTIES)
def settlement(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _or_404(request, pk), TakeForm())


def _page(request: HttpRequest, found: Settlement, take_form: TakeForm, status: int = 200) -> HttpResponse:
    only = request.GET.get("state", "")
    only = only if only in (*LineState.values, "flagged") else ""
    page = Paginator(settlement_lines(request.actor, found, only=only), PAGE_SIZE).get_page(request.GET.get("page"))
    counts = line_counts(found)
    record_access(
        request.actor, Action.LIST, about=f"trips:settlement-{found.pk}", ids=[line.trip_id for line in page],
        purpose=Purpose.SETTLEMENT, filter={"state": only, "page": page.number},
    )  # fmt: skip
    values = {
        "settlement": found,
        "tone": TONES[found.state],
        "page": page,
        "rows": [{"line": line, "tone": LINE_TONES[line.state]} for line in page],
        "tabs": _tabs(only, counts),
        "charges": charges_collected(request.actor, found),
        "disputed": counts.get(LineState.DISPUTED, 0),
        "may": _may(request.actor, found),
        "signatures": _signatures(found),
        "voucher": voucher_of(request.actor, found) if request.actor.role == Role.CITY_OFFICER else None,
        "take_form": take_form,
    }
    return render(request, "hospital/settlement.html", values, status=status)


def _tabs(only: str, counts: dict[str, int]) -> list[dict[str, Any]]:
    tabs = [{"label": _("모두"), "url": "?", "count": sum(counts.values()), "current": not only}]
    tabs += [
        {"label": state.label, "url": f"?state={state.value}", "count": counts.get(state.value, 0),
         "current": only == state.value}
        for state in LineState
    ]  # fmt: skip
    return [
        *tabs,
        {"label": _("시각 확인 필요"), "url": "?state=flagged", "count": None, "current": only == "flagged"},
    ]


def _may(actor: Actor, found: Settlement) -> dict[str, bool]:
    """What this reader can do now; `edit` is disputing or resolving a line."""
    operator, city = actor.role == Role.DISPATCHER, actor.role == Role.CITY_OFFICER
    checked = city and found.state == Step.CHECKED
    own = found.checked_by_id is not None and found.checked_by == actor.membership
    return {
        "confirm": operator and found.state == Step.COMPUTED,
        "check": city and found.state == Step.CONFIRMED,
        "edit": (operator and found.state == Step.COMPUTED) or (city and found.state == Step.CONFIRMED),
        "approve": checked and not own,
        "send_back": checked,
        "another": checked and own,
    }


def _signatures(found: Settlement) -> list[dict[str, Any]]:
    """Who acted and when."""
    steps = [
        (_("계산"), None, found.computed_at),
        (_("수행기관 확인"), found.confirmed_by, found.confirmed_at),
        (_("서울시 확인"), found.checked_by, found.checked_at),
        (_("결재·확정"), found.approved_by, found.approved_at),
    ]
    return [
        {"title": title, "at": at, "who": f"{by} {by.user}" if by else "", "state": "done" if at else "next"}
        for title, by, at in steps
    ]


@require_POST
@roles_required(*PARTIES)
def act(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Take it one step: confirm (operator); check, send-back or approve (city)."""
    if code not in ACTS:
        raise Http404
    perform, done = ACTS[code]
    try:
        perform(pk, actor=request.actor)
    except Settlement.DoesNotExist as missing:
        raise Http404 from missing
    except UnableToPerform as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, str(done))
    return redirect("hospital:settlement", pk=pk)


@require_http_methods(["GET", "POST"])
@roles_required(*PARTIES)
def line(request: HttpRequest, pk: int, line_id: int) -> HttpResponse:
    """One line: the operator disputes it, the city decides on it."""
    found = _or_404(request, pk)
    row = settlement_lines(request.actor, found).filter(pk=line_id).first()
    if row is None:
        raise Http404
    is_operator = request.actor.role == Role.DISPATCHER
    initial = {"reason": row.reason} if is_operator else {"reason": row.resolution, "outcome": row.state}
    form = (DisputeForm if is_operator else ResolveForm)(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            save = domain.dispute_line if is_operator else domain.resolve_line
            save(pk, line_id, actor=request.actor, **form.cleaned_data)
        except UnableToPerform as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("저장하였습니다."))
            return redirect("hospital:settlement", pk=pk)
    values = {
        "settlement": found,
        "line": row,
        "form": form,
        "is_operator": is_operator,
        "may": _may(request.actor, found),
    }
    return render(request, "hospital/settlement_line.html", values, status=422 if form.errors else 200)


@require_POST
@roles_required(*PARTIES)
def print_settlement(request: HttpRequest, pk: int) -> HttpResponse:
    """The statement on paper: every line, without names."""
    found = _or_404(request, pk)
    lines = list(settlement_lines(request.actor, found))
    record_access(
        request.actor, Action.PRINT, about=f"trips:settlement-{found.pk}", ids=[row.trip_id for row in lines],
        purpose=Purpose.SETTLEMENT,
    )  # fmt: skip
    values = {
        "settlement": found,
        "lines": lines,
        "charges": charges_collected(request.actor, found),
        "signatures": _signatures(found),
        "printed_at": timezone.now(),
    }
    return render(request, "hospital/settlement_print.html", values)


@require_POST
@roles_required(*PARTIES)
def download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The statement as XLSX, with the reason why it is taken, logged before it leaves."""
    found = _or_404(request, pk)
    form = TakeForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    lines = list(settlement_lines(request.actor, found))
    record_access(
        request.actor, Action.DOWNLOAD, about=f"trips:settlement-{found.pk}", ids=[row.trip_id for row in lines],
        purpose=Purpose.SETTLEMENT, reason=form.cleaned_data["reason"],
    )  # fmt: skip
    book = settlement_workbook(found, lines, charges_collected(request.actor, found))
    return attachment(book, f"hospital-escort-settlement-{found.month:%Y-%m}.xlsx")
