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

from budget.models import BudgetLine, Project


@dataclass(frozen=True, slots=True)
class Amounts:
    """In won. `n` entries stand behind them; `digest` adds up the hashes of their ids (accounts.digests)."""

    current_budget: int = 0
    allotted: int = 0
    committed: int = 0
    spent: int = 0
    n: int = 0
    digest: int = 0

    def __add__(self, other: Amounts) -> Amounts:
        return Amounts(
            self.current_budget + other.current_budget,
            self.allotted + other.allotted,
            self.committed + other.committed,
            self.spent + other.spent,
            self.n + other.n,
            self.digest + other.digest,
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
_AMOUNTS = "current_budget, allotted, committed, spent, n, digest"
_DAYS = f"SELECT line_id, {_AMOUNTS} FROM budget_lineday WHERE line_id = ANY(%(lines)s) AND occurred_on <= %(as_of)s"
_SIGNED = """SELECT e.line_id,
    CASE WHEN e.kind NOT IN ('allotment', 'commitment', 'expenditure') THEN e.amount ELSE 0 END AS current_budget,
    CASE WHEN e.kind IN ('allotment', 're_allotment') THEN e.amount ELSE 0 END AS allotted,
    CASE WHEN e.kind = 'commitment' THEN e.amount ELSE 0 END AS committed,
    CASE WHEN e.kind = 'expenditure' THEN e.amount ELSE 0 END AS spent, 1 AS n, {digest} AS digest
FROM budget_entry e WHERE e.line_id = ANY(%(lines)s) AND e.occurred_on <= %(as_of)s"""
_KNOWN = """ AND NOT e.synthetic AND e.recorded_at >= %(known_day)s::timestamp AT TIME ZONE 'Asia/Seoul'
    AND e.recorded_at <= %(known_at)s"""
_SUMS = """SELECT line_id, sum(current_budget)::bigint, sum(allotted)::bigint, sum(committed)::bigint,
    sum(spent)::bigint, sum(n)::bigint, sum(digest) FROM ({rows}) rows GROUP BY line_id"""


def amounts_by_line(
    lines: Iterable[int], as_of: dt.date, *, known_at: dt.datetime | None = None, hash_sql: str = "0"
) -> dict[int, Amounts]:
    """What each of these lines stood at by the end of the day; lines without an entry are left out."""
    parameters: dict[str, Any] = {"lines": list(lines), "as_of": as_of}
    rows = _DAYS
    if known_at is not None:
        parameters |= {"known_at": known_at, "known_day": timezone.localdate(known_at)}
        rows = f"{_DAYS} AND known_on < %(known_day)s UNION ALL {_SIGNED.format(digest=hash_sql)}{_KNOWN}"
    with connection.cursor() as cursor:
        cursor.execute(_SUMS.format(rows=rows), parameters)
        return {row[0]: _amounts(row) for row in cursor.fetchall()}


def _amounts(row: tuple[int, ...]) -> Amounts:
    _line, budget, allotted, committed, spent, n, digest = row
    return Amounts(budget, allotted, committed, spent, n, int(digest))


def recount_by_line(lines: Iterable[int], as_of: dt.date, *, hash_sql: str = "0") -> dict[int, Amounts]:
    """The same from the entries one by one, to prove the sums."""
    with connection.cursor() as cursor:
        cursor.execute(_SUMS.format(rows=_SIGNED.format(digest=hash_sql)), {"lines": list(lines), "as_of": as_of})
        return {row[0]: _amounts(row) for row in cursor.fetchall()}


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
