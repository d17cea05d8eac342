"""Files of the national list of hospitals: uploaded, compared with what there is, shown, and then taken in whole.

A national list takes a worker some half a minute to read (80,000 lines), so each of the two is a background job. The
file lies sealed on the disk until it is taken in, given up or KEEP_DAYS old."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import BinaryIO, cast

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.roles import Actor, Role
from accounts.sheets import UnableToRead, check_container
from accounts.uploads import clean_filename
from hospital.hospital_import import Imported, UnableToImport, import_hospitals
from hospital.models import HospitalFile
from programs import jobs
from programs.models.jobs import JobState
from programs.workflow import UnableToPerform

MAX_BYTES = 30 * 1024 * 1024  # the national list has some fifteen
INLINE_BYTES = 60_000  # some hundred lines, read in a second; more goes to a worker
KEEP_DAYS = 7

jobs.register(HospitalFile, jobs.Kind(7104, "hospital.tasks.read_hospitals"))


def upload(file: UploadedFile, *, actor: Actor) -> HospitalFile:
    """Take a file in for comparing, at once when it is small. The same file while it waits is one job.

    Raises UnableToImport, UnableToPerform."""
    _only_the_city(actor)
    if file.size is None or file.size > MAX_BYTES:
        raise UnableToImport(_("파일은 %(n)sMB까지 올릴 수 있습니다.") % {"n": MAX_BYTES // 1024 // 1024})
    try:
        check_container(cast("BinaryIO", file.file))
    except UnableToRead as error:
        raise UnableToImport(str(error)) from error
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    with transaction.atomic():
        live = HospitalFile.objects.filter(state__in=(*jobs.UNFINISHED, JobState.READY))
        if same := live.filter(sha256=digest.hexdigest()).first():
            return same
        job = HospitalFile(
            membership=actor.membership, filename=clean_filename(str(file.name), ".xlsx"), sha256=digest.hexdigest()
        )
        job.file.save("list.xlsx", file, save=False)
        job.save()
        if file.size > INLINE_BYTES:
            jobs.wake_worker(job)
            return job
    run(job.pk)
    job.refresh_from_db()
    return job


def run(job_id: int) -> None:
    """Compare an uploaded file with what there is; or take it in, once confirmed. One worker at a time."""
    job = HospitalFile.objects.select_related("membership__user", "membership__organisation").get(pk=job_id)
    with translation.override("ko"):
        jobs.run_once(
            job, _run, _fail, refused=UnableToImport, fresh=("confirmed_at",),
            broken=_("처리하다 오류가 났습니다. 다시 올리십시오. 바뀐 병원은 없습니다."),
        )  # fmt: skip


def _run(job: HospitalFile) -> None:
    if job.attempts >= jobs.MAX_ATTEMPTS:
        raise UnableToImport(_("여러 번 시도하였으나 처리하지 못했습니다. 바뀐 병원은 없습니다."))
    jobs.update(job, state=JobState.RUNNING, attempts=job.attempts + 1)
    preview = job.confirmed_at is None
    with job.file.open("rb") as file, transaction.atomic():
        found = import_hospitals(cast("BinaryIO", file), dry_run=preview)
        _keep(job, found, JobState.READY if preview else JobState.DONE)
    if not preview:
        _destroy_file(job)


def _keep(job: HospitalFile, found: Imported, state: JobState) -> None:
    finished = timezone.now() if state == JobState.DONE else None
    jobs.update(job, state=state, attempts=0, result=found.as_json(), finished_at=finished)


def _fail(job: HospitalFile, error: str) -> None:
    jobs.update(job, state=JobState.FAILED, error=error[:500], finished_at=timezone.now())
    _destroy_file(job)


def _destroy_file(job: HospitalFile) -> None:
    job.file.delete(save=False)
    jobs.update(job, file="")


def confirm(job: HospitalFile, *, actor: Actor) -> None:
    """Take the compared file in, once however often this is called. Raises UnableToPerform."""
    _only_the_city(actor)
    ready = HospitalFile.objects.filter(pk=job.pk, state=JobState.READY)
    with transaction.atomic():
        if not ready.update(state=JobState.WAITING, confirmed_at=timezone.now(), membership=actor.membership):
            return
        if job.file.size > INLINE_BYTES:
            jobs.wake_worker(job)
            return
    run(job.pk)


def give_up(job: HospitalFile, *, actor: Actor) -> None:
    """Destroy a compared file that shall not be taken in. Raises UnableToPerform."""
    _only_the_city(actor)
    if HospitalFile.objects.filter(pk=job.pk, state=JobState.READY).update(state=JobState.EXPIRED):
        _destroy_file(job)


def expire_due(now: dt.datetime) -> int:
    """Destroy the files older than KEEP_DAYS, whatever became of them; how many. One that a worker reads waits."""
    due = HospitalFile.objects.filter(uploaded_at__lte=now - dt.timedelta(days=KEEP_DAYS)).exclude(file="")
    destroyed = 0
    for job in due.order_by("pk"):
        with jobs.sole_runner(job) as mine:
            if not mine:
                continue
            job.refresh_from_db(fields=["state"])
            if job.state in (*jobs.UNFINISHED, JobState.READY):
                jobs.update(job, state=JobState.EXPIRED)
            _destroy_file(job)
            destroyed += 1
    return destroyed


def _only_the_city(actor: Actor) -> None:
    if actor.role != Role.CITY_OFFICER or actor.membership is None:
        raise UnableToPerform(_("시 담당자만 병원 목록을 바꿀 수 있습니다."))
