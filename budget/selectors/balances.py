"""Balances as of a day, as known at a moment: sums of the lines' days, never of single entries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from accounts.digests import id_hash
from budget.models import BudgetLine, Project
from budget.models.ledger import KINDS_OF


@dataclass(frozen=True, slots=True)
class Amounts:
    """In won."""

    current_budget: int = 0
    allotted: int = 0
    committed: int = 0
    spent: int = 0

    def __add__(self, other: Amounts) -> Amounts:
        return Amounts(
            self.current_budget + other.current_budget,
            self.allotted + other.allotted,
            self.committed + other.committed,
            self.spent + other.spent,
        )

    @property
    def unspent(self) -> int:
        """집행잔액: budget less expenditure; commitments are shown but not taken off (report of 2 November 2021)."""
        return self.current_budget - self.spent

    @property
    def rate(self) -> Decimal | None:
        """집행률 in percent, half-up to one decimal; None where there is no budget."""
        return percent(self.spent, self.current_budget)


def percent(part: int, whole: int) -> Decimal | None:
    return (Decimal(part) * 100 / whole).quantize(Decimal("0.1"), ROUND_HALF_UP) if whole else None


# Sums by day and, where it matters what was known at a moment, the entries recorded on that moment's own day.
_DAYS = """SELECT line_id, amount, won, n, digest FROM budget_lineday
WHERE line_id = ANY(%(lines)s) AND occurred_on <= %(as_of)s"""
_ENTRIES = f"""SELECT e.line_id, c.amount, e.amount AS won, 1 AS n, {id_hash("e.id")} AS digest
FROM budget_entry e JOIN (VALUES {
    ", ".join(f"('{kind.value}', '{amount.value}')" for amount, kinds in KINDS_OF.items() for kind in kinds)
}) c (kind, amount) ON c.kind = e.kind
WHERE e.line_id = ANY(%(lines)s) AND e.occurred_on <= %(as_of)s"""
_THAT_DAY = """ AND NOT e.synthetic AND e.recorded_at >= %(known_day)s::timestamp AT TIME ZONE 'Asia/Seoul'
    AND e.recorded_at <= %(known_at)s"""
_SUMS = "SELECT line_id, amount, sum(won)::bigint FROM ({rows}) rows GROUP BY line_id, amount"
_COUNTED = """SELECT line_id, amount, sum(won)::bigint, sum(n)::bigint, sum(digest) FROM ({rows}) rows
GROUP BY line_id, amount"""
_BEHIND = """SELECT coalesce(sum(n), 0)::bigint, coalesce(sum(digest), 0) FROM ({rows}) rows
WHERE amount = ANY(%(amounts)s)"""


def _rows(lines: Iterable[int], as_of: dt.date, known_at: dt.datetime | None) -> tuple[str, dict[str, Any]]:
    parameters: dict[str, Any] = {"lines": list(lines), "as_of": as_of}
    if known_at is None:
        return _DAYS, parameters
    parameters |= {"known_at": known_at, "known_day": timezone.localdate(known_at)}
    return f"{_DAYS} AND known_on < %(known_day)s UNION ALL {_ENTRIES}{_THAT_DAY}", parameters


def amounts_by_line(
    lines: Iterable[int], as_of: dt.date, *, known_at: dt.datetime | None = None
) -> dict[int, Amounts]:
    """What each of these lines stood at by the end of the day; lines without an entry are left out."""
    return _summed(*_rows(lines, as_of, known_at))


def recount_by_line(lines: Iterable[int], as_of: dt.date) -> dict[int, Amounts]:
    """The same from the entries one by one, to prove the sums."""
    return _summed(_ENTRIES, {"lines": list(lines), "as_of": as_of})


def _summed(rows: str, parameters: dict[str, Any]) -> dict[int, Amounts]:
    sums: dict[int, dict[str, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_SUMS.format(rows=rows), parameters)
        for line, amount, won in cursor.fetchall():
            sums.setdefault(line, {})[amount] = won
    return {line: Amounts(**amounts) for line, amounts in sums.items()}


@dataclass(frozen=True, slots=True)
class Counted:
    """An amount in won, the number of entries that made it, and the sum of the hashes of their ids."""

    won: int = 0
    n: int = 0
    digest: int = 0

    def __add__(self, other: Counted) -> Counted:
        return Counted(self.won + other.won, self.n + other.n, self.digest + other.digest)


def counted_by_line(
    lines: Iterable[int], as_of: dt.date, *, known_at: dt.datetime | None = None
) -> dict[tuple[int, str], Counted]:
    """Each amount of each line with what stands behind it, by (line, amount), in one statement."""
    rows, parameters = _rows(lines, as_of, known_at)
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED.format(rows=rows), parameters)
        return {(line, amount): Counted(won, n, int(digest)) for line, amount, won, n, digest in cursor.fetchall()}


def rows_behind(
    lines: Iterable[int], as_of: dt.date, amounts: Iterable[str], *, known_at: dt.datetime | None = None
) -> tuple[int, int]:
    """How many entries made these amounts, and the sum of the hashes of their ids."""
    rows, parameters = _rows(lines, as_of, known_at)
    with connection.cursor() as cursor:
        cursor.execute(_BEHIND.format(rows=rows), parameters | {"amounts": list(amounts)})
        count, digest = cursor.fetchone()
    return count, int(digest)


@dataclass
class Node:
    """A project with what it and everything below it stands at. `lines` of an item are its object codes."""

    project: Project
    amounts: Amounts = field(default_factory=Amounts)
    children: list[Node] = field(default_factory=list)
    lines: list[tuple[BudgetLine, Amounts]] = field(default_factory=list)


def tree(
    lines: QuerySet[BudgetLine], fiscal_year: int, as_of: dt.date, *, known_at: dt.datetime | None = None
) -> list[Node]:
    """The policy projects of the year with all below them; nodes under which these lines hold nothing are left out.
    Three statements whatever their number."""
    held = list(
        lines.filter(item__fiscal_year=fiscal_year)
        .select_related("object_code", "organisation")
        .order_by("object_code", "organisation__code", "fund", "id")
    )
    amounts = amounts_by_line([line.pk for line in held], as_of, known_at=known_at)
    projects = Project.objects.filter(fiscal_year=fiscal_year).order_by("level", "sort", "id")
    nodes = {project.pk: Node(project) for project in projects}
    for line in held:
        standing = amounts.get(line.pk, Amounts())
        node = nodes[line.item_id]
        line.item = node.project
        node.lines.append((line, standing))
        node.amounts += standing
    for node in reversed(nodes.values()):  # children before their parents
        if node.project.parent_id and (node.lines or node.children):
            parent = nodes[node.project.parent_id]
            parent.children.insert(0, node)
            parent.amounts += node.amounts
    return [node for node in nodes.values() if node.project.parent_id is None and node.children]
