"""Many attackers at the same moment, on a real database with real commits; what was refused, and how."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db import IntegrityError, InternalError, ProgrammingError, connection

from accounts.memberships import UnableToChange
from budget.refusals import UnableToPost
from programs.intake import UnableToReceive
from programs.transitions import ChangedMeanwhile, UnableToPerform
from tests.scratch import in_threads

ATTACKERS = 50
IN_WORDS = (UnableToPerform, UnableToReceive, ChangedMeanwhile, UnableToChange, UnableToPost)
BY_THE_DATABASE = (IntegrityError, InternalError, ProgrammingError)  # constraints; triggers; missing rights


def attack(act: Callable[[Any], Any], arguments: Iterable[Any] = range(ATTACKERS)) -> list[Any]:
    """What those who succeeded got. Everyone else must have been refused, in words or by a constraint: an error of any
    other kind, above all a deadlock, fails the test."""
    results = in_threads(act, arguments)
    unexpected = [one for one in results if isinstance(one, Exception) and not _is_refusal(one)]
    assert unexpected == [], unexpected
    assert deadlocks() == 0
    return [one for one in results if not isinstance(one, Exception)]


def _is_refusal(error: Exception) -> bool:
    return isinstance(error, (*IN_WORDS, *BY_THE_DATABASE))


def deadlocks() -> int:
    """How many deadlocks the server has had to break in this database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return cursor.fetchone()[0]
