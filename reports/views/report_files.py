"""The files of a council report: asking for them, watching them being made, taking them."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.decorators import roles_required
from accounts.downloads import attachment
from programs.models.jobs import JobState
from reports.council import files
from reports.council.writing import EDITORS
from reports.models import CouncilReport, ReportFile
from reports.views.council import READERS, report_of

ENDINGS = {"hwpx": ".hwpx", "pdf": ".pdf", "xlsx": ".xlsx", "figures": "_figures.json"}


def _job(request: HttpRequest, key: Any) -> ReportFile:
    return get_object_or_404(
        ReportFile.objects.visible_to(request.actor).select_related("report", "asked_by"), key=key
    )


@require_POST
@roles_required(*EDITORS)
def ask(request: HttpRequest, key: Any) -> HttpResponse:
    job = files.ask_for_files(report_of(request, key), actor=request.actor)
    return redirect("reports:council_file", job.key)


@require_GET
@never_cache
@roles_required(*READERS)
def job(request: HttpRequest, key: Any) -> HttpResponse:
    """How far the files are, or what became of them. Polled by its own progress bar."""
    found = _job(request, key)
    unfinished = found.state in (JobState.WAITING, JobState.RUNNING)
    if request.headers.get("HX-Request"):
        if not unfinished:
            return HttpResponse(headers={"HX-Refresh": "true"})
        return render(request, "reports/council/_file_progress.html", {"job": found})
    values = {"job": found, "report": found.report, "unfinished": unfinished, "files": [found]}
    return render(request, "reports/council/file.html", values)


@require_GET
@roles_required(*READERS)
def take(request: HttpRequest, key: Any, kind: str) -> HttpResponse:
    """One file. It holds nothing about a person; only what is told to the council."""
    found = _job(request, key)
    if kind not in files.NAMES or not getattr(found, kind):
        raise Http404
    return attachment(getattr(found, kind).open("rb"), filename(found.report, kind), files.CONTENT_TYPES[kind])


def filename(report: CouncilReport, kind: str) -> str:
    """주요업무보고_20211102.pdf"""
    title = "".join(c for c in report.title if c.isalnum()) or "report"
    return f"{title}_{report.as_of:%Y%m%d}{ENDINGS[kind]}"
