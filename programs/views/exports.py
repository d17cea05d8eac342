"""Downloads: asking for one with its reason, watching it being made, and taking it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.decorators import roles_required
from accounts.downloads import attachment
from accounts.roles import DISTRICT_STAFF, Role
from programs import exports
from programs.forms.exports import ExportForm
from programs.models import ExportJob
from programs.models.jobs import JobState

EXPORT_ROLES = (*DISTRICT_STAFF, Role.CITY_OFFICER)
PAGE = 20
TONES = {
    JobState.WAITING: "neutral",
    JobState.RUNNING: "progress",
    JobState.READY: "success",
    JobState.FAILED: "danger",
    JobState.EXPIRED: "neutral",
}


def _own_job(request: HttpRequest, key: Any) -> ExportJob:
    return get_object_or_404(
        ExportJob.objects.visible_to(request.actor).filter(membership=request.actor.membership), key=key
    )


def _shown(job: ExportJob) -> dict[str, Any]:
    """The job with its words: what it holds, which state it is in, and what can be done."""
    exportable = exports.label_of(job.what)
    state = JobState(job.state)
    if state == JobState.READY and job.expires_at and job.expires_at <= timezone.now():
        state = JobState.EXPIRED
    return {
        "job": job,
        "label": exportable,
        "state": state.label,
        "tone": TONES[state],
        "ready": state == JobState.READY,
        "unfinished": state in (JobState.WAITING, JobState.RUNNING),
    }


@require_GET
@roles_required(*EXPORT_ROLES)
def export_list(request: HttpRequest) -> HttpResponse:
    """My downloads that were made in the background, the newest first."""
    jobs = (
        ExportJob.objects.visible_to(request.actor)
        .filter(membership=request.actor.membership)
        .order_by("-requested_at", "-pk")
    )
    page = Paginator(jobs, PAGE).get_page(request.GET.get("page"))
    return render(request, "programs/exports.html", {"page": page, "rows": [_shown(job) for job in page]})


@require_http_methods(["GET", "POST"])
@roles_required(*EXPORT_ROLES)
def export_new(request: HttpRequest, what: str) -> HttpResponse:
    """Ask why, then give the file, or the page of the job that makes it. The filter is this page's query string."""
    exportable = exports.find(what, request.actor)
    if exportable is None:
        raise Http404
    chosen = {key: request.GET[key] for key in exportable.filter_keys if request.GET.get(key)}
    form = ExportForm(request.POST or None, exportable=exportable, actor=request.actor)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        wish = exports.Wish(exportable, chosen, data["purpose"], data["reason"], data.get("unmasked", False))
        try:
            made = exports.order(wish, request.actor)
        except exports.UnableToExport as refusal:
            form.add_error(None, str(refusal))
        else:
            if isinstance(made, ExportJob):
                return redirect("programs:export", key=made.key)
            return attachment(made, exports.filename(what, timezone.now()))
    total = exportable.select(request.actor, chosen).count()
    return render(
        request,
        "programs/export_new.html",
        {
            "form": form,
            "label": exportable.label,
            "total": total,
            "in_background": total > exports.DIRECT_ROWS,
            "chosen": [{"term": term, "text": text} for term, text in exportable.describe(chosen)],
            "keep_hours": exports.KEEP_HOURS,
            "back": exportable.page(chosen),
        },
    )


@require_GET
@never_cache
@roles_required(*EXPORT_ROLES)
def export(request: HttpRequest, key: Any) -> HttpResponse:
    """One download: how far it is, or what became of it. Polled by its own progress bar."""
    context = _shown(_own_job(request, key))
    if request.headers.get("HX-Request"):
        if not context["unfinished"]:
            return HttpResponse(headers={"HX-Refresh": "true"})
        return render(request, "programs/_export_progress.html", context)
    job = context["job"]
    exportable = exports.find(job.what, request.actor)
    chosen = exportable.describe(job.filter) if exportable else []
    context |= {
        "chosen": [{"term": term, "text": text} for term, text in chosen],
        "back": exportable.page(job.filter) if exportable else reverse("programs:queue"),
    }
    return render(request, "programs/export.html", context)


@require_POST
@roles_required(*EXPORT_ROLES)
def export_take(request: HttpRequest, key: Any) -> HttpResponse:
    """The file itself; each taking is logged."""
    job = _own_job(request, key)
    try:
        file = exports.take(job, request.actor)
    except exports.UnableToExport as refusal:
        messages.error(request, str(refusal))
        return redirect("programs:export", key=job.key)
    return attachment(file, exports.filename(job.what, job.requested_at))
