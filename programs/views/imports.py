"""Importing a district's paper applications: the form and its template, the preview, and taking them in."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.decorators import roles_required
from accounts.downloads import attachment
from accounts.roles import DISTRICT_STAFF
from accounts.workbooks import Column, workbook
from programs import imports
from programs.forms.imports import ImportForm, calls_of
from programs.import_sheets import template
from programs.models import DistrictCall, ImportJob
from programs.models.jobs import JobState

PAGE = 20
SHOWN_ERRORS = 200


def _words(job: ImportJob) -> tuple[str, str]:
    """The state of an import in words, and its tone."""
    if job.state in (JobState.WAITING, JobState.RUNNING):
        return (_("등록하는 중"), "progress") if job.confirmed_at else (_("확인하는 중"), "progress")
    return {
        JobState.READY: (_("등록 대기"), "warning"),
        JobState.DONE: (_("등록함"), "success"),
        JobState.FAILED: (_("오류가 있어 등록하지 않음"), "danger"),
        JobState.EXPIRED: (_("등록하지 않고 지움"), "neutral"),
    }[JobState(job.state)]


def _shown(job: ImportJob) -> dict[str, Any]:
    state, tone = _words(job)
    return {
        "job": job,
        "state": state,
        "tone": tone,
        "unfinished": job.state in (JobState.WAITING, JobState.RUNNING),
        "ready": job.state == JobState.READY,
        "done": job.state == JobState.DONE,
        "failed": job.state == JobState.FAILED,
    }


def _own_job(request: HttpRequest, key: Any) -> ImportJob:
    return get_object_or_404(ImportJob.objects.visible_to(request.actor).select_related("call"), key=key)


@require_http_methods(["GET", "POST"])
@roles_required(*DISTRICT_STAFF)
def import_list(request: HttpRequest) -> HttpResponse:
    """Upload a file, get the template, and see the earlier files."""
    form = ImportForm(*([request.POST, request.FILES] if request.method == "POST" else []), actor=request.actor)
    if request.method == "POST" and form.is_valid():
        try:
            job = imports.upload(
                form.cleaned_data["file"], call=form.cleaned_data["call"], actor=request.actor
            )  # fmt: skip
        except imports.UnableToImport as refusal:
            form.add_error("file", str(refusal))
        else:
            return redirect("programs:import", key=job.key)
    jobs = ImportJob.objects.visible_to(request.actor).select_related("call").order_by("-uploaded_at", "-pk")
    page = Paginator(jobs, PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "programs/imports.html",
        {
            "form": form,
            "calls": calls_of(request.actor),
            "page": page,
            "rows": [_shown(job) for job in page],
            "keep_days": imports.KEEP_DAYS,
        },
    )


@require_GET
@roles_required(*DISTRICT_STAFF)
def import_template(request: HttpRequest, call_id: int) -> HttpResponse:
    """The empty file of one call, with this district's codes."""
    district_call = get_object_or_404(
        DistrictCall.objects.visible_to(request.actor).select_related("district", "call__program"),
        call__in=calls_of(request.actor).filter(pk=call_id),
        district=request.actor.district_id,
    )
    name = f"{district_call.call.code}-{district_call.district_id}.xlsx"
    return attachment(template(district_call), name)


@require_GET
@never_cache
@roles_required(*DISTRICT_STAFF)
def import_job(request: HttpRequest, key: Any) -> HttpResponse:
    """One file: being checked, its errors, its preview, or what became of it. Polled by its own progress bar."""
    context = _shown(_own_job(request, key))
    if request.headers.get("HX-Request"):
        if not context["unfinished"]:
            return HttpResponse(headers={"HX-Refresh": "true"})
        return render(request, "programs/_import_progress.html", context)
    job = context["job"]
    summary = job.summary or {}
    return render(
        request,
        "programs/import.html",
        context
        | {
            "errors": job.errors[:SHOWN_ERRORS],
            "first": _moment(summary.get("first")),
            "last": _moment(summary.get("last")),
            "sample": [row | {"received_at": _moment(row["received_at"])} for row in summary.get("sample", [])],
            "keep_days": imports.KEEP_DAYS,
        },
    )


def _moment(text: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None


@require_GET
@roles_required(*DISTRICT_STAFF)
def import_errors(request: HttpRequest, key: Any) -> HttpResponse:
    """All the errors as a file; no personal data is in them."""
    job = _own_job(request, key)
    parts = workbook(
        title=_("오류"),
        columns=(
            Column(_("줄"), "row", width=8),
            Column(_("열"), "column", width=24),
            Column(_("내용"), "message", width=80),
        ),
        rows=((error["row"] or None, error["column"], error["message"]) for error in job.errors),
    )
    return attachment(b"".join(parts), f"import-errors-{job.pk}.xlsx")


@require_POST
@roles_required(*DISTRICT_STAFF)
def import_confirm(request: HttpRequest, key: Any) -> HttpResponse:
    """Take the checked file in; pressed twice it is taken in once."""
    job = _own_job(request, key)
    imports.confirm(job)
    return redirect("programs:import", key=job.key)


@require_POST
@roles_required(*DISTRICT_STAFF)
def import_give_up(request: HttpRequest, key: Any) -> HttpResponse:
    job = _own_job(request, key)
    imports.give_up(job)
    messages.info(request, _("파일을 지웠습니다. 등록된 신청은 없습니다."))
    return redirect("programs:imports")
