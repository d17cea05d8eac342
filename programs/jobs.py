"""What imports, exports and report files share: waking a worker, and one worker at a time on one job.

A job's row is what counts; the message to the worker is only a hint, and beat's sweep (programs.file_tasks) sends it
again. Whoever runs a job holds a session's advisory lock: a job left "running" without a holder is taken up again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from celery import current_app
from django.db import connection, transaction

from programs.models.jobs import ExportJob, ImportJob, JobState

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 3
UNFINISHED = (JobState.WAITING, JobState.RUNNING)


class Job(Protocol):
    """A row of work for the background: `state` of JobState, `attempts`."""

    pk: Any
    state: Any
    attempts: Any

    def refresh_from_db(self, *, fields: list[str]) -> None: ...


SomeJob = TypeVar("SomeJob", bound=Job)


@dataclass(frozen=True)
class Kind:
    """How jobs of one model are run: the advisory lock's space and the task that gets `job_id`."""

    space: int
    task: str


_kinds: dict[type, Kind] = {}


def register(model: type, kind: Kind) -> None:
    """Jobs of this model are swept and run one worker at a time."""
    _kinds[model] = kind


register(ExportJob, Kind(7101, "programs.file_tasks.run_export"))
register(ImportJob, Kind(7102, "programs.file_tasks.run_import_preview"))


@contextmanager
def sole_runner(job: Job) -> Iterator[bool]:
    """Whether this session may run the job; no other may until the block ends or the session dies."""
    space = _kinds[type(job)].space
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [space, job.pk])
        held = cursor.fetchone()[0]
    try:
        yield held
    finally:
        if held:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [space, job.pk])


def run_once(
    job: SomeJob,
    work: Callable[[SomeJob], None],
    fail: Callable[[SomeJob, str], None],
    *,
    refused: type[Exception],
    broken: str,
    fresh: tuple[str, ...] = (),
) -> None:
    """`work` on the job, unless another worker is at it or it is finished. What `refused` says, and `broken` for any
    other exception, is handed to `fail`. `fresh` names further columns to be read under the lock."""
    with sole_runner(job) as mine:
        job.refresh_from_db(fields=["state", "attempts", *fresh])
        if not mine or job.state not in UNFINISHED:
            return
        try:
            work(job)
        except refused as reason:
            fail(job, str(reason))
        except Exception:
            logger.exception("%s %s", type(job).__name__, job.pk)
            fail(job, broken)


def wake_worker(job: Job) -> None:
    """Ask for a worker once this is committed. A broker that does not answer only delays the job until the sweep."""

    def send() -> None:
        try:
            current_app.send_task(_kinds[type(job)].task, kwargs={"job_id": job.pk}, retry=False)
        except (OSError, current_app.connection().connection_errors) as error:
            logger.warning("job %s %s waits for the sweep: %s", type(job).__name__, job.pk, error)

    transaction.on_commit(send)


def wake_for_unfinished() -> None:
    """Ask again for every job that waits or was left behind; one that is running ignores it."""
    for model in list[Any](_kinds):
        for job in model.objects.filter(state__in=UNFINISHED).only("pk").order_by("pk"):
            wake_worker(job)


def report(job: ImportJob, done: int) -> None:
    """Say how far it is, before the work it is part of is committed: through a connection of its own. Only where that
    work has not written the job's row itself."""
    ImportJob.objects.using("audit").filter(pk=job.pk).update(done=done)


def update(job: Job, **values: Any) -> None:
    """Set these columns of the job, in memory and in its row."""
    for name, value in values.items():
        setattr(job, name, value)
    model: Any = type(job)
    model.objects.filter(pk=job.pk).update(**values)
