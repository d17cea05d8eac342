"""Vouchers: listed, written, decided on, taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.decorators import roles_required
from budget import posting
from budget.forms.books import year_asked
from budget.forms.filters import VoucherListForm
from budget.forms.rows import Rows, rows_as_sent
from budget.forms.vouchers import BY_HAND, ROW_FIELDS, ReverseForm, VoucherForm, postings_from, rows_of
from budget.models import Voucher
from budget.refusals import UnableToPost
from budget.views.page import TONES, WORKERS, attempt, back_to, page, version_seen

PAGE = 50
Kind, State = Voucher.Kind, Voucher.State


def voucher_or_404(request: HttpRequest, pk: int) -> Voucher:
    found = Voucher.objects.visible_to(request.actor).select_related(
        "organisation", "drafted_by", "drafted_as", "approved_by", "approved_as", "reverses"
    )
    return get_object_or_404(found, pk=pk)


@require_GET
@roles_required(*WORKERS)
def vouchers(request: HttpRequest) -> HttpResponse:
    form = VoucherListForm(request.GET, actor=request.actor)
    asked = form.asked()
    rows = Voucher.objects.visible_to(request.actor).select_related("organisation", "drafted_by", "approved_by")
    names = {"year": "fiscal_year", "kind": "kind", "state": "state", "document_no": "document_no__startswith"}
    rows = rows.filter(**{names[name]: value for name, value in asked.items()}).order_by("-drafted_at", "-id")
    found = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": found,
        "rows": [{"voucher": row, "tone": TONES.get(row.state, "neutral")} for row in found],
        "kinds": _kinds(request),
        "year": asked.get("year", ""),
        "shows_holder": request.actor.district_id is None,
    }
    return page(request, "budget/vouchers.html", context, current="vouchers")


def _kinds(request: HttpRequest) -> list[tuple[str, Any]]:
    """What this person's organisation drafts by hand; only the city re-allots."""
    return [(kind.value, kind.label) for kind in BY_HAND if kind != Kind.RE_ALLOTMENT or not request.actor.district_id]


@require_http_methods(["GET", "POST"])
@roles_required(*WORKERS)
def voucher_new(request: HttpRequest, kind: str) -> HttpResponse:
    if kind not in dict(_kinds(request)):
        raise Http404
    year = year_asked(request.GET, request.actor)
    initial = {"occurred_on": timezone.localdate()}
    form, rows = _forms(request, kind, request.actor.organisation_id, year, initial=initial, written=[])

    def save() -> Voucher:
        return posting.draft_voucher(
            actor=request.actor, kind=kind, fiscal_year=year, postings=postings_from(rows, request.actor),
            **form.cleaned_data,
        )  # fmt: skip

    if saved := _saved(request, form, rows, save):
        return back_to("voucher", saved.pk)
    return _editor(request, form, rows, kind=kind, year=year)


@require_http_methods(["GET", "POST"])
@roles_required(*WORKERS)
def voucher_edit(request: HttpRequest, pk: int) -> HttpResponse:
    found = voucher_or_404(request, pk)
    if found.state != State.DRAFT or found.drafted_by_id != request.actor.user_id or found.kind not in BY_HAND:
        messages.error(request, _("작성 중인 문서만, 기안한 사람이 고칠 수 있습니다."))
        return back_to("voucher", pk)
    initial = {name: getattr(found, name) for name in ("title", "document_no", "occurred_on", "payee")}
    form, rows = _forms(
        request, found.kind, found.organisation_id, found.fiscal_year, initial=initial, written=_rows_of_items(found)
    )

    def save() -> Voucher:
        return posting.change_voucher(
            pk, actor=request.actor, postings=postings_from(rows, request.actor),
            expected_version=version_seen(request), **form.cleaned_data,
        )  # fmt: skip

    if saved := _saved(request, form, rows, save):
        return back_to("voucher", saved.pk)
    return _editor(request, form, rows, kind=found.kind, year=found.fiscal_year, voucher=found)


def _forms(
    request: HttpRequest, kind: str, organisation_id: int, year: int, *, initial: dict[str, Any], written: list[Any]
) -> tuple[VoucherForm, Rows]:
    """The heading and the rows: as sent; asked for more rows, what was typed with blank ones below; else `initial`."""
    data = request.POST if request.method == "POST" else None
    if data and data.get("act") == "more":
        initial, written, data = data.dict(), rows_as_sent(data, "rows", ROW_FIELDS), None
    form = VoucherForm(data, kind=kind, initial=initial)
    return form, rows_of(kind, organisation_id, year, data, initial=written)


def _rows_of_items(voucher: Voucher) -> list[dict[str, Any]]:
    """The rows that the form showed when these items were written."""
    items = list(voucher.items.order_by("id"))
    if voucher.kind == Kind.RE_ALLOTMENT:
        return [
            {"line": gives.line_id, "to_line": takes.line_id, "amount": takes.amount, "note": takes.note}
            for gives, takes in zip(items[::2], items[1::2], strict=True)
        ]
    return [{"line": i.line_id, "entry_kind": i.kind, "amount": i.amount, "note": i.note} for i in items]


def _saved(request: HttpRequest, form: VoucherForm, rows: Rows, save: Callable[[], Voucher]) -> Voucher | None:
    """The voucher once it is written (and submitted, where that was asked); None while something is to be mended."""
    if not form.is_bound or not (form.is_valid() & rows.is_valid()):
        return None
    try:
        voucher = save()
        if request.POST.get("act") == "submit":
            voucher = posting.submit_voucher(voucher.pk, actor=request.actor)
    except UnableToPost as refused:
        form.add_error(None, str(refused))
        return None
    submitted = voucher.state == State.SUBMITTED
    messages.success(
        request, _("결재를 올렸습니다.") if submitted else _("저장하였습니다. 아직 결재를 올리지 않았습니다.")
    )
    return voucher


def _editor(
    request: HttpRequest, form: VoucherForm, rows: Any, *, kind: str, year: int, voucher: Voucher | None = None
) -> HttpResponse:
    context = {
        "form": form, "rows": rows, "kind": Kind(kind).label, "year": year, "voucher": voucher,
    }  # fmt: skip
    return page(request, "budget/voucher_edit.html", context, current="vouchers")


ACTS = {
    "submit": (posting.submit_voucher, ("expected_version",), __("결재를 올렸습니다.")),
    "send-back": (posting.send_back, ("expected_version", "reason"), __("기안자에게 돌려보냈습니다.")),
    "discard": (posting.discard_voucher, (), __("폐기하였습니다.")),
    "approve": (posting.approve_voucher, ("expected_version",), __("결재하여 장부에 기장하였습니다.")),
}  # fmt: skip


@require_POST
@roles_required(*WORKERS)
def voucher_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Take the voucher one step: submit, send-back (or take back), discard, approve."""
    if act not in ACTS:
        raise Http404
    perform, takes, done = ACTS[act]
    sent = {"reason": request.POST.get("reason", "")[:300], "expected_version": version_seen(request)}
    attempt(request, lambda: perform(pk, actor=request.actor, **{name: sent[name] for name in takes}), str(done))
    return back_to("voucher", pk)


@require_http_methods(["GET", "POST"])
@roles_required(*WORKERS)
def voucher_reverse(request: HttpRequest, pk: int) -> HttpResponse:
    """Draft the correction that takes a posted voucher back whole."""
    found = voucher_or_404(request, pk)
    form = ReverseForm(request.POST or None, initial={"occurred_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            correction = posting.reverse_voucher(pk, actor=request.actor, **form.cleaned_data)
        except UnableToPost as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("정정 문서를 작성하였습니다. 확인하고 결재를 올리십시오."))
            return redirect(reverse("budget:voucher", args=[correction.pk]))
    context = {
        "voucher": found, "form": form, "entries": found.entries.select_related("line__item", "line__object_code"),
    }  # fmt: skip
    return page(request, "budget/voucher_reverse.html", context, current="vouchers")
