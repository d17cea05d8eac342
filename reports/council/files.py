"""The files of a report — HWPX, PDF, XLSX, figures.json — made in the background (programs.jobs) or by a command."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.downloads import XLSX
from accounts.roles import Actor
from programs import jobs
from programs.models.jobs import JobState
from reports import document
from reports.asking import as_text
from reports.council.assemble import Assembled, assemble
from reports.council.publish import figures_of
from reports.document import Unprintable
from reports.models import CouncilReport, ReportFile

TASK = "reports.tasks.make_report_files"
NAMES = {"hwpx": "report.hwpx", "pdf": "report.pdf", "xlsx": "report.xlsx", "figures": "figures.json"}
CONTENT_TYPES = {
    "hwpx": "application/hwp+zip",
    "pdf": "application/pdf",
    "xlsx": XLSX,
    "figures": "application/json",
}

jobs.register(ReportFile, jobs.Kind(7103, TASK))


def ask_for_files(report: CouncilReport, *, actor: Actor) -> ReportFile:
    """A job for the files as the report now stands; the one that is already waiting, if there is one."""
    waiting = ReportFile.objects.filter(report=report, state__in=jobs.UNFINISHED).order_by("-asked_at").first()
    job = waiting or ReportFile.objects.create(report=report, asked_by=actor.user)
    jobs.wake_worker(job)
    return job


def run(job_id: int) -> None:
    """Make the files of one job, unless another worker is at it."""
    job = ReportFile.objects.select_related("report").get(pk=job_id)
    jobs.run_once(
        job, _run, _fail, refused=Unprintable, broken=_("파일을 만드는 중에 오류가 났습니다. 다시 요청하십시오.")
    )


def _fail(job: ReportFile, error: str) -> None:
    jobs.update(job, state=JobState.FAILED, error=error[:500], finished_at=timezone.now())


def _run(job: ReportFile) -> None:
    if job.attempts >= jobs.MAX_ATTEMPTS:
        _fail(job, _("여러 번 시도하였으나 파일을 만들지 못했습니다."))
        return
    jobs.update(job, state=JobState.RUNNING, attempts=job.attempts + 1, progress=5)
    assembled = assemble(job.report)
    jobs.update(job, progress=30)
    hashes = {}
    for done, (kind, data) in enumerate(contents(job.report, assembled), 1):
        field: Any = getattr(job, kind)
        field.save(NAMES[kind], ContentFile(data), save=False)
        hashes[kind] = hashlib.sha256(data).hexdigest()
        jobs.update(job, progress=30 + 17 * done)
    values = {kind: getattr(job, kind).name for kind in hashes}
    jobs.update(job, state=JobState.DONE, progress=100, sha256=hashes, finished_at=timezone.now(), **values)


def contents(report: CouncilReport, assembled: Assembled) -> Iterator[tuple[str, bytes]]:
    """(kind, bytes) of the four files."""
    yield "hwpx", document.to_hwpx(assembled.document)
    yield "pdf", document.to_pdf(assembled.document)
    yield "xlsx", document.to_xlsx(assembled.document)
    yield "figures", figures_json(report, assembled)


def figures_json(report: CouncilReport, assembled: Assembled) -> bytes:
    """Each number of the report in reading order, with what it counted."""
    lines = [
        {
            "name": line.name, "label": line.label, "value": as_text(line.value), "unit": line.unit,
            "printed": line.printed, "as_of": line.as_of.isoformat(), "known_at": line.known_at.isoformat(),
            "question": line.question, "query": line.query, "rows": line.rows_count, "sha256": line.rows_sha256,
            "url": line.url,
        }
        for line in figures_of(report, assembled)
    ]  # fmt: skip
    return json.dumps(lines, ensure_ascii=False, indent=1).encode()
