"""Writing a section: the editor with its preview beside it, two people at once, the versions and the way back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models.functions import Length
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.decorators import roles_required
from accounts.roles import Actor
from reports import document, figures
from reports.council import tables
from reports.council.assemble import assemble_section, edition_of
from reports.council.line_diff import line_diff
from reports.council.writing import EDITORS, UnableToWrite, WrittenMeanwhile, save_section
from reports.forms.council import RestoreForm, SectionForm, VersionsForm
from reports.models import CouncilReport, ReportSection, SectionVersion, Statement

PAGE = 30


def _section(request: HttpRequest, key: Any, code: str) -> ReportSection:
    found = ReportSection.objects.visible_to(request.actor).select_related("report")
    return get_object_or_404(found, report=key, code=code)


def _version(actor: Actor, section: ReportSection, number: int) -> SectionVersion | None:
    versions = SectionVersion.objects.visible_to(actor).filter(section=section).select_related("saved_by")
    return versions.filter(number=number).first()


@require_http_methods(["GET", "POST"])
@roles_required(*EDITORS)
def section(request: HttpRequest, key: Any, code: str) -> HttpResponse:
    """POST saves a new version; with `act=preview` it only shows what the text becomes."""
    found = _section(request, key, code)
    if request.method == "GET":
        newest = _version(request.actor, found, found.version)
        return _editor(request, found, _form(newest.body if newest else "", found.version), newest=newest)
    form = SectionForm(request.POST)
    if not form.is_valid():
        return _editor(request, found, form, status=422)
    body, written_on = form.cleaned_data["body"], form.cleaned_data["written_on"]
    if request.POST.get("act") == "preview":
        return _previewed(request, found, form, body)
    try:
        saved = save_section(found.pk, body=body, written_on=written_on, actor=request.actor)
    except WrittenMeanwhile as refused:
        form = _form(body, refused.latest.number)
        return _editor(request, found, form, meanwhile=refused, status=409)
    except UnableToWrite as refused:
        form.add_error(None, str(refused))
        return _editor(request, found, form, status=409)
    messages.success(request, _("제%(n)s판으로 저장하였습니다.") % {"n": saved.number})
    return redirect("reports:council_section", found.report_id, found.code)


def _form(body: str, written_on: int) -> SectionForm:
    return SectionForm(initial={"body": body, "written_on": written_on})


def _previewed(request: HttpRequest, found: ReportSection, form: SectionForm, body: str) -> HttpResponse:
    """The part of the page that shows it, where the page itself asks; the whole page without script."""
    if request.headers.get("HX-Request"):
        return render(request, "reports/council/_section_preview.html", _preview(found, body))
    return _editor(request, found, form)


def _preview(found: ReportSection, body: str) -> dict[str, Any]:
    made = assemble_section(found, body, edition=edition_of(found.report))
    level = 3 if found.group else 2
    html = document.to_html(made.document, top=4 - level) if made.document.blocks else ""  # its title is an h3
    return {"html": html, "problems": [problem.text for problem in made.problems]}


def _editor(
    request: HttpRequest,
    found: ReportSection,
    form: SectionForm,
    *,
    newest: SectionVersion | None = None,
    meanwhile: WrittenMeanwhile | None = None,
    status: int = 200,
) -> HttpResponse:
    """`meanwhile`: somebody saved first; theirs and the difference are shown, the text in the form stays one's own."""
    body = form["body"].value() or ""
    others = list(
        ReportSection.objects.visible_to(request.actor).filter(report=found.report_id).order_by("sort", "id")
    )
    at = others.index(found)
    values = {
        "section": found,
        "report": found.report,
        "is_open": found.report.state != CouncilReport.State.PUBLISHED,
        "form": form,
        "newest": newest,
        "unsaved": request.method == "POST",
        "meanwhile": meanwhile,
        "their_diff": line_diff(meanwhile.latest.body, body.replace("\r\n", "\n").strip()) if meanwhile else [],
        "previous": others[at - 1] if at else None,
        "following": others[at + 1] if at + 1 < len(others) else None,
        **_help(request.actor, found.report),
        **_preview(found, body),
    }
    return render(request, "reports/council/section.html", values, status=status)


def _help(actor: Actor, report: CouncilReport) -> dict[str, Any]:
    """What can be placed by name, each with the words that place it."""
    latest = Statement.objects.visible_to(actor).order_by("name", "-as_of", "-id").distinct("name")
    stated = {row.name: row for row in latest.filter(rows__isnull=False).only("name", "label")}
    return {
        "placeable": [
            {"label": figure.label, "unit": figure.unit, "text": _placing(figure)}
            for figure in figures.all_figures()
            if figure.name not in stated
        ],
        "tables": [{"label": name, "text": f"[표 {name}]"} for name in tables.BUILDERS]
        + [{"label": row.label, "text": f"[표 {tables.STATED} {row.name}]"} for row in stated.values()],
        "cutoffs": [{"day": day, "text": f"as_of=@{name}"} for name, day in sorted(report.cutoffs.items())],
    }


def _placing(figure: figures.Figure) -> str:
    """The figure as it is usually printed: money in thousands, a rate with its sign."""
    if isinstance(figure.counted, figures.ledger.Ledger) and figure.unit != "%":
        return f"{{{figure.name} form=thousand unit=천원}}"
    if figure.unit == "%":
        return f"{{{figure.name} form=percent unit=%}}"
    unit = str(figure.unit).replace(" ", "")
    return f"{{{figure.name} unit={unit}}}" if unit else f"{{{figure.name}}}"


@require_GET
@roles_required(*EDITORS)
def history(request: HttpRequest, key: Any, code: str) -> HttpResponse:
    """Every version, and the difference between any two of them: at first between the newest and the one before."""
    found = _section(request, key, code)
    usual = {"before": max(found.version - 1, 1), "after": found.version}
    form = VersionsForm({name: request.GET.get(name) or number for name, number in usual.items()}, section=found)
    asked = form.cleaned_data if form.is_valid() else usual
    pair = [_version(request.actor, found, asked[name]) for name in ("before", "after")]
    versions = SectionVersion.objects.visible_to(request.actor).filter(section=found).select_related("saved_by")
    rows = versions.defer("body").annotate(length=Length("body")).order_by("-number")
    values = {
        "section": found,
        "report": found.report,
        "is_open": found.report.state != CouncilReport.State.PUBLISHED,
        "form": form,
        "before": pair[0],
        "after": pair[1],
        "diff": line_diff(pair[0].body, pair[1].body) if pair[0] and pair[1] else [],
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
    }
    asked_wrongly = found.version and not form.is_valid()
    return render(request, "reports/council/history.html", values, status=422 if asked_wrongly else 200)


@require_POST
@roles_required(*EDITORS)
def restore(request: HttpRequest, key: Any, code: str) -> HttpResponse:
    """An earlier version saved anew as the newest one."""
    found = _section(request, key, code)
    form = RestoreForm(request.POST)
    old = _version(request.actor, found, form.cleaned_data["number"]) if form.is_valid() else None
    if old is None:
        messages.error(request, _("되돌릴 판을 고르십시오."))
        return redirect("reports:council_history", found.report_id, found.code)
    try:
        made = save_section(found.pk, body=old.body, written_on=form.cleaned_data["written_on"], actor=request.actor)
    except WrittenMeanwhile:
        messages.error(
            request, _("그사이 다른 사람이 저장하여 되돌리지 않았습니다. 이력을 확인하고 다시 되돌리십시오.")
        )
        return redirect("reports:council_history", found.report_id, found.code)
    except UnableToWrite as refused:
        messages.error(request, str(refused))
        return redirect("reports:council_history", found.report_id, found.code)
    words = _("제%(old)s판의 글을 제%(new)s판으로 저장하였습니다.")
    messages.success(request, words % {"old": old.number, "new": made.number})
    return redirect("reports:council_section", found.report_id, found.code)
