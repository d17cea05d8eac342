"""What waits for one officer."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from django.db.models import QuerySet

from accounts.roles import DISTRICT_STAFF, Actor, Role
from programs.models import Objection, SelectionBatch
from programs.selectors.queue import QueueFilter, bounded_counts, cases


def waiting_for(actor: Actor, now: dt.datetime) -> dict[str, int]:
    """Counts by name: of cases, of drafts the actor may approve, of objections the actor may decide. One statement."""
    everyone = QueueFilter()
    asked: dict[str, QuerySet[Any]] = {
        "overdue": cases(actor, replace(everyone, tab="overdue"), now),
        "soon": cases(actor, replace(everyone, tab="soon"), now),
        "answered": cases(actor, replace(everyone, tab="answered"), now),
        "open": cases(actor, everyone, now),
    }
    if actor.role in DISTRICT_STAFF:
        asked["mine"] = cases(actor, replace(everyone, assignee="me"), now)
        asked["unassigned"] = cases(actor, replace(everyone, assignee="none"), now)
    if actor.role == Role.DISTRICT_MANAGER:
        asked["drafts"] = SelectionBatch.objects.visible_to(actor).filter(
            state=SelectionBatch.State.DRAFTED
        ).exclude(drafted_by=actor.membership)  # fmt: skip
    asked["objections"] = Objection.objects.visible_to(actor).filter(state=Objection.State.FILED).exclude(
        first_decider=actor.user
    )  # fmt: skip
    return bounded_counts(asked)
