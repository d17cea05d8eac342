"""The list of hospitals: read by the operator, edited by the city, and taken in from the national list."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.decorators import roles_required
from accounts.roles import OPERATOR_STAFF, Role
from hospital import hospital_files
from hospital.forms.places import HospitalFileForm, HospitalFilterForm, HospitalForm
from hospital.hospital_import import UnableToImport
from hospital.models import Hospital, HospitalFile
from hospital.selectors import places as read
from programs.history import history_of
from programs.models.jobs import JobState
from programs.views.calls import save_because

PAGE_SIZE = 50
FILES = 20
UNFINISHED = (JobState.WAITING, JobState.RUNNING)
CITY = (Role.CITY_OFFICER,)


@require_GET
@roles_required(*OPERATOR_STAFF, *CITY)
def hospitals(request: HttpRequest) -> HttpResponse:
    form = HospitalFilterForm(request.GET)
    wanted = form.wanted()
    rows = read.hospitals_list(
        request.actor, words=wanted.words, region=wanted.region, kind=wanted.kind, closed=wanted.closed
    )
    values = {
        "page": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
        "form": form,
        "may_edit": request.actor.role in CITY,
    }
    return render(request, "hospital/hospitals.html", values)


@require_http_methods(["GET", "POST"])
@roles_required(*CITY)
def add(request: HttpRequest) -> HttpResponse:
    return _edit(request, None)


@require_http_methods(["GET", "POST"])
@roles_required(*CITY)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _edit(request, get_object_or_404(Hospital.objects.visible_to(request.actor), pk=pk))


def _edit(request: HttpRequest, found: Hospital | None) -> HttpResponse:
    form = HospitalForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        save_because(request, form)
        return redirect("hospital:hospitals")
    values = {
        "hospital": found,
        "form": form,
        "history": history_of(Hospital, pgh_obj=found.pk) if found else [],
    }
    return render(request, "hospital/hospital.html", values, status=422 if form.errors else 200)


# --- The national list --------------------------------------------------------------------
@require_http_methods(["GET", "POST"])
@roles_required(*CITY)
def files(request: HttpRequest) -> HttpResponse:
    """Upload a file of the national list, and see the earlier ones."""
    form = HospitalFileForm(*([request.POST, request.FILES] if request.method == "POST" else []))
    if request.method == "POST" and form.is_valid():
        try:
            job = hospital_files.upload(form.cleaned_data["file"], actor=request.actor)
        except UnableToImport as refused:
            form.add_error("file", str(refused))
        else:
            return redirect("hospital:hospital_file", key=job.key)
    page = Paginator(read.hospital_files(request.actor), FILES).get_page(request.GET.get("page"))
    values = {"form": form, "page": page, "rows": [_shown(job) for job in page], "keep_days": hospital_files.KEEP_DAYS}
    return render(request, "hospital/hospital_files.html", values, status=422 if form.errors else 200)


@require_GET
@never_cache
@roles_required(*CITY)
def file(request: HttpRequest, key: Any) -> HttpResponse:
    """What one file would change, or changed. Polled by its own progress bar while a worker reads it."""
    values = _shown(_own(request, key))
    if not request.headers.get("HX-Request"):
        return render(request, "hospital/hospital_file.html", values | {"keep_days": hospital_files.KEEP_DAYS})
    if not values["unfinished"]:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "hospital/_hospital_file_progress.html", values)


@require_POST
@roles_required(*CITY)
def confirm(request: HttpRequest, key: Any) -> HttpResponse:
    """Take the compared file in; pressed twice it is taken in once."""
    job = _own(request, key)
    hospital_files.confirm(job, actor=request.actor)
    return redirect("hospital:hospital_file", key=job.key)


@require_POST
@roles_required(*CITY)
def give_up(request: HttpRequest, key: Any) -> HttpResponse:
    hospital_files.give_up(_own(request, key), actor=request.actor)
    messages.info(request, _("파일을 지웠습니다. 병원 목록은 그대로입니다."))
    return redirect("hospital:hospital_files")


def _own(request: HttpRequest, key: Any) -> HospitalFile:
    return get_object_or_404(HospitalFile.objects.visible_to(request.actor), key=key)


def _shown(job: HospitalFile) -> dict[str, Any]:
    state, tone = _words(job)
    return {
        "job": job,
        "state": state,
        "tone": tone,
        "result": job.result,
        "unfinished": job.state in UNFINISHED,
        "ready": job.state == JobState.READY,
        "done": job.state == JobState.DONE,
        "failed": job.state == JobState.FAILED,
    }


def _words(job: HospitalFile) -> tuple[str, str]:
    if job.state in UNFINISHED:
        return (_("반영하는 중"), "progress") if job.confirmed_at else (_("견주는 중"), "progress")
    return {
        JobState.READY: (_("반영 대기"), "warning"),
        JobState.DONE: (_("반영함"), "success"),
        JobState.FAILED: (_("읽지 못함"), "danger"),
        JobState.EXPIRED: (_("반영하지 않고 지움"), "neutral"),
    }[JobState(job.state)]
