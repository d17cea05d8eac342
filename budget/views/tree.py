"""The budget tree of a holder as of a day, and one line's ledger; both as XLSX."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone, translation
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from accounts.decorators import roles_required
from accounts.downloads import attachment
from accounts.workbooks import Column, workbook
from budget.forms.filters import LedgerForm, TreeForm
from budget.models import BudgetLine
from budget.selectors.choices import held_lines
from budget.selectors.ledger import entries_of, ledger_page, running_rows
from budget.selectors.outline import flat, outline, total_of
from budget.transfer_rules import LINE_WITH_TREE
from budget.views.page import READERS, page

LEVELS = ("정책사업", "단위사업", "세부사업", "세부항목", "통계목·재원")


def _asked(request: HttpRequest) -> tuple[TreeForm, list[Any]]:
    form = TreeForm(request.GET, actor=request.actor)
    lines = held_lines(request.actor, form.holder_asked)
    return form, outline(request.actor, lines, form.year_asked, form.as_of_asked)


@require_GET
@roles_required(*READERS)
def tree(request: HttpRequest) -> HttpResponse:
    form, branches = _asked(request)
    context = {
        "form": form,
        "branches": branches,
        "total": total_of(branches),
        "has_grants": any(branch.end_use for _path, branch in flat(branches)),
        "year": form.year_asked,
        "holder": form.holder_name,
        "as_of": form.as_of_asked,
        "is_unfolded": request.GET.get("open") == "all",
    }
    return page(request, "budget/tree.html", context, current="tree")


@require_GET
@roles_required(*READERS)
def tree_export(request: HttpRequest) -> HttpResponse:
    """The same tree as rows; a document of the office, in Korean. It holds no persons."""
    with translation.override("ko"):
        form, branches = _asked(request)
        columns = [Column(label, "", width=24) for label in LEVELS]
        names = ("예산현액", "배정액", "원인행위액", "지출액", "집행잔액", "집행률(%)", "실집행률(%)", "비고")
        columns += [Column(name, "", width=16) for name in names]
        rows = [_cells(path, branch) for path, branch in flat(branches)]
        about = [("회계연도", str(form.year_asked)), ("기관", form.holder_name), ("기준일", f"{form.as_of_asked}")]
        data = b"".join(workbook(title="예산 현황", columns=columns, rows=rows, about=about))
    return attachment(data, f"budget-{form.year_asked}-{form.holder_asked}-{form.as_of_asked}.xlsx")


def _cells(path: tuple[str, ...], branch: Any) -> list[Any]:
    names = [*path, *[""] * (len(LEVELS) - len(path))]
    amounts = branch.amounts
    rate, end_use = amounts.rate, branch.end_use_rate
    return [
        *names, amounts.current_budget, amounts.allotted, amounts.committed, amounts.spent, amounts.unspent,
        None if rate is None else float(rate), None if end_use is None else float(end_use), ", ".join(branch.marks),
    ]  # fmt: skip


def line_or_404(request: HttpRequest, pk: int) -> BudgetLine:
    return get_object_or_404(BudgetLine.objects.visible_to(request.actor).select_related(*LINE_WITH_TREE), pk=pk)


@require_GET
@roles_required(*READERS)
def line(request: HttpRequest, pk: int) -> HttpResponse:
    found = line_or_404(request, pk)
    form = LedgerForm(request.GET)
    asked = form.asked()
    ledger = ledger_page(
        entries_of(request.actor, found, **asked), found,
        older=request.GET.get("older", ""), newer=request.GET.get("newer", ""),
    )  # fmt: skip
    kept = urlencode(asked)
    context = {
        "line": found,
        "form": form,
        "rows": ledger.rows,
        "newer_url": f"?{kept}&newer={ledger.newer}" if ledger.newer else "",
        "older_url": f"?{kept}&older={ledger.older}" if ledger.older else "",
        "export_query": kept,
        "may_open": request.actor.role != "council_reader",
    }
    return page(request, "budget/line.html", context, current="tree")


@require_GET
@roles_required(*READERS)
def line_export(request: HttpRequest, pk: int) -> HttpResponse:
    """The ledger from its first entry; without those who were paid."""
    found = line_or_404(request, pk)
    asked = LedgerForm(request.GET).asked()
    labels = (
        "기준일", "기록한 때", "문서번호", "제목", "종류", "금액", "예산현액", "배정액", "원인행위액", "지출액",
        "기안", "결재", "적요", "e-호조 문서번호",
    )  # fmt: skip
    with translation.override("ko"):
        rows = (
            [
                row.entry.occurred_on, row.entry.recorded_at, row.entry.voucher.document_no, row.entry.voucher.title,
                str(row.entry.get_kind_display()), row.entry.amount, row.current_budget, row.allotted, row.committed,
                row.spent, str(row.entry.voucher.drafted_by), str(row.entry.voucher.approved_by or ""), row.entry.note,
                row.entry.external_no,
            ]
            for row in running_rows(entries_of(request.actor, found, **asked), found)
        )  # fmt: skip
        about = [
            ("예산 과목", f"{found.organisation} {found}"),
            ("만든 때", f"{timezone.localtime():%Y-%m-%d %H:%M}"),
        ]
        columns = [Column(label, "", width=16) for label in labels]
        data = b"".join(workbook(title="장부", columns=columns, rows=rows, about=about))
    return attachment(data, f"ledger-{found.pk}-{timezone.localdate()}.xlsx")
