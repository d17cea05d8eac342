from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from accounts.months import previous_month
from hospital import hospital_files, offering, payments, retention, settlements, surveying


@shared_task
def watch_requests(**kwargs: object) -> None:
    """Every minute: offers lapse, and requests that were missed are kept as unmet."""
    now = timezone.now()
    offering.lapse_offers(now)
    offering.give_up_missed(now)


@shared_task
def ask_about_trips(**kwargs: object) -> None:
    """Every ten minutes: the survey after a trip."""
    surveying.ask_about_trips(timezone.now())


@shared_task
def remind_of_fees(**kwargs: object) -> None:
    """Daily: overdue fees."""
    payments.remind(timezone.localdate())


@shared_task
def compute_settlements(**kwargs: object) -> None:
    """Monthly: last month's settlement of every operator."""
    settlements.compute_all(previous_month(timezone.localdate()))


@shared_task
def destroy_due(**kwargs: object) -> None:
    """Daily: health notes after their period, what is personal in old trips, and files nobody took in."""
    retention.destroy_due(timezone.now())
    hospital_files.expire_due(timezone.now())


@shared_task
def read_hospitals(*, job_id: int, **kwargs: object) -> None:
    """Compare a file of the national list of hospitals, or take it in."""
    hospital_files.run(job_id)
