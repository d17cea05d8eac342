"""Figures that are stated, not counted: the latest statement of a name as of a day, as known at a moment."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.digests import hash_of_id
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
        digest = hash_of_id(found.pk) if with_digest else 0
        return number_of(found), 1, digest

    def day(self, question: Question) -> dt.date | None:
        """The day it was stated of, which may lie long before the one asked for."""
        found = in_force(self.name, question.as_of, question.known_at)
        return found.as_of if found else None

    def ids(self, question: Question) -> tuple[str, dict[str, Any]]:
        found = in_force(self.name, question.as_of, question.known_at)
        parameters = {"ids": [found.pk] if found else []}
        return (
            "SELECT id, as_of::timestamp AT TIME ZONE 'Asia/Seoul' AS at FROM reports_statement "
            "WHERE id = ANY(%(ids)s)"
        ), parameters


@dataclass(frozen=True)
class Summed(Kept):
    """The sum of the numbers in force of all names that begin and end so: 정원 of a unit is that of its grades."""

    prefix: str
    ending: str
    rows_are = "statements"

    def _parts(self, question: Question) -> list[Statement]:
        return [row for name, row in by_prefix(self.prefix, question).items() if name.endswith(self.ending)]

    def answer(self, question: Question, *, with_digest: bool = False) -> tuple[Number, int, int]:
        parts = self._parts(question)
        if not parts:
            return None, 0, 0
        digest = sum(hash_of_id(part.pk) for part in parts) if with_digest else 0
        return sum(number_of(part) for part in parts), len(parts), digest

    def ids(self, question: Question) -> tuple[str, dict[str, Any]]:
        parameters = {"ids": [part.pk for part in self._parts(question)]}
        return (
            "SELECT id, as_of::timestamp AT TIME ZONE 'Asia/Seoul' AS at FROM reports_statement "
            "WHERE id = ANY(%(ids)s)"
        ), parameters


STAFFING = "staffing."
_SUMMED_QUERY = _("기준일까지 입력된 직급별 인원의 합계")
SUMS = {
    f"{STAFFING}{unit}{kind}": Spec(
        f"{STAFFING}{unit}{kind}", label, _("명"), _SUMMED_QUERY, Summed(f"{STAFFING}{unit}", f".{kind}")
    )
    for unit in ("", "ban1.", "ban2.")
    for kind, label in (("quota", _("정원")), ("current", _("현원")))
}


def by_prefix(prefix: str, question: Question) -> dict[str, Statement]:
    """All in force whose names begin so, by name; in one statement."""
    rows = Statement.objects.filter(name__startswith=prefix, as_of__lte=question.as_of)
    if question.known_at:
        rows = rows.filter(Q(synthetic=True) | Q(recorded_at__lte=question.known_at))
    return {row.name: row for row in rows.order_by("name", F("as_of").desc(), "-id").distinct("name")}


def digest_of(statement: Statement) -> str:
    return f"{hash_of_id(statement.pk):064x}"


def number_of(statement: Statement) -> int | Decimal:
    if statement.value is None:
        return len(statement.rows or ())
    whole = statement.value.to_integral_value()
    return int(whole) if whole == statement.value else statement.value.normalize()


def spec_of(name: str) -> Spec | None:
    """The figure of this name, if it is a sum or anything was ever stated under it."""
    if name in SUMS:
        return SUMS[name]
    last = Statement.objects.filter(name=name).order_by("-as_of", "-id").first()
    return _spec(last) if last else None


def specs() -> list[Spec]:
    """The sums, and one for each name."""
    stated = [_spec(row) for row in Statement.objects.order_by("name", F("as_of").desc(), "-id").distinct("name")]
    return [*SUMS.values(), *stated]


def _spec(row: Statement) -> Spec:
    return Spec(row.name, row.label, row.unit, _("직원이 출처와 함께 입력한 값"), Stated(row.name))
