from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from surveys import retention


@shared_task
def destroy_comments(**kwargs: object) -> None:
    """Daily: what is a year old is blanked."""
    retention.destroy_comments(timezone.now())


@shared_task
def forget_recipients(**kwargs: object) -> None:
    """Daily: whom a survey went to is forgotten a year after it expired."""
    retention.forget_recipients(timezone.now())
