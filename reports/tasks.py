from __future__ import annotations

from celery import shared_task

from reports import rollup
from reports.council import files


@shared_task
def roll_up(**kwargs: object) -> None:
    """Beat runs this every minute; what has not been rolled up yet is counted live."""
    rollup.roll_up()


@shared_task
def make_report_files(*, job_id: int, **kwargs: object) -> None:
    files.run(job_id)
