"""Waking a worker after a commit. A hint may be lost: whatever must happen is swept by beat."""

from __future__ import annotations

import logging
from typing import Any

from celery import current_app
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)


def send_hint(task: str, *, expires: int, **kwargs: Any) -> bool:
    """Ask a worker for `task` with `kwargs`; forgotten after `expires` seconds. False when the broker did not answer,
    which neither raises nor holds up what has just been committed (settings: no second try)."""
    try:
        current_app.send_task(task, kwargs=kwargs, retry=False, expires=expires)
    except (OSError, OperationalError, *current_app.connection().connection_errors) as error:
        logger.warning("%s: the broker did not answer: %s", task, error)
        return False
    return True
