"""The city edits the catalogue: the texts of each programme and its dated terms."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.decorators import roles_required
from accounts.roles import Role
from accounts.templatetags.ui import count
from programs import calls, registry
from programs.forms.calls import TERM_LABELS, ProgramForm, TermsForm
from programs.history import history_of
from programs.models import Program, Terms
from programs.views.calls import save_because, try_to


@require_GET
@roles_required(Role.CITY_OFFICER)
def index(request: HttpRequest) -> HttpResponse:
    found = Program.objects.visible_to(request.actor).order_by("sort", "code")
    page = Paginator(found, 50).get_page(request.GET.get("page"))
    with_terms = set(Terms.objects.visible_to(request.actor).values_list("program_id", flat=True))
    rows = [{"program": row, "has_terms": row.pk in with_terms} for row in page]
    return render(request, "programs/calls/catalogue.html", {"page": page, "rows": rows})


@require_http_methods(["GET", "POST"])
@roles_required(Role.CITY_OFFICER)
def edit(request: HttpRequest, code: str) -> HttpResponse:
    found = get_object_or_404(Program.objects.visible_to(request.actor), pk=code)
    form = ProgramForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        save_because(request, form)
        return redirect("programs:catalogue")
    return render(
        request,
        "programs/calls/program.html",
        {
            "form": form,
            "title": _("%(name)s 고치기") % {"name": found},
            "back": reverse("programs:catalogue"),
            "history": history_of(Program, pgh_obj=found.pk),
        },
        status=422 if form.errors else 200,
    )


@require_http_methods(["GET", "POST"])
@roles_required(Role.CITY_OFFICER)
def terms(request: HttpRequest, code: str) -> HttpResponse:
    """A programme's prices and limits by date; POST adds new ones from a day on."""
    program = get_object_or_404(Program.objects.visible_to(request.actor), pk=code)
    rows = list(
        Terms.objects.visible_to(request.actor).filter(program=program).select_related("district").order_by("-valid")
    )
    latest = next((row for row in rows if row.district_id is None), None)
    editor = registry.terms_editor_of(program.pk)
    form: Any = (editor.form if editor else TermsForm)(request.POST or None, values=latest.values if latest else {})
    if request.method == "POST" and latest and form.is_valid():
        data = form.cleaned_data
        if try_to(
            request,
            lambda: calls.add_terms(
                program, actor=request.actor, district=None, first=data["first"], values=form.values,
                basis=data["basis"],
            ),
            _("새 조건을 정했습니다. 지금 조건은 그 전날에 끝납니다."),
        ):  # fmt: skip
            return redirect("programs:terms", program.pk)
    today = timezone.localdate()
    return render(
        request,
        "programs/calls/terms.html",
        {
            "program": program,
            "rows": [
                {
                    "terms": row,
                    "values": editor.rows(row.values) if editor else _numbers(row.values),
                    "now": row.valid.lower <= today and (row.valid.upper is None or row.valid.upper > today),
                }
                for row in rows
            ],
            "form": form if latest else None,
            "groups": getattr(form, "groups", None),
            "history": history_of(Terms, program=program.pk),
        },
        status=422 if form.errors else 200,
    )


def _numbers(values: dict[str, int]) -> list[tuple[Any, str]]:
    return [(TERM_LABELS.get(name, name), count(value)) for name, value in values.items()]
