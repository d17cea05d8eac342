"""Downloads of many rows: what may be exported, how the file is made, and who may take it.

Up to DIRECT_ROWS the file is the answer to the request; more is made by a worker, lies sealed on the disk and expires
after KEEP_HOURS. In both cases the access log names every row and is committed before the data leaves
(개인정보의 안전성 확보조치 기준 §8): no log, no data.
"""

from __future__ import annotations

import datetime as dt
import io
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

from django.core.files.base import File
from django.db.models import F, QuerySet
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.access_log import Action, record_access
from accounts.models.access import Purpose
from accounts.roles import Actor, Role
from accounts.workbooks import Column, workbook
from programs import jobs
from programs.deadlines import SEOUL
from programs.models.jobs import ExportJob, JobState

DIRECT_ROWS = 5_000
KEEP_HOURS = 24
_CHUNK = 2_000
_IDS_A_LOG_ROW = 10_000


class UnableToExport(Exception):
    """The download is not possible; `str()` says why, for the person who asked."""


@dataclass(frozen=True)
class Exportable:
    """A kind of rows that can be downloaded.

    `select` gives what this actor may see of it under a filter, in order; `columns(unmasked, filter)` says what is
    written. A filter is the page's query string, cut to `filter_keys`; `describe` puts it into (term, text) pairs.
    `page` is the address where the rows stand as a list. `unmasked_roles` may have names and phones whole."""

    name: str
    label: str | Promise
    roles: tuple[Role, ...]
    select: Callable[[Actor, dict[str, str]], QuerySet[Any]]
    columns: Callable[[bool, dict[str, str]], tuple[Column, ...]]
    describe: Callable[[dict[str, str]], list[tuple[str, str]]]
    filter_keys: tuple[str, ...]
    page: Callable[[dict[str, str]], str]
    unmasked_roles: tuple[Role, ...] = ()


_exportables: dict[str, Exportable] = {}


def register(exportable: Exportable) -> Exportable:
    if exportable.name in _exportables:
        raise ValueError(f"export {exportable.name} is registered twice")
    _exportables[exportable.name] = exportable
    return exportable


def find(name: str, actor: Actor) -> Exportable | None:
    """The export of this name, if this role has it."""
    found = _exportables.get(name)
    return found if found and actor.role in found.roles else None


def label_of(name: str) -> str:
    """What this export is called; its bare name when it is no longer offered."""
    return str(_exportables[name].label) if name in _exportables else name


@dataclass(frozen=True)
class Wish:
    """What someone asks to download, and why."""

    exportable: Exportable
    filter: dict[str, str]
    purpose: str
    reason: str
    unmasked: bool = False


def order(wish: Wish, actor: Actor) -> ExportJob | BinaryIO:
    """The finished file, or the job that will make it. Raises UnableToExport.

    Asking twice for the same while it is being made gives the same job."""
    if wish.unmasked and actor.role not in wish.exportable.unmasked_roles:
        raise UnableToExport(_("가리지 않은 개인정보는 해당 자치구의 담당자만 내려받을 수 있습니다."))
    rows = wish.exportable.select(actor, wish.filter)
    total = rows.count()
    if not total:
        raise UnableToExport(_("이 조건에 맞는 자료가 없어 내려받을 것이 없습니다. 조건을 바꾸십시오."))
    if total <= DIRECT_ROWS:
        return _direct(wish, actor)
    values = {
        "membership": actor.membership, "what": wish.exportable.name, "filter": wish.filter,
        "purpose": wish.purpose, "reason": wish.reason, "unmasked": wish.unmasked,
    }  # fmt: skip
    job = ExportJob.objects.filter(**values, state__in=jobs.UNFINISHED).first()
    if job is None:
        job = ExportJob.objects.create(**values, total=total)
        jobs.wake_worker(job)
    return job


def _direct(wish: Wish, actor: Actor) -> BinaryIO:
    ids = array("q")
    file = io.BytesIO(b"".join(_parts(wish, actor, on_row=ids.append)))
    _log(wish, actor, ids)
    return file


def _log(wish: Wish, actor: Actor, ids: array[int], **about: Any) -> None:
    """Name every row in the access log, in as many log rows as that takes."""
    for start in range(0, len(ids), _IDS_A_LOG_ROW):
        record_access(
            actor,
            Action.DOWNLOAD,
            about=wish.exportable.name,
            ids=ids[start : start + _IDS_A_LOG_ROW],
            purpose=wish.purpose,
            reason=wish.reason,
            filter=wish.filter | {"unmasked": wish.unmasked} | about,
        )


def _parts(wish: Wish, actor: Actor, *, on_row: Callable[[int], Any]) -> Iterator[bytes]:
    """The file, part by part. It is a document of the office: in Korean, whoever asks for it."""
    with translation.override("ko"):
        columns = wish.exportable.columns(wish.unmasked, wish.filter)
        title, about = str(wish.exportable.label), _about(wish, actor)
        columns = tuple(replace(column, label=str(column.label)) for column in columns)
    return workbook(title=title, columns=columns, rows=_rows(wish, actor, columns, on_row), about=about)


class _Streamed(File):
    """A file that is made while it is stored."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        super().__init__(None)
        self.parts = parts

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        return self.parts


def _about(wish: Wish, actor: Actor) -> list[tuple[str, str]]:
    return [
        (_("내려받은 사람"), f"{actor.label} {actor.user}"),
        (_("만든 때"), f"{timezone.localtime():%Y-%m-%d %H:%M}"),
        (_("업무 목적"), str(Purpose(wish.purpose).label)),
        (_("사유"), wish.reason),
        (_("개인정보"), _("가리지 않음") if wish.unmasked else _("가림")),
        *wish.exportable.describe(wish.filter),
    ]


def _rows(wish: Wish, actor: Actor, columns: tuple[Column, ...], on_row: Callable[[int], Any]) -> Iterator[list[Any]]:
    """The values of each row as they are shown; one row in memory at a time, encrypted columns opened one by one."""
    paths = list(dict.fromkeys(column.path for column in columns))
    plan = [(paths.index(column.path) + 1, column.show) for column in columns]
    rows = wish.exportable.select(actor, wish.filter).values_list("pk", *paths)
    for row in rows.iterator(chunk_size=_CHUNK):
        on_row(row[0])
        yield [show(row[at]) if show and row[at] is not None else row[at] for at, show in plan]


class _Stopped(Exception):
    """The job must not go on; `str()` says why."""


def run(job_id: int) -> None:
    """Make the file of one job, unless another worker is at it."""
    job = ExportJob.objects.select_related("membership__organisation", "membership__user").get(pk=job_id)
    jobs.run_once(
        job, _run, _fail, refused=_Stopped, broken=_("파일을 만드는 중에 오류가 났습니다. 다시 요청하십시오.")
    )


def _fail(job: ExportJob, error: str) -> None:
    jobs.update(job, state=JobState.FAILED, error=error, finished_at=timezone.now())


def _run(job: ExportJob) -> None:
    if job.attempts >= jobs.MAX_ATTEMPTS:
        raise _Stopped(_("여러 번 시도하였으나 파일을 만들지 못했습니다. 조건을 좁혀 다시 요청하십시오."))
    jobs.update(job, state=JobState.RUNNING, attempts=job.attempts + 1, written=0)
    actor = Actor.of(job.membership)
    exportable = find(job.what, actor)
    if exportable is None:
        raise _Stopped(_("더 이상 내려받을 수 없는 자료입니다."))
    wish = Wish(exportable, job.filter, job.purpose, job.reason, job.unmasked)
    ids = array("q")

    def on_row(pk: int) -> None:
        if len(ids) % _CHUNK == 0:
            _go_on(job, len(ids))
        ids.append(pk)

    storage = job.file.storage
    name = storage.get_available_name(job.file.field.generate_filename(job, "rows.xlsx"))
    try:
        storage.save(name, _Streamed(_parts(wish, actor, on_row=on_row)))
        _go_on(job, len(ids))
        _log(wish, actor, ids, export=str(job.key))
    except BaseException:
        storage.delete(name)
        raise
    now = timezone.now()
    jobs.update(
        job, file=name, state=JobState.READY, total=len(ids), written=len(ids), finished_at=now,
        expires_at=now + dt.timedelta(hours=KEEP_HOURS),
    )  # fmt: skip


def _go_on(job: ExportJob, written: int) -> None:
    """Say how far it is; stop when the membership it is for has ended."""
    job.membership.refresh_from_db(fields=["starts_at", "ends_at"])
    if not job.membership.is_in_force:
        raise _Stopped(_("소속이 끝나 내려받기를 취소하였습니다."))
    jobs.update(job, written=written)


def take(job: ExportJob, actor: Actor) -> File:
    """The opened file, after logging that it was taken. Only the membership that asked for it may.

    Raises ExportJob.DoesNotExist for anybody else, UnableToExport when there is no file (any more)."""
    if actor.membership is None or job.membership_id != actor.membership.pk:
        raise ExportJob.DoesNotExist
    if job.state != JobState.READY or job.expires_at is None or job.expires_at <= timezone.now():
        raise UnableToExport(_("파일이 없습니다. 기한이 지났으면 다시 요청하십시오."))
    file = job.file.open("rb")
    record_access(
        actor,
        Action.DOWNLOAD,
        about=f"export:{job.pk}",
        count=job.total,
        purpose=job.purpose,
        reason=job.reason,
        filter=job.filter | {"unmasked": job.unmasked, "export": str(job.key)},
    )
    ExportJob.objects.filter(pk=job.pk).update(taken=F("taken") + 1)
    return file


def filename(what: str, at: dt.datetime) -> str:
    return f"{what}-{at.astimezone(SEOUL):%Y%m%d-%H%M}.xlsx"


def expire_due(now: dt.datetime) -> int:
    """Destroy the files past their time and those of memberships that ended; how many."""
    ready = ExportJob.objects.filter(state=JobState.READY)
    due = ready.filter(expires_at__lte=now) | ready.filter(membership__ends_at__lte=now)
    for job in due:
        job.file.delete(save=False)
        jobs.update(job, state=JobState.EXPIRED, file="")
    return len(due)
