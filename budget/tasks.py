from __future__ import annotations

import logging

from celery import shared_task

from budget.consistency import disagreeing_lines

logger = logging.getLogger(__name__)


@shared_task
def check_ledger(**kwargs: object) -> None:
    """Beat runs this every night; a disagreement is an error for whoever watches the logs."""
    if found := disagreeing_lines():
        logger.error("%s budget lines disagree with their entries: %s", len(found), found[:20])
