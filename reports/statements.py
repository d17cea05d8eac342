"""Figures that are stated, not counted: the latest statement of a name as of a day, as known at a moment."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from reports.ledger import Spec
from reports.models import Statement
from reports.questions import Kept, Number, Question

__all__ = ["Stated", "Statement", "by_prefix", "digest_of", "in_force", "number_of", "spec_of", "specs"]


def in_force(name: str, as_of: dt.date, known_at: dt.datetime | None = None) -> Statement | None:
    """What stands stated of this name by the end of the day; of several of one day, the last one stated."""
    rows = Statement.objects.filter(name=name, as_of__lte=as_of)
    if known_at:
        rows = rows.filter(Q(synthetic=True) | Q(recorded_at__lte=known_at))
    return rows.order_by("-as_of", "-id").first()


@dataclass(frozen=True)
class Stated(Kept):
    """The number of the statement in force; of a table, its number of rows."""

    name: str
    rows_are = "statements"

    def answer(self, question: Question, *, with_digest: bool = False) -> tuple[Number, int, int]:
        found = in_force(self.name, question.as_of, question.known_at)
        if found is None:
            return None, 0, 0
        digest = int(digest_of(found), 16) if with_digest else 0
        return number_of(found), 1, digest

    def ids(self, question: Question) -> tuple[str, dict[str, Any]]:
        found = in_force(self.name, question.as_of, question.known_at)
        parameters = {"ids": [found.pk] if found else []}
        return (
            "SELECT id, as_of::timestamp AT TIME ZONE 'Asia/Seoul' AS at FROM reports_statement "
            "WHERE id = ANY(%(ids)s)"
        ), parameters


def by_prefix(prefix: str, question: Question) -> dict[str, Statement]:
    """All in force whose names begin so, by name; in one statement."""
    rows = Statement.objects.filter(name__startswith=prefix, as_of__lte=question.as_of)
    if question.known_at:
        rows = rows.filter(Q(synthetic=True) | Q(recorded_at__lte=question.known_at))
    return {row.name: row for row in rows.order_by("name", F("as_of").desc(), "-id").distinct("name")}


def digest_of(statement: Statement) -> str:
    return hashlib.sha256(str(statement.pk).encode()).hexdigest()


def number_of(statement: Statement) -> int | Decimal:
    if statement.value is None:
        return len(statement.rows or ())
    whole = statement.value.to_integral_value()
    return int(whole) if whole == statement.value else statement.value.normalize()


def spec_of(name: str) -> Spec | None:
    """The figure of this name, if anything was ever stated under it."""
    last = Statement.objects.filter(name=name).order_by("-as_of", "-id").first()
    return _spec(last) if last else None


def specs() -> list[Spec]:
    """One for each name."""
    return [_spec(row) for row in Statement.objects.order_by("name", F("as_of").desc(), "-id").distinct("name")]


def _spec(row: Statement) -> Spec:
    return Spec(row.name, row.label, row.unit, _("직원이 출처와 함께 입력한 값"), Stated(row.name))
