"""An export and an import, run as their worker runs them."""

from __future__ import annotations

import datetime as dt
import io
import resource
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Membership
from accounts.models.access import Purpose
from accounts.roles import Actor
from bench.tasks.calls import bench_call
from programs import exports, import_sheets, imports
from programs.application_exports import APPLICATIONS
from programs.models import DistrictCall, ExportJob, ImportJob
from programs.models.jobs import JobState


def _member(email: str) -> Membership:
    return Membership.objects.in_force().select_related("user", "organisation").get(user__email=email)


def export(*, rows: int) -> dict[str, float]:
    """Seconds, and MB of growth, of the city's export of this many decided applications."""
    exports.register(replace(APPLICATIONS, name="bench", select=lambda *asked: APPLICATIONS.select(*asked)[:rows]))
    job = ExportJob.objects.create(
        membership=_member("city@demo.invalid"), what="bench", filter={"tab": "decided"},
        purpose=Purpose.REPORTING, reason="bench", total=rows,
    )  # fmt: skip
    idle, started = _peak_mb(), time.perf_counter()
    exports.run(job.pk)
    answer = {"seconds": time.perf_counter() - started, "peak_mb": _peak_mb() - idle}
    job.refresh_from_db()
    if (job.state, job.written) != (JobState.READY, rows):
        raise RuntimeError(f"export of {rows}: {job.state} after {job.written}: {job.error}")
    job.file.delete()
    return answer


def _peak_mb() -> float:
    """The most memory this process has had. Linux counts a parent's peak into ru_maxrss, so it is asked elsewhere."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().partition("VmHWM:")[2].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / 1024


def import_10k(*, rounds: int, count: int = 10_000) -> list[tuple[float, float]]:
    """(preview, taking in) in seconds; a small file warms up."""
    call, actor = bench_call("import"), Actor.of(_member("officer@demo.invalid"))
    share = DistrictCall.objects.select_related("call__program", "district").get(call=call, district=actor.district_id)
    pairs = []
    for number in range(rounds + 1):
        file = _file(share, first=number * count, count=count if number else 600)
        pairs.append(_import(file, share, actor))
    return pairs[1:]


def _import(file: SimpleUploadedFile, share: DistrictCall, actor: Actor) -> tuple[float, float]:
    job = imports.upload(file, call=share.call, actor=actor)
    started = time.perf_counter()
    imports.run(job.pk)
    preview = time.perf_counter() - started
    imports.confirm(_in_state(job, JobState.READY))
    started = time.perf_counter()
    imports.run(job.pk)
    taken = time.perf_counter() - started
    _in_state(job, JobState.DONE)
    return preview, taken


def _in_state(job: ImportJob, state: str) -> ImportJob:
    job.refresh_from_db()
    if job.state != state:
        raise RuntimeError(f"import: {job.state}, {job.errors[:3]}")
    return job


def _file(share: DistrictCall, *, first: int, count: int) -> SimpleUploadedFile:
    """The district's template, filled in."""
    book = openpyxl.load_workbook(import_sheets.template(share))
    columns = import_sheets.fields_of(share)
    sheet = book.worksheets[0]
    opened = (share.effective_opens_at + dt.timedelta(days=1)).replace(tzinfo=None, second=0, microsecond=0)
    for n in range(count):
        values: dict[str, Any] = {
            "received_at": opened + dt.timedelta(minutes=n), "name": f"박종이{n}", "birth_date": "1990-03-14",
            "phone": f"010{first + n:08d}", "address": f"시험로 {first + n}", "household_size": 1, "tenure": "monthly",
            "detail:building_type": "villa", "detail:has_wifi": "yes", "detail:deposit": 10_000_000,
        }  # fmt: skip
        for at, column in enumerate(columns, 1):
            filled = "Y" if column.name.startswith("consent:") else values.get(column.name)
            sheet.cell(n + 3, at, filled)
    written = io.BytesIO()
    book.save(written)
    return SimpleUploadedFile("bench.xlsx", written.getvalue())
