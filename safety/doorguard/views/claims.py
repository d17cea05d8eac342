"""Monthly claims: the company confirms or disputes, the district checks, a manager closes; the city reads."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access_log import Action, record_access
from accounts.decorators import roles_required
from accounts.downloads import attachment
from accounts.models.access import Purpose
from accounts.roles import DISTRICT_STAFF, Actor, Role
from programs.workflow import UnableToPerform
from safety.doorguard import claims as domain
from safety.doorguard.forms.claims import ComputeForm, DisputeForm, DownloadForm, ResolveForm
from safety.doorguard.models import Claim, ClaimLine
from safety.doorguard.selectors import claim_lines, claim_of, claims_list, line_counts
from safety.doorguard.statement import claim_workbook
from safety.doorguard.views.households import READERS, WORKERS

PAGE_SIZE = 50
TONES = {
    Claim.State.COMPUTED: "warning",
    Claim.State.COMPANY_CONFIRMED: "progress",
    Claim.State.DISTRICT_CHECKED: "progress",
    Claim.State.CLOSED: "success",
}
LINE_TONES = {
    ClaimLine.State.OK: "neutral",
    ClaimLine.State.DISPUTED: "warning",
    ClaimLine.State.POSTPONED: "info",
    ClaimLine.State.REFUSED: "danger",
}
ACTS = {
    "confirm": (domain.confirm_claim, __("청구를 확인하여 자치구에 보냈습니다.")),
    "check": (domain.check_claim, __("확인을 마쳤습니다. 팀장이 결재합니다.")),
    "send-back": (domain.send_back, __("담당자에게 되돌렸습니다.")),
    "close": (domain.close_claim, __("청구를 확정하였습니다. 이제 바꿀 수 없습니다.")),
}


def claim_or_404(request: HttpRequest, pk: int) -> Claim:
    try:
        return claim_of(request.actor, pk)
    except Claim.DoesNotExist as missing:
        raise Http404 from missing


@require_GET
@roles_required(*READERS)
def claims(request: HttpRequest) -> HttpResponse:
    form = ComputeForm(actor=request.actor) if request.actor.role in WORKERS else None
    return _list(request, form)


def _list(request: HttpRequest, form: ComputeForm | None) -> HttpResponse:
    page = Paginator(claims_list(request.actor), PAGE_SIZE).get_page(request.GET.get("page"))
    rows = [{"claim": claim, "tone": TONES.get(claim.state, "neutral")} for claim in page]
    is_company, is_district = request.actor.role == Role.COMPANY_STAFF, request.actor.role in DISTRICT_STAFF
    return render(
        request,
        "doorguard/claims.html",
        {"page": page, "rows": rows, "form": form, "is_company": is_company, "is_district": is_district},
    )


@require_POST
@roles_required(*WORKERS)
def compute(request: HttpRequest) -> HttpResponse:
    """Compute one month's claim, or compute it again while the company has not confirmed it."""
    form = ComputeForm(request.POST, actor=request.actor)
    if form.is_valid():
        try:
            claim = domain.compute_claim(month=form.cleaned_data["month"], actor=request.actor, **form.parties())
        except UnableToPerform as refused:
            form.add_error(None, str(refused))
        else:
            if claim.state != Claim.State.COMPUTED:
                messages.info(request, _("이미 확인한 청구여서 다시 계산하지 않았습니다."))
            else:
                messages.success(request, _("청구를 계산하였습니다."))
            return redirect("doorguard:claim", pk=claim.pk)
    return _list(request, form)


@require_GET
@roles_required(*READERS)
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    return _claim_page(request, claim_or_404(request, pk), DownloadForm())


def _claim_page(request: HttpRequest, found: Claim, download_form: DownloadForm) -> HttpResponse:
    only = request.GET.get("state", "")
    only = only if only in ClaimLine.State.values else ""
    page = Paginator(claim_lines(request.actor, found, only=only), PAGE_SIZE).get_page(request.GET.get("page"))
    counts = line_counts(found)
    record_access(
        request.actor, Action.LIST, about=f"claim:{found.pk}", ids=[line.service_id for line in page],
        filter={"state": only, "page": page.number},
    )  # fmt: skip
    tabs = [{"label": _("모두"), "url": "?", "count": sum(counts.values()), "current": not only}]
    tabs += [
        {"label": state.label, "url": f"?state={state.value}", "count": counts.get(state.value, 0),
         "current": only == state.value}
        for state in ClaimLine.State
    ]  # fmt: skip
    return render(
        request,
        "doorguard/claim.html",
        {
            "claim": found,
            "tone": TONES.get(found.state, "neutral"),
            "page": page,
            "rows": [{"line": line, "tone": LINE_TONES[line.state]} for line in page],
            "tabs": tabs,
            "disputed": counts.get(ClaimLine.State.DISPUTED, 0),
            "may": _may(request.actor, found),
            "signatures": _signatures(found),
            "download_form": download_form,
        },
    )


def _may(actor: Actor, claim: Claim) -> dict[str, bool]:
    """What this reader can do with the claim now; `edit` is disputing or resolving a line."""
    company, district = actor.role == Role.COMPANY_STAFF, actor.role in DISTRICT_STAFF
    waits_for_company = company and claim.state == Claim.State.COMPUTED
    waits_for_district = district and claim.state == Claim.State.COMPANY_CONFIRMED
    waits_for_manager = actor.role == Role.DISTRICT_MANAGER and claim.state == Claim.State.DISTRICT_CHECKED
    return {
        "confirm": waits_for_company,
        "check": waits_for_district,
        "edit": waits_for_company or waits_for_district,
        "close": waits_for_manager and actor.membership != claim.checked_by,
        "send_back": waits_for_manager,
        "another_manager": waits_for_manager and actor.membership == claim.checked_by,
    }


def _signatures(claim: Claim) -> list[dict[str, Any]]:
    """Who acted and when."""
    steps = [(_("계산"), None, claim.computed_at)]
    steps += [
        (_("업체 확인"), claim.confirmed_by, claim.confirmed_at),
        (_("자치구 확인"), claim.checked_by, claim.checked_at),
        (_("결재·확정"), claim.closed_by, claim.closed_at),
    ]
    return [
        {"title": title, "at": at, "who": f"{by} {by.user}" if by else "", "state": "done" if at else "next"}
        for title, by, at in steps
    ]


@require_POST
@roles_required(*WORKERS)
def act(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Take the claim one step: confirm (company), check (district), send-back or close (manager)."""
    if code not in ACTS:
        raise Http404
    perform, done = ACTS[code]
    try:
        perform(pk, actor=request.actor)
    except Claim.DoesNotExist as missing:
        raise Http404 from missing
    except UnableToPerform as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, str(done))
    return redirect("doorguard:claim", pk=pk)


@require_http_methods(["GET", "POST"])
@roles_required(*WORKERS)
def line(request: HttpRequest, pk: int, line_id: int) -> HttpResponse:
    """One line: the company disputes it, the district decides on it."""
    found = claim_or_404(request, pk)
    row = claim_lines(request.actor, found).filter(pk=line_id).first()
    if row is None:
        raise Http404
    is_company = request.actor.role == Role.COMPANY_STAFF
    initial = {"reason": row.reason} if is_company else {"reason": row.resolution, "outcome": row.state}
    form = (DisputeForm if is_company else ResolveForm)(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            if is_company:
                domain.dispute_line(pk, line_id, actor=request.actor, **form.cleaned_data)
            else:
                domain.resolve_line(pk, line_id, actor=request.actor, **form.cleaned_data)
        except UnableToPerform as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("저장하였습니다."))
            return redirect("doorguard:claim", pk=pk)
    context = {"claim": found, "line": row, "form": form, "is_company": is_company, "may": _may(request.actor, found)}
    return render(request, "doorguard/claim_line.html", context)


@require_POST
@roles_required(*READERS)
def print_claim(request: HttpRequest, pk: int) -> HttpResponse:
    """The statement on paper: every line, without names."""
    found = claim_or_404(request, pk)
    lines = list(claim_lines(request.actor, found))
    record_access(
        request.actor, Action.PRINT, about=f"claim:{found.pk}", ids=[row.service_id for row in lines],
        purpose=Purpose.SETTLEMENT,
    )  # fmt: skip
    context = {"claim": found, "lines": lines, "signatures": _signatures(found), "printed_at": timezone.now()}
    return render(request, "doorguard/claim_print.html", context)


@require_POST
@roles_required(*READERS)
def download(request: HttpRequest, pk: int) -> HttpResponse:
    """The statement as XLSX, with the reason why it is taken, logged before it leaves."""
    found = claim_or_404(request, pk)
    form = DownloadForm(request.POST)
    if not form.is_valid():
        return _claim_page(request, found, form)
    lines = list(claim_lines(request.actor, found))
    record_access(
        request.actor, Action.DOWNLOAD, about=f"claim:{found.pk}", ids=[row.service_id for row in lines],
        purpose=Purpose.SETTLEMENT, reason=form.cleaned_data["reason"],
    )  # fmt: skip
    name = f"door-guard-claim-{found.month:%Y-%m}-{found.district_id}.xlsx"
    return attachment(claim_workbook(found, lines), name)
