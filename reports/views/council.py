"""Pages of the report to the council: the list, one report with its checklist, its days, preview and publishing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.decorators import roles_required
from accounts.roles import Actor, Role
from programs.models.jobs import JobState
from reports import document
from reports.council import files, publish, writing
from reports.council.assemble import Problem, assemble, edition_of
from reports.forms.council import CompareForm, CopyForm, DaysForm, PublishForm
from reports.models import CouncilReport, PublishedFigure, ReportFile, ReportSection, SectionVersion
from reports.views.asked import of_what

READERS = (*writing.EDITORS, Role.COUNCIL_READER)
PAGE, FIGURES = 20, 50


def report_of(request: HttpRequest, key: Any) -> CouncilReport:
    found = CouncilReport.objects.visible_to(request.actor).select_related("published_by", "made_by", "copied_from")
    return get_object_or_404(found, key=key)


def files_of(actor: Actor, report: CouncilReport) -> QuerySet[ReportFile]:
    """The newest first; of a published report those made of it, not of its draft."""
    found = ReportFile.objects.visible_to(actor).filter(report=report).select_related("asked_by")
    if report.published_at:
        found = found.filter(asked_at__gte=report.published_at)
    return found.order_by("-asked_at", "-pk")


@require_GET
@roles_required(*READERS)
def index(request: HttpRequest) -> HttpResponse:
    """All reports; to the council those that are published."""
    found = CouncilReport.objects.visible_to(request.actor).select_related("published_by", "made_by")
    page = Paginator(found.order_by("-as_of", "-made_at", "key"), PAGE).get_page(request.GET.get("page"))
    made = ReportFile.objects.visible_to(request.actor).filter(report__in=page.object_list, state=JobState.DONE)
    latest = {job.report_id: job for job in made.order_by("report_id", "-asked_at", "-pk").distinct("report_id")}
    rows = [{"report": row, "files": _of_what_stands(row, latest.get(row.pk))} for row in page]
    values = {"page": page, "rows": rows, "may_edit": request.actor.role in writing.EDITORS}
    return render(request, "reports/council/index.html", values)


def _of_what_stands(report: CouncilReport, job: ReportFile | None) -> ReportFile | None:
    """Files of the draft are not those of the published report."""
    if job and report.published_at and job.asked_at < report.published_at:
        return None
    return job


@require_GET
@roles_required(*READERS)
def report(request: HttpRequest, key: Any) -> HttpResponse:
    """To work on, or, once it is published, to read."""
    found = report_of(request, key)
    if found.state == CouncilReport.State.PUBLISHED:
        return _published(request, found)
    assembled = assemble(found)
    values = {
        "report": found,
        "chapters": _chapters(request.actor, found, assembled.problems),
        "problems": assembled.problems,
        "cutoffs": assembled.edition.cutoffs,
        "files": files_of(request.actor, found)[:10],
    }
    return render(request, "reports/council/report.html", values)


def _chapters(actor: Actor, found: CouncilReport, problems: list[Problem]) -> list[dict[str, Any]]:
    """Chapters of sections in order, each with who saved it last and what is wrong with it."""
    versions = SectionVersion.objects.visible_to(actor).filter(section__report=found).select_related("saved_by")
    newest = {v.section_id: v for v in versions.order_by("section_id", "-number").distinct("section_id").defer("body")}
    chapters: list[dict[str, Any]] = []
    for section in ReportSection.objects.visible_to(actor).filter(report=found).order_by("sort", "id"):
        name = f"{section.chapter_no}. {section.chapter}" if section.chapter_no else section.chapter
        if not chapters or chapters[-1]["name"] != name:
            chapters.append({"name": name, "rows": []})
        wrong = [problem.text for problem in problems if problem.section == section.code]
        row = {"section": section, "newest": newest.get(section.pk), "problems": wrong}
        chapters[-1]["rows"].append(row | {"state": _state(section, wrong)})
    return chapters


def _state(section: ReportSection, wrong: list[str]) -> tuple[str, str]:
    """In words, with the badge's tone."""
    if not section.version:
        return (_("비어 있음"), "danger") if section.required else (_("비어 있음(선택)"), "neutral")
    if wrong:
        return _("점검할 것 %(n)s건") % {"n": len(wrong)}, "warning"
    return _("작성함"), "success"


def _published(request: HttpRequest, found: CouncilReport) -> HttpResponse:
    """What it was frozen as: its hash, its moment, every figure with the rows behind it."""
    figures = PublishedFigure.objects.visible_to(request.actor).filter(report=found).order_by("position")
    page = Paginator(figures, FIGURES).get_page(request.GET.get("page"))
    asked = of_what(request.actor, [figure.question for figure in page])
    values = {
        "report": found,
        "page": page,
        "lines": [
            {"figure": figure, "value": trimmed(figure.value), "asked": words}
            for figure, words in zip(page, asked, strict=True)
        ],
        "cutoffs": edition_of(found).cutoffs,
        "files": files_of(request.actor, found)[:10],
        "may_edit": request.actor.role in writing.EDITORS,
    }
    return render(request, "reports/council/published.html", values)


def trimmed(value: Decimal | int | None) -> Decimal | None:
    """333000.000000 as 333000, 24.600000 as 24.6."""
    return None if value is None else Decimal(f"{Decimal(value).normalize():f}")


@require_http_methods(["GET", "POST"])
@roles_required(*writing.EDITORS)
def copy(request: HttpRequest, key: Any) -> HttpResponse:
    """A new report from the sections and the newest text of another."""
    source = report_of(request, key)
    form = CopyForm(request.POST or None, initial={"title": source.title, "as_of": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        made = writing.copy_report(source.pk, actor=request.actor, **form.cleaned_data)
        messages.success(request, _("보고서를 만들었습니다. 기준일을 확인하고 본문을 고치십시오."))
        return redirect("reports:council_report", made.pk)
    values = {"form": form, "source": source}
    return render(request, "reports/council/copy.html", values, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@roles_required(*writing.EDITORS)
def days(request: HttpRequest, key: Any) -> HttpResponse:
    """Title, unit, and the days the figures refer to."""
    found = report_of(request, key)
    form = DaysForm(request.POST or None, report=found)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            writing.set_days(
                found.pk, title=data["title"], unit=data["unit"], as_of=data["as_of"], cutoffs=form.cutoffs,
                actor=request.actor,
            )  # fmt: skip
        except writing.UnableToWrite as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("고쳤습니다. 지표를 새 기준일로 다시 셉니다."))
            return redirect("reports:council_report", found.pk)
    values = {"form": form, "report": found}
    return render(request, "reports/council/days.html", values, status=422 if form.errors else 200)


@require_GET
@roles_required(*READERS)
def preview(request: HttpRequest, key: Any) -> HttpResponse:
    """The whole document, each figure with the way to its rows."""
    found = report_of(request, key)
    assembled = assemble(found)
    values = {"report": found, "html": document.to_html(assembled.document), "problems": len(assembled.problems)}
    return render(request, "reports/council/preview.html", values)


@require_http_methods(["GET", "POST"])
@roles_required(*writing.EDITORS)
def publishing(request: HttpRequest, key: Any) -> HttpResponse:
    """Says what publishing does, and does it once that was confirmed; the files are made along with it."""
    found = report_of(request, key)
    form = PublishForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            published = publish.publish(found.pk, actor=request.actor)
        except writing.UnableToWrite as refused:
            form.add_error(None, str(refused))
            return _publishing(request, found, form, status=409)
        files.ask_for_files(published, actor=request.actor)
        messages.success(request, _("발행하였습니다. 시의회 열람자가 볼 수 있고, 파일을 만들기 시작하였습니다."))
        return redirect("reports:council_report", found.pk)
    return _publishing(request, found, form, status=422 if request.method == "POST" else 200)


def _publishing(request: HttpRequest, found: CouncilReport, form: PublishForm, *, status: int) -> HttpResponse:
    is_published = found.state == CouncilReport.State.PUBLISHED
    assembled = None if is_published else assemble(found)
    values = {
        "report": found,
        "form": form,
        "is_published": is_published,
        "problems": len(assembled.problems) if assembled else 0,
        "figures": sum(number.source is not None for number in assembled.document.numbers()) if assembled else 0,
    }
    return render(request, "reports/council/publish.html", values, status=status)


@require_GET
@roles_required(*READERS)
def recomputed(request: HttpRequest, key: Any) -> HttpResponse:
    """Everything in a published report computed anew, for the same days, as it was known then."""
    published = CouncilReport.objects.visible_to(request.actor).filter(state=CouncilReport.State.PUBLISHED)
    found = get_object_or_404(published, key=key)
    values = {"report": found, "differences": publish.recomputed(found), "count": found.figures.count()}
    return render(request, "reports/council/recomputed.html", values)


@require_GET
@roles_required(*READERS)
def comparison(request: HttpRequest, key: Any) -> HttpResponse:
    """Two reports figure by figure, the earlier one first."""
    found = report_of(request, key)
    others = CouncilReport.objects.visible_to(request.actor).exclude(pk=found.pk).order_by("-as_of", "-made_at", "key")
    asked = request.GET.copy()
    if not asked.get("other") and (usual := _usual(found, others)):
        asked["other"] = str(usual.pk)
    form = CompareForm(asked, others=others)
    values: dict[str, Any] = {"report": found, "form": form, "lines": [], "page": None, "total": 0}
    if not form.is_valid():
        return render(request, "reports/council/compare.html", values, status=422 if request.GET.get("other") else 200)
    other = form.cleaned_data["other"]
    before, after = sorted((found, other), key=lambda one: (one.as_of, one.made_at))
    every = publish.compare(before, after)
    shown = [line for line in every if form.cleaned_data["unchanged"] or _differs(line)]
    page = Paginator(shown, FIGURES).get_page(request.GET.get("page"))
    values |= {"before": before, "after": after, "total": len(every), "page": page}
    asked = of_what(request.actor, [line.any.question for line in page])
    values["lines"] = [_compared(line) | {"asked": words} for line, words in zip(page, asked, strict=True)]
    return render(request, "reports/council/compare.html", values)


def _usual(found: CouncilReport, others: QuerySet[CouncilReport]) -> CouncilReport | None:
    """The one it was copied from, where it may be read; else the newest of the others."""
    return others.filter(pk=found.copied_from_id).first() or others.first()


def _differs(line: publish.Difference) -> bool:
    return line.before is None or line.after is None or line.before.value != line.after.value


def _compared(line: publish.Difference) -> dict[str, Any]:
    change = trimmed(line.change)
    return {
        "figure": line.any,
        "before": line.before and {"value": trimmed(line.before.value), "line": line.before},
        "after": line.after and {"value": trimmed(line.after.value), "line": line.after},
        "change": change,
        "rose": bool(change and change > 0),
        "differs": _differs(line),
    }
