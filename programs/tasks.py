"""Background work of the programmes: ids by keyword, one domain call each."""

from __future__ import annotations

import logging
from typing import Any

from celery import shared_task
from django.utils import timezone

from programs import documents, expiry, retention

logger = logging.getLogger(__name__)


@shared_task
def make_page_pictures(*, document_id: int, **_: Any) -> None:
    """Draw one document's pages (queue `files`). Done twice it changes nothing."""
    documents.make_pictures(document_id)


@shared_task(expires=60)
def picture_waiting(**_: Any) -> None:
    """Ask again for pictures whose first asking was lost, until the broker answers."""
    for document_id in documents.waiting_for_pictures(timezone.now()):
        if not documents.ask_for_pictures(document_id):
            return


@shared_task(expires=300)
def expire(**_: Any) -> None:
    """What is past its time: drafts, supplements, offers, files of exports and imports."""
    done = expiry.expire_all(timezone.now())
    if any(done.values()):
        logger.info("expired: %s", done)


@shared_task(expires=3600)
def destroy_due(**_: Any) -> None:
    """Destroy personal data whose retention period is over."""
    done = retention.destroy_due(timezone.now())
    if done:
        logger.info("destroyed: %s applications", done)
