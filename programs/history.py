"""Who changed the catalogue, when, why and what: read from the history that the database's triggers keep."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pghistory
from django.apps import apps
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q

from accounts.models import User
from accounts.roles import Actor

MOST = 30


@dataclass(frozen=True)
class Change:
    """One recorded edit: `fields` are (label, before, after)."""

    at: dt.datetime
    what: str
    who: str
    reason: str
    fields: list[tuple[str, str, str]]


@contextmanager
def because(actor: Actor, reason: str = "") -> Iterator[None]:
    """Edits made inside carry this person and reason in their history."""
    with pghistory.context(user=actor.user_id, role=actor.role.value, reason=reason):
        yield


def history_of(
    model: type[models.Model], *, titled: Callable[[Any], str] | None = None, **filters: Any
) -> list[Change]:
    """The latest edits of these rows (`filters` name columns of the model), newest first, in two queries.

    `titled` names the row an edit was of; else its label, title, name or dates do."""
    event = apps.get_model(model._meta.app_label, f"{model.__name__}Event")
    rows = list(event.objects.filter(Q(**filters)).select_related("pgh_context").order_by("-pgh_id")[: MOST * 2])
    names = _names(rows)
    previous: dict[Any, Any] = {}
    changes: list[Change] = []
    for row in reversed(rows):
        before = previous.get(row.pgh_obj_id)
        previous[row.pgh_obj_id] = row
        fields = _differences(model, before, row) if before else []
        if before and not fields:
            continue
        about = (row.pgh_context.metadata if row.pgh_context else None) or {}
        changes.append(
            Change(
                at=row.pgh_created_at,
                what=titled(row) if titled else _title(row),
                who=names.get(about.get("user", 0), ""),
                reason=about.get("reason", ""),
                fields=fields,
            )
        )
    return changes[::-1][:MOST]


def _names(rows: list[Any]) -> dict[int, str]:
    ids = {(row.pgh_context.metadata or {}).get("user") for row in rows if row.pgh_context}
    return {user.pk: user.name for user in User.objects.filter(pk__in=ids - {None})}


def _title(row: Any) -> str:
    return next((_text(getattr(row, name)) for name in ("label", "title", "name", "valid") if hasattr(row, name)), "")


def _differences(model: type[models.Model], before: Any, after: Any) -> list[tuple[str, str, str]]:
    found = []
    tracked = {field.name for field in type(after)._meta.concrete_fields}
    for field in (field for field in model._meta.concrete_fields if field.name in tracked):
        old, new = getattr(before, field.attname), getattr(after, field.attname)
        if old != new:
            found.append((str(field.verbose_name), _text(old), _text(new)))
    return found


def _text(value: Any) -> str:
    if isinstance(value, dt.datetime):
        return f"{value.astimezone():%Y-%m-%d %H:%M}"
    if isinstance(value, DateRange):
        return f"{value.lower or ''} ~ {value.upper or ''}"
    if isinstance(value, dict):
        return ", ".join(f"{name} {number}" for name, number in value.items())
    return "-" if value in (None, "") else str(value)
