"""Transfers: listed, written with what the law says of each move, decided on, reported to the council."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.decorators import roles_required
from accounts.roles import Actor
from budget import transfers as domain
from budget.forms.books import year_asked
from budget.forms.filters import TransferListForm
from budget.forms.rows import Rows, rows_as_sent
from budget.forms.transfers import MOVE_FIELDS, PostForm, ReportForm, TransferForm, moves_from, moves_of
from budget.models import Transfer
from budget.refusals import UnableToPost
from budget.selectors.moves import preview
from budget.selectors.waiting import transfers_to_report
from budget.transfer_rules import Move
from budget.views.page import TRANSFER_TONES, WORKERS, attempt, back_to, page, version_seen

PAGE = 50
State = Transfer.State


def transfer_or_404(request: HttpRequest, pk: int) -> Transfer:
    rows = Transfer.objects.visible_to(request.actor).select_related(
        "organisation", "drafted_by", "drafted_as", "reviewed_by", "approved_by", "approved_as", "voucher", "corrects"
    )
    return get_object_or_404(rows, pk=pk)


@require_GET
@roles_required(*WORKERS)
def transfers(request: HttpRequest) -> HttpResponse:
    form = TransferListForm(request.GET, actor=request.actor)
    names = {"year": "fiscal_year", "state": "state"}
    rows = Transfer.objects.visible_to(request.actor).select_related("organisation", "drafted_by")
    rows = rows.filter(**{names[name]: value for name, value in form.asked().items()}).order_by("-drafted_at", "-id")
    found = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": found,
        "rows": [{"transfer": row, "tone": TRANSFER_TONES.get(row.state, "neutral")} for row in found],
        "due": transfers_to_report(request.actor).count(),
        "may_draft": request.actor.role in domain.DRAFTERS,
    }
    return page(request, "budget/transfers.html", context, current="transfers")


@require_GET
@roles_required(*WORKERS)
def transfers_due(request: HttpRequest) -> HttpResponse:
    """What has to be reported to the council, the overdue first (지방재정법 §49③)."""
    found = Paginator(transfers_to_report(request.actor), PAGE).get_page(request.GET.get("page"))
    return page(request, "budget/transfers_due.html", {"page": found, "rows": list(found)}, current="transfers")


# --- Writing ------------------------------------------------------------------------------
@require_http_methods(["GET", "POST"])
@roles_required(*domain.DRAFTERS)
def transfer_new(request: HttpRequest) -> HttpResponse:
    year = year_asked(request.GET, request.actor)
    draft = Transfer(organisation=request.actor.membership.organisation, fiscal_year=year)
    form, rows = _forms(request, draft, initial={}, written=[])

    def save(moves: list[Move]) -> Transfer:
        return domain.draft_transfer(
            actor=request.actor, fiscal_year=year, moves=moves, **form.fields_of_transfer()
        )  # fmt: skip

    return _write(request, draft, form, rows, save)


@require_http_methods(["GET", "POST"])
@roles_required(*domain.DRAFTERS)
def transfer_edit(request: HttpRequest, pk: int) -> HttpResponse:
    found = transfer_or_404(request, pk)
    if found.state != State.DRAFTED or found.drafted_by_id != request.actor.user_id or found.corrects_id:
        messages.error(request, _("작성 중인 전용만, 기안한 사람이 고칠 수 있습니다."))
        return back_to("transfer", pk)
    moves = domain.moves_of(found)
    names = ("title", "document_no", "background", "reason", "reorganisation", "council_vote_on")
    initial = {name: getattr(found, name) for name in names}
    initial["is_reorganisation"] = any(move.kind == "reorganisation_transfer" for move in moves)
    written = [{"source": m.source_id, "target": m.target_id, "amount": m.amount} for m in moves]
    form, rows = _forms(request, found, initial=initial, written=written)

    def save(moves: list[Move]) -> Transfer:
        fields = form.fields_of_transfer()
        fields["document_no"] = fields["document_no"] or found.document_no
        return domain.change_transfer(
            pk, actor=request.actor, moves=moves, expected_version=version_seen(request),
            **fields,
        )  # fmt: skip

    return _write(request, found, form, rows, save)


def _forms(
    request: HttpRequest, draft: Transfer, *, initial: dict[str, Any], written: list[Any]
) -> tuple[TransferForm, Rows]:
    data = request.POST if request.method == "POST" else None
    if data and data.get("act") == "more":
        initial, written, data = data.dict(), rows_as_sent(data, "moves", MOVE_FIELDS), None
    return (
        TransferForm(data, initial=initial),
        moves_of(draft.organisation_id, draft.fiscal_year, data, initial=written),
    )


def _write(
    request: HttpRequest, draft: Transfer, form: TransferForm, rows: Rows, save: Callable[[list[Move]], Transfer]
) -> HttpResponse:
    """Show the form; beforehand what the law says of the moves typed so far; keep them when they are to be kept."""
    shown = None
    if form.is_bound:
        whole = form.is_valid() & rows.is_valid()
        moves = moves_from(
            rows, request.actor, reorganisation=bool(form.cleaned_data.get("is_reorganisation"))
        )  # fmt: skip
        act = request.POST.get("act")
        if whole and act in ("save", "submit") and (kept := _kept(request, form, save, moves)):
            return back_to("transfer", kept.pk)
        as_typed = form.fields_of_transfer()
        draft.reorganisation, draft.council_vote_on = as_typed["reorganisation"], as_typed["council_vote_on"]
        shown = preview(draft, moves) if moves else None
        if act == "preview":
            form = TransferForm(initial=request.POST.dict())  # what is still blank is no mistake yet
    context = {"form": form, "rows": rows, "transfer": draft, "year": draft.fiscal_year, "preview": shown}
    return page(request, "budget/transfer_edit.html", context, current="transfers")


def _kept(
    request: HttpRequest, form: TransferForm, save: Callable[[list[Move]], Transfer], moves: list[Move]
) -> Transfer | None:
    try:
        kept = save(moves)
        if request.POST.get("act") == "submit":
            kept = domain.submit_transfer(kept.pk, actor=request.actor)
    except UnableToPost as refused:
        form.add_error(None, str(refused))
        return None
    if kept.state == State.SUBMITTED:
        messages.success(request, _("검토를 요청하였습니다."))
    else:
        messages.success(request, _("저장하였습니다. 아직 검토를 요청하지 않았습니다."))
    return kept


# --- One transfer -------------------------------------------------------------------------
@require_GET
@roles_required(*WORKERS)
def transfer(request: HttpRequest, pk: int) -> HttpResponse:
    return _shown(request, transfer_or_404(request, pk))


def _shown(request: HttpRequest, found: Transfer, wrong: dict[str, Form] | None = None) -> HttpResponse:
    today, wrong = timezone.localdate(), wrong or {}
    moves = [
        Move(move.source, move.target, move.amount, reorganisation=move.kind == "reorganisation_transfer")
        for move in domain.moves_of(found)
    ]
    correction = Transfer.objects.visible_to(request.actor).filter(corrects=found.pk).first()
    may = _may(request.actor, found)
    may["correct"] = may["correct"] and correction is None
    context = {
        "transfer": found,
        "tone": TRANSFER_TONES.get(found.state, "neutral"),
        "preview": preview(found, moves),
        "history": _history(found),
        "correction": correction,
        "may": may,
        "post_form": wrong.get("post") or PostForm(initial={"posted_on": today}),
        "report_form": wrong.get("report") or ReportForm(initial={"reported_on": today}),
    }
    return page(request, "budget/transfer.html", context, current="transfers", status=422 if wrong else 200)


def _may(actor: Actor, found: Transfer) -> dict[str, bool]:
    own, state, me = actor.organisation_id == found.organisation_id, found.state, actor.user_id
    drafter = own and found.drafted_by_id == me
    approver = own and actor.role in domain.APPROVERS
    reviews = own and state == State.SUBMITTED and actor.role in domain.REVIEWERS and not drafter
    approves = approver and state == State.REVIEWED and me not in (found.drafted_by_id, found.reviewed_by_id)
    posts = approver and state == State.APPROVED
    return {
        "edit": drafter and state == State.DRAFTED and found.corrects_id is None,
        "submit": drafter and state == State.DRAFTED,
        "take_back": drafter and state == State.SUBMITTED,
        "review": reviews,
        "approve": approves,
        "post": posts,
        "send_back": reviews or posts or approves,
        "report": own and state == State.POSTED and actor.role in (*domain.DRAFTERS, *domain.REVIEWERS),
        "correct": own and state in (State.POSTED, State.REPORTED) and actor.role in domain.DRAFTERS
        and found.corrects_id is None,
    }  # fmt: skip


def _history(found: Transfer) -> list[dict[str, Any]]:
    """The five steps from draft to report, as far as they have been taken."""
    order = [State.DRAFTED, State.SUBMITTED, State.REVIEWED, State.APPROVED, State.POSTED, State.REPORTED]
    taken = order.index(found.state) if found.state in order else 0
    steps: list[dict[str, Any]] = [
        {"title": _("기안"), "at": found.drafted_at, "who": str(found.drafted_by)},
        {"title": _("검토"), "at": found.reviewed_at, "who": str(found.reviewed_by or "")},
        {"title": _("승인"), "at": found.approved_at, "who": str(found.approved_by or "")},
        {"title": _("기장"), "at": None, "who": "", "text": f"{found.posted_on}" if found.posted_on else ""},
        {"title": _("의회 보고"), "at": None, "who": "", "text": _reported(found)},
    ]
    for number, step in enumerate(steps):
        step["state"] = "done" if number < taken else "current" if number == taken else "next"
    if found.state == State.DRAFTED:
        steps[0]["text"] = _sent_back(found)
    if found.state == State.DISCARDED:
        steps = [*steps[:1], {"title": pgettext("document", "폐기"), "at": None, "who": "", "state": "done"}]
        steps[0]["state"] = "done"
    return steps


def _sent_back(found: Transfer) -> str:
    return _("반송: %(reason)s") % {"reason": found.sent_back} if found.sent_back else ""


def _reported(found: Transfer) -> str:
    if found.reported_on:
        return f"{found.reported_on} {found.reported_in}"
    return _("%(day)s까지") % {"day": found.report_due_on} if found.report_due_on else ""


# What each step asks: a form, the reason for sending it back, or which version its reader saw.
ACTS: dict[str, tuple[Callable[..., Any], Any, Any]] = {
    "submit": (domain.submit_transfer, "version", __("검토를 요청하였습니다.")),
    "review": (domain.review_transfer, "version", __("검토를 마쳤습니다. 재무관이 승인합니다.")),
    "approve": (domain.approve_transfer, "version", __("승인하였습니다. 기장일을 정하여 기장하십시오.")),
    "send-back": (domain.send_transfer_back, "reason", __("기안자에게 돌려보냈습니다.")),
    "discard": (domain.discard_transfer, None, __("폐기하였습니다.")),
    "post": (domain.post_transfer, PostForm, __("장부에 기장하였습니다. 의회에 보고할 기한이 정해졌습니다.")),
    "report": (domain.report_transfer, ReportForm, __("의회에 보고한 것으로 적었습니다. 이제 바꿀 수 없습니다.")),
}


@require_POST
@roles_required(*WORKERS)
def transfer_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Take the transfer one step: submit, review, approve, send-back, discard, post, report."""
    if act not in ACTS:
        raise Http404
    perform, asks, done = ACTS[act]
    data: dict[str, Any] = {}
    if asks == "version":
        data = {"expected_version": version_seen(request)}
    elif asks == "reason":
        data = {"reason": request.POST.get("reason", "")[:300]}
    elif asks:
        form = asks(request.POST)
        if not form.is_valid():
            return _shown(request, transfer_or_404(request, pk), {act: form})
        data = form.cleaned_data
    attempt(request, lambda: perform(pk, actor=request.actor, **data), str(done))
    return back_to("transfer", pk)


@require_POST
@roles_required(*domain.DRAFTERS)
def transfer_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Draft the transfer that takes a posted one back."""
    found = transfer_or_404(request, pk)
    reason = request.POST.get("reason", "").strip()[:2000]
    if not reason:
        messages.error(request, _("정정 사유를 적으십시오."))
        return back_to("transfer", pk)
    made: list[Transfer] = []
    done = _("바로잡는 전용을 작성하였습니다. 확인하고 검토를 요청하십시오.")
    attempt(
        request, lambda: made.append(domain.correct_transfer(found.pk, actor=request.actor, reason=reason)), done
    )  # fmt: skip
    return back_to("transfer", made[0].pk if made else pk)
