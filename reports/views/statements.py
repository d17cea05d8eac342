"""What staff state with a source: the names with what stands now, the history of one, and stating anew."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.decorators import roles_required
from reports import stating
from reports.forms.statements import SearchForm, StatementForm
from reports.models import Statement
from reports.statements import in_force, number_of
from reports.views.council import READERS

PAGE = 50


def _shown(row: Statement) -> dict[str, Any]:
    return {"row": row, "value": None if row.value is None else number_of(row)}


@require_GET
@roles_required(*READERS)
def index(request: HttpRequest) -> HttpResponse:
    """Each name with what was stated last."""
    form = SearchForm(request.GET)
    words = form.cleaned_data["q"].strip() if form.is_valid() else ""
    rows = Statement.objects.visible_to(request.actor)
    latest = rows.order_by("name", "-as_of", "-id").distinct("name").values("pk")
    found = rows.filter(pk__in=latest).filter(Q(name__icontains=words) | Q(label__icontains=words)).order_by("name")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    values = {
        "form": form,
        "page": page,
        "rows": [_shown(row) for row in page],
        "words": words,
        "may_state": request.actor.role in stating.STATERS,
    }
    return render(request, "reports/statements/index.html", values)


@require_GET
@roles_required(*READERS)
def statement(request: HttpRequest, name: str) -> HttpResponse:
    """Everything stated under one name, the latest day first; what replaced what on the same day."""
    rows = Statement.objects.visible_to(request.actor).filter(name=name).select_related("stated_by")
    page = Paginator(rows.order_by("-as_of", "-id"), PAGE).get_page(request.GET.get("page"))
    if not page.paginator.count:
        raise Http404
    now = in_force(name, timezone.localdate())
    lines: list[dict[str, Any]] = []
    for row in page:
        is_replaced = bool(lines) and lines[-1]["row"].as_of == row.as_of
        lines.append(_shown(row) | {"in_force": now == row, "replaced": is_replaced})
    values = {"lines": lines, "page": page, "latest": page[0], "may_state": request.actor.role in stating.STATERS}
    return render(request, "reports/statements/statement.html", values)


@require_http_methods(["GET", "POST"])
@roles_required(*stating.STATERS)
def new(request: HttpRequest) -> HttpResponse:
    """State a number or a table; `?name=` begins with what stands under that name."""
    form = StatementForm(request.POST or None, initial=_initial(request))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = stating.state(
                name=data["name"], label=data["label"], value=data["value"], rows=data["table"], unit=data["unit"],
                as_of=data["as_of"], source=data["source"], actor=request.actor,
            )  # fmt: skip
        except stating.UnableToState as refused:
            field = {"rows": "table"}.get(refused.field, refused.field)
            form.add_error(field or None, str(refused))
        else:
            messages.success(request, _("입력하였습니다. 기준일이 이날부터인 보고서에 쓰입니다."))
            return redirect("reports:statement", made.name)
    return render(request, "reports/statements/new.html", {"form": form}, status=422 if form.errors else 200)


def _initial(request: HttpRequest) -> dict[str, Any]:
    rows = Statement.objects.visible_to(request.actor).filter(name=request.GET.get("name", ""))
    last = rows.order_by("-as_of", "-id").first()
    if last is None:
        return {"as_of": timezone.localdate()}
    table = stating.as_lines(last.rows) if last.rows else ""
    return {"name": last.name, "label": last.label, "unit": last.unit, "table": table, "as_of": timezone.localdate()}
