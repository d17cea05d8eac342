from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from accounts.months import previous_month
from safety.doorguard import claims, services, surveying


@shared_task
def advance_services(**kwargs: object) -> None:
    """Daily: announce and end subsidies, expire agreements."""
    services.advance(timezone.localdate())


@shared_task
def compute_claims(**kwargs: object) -> None:
    """Monthly: last month's claim of every company and district."""
    claims.compute_all(previous_month(timezone.localdate()))


@shared_task
def survey_households(**kwargs: object) -> None:
    """Daily in December: ask households in service how they find it, each once a year."""
    surveying.survey_households(timezone.localdate())
