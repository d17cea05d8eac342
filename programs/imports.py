"""A district's paper applications from one XLSX file: uploaded, checked whole, shown, and then taken in whole.

Nothing is kept of a file with an error. The file lies sealed on the disk, and is destroyed when it is taken in, when
it is refused, when its owner gives it up, and in any case after KEEP_DAYS.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any, BinaryIO, cast

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.masking import has_resident_number, mask_name, mask_phone
from accounts.roles import Actor
from accounts.sheets import CellError, UnableToRead, check_container
from programs import jobs
from programs.bulk_intake import Refusal, UnableToReceiveMany, check_many, receive_many
from programs.import_sheets import MAX_ERRORS, Sheet, fields_of, read
from programs.models import Call, DistrictCall, ImportJob
from programs.models.jobs import JobState
from programs.workflow import database_now

KEEP_DAYS = 7
INLINE_BYTES = 60_000  # about 500 rows, checked in a second; more goes to a worker
INLINE_ROWS = 500
SAMPLE = 10


class UnableToImport(Exception):
    """The file is not accepted; `str()` says why and what to do."""


def upload(file: UploadedFile, *, call: Call, actor: Actor) -> ImportJob:
    """Take a file in for checking, at once when it is small. The same file uploaded twice is one job.

    Raises UnableToImport."""
    if file.size is None or file.size > settings.UPLOAD_MAX_BYTES:
        limit = settings.UPLOAD_MAX_BYTES // 1024 // 1024
        raise UnableToImport(_("파일은 %(n)sMB까지 올릴 수 있습니다. 나누어 올리십시오.") % {"n": limit})
    name = str(file.name)
    if name.lower().endswith((".xlsm", ".xltm", ".xlsb")):
        raise UnableToImport(_("매크로가 든 파일은 받지 않습니다. 매크로 없이 .xlsx로 저장해 올리십시오."))
    if has_resident_number(name):
        raise UnableToImport(_("파일 이름에 주민등록번호로 보이는 숫자가 있습니다. 이름을 바꾸어 올리십시오."))
    try:
        check_container(cast("BinaryIO", file.file))
    except UnableToRead as error:
        raise UnableToImport(str(error)) from error
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    with transaction.atomic():
        same = _same_upload(call, actor, digest.hexdigest())
        if same:
            return same
        job = ImportJob(
            membership=actor.membership, call=call, filename=name[-120:], sha256=digest.hexdigest()
        )  # fmt: skip
        job.file.save("rows.xlsx", file, save=False)
        job.save()
        if file.size > INLINE_BYTES:
            jobs.wake_worker(job)
            return job
    run(job.pk)
    job.refresh_from_db()
    return job


def _same_upload(call: Call, actor: Actor, sha256: str) -> ImportJob | None:
    live = ImportJob.objects.filter(state__in=(*jobs.UNFINISHED, JobState.READY))
    return live.filter(membership=actor.membership, call=call, sha256=sha256).first()


def run(job_id: int) -> None:
    """Check an uploaded file; or take it in, once confirmed. One worker at a time."""
    job = ImportJob.objects.select_related("membership__organisation", "membership__user", "call__program").get(
        pk=job_id
    )
    with translation.override("ko"):
        jobs.run_once(
            job,
            _run,
            lambda job, error: _fail(job, [CellError(0, "", error)]),
            refused=UnableToRead,
            broken=_("처리하다 오류가 났습니다. 다시 올리십시오. 등록된 신청은 없습니다."),
            fresh=("confirmed_at",),
        )


def _run(job: ImportJob) -> None:
    jobs.update(job, state=JobState.RUNNING, attempts=job.attempts + 1)
    if job.attempts > jobs.MAX_ATTEMPTS:
        raise UnableToRead(_("여러 번 시도하였으나 처리하지 못했습니다. 나누어 올리십시오. 등록된 신청은 없습니다."))
    if not job.membership.is_in_force:
        raise UnableToRead(_("소속이 끝나 취소하였습니다. 등록된 신청은 없습니다."))
    district_call = DistrictCall.objects.select_related("district", "call__program").get(
        call=job.call_id, district=job.membership.organisation.district_id
    )
    with job.file.open("rb") as file:
        sheet = read(cast("BinaryIO", file), district_call)
    if job.confirmed_at is None:
        _preview(job, sheet, district_call)
    else:
        _take_in(job, sheet, district_call)


def _preview(job: ImportJob, sheet: Sheet, district_call: DistrictCall) -> None:
    jobs.update(job, total=sheet.total)
    checked = check_many(
        sheet.intakes, district_call, now=database_now(), progress=lambda done: jobs.update(job, done=done)
    )
    errors = sheet.errors + _placed(checked.refusals, sheet, district_call)
    if errors:
        _fail(job, sorted(errors, key=lambda error: error.row))
    else:
        jobs.update(job, state=JobState.READY, done=sheet.total, attempts=0, summary=_summary(sheet))


def _placed(refusals: list[Refusal], sheet: Sheet, district_call: DistrictCall) -> list[CellError]:
    """The refusals with their row and column of the file."""
    labels = {column.name: column.label for column in fields_of(district_call)}
    placed = []
    for refusal in refusals[:MAX_ERRORS]:
        text = refusal.text
        if refusal.twin is not None:
            text = _("%(row)s번째 줄과 같은 사람입니다. 한 줄만 남기십시오.") % {"row": sheet.rows[refusal.twin]}
        placed.append(CellError(sheet.rows[refusal.index], labels.get(refusal.field, ""), text))
    return placed


def _summary(sheet: Sheet) -> dict[str, Any]:
    times = [intake.stated_received_at for intake in sheet.intakes if intake.stated_received_at]
    return {
        "first": min(times).isoformat(),
        "last": max(times).isoformat(),
        "sample": [
            {
                "row": row,
                "received_at": intake.stated_received_at.isoformat() if intake.stated_received_at else "",
                "name": mask_name(intake.person.name),
                "phone": mask_phone(intake.person.phone),
            }
            for row, intake in list(zip(sheet.rows, sheet.intakes, strict=True))[:SAMPLE]
        ],
    }


def _take_in(job: ImportJob, sheet: Sheet, district_call: DistrictCall) -> None:
    if sheet.errors:
        _fail(job, sheet.errors)
        return
    try:
        with transaction.atomic():
            receive_many(
                sheet.intakes,
                district_call,
                actor=Actor.of(job.membership),
                progress=lambda done: jobs.report(job, done // 2),
            )
            jobs.update(job, state=JobState.DONE, done=sheet.total, summary={}, finished_at=timezone.now())
    except UnableToReceiveMany as refused:
        _fail(job, _placed(refused.refusals, sheet, district_call))
    else:
        _destroy_file(job)


def _fail(job: ImportJob, errors: list[CellError]) -> None:
    kept = [error.as_json() for error in errors[:MAX_ERRORS]]
    jobs.update(job, state=JobState.FAILED, errors=kept, summary={}, finished_at=timezone.now())
    _destroy_file(job)


def _destroy_file(job: ImportJob) -> None:
    job.file.delete(save=False)
    jobs.update(job, file="")


def confirm(job: ImportJob) -> None:
    """Take the checked file in, once however often this is called."""
    ready = ImportJob.objects.filter(pk=job.pk, state=JobState.READY, confirmed_at__isnull=True)
    with transaction.atomic():
        if not ready.update(state=JobState.WAITING, confirmed_at=timezone.now(), done=0):
            return
        if job.total > INLINE_ROWS:
            jobs.wake_worker(job)
            return
    run(job.pk)


def give_up(job: ImportJob) -> None:
    """Destroy a checked file that shall not be taken in."""
    if ImportJob.objects.filter(pk=job.pk, state=JobState.READY).update(state=JobState.EXPIRED, summary={}):
        _destroy_file(job)


def expire_due(now: dt.datetime) -> int:
    """Destroy the files older than KEEP_DAYS, whatever became of them: not taken in, never checked as every worker
    died, or left behind by one that died after its work. How many; one that a worker is reading waits."""
    due = ImportJob.objects.filter(uploaded_at__lte=now - dt.timedelta(days=KEEP_DAYS)).exclude(file="")
    destroyed = 0
    for job in due.order_by("pk"):
        with jobs.sole_runner(job) as mine:
            if mine:
                _expire(job)
                destroyed += 1
    return destroyed


def _expire(job: ImportJob) -> None:
    job.refresh_from_db(fields=["state"])
    if job.state in (*jobs.UNFINISHED, JobState.READY):
        jobs.update(job, state=JobState.EXPIRED, summary={})
    _destroy_file(job)
