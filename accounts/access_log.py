"""Writing the access log: through its own connection, committed before any data leaves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connections
from psycopg.types.json import Jsonb

from accounts.models import AccessLog
from accounts.roles import Actor

Action = AccessLog.Action

_INSERT = """
INSERT INTO accounts_accesslog
    (user_id, organisation_id, role, ip, action, subject_id, about, ids, count, purpose, reason, filter)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""


def record_access(
    actor: Actor,
    action: AccessLog.Action,
    *,
    about: str,
    ids: Iterable[int] = (),
    subject_id: int | None = None,
    purpose: str = "",
    reason: str = "",
    filter: dict[str, Any] | None = None,  # noqa: A002 - the column's name
    count: int | None = None,
) -> None:
    """Log one access and commit it. An error here means the data must not be shown: no log, no data."""
    ids = list(ids)
    dumps = DjangoJSONEncoder(ensure_ascii=False).encode
    values: list[Any] = [
        actor.user_id,
        actor.organisation_id,
        actor.role.value,
        actor.ip,
        action.value,
        subject_id,
        about,
        ids,
        len(ids) if count is None else count,
        purpose,
        reason,
        Jsonb(filter or {}, dumps=dumps),
    ]
    with connections["audit"].cursor() as cursor:
        cursor.execute(_INSERT, values)
