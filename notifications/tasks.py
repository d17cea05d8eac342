from __future__ import annotations

from celery import shared_task
from django.db.models.functions import Now

from notifications import outbox
from notifications.models import Heartbeat


@shared_task
def deliver_due(**kwargs: object) -> None:
    outbox.deliver_due()


@shared_task
def beat_heart(**kwargs: object) -> None:
    """The worker's sign of life, read by /healthz."""
    Heartbeat.objects.update_or_create(name="worker", defaults={"beat_at": Now()})
