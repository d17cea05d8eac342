"""Files of e-호조: brought in, previewed, and sent to be approved."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.decorators import roles_required
from accounts.downloads import attachment
from accounts.sheets import UnableToRead
from accounts.uploads import clean_filename
from budget import execution_files as domain
from budget.forms.books import FileOfYearForm, year_asked
from budget.models import BudgetLine, ExecutionFile
from budget.refusals import UnableToPost, shortfall
from budget.selectors.choices import path_of
from budget.transfer_rules import LINE_WITH_TREE
from budget.views.page import WORKERS, attempt, back_to, page

PAGE = 20
MOST_SHOWN = 500
State = ExecutionFile.State
TONES = {State.PREVIEWED: "info", State.DRAFTED: "success", State.DISCARDED: "neutral"}


@require_http_methods(["GET", "POST"])
@roles_required(*WORKERS)
def execution_files(request: HttpRequest) -> HttpResponse:
    """Those brought in, and bringing in another. The same file twice changes nothing and says so."""
    year = year_asked(request.GET, request.actor)
    form = FileOfYearForm(
        request.POST or None, request.FILES or None, actor=request.actor, initial={"fiscal_year": year}
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            kept = domain.preview_file(
                upload,
                filename=clean_filename(upload.name or "", ".xlsx"),
                fiscal_year=form.cleaned_data["fiscal_year"],
                actor=request.actor,
            )
        except (UnableToRead, UnableToPost) as refused:
            form.add_error("file", str(refused))
        else:
            if kept is None:
                messages.info(request, _("바뀐 것이 없습니다. 파일의 모든 금액이 이미 장부에 있습니다."))
                return back_to("execution_files")
            return back_to("execution_file", kept.key)
    rows = ExecutionFile.objects.visible_to(request.actor).select_related(
        "organisation", "voucher", "uploaded_as__user"
    )
    found = Paginator(rows.order_by("-uploaded_at", "key"), PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "year": year,
        "page": found,
        "rows": [{"file": row, "tone": TONES[State(row.state)]} for row in found],
        "columns": domain.COLUMNS,
    }
    return page(request, "budget/execution_files.html", context, current="execution_files")


@require_GET
@roles_required(*WORKERS)
def execution_template(request: HttpRequest) -> HttpResponse:
    year = year_asked(request.GET, request.actor)
    return attachment(domain.template(request.actor.organisation_id, year).read(), f"execution-{year}.xlsx")


@require_GET
@roles_required(*WORKERS)
def execution_file(request: HttpRequest, key: Any) -> HttpResponse:
    """What would be posted, document by document; or the errors that keep the whole file out."""
    rows = ExecutionFile.objects.visible_to(request.actor).select_related("organisation", "voucher")
    found = get_object_or_404(rows, key=key)
    changed = [row for row in found.rows if domain.is_changed(row)]
    lines = (
        BudgetLine.objects.visible_to(request.actor)
        .select_related(*LINE_WITH_TREE)
        .in_bulk({row["line"] for row in changed[:MOST_SHOWN]})
    )
    previewed = found.state == State.PREVIEWED
    postings = domain.differences(found.rows) if previewed else []
    context = {
        "file": found,
        "tone": TONES[State(found.state)],
        "rows": [_shown(row, lines) for row in changed[:MOST_SHOWN]],
        "changed": len(changed),
        "unchanged": len(found.rows) - len(changed),
        "committed": sum(row["committed"] - row["was_committed"] for row in changed),
        "spent": sum(row["spent"] - row["was_spent"] for row in changed),
        "lacking": shortfall(postings),
        "may_act": previewed and found.organisation_id == request.actor.organisation_id,
    }
    return page(request, "budget/execution_file.html", context, current="execution_files")


def _shown(row: dict[str, Any], lines: dict[int, BudgetLine]) -> dict[str, Any]:
    return {
        "row": row,
        "line": path_of(lines[row["line"]]),
        "committed": row["committed"] - row["was_committed"],
        "spent": row["spent"] - row["was_spent"],
    }


@require_POST
@roles_required(*WORKERS)
def execution_file_draft(request: HttpRequest, key: Any) -> HttpResponse:
    """Submit the differences for approval."""
    made: list[Any] = []
    done = _("결재를 올렸습니다. 재무관이 결재하면 장부에 기장됩니다.")
    attempt(request, lambda: made.append(domain.draft_from_file(key, actor=request.actor)), done)
    return back_to("voucher", made[0].pk) if made else back_to("execution_file", key)


@require_POST
@roles_required(*WORKERS)
def execution_file_give_up(request: HttpRequest, key: Any) -> HttpResponse:
    attempt(request, lambda: domain.give_file_up(key, actor=request.actor), _("기장하지 않고 그만두었습니다."))
    return back_to("execution_files")
