"""Imports and exports, on the workers of the `files` queue."""

from __future__ import annotations

from celery import shared_task

from programs import exports, imports, jobs


@shared_task
def run_export(*, job_id: int, **kwargs: object) -> None:
    exports.run(job_id)


@shared_task
def run_import_preview(*, job_id: int, **kwargs: object) -> None:
    """Check an uploaded file; or take it in, once its owner has confirmed the preview."""
    imports.run(job_id)


@shared_task(expires=60)
def wake_for_unfinished(**kwargs: object) -> None:
    """Ask again for jobs whose first asking was lost, or whose worker died."""
    jobs.wake_for_unfinished()
