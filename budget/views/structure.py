"""The structure of a fiscal year: what there is, and what a finance officer adds to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.views.decorators.http import require_GET, require_POST

from accounts.decorators import roles_required
from accounts.roles import Role
from budget import structure as domain
from budget.forms.filters import HolderForm
from budget.forms.structure import AliasForm, CopyForm, LineForm, ProjectForm
from budget.models import BudgetLine, Project
from budget.refusals import UnableToPost
from budget.selectors.choices import fiscal_years
from budget.views.page import WORKERS, page

# What may be added: its form, its heading, what does it, whether the city alone may.
ADDS: dict[str, tuple[type, Any, Callable[..., Any], bool]] = {
    "line": (LineForm, __("예산 과목 추가"), domain.add_line, False),
    "project": (ProjectForm, __("사업 추가"), domain.add_project, True),
    "alias": (AliasForm, __("다른 이름 추가"), domain.add_alias, True),
    "copy": (CopyForm, __("다른 회계연도로 복사"), domain.copy_structure, True),
}


@require_GET
@roles_required(*WORKERS)
def structure(request: HttpRequest) -> HttpResponse:
    return _page(request, HolderForm(request.GET, actor=request.actor).year_asked)


def _page(request: HttpRequest, year: int, refused: dict[str, Any] | None = None) -> HttpResponse:
    actor = request.actor
    may_add = actor.role == Role.FINANCE_OFFICER
    forms = [
        {"act": act, "title": title, "form": (refused or {}).get(act) or made(actor=actor, year=year)}
        for act, (made, title, _perform, city_alone) in ADDS.items()
        if may_add and not (city_alone and actor.district_id)
    ]
    lines: dict[int, list[BudgetLine]] = {}
    own = BudgetLine.objects.visible_to(actor).filter(organisation=actor.organisation_id, item__fiscal_year=year)
    for line in own.select_related("object_code").order_by("object_code", "fund", "id"):
        lines.setdefault(line.item_id, []).append(line)
    projects = list(
        Project.objects.visible_to(actor).filter(fiscal_year=year).prefetch_related("aliases").order_by("sort", "id")
    )
    context = {
        "year": year,
        "years": fiscal_years(actor),
        "rows": list(_in_order(projects, None, lines)),
        "adds": forms,
    }
    return page(request, "budget/structure.html", context, current="structure", status=422 if refused else 200)


def _in_order(projects: list[Project], parent: int | None, lines: dict[int, list[BudgetLine]]) -> Any:
    """Each project before those below it."""
    for project in projects:
        if project.parent_id == parent:
            yield {"project": project, "lines": lines.get(project.pk, [])}
            yield from _in_order(projects, project.pk, lines)


@require_POST
@roles_required(Role.FINANCE_OFFICER)
def structure_add(request: HttpRequest, year: int, act: str) -> HttpResponse:
    if act not in ADDS:
        raise Http404
    made, _title, perform, _city_alone = ADDS[act]
    form = made(request.POST, actor=request.actor, year=year)
    if not form.is_valid():
        return _page(request, year, {act: form})
    asked = dict(form.cleaned_data)
    if act == "project":
        asked["fiscal_year"] = year
    if act == "copy":
        asked["from_year"] = year
    try:
        perform(actor=request.actor, **asked)
    except UnableToPost as refused:
        form.add_error(None, str(refused))
        return _page(request, year, {act: form})
    messages.success(request, _("추가하였습니다."))
    shown = asked["to_year"] if act == "copy" else year
    return redirect(f"{reverse('budget:structure')}?year={shown}")
