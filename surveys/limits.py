"""How often a link may be asked for. A link cannot be guessed; this keeps somebody who tries from costing anything.

Not counted by address alone: a mobile network's customers share few of them, and in December they all answer at once.
"""

from __future__ import annotations

from django.core.cache import cache

PER_MINUTE = 30


def too_often(what: str) -> bool:
    """Count one more; whether `what` was asked more than so often within a minute. Without a cache nothing is."""
    key = f"survey-limit:{what}"
    cache.add(key, 0, 60)
    try:
        return cache.incr(key) > PER_MINUTE
    except ValueError:  # its minute was over in between
        return False
