"""One line's ledger, page by page from the newest entry, with what the line stood at after each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from accounts.roles import Actor
from budget.models import BudgetLine, Entry
from budget.models.ledger import ALLOTMENT_KINDS, BUDGET_KINDS

PAGE = 50
_SUMS = "current_budget", "allotted", "committed", "spent"


@dataclass(frozen=True)
class LedgerRow:
    """An entry and the four amounts of its line after it (won)."""

    entry: Entry
    current_budget: int
    allotted: int
    committed: int
    spent: int


@dataclass(frozen=True)
class LedgerPage:
    """`newer` and `older` are the keys of the neighbouring pages, empty where there is none."""

    rows: list[LedgerRow]
    newer: str
    older: str


def entries_of(
    actor: Actor, line: BudgetLine, *, kind: str = "", since: dt.date | None = None, until: dt.date | None = None
) -> QuerySet[Entry]:
    rows: Any = Entry.objects.visible_to(actor).filter(line=line)
    rows = rows.filter(kind=kind) if kind else rows
    rows = rows.filter(occurred_on__gte=since) if since else rows
    rows = rows.filter(occurred_on__lte=until) if until else rows
    return rows.select_related("voucher__drafted_by", "voucher__approved_by")


def ledger_page(entries: QuerySet[Entry], line: BudgetLine, *, older: str = "", newer: str = "") -> LedgerPage:
    """The page after the key `older`, before the key `newer`, or the newest."""
    if newer:
        found = list(entries.filter(_beyond(newer, "gt")).order_by("occurred_on", "id")[: PAGE + 1])
        more, found = len(found) > PAGE, found[:PAGE][::-1]
        return _page(line, found, newer=more, older=bool(found))
    after = entries.filter(_beyond(older, "lt")) if older else entries
    found = list(after.order_by("-occurred_on", "-id")[: PAGE + 1])
    return _page(line, found[:PAGE], newer=bool(older), older=len(found) > PAGE)


def _page(line: BudgetLine, found: list[Entry], *, newer: bool, older: bool) -> LedgerPage:
    standing = _standing_after(line.pk, found)
    rows = [LedgerRow(entry, *standing[entry.pk]) for entry in found]
    return LedgerPage(
        rows, _key(found[0]) if found and newer else "", _key(found[-1]) if found and older else ""
    )  # fmt: skip


def _key(entry: Entry) -> str:
    return f"{entry.occurred_on:%Y-%m-%d}.{entry.pk}"


def _beyond(key: str, lookup: str) -> Q:
    """Entries on one side of a key; none for a key that is no key."""
    day, _dot, pk = key.partition(".")
    try:
        on, number = dt.date.fromisoformat(day), int(pk)
    except ValueError:
        return Q(pk__in=[])
    return Q(**{f"occurred_on__{lookup}": on}) | Q(**{"occurred_on": on, f"id__{lookup}": number})


_COLUMNS = ", ".join(
    f"CASE WHEN kind = ANY(%({name})s) THEN amount ELSE 0 END AS {name}" for name in _SUMS
)  # each kind changes these
_KINDS = {
    "current_budget": [kind.value for kind in BUDGET_KINDS],
    "allotted": [kind.value for kind in ALLOTMENT_KINDS],
    "committed": ["commitment"],
    "spent": ["expenditure"],
}


def _standing_after(line_id: int, found: list[Entry]) -> dict[int, tuple[int, ...]]:
    """The line's amounts after each of these entries: sums of the days before them, then entry by entry."""
    if not found:
        return {}
    first, last = min(found, key=_order), max(found, key=_order)
    running = ", ".join(f"opening.{name} + sum(e.{name}) OVER w" for name in _SUMS)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""WITH opening AS (
                SELECT {", ".join(f"coalesce(sum(won) FILTER (WHERE amount = '{n}'), 0) AS {n}" for n in _SUMS)}
                FROM budget_lineday WHERE line_id = %(line)s AND occurred_on < %(first)s
            ), e AS (
                SELECT id, occurred_on, {_COLUMNS} FROM budget_entry
                WHERE line_id = %(line)s AND occurred_on >= %(first)s AND (occurred_on, id) <= (%(last)s, %(last_id)s)
            ), r AS (SELECT e.id, {running} FROM e, opening WINDOW w AS (ORDER BY e.occurred_on, e.id))
            SELECT * FROM r WHERE id = ANY(%(ids)s)""",
            {
                "line": line_id, "first": first.occurred_on, "last": last.occurred_on, "last_id": last.pk,
                "ids": [entry.pk for entry in found], **_KINDS,
            },
        )  # fmt: skip
        return {row[0]: tuple(int(amount) for amount in row[1:]) for row in cursor.fetchall()}


def _order(entry: Entry) -> tuple[dt.date, int]:
    return entry.occurred_on, entry.pk


def running_rows(entries: QuerySet[Entry], line: BudgetLine) -> Iterator[LedgerRow]:
    """All of them from the oldest, in constant memory."""
    ordered = entries.order_by("occurred_on", "id")
    first = ordered.first()
    part: list[Entry] = []
    if first is None:
        return
    for entry in ordered.iterator(chunk_size=500):
        part.append(entry)
        if len(part) == 500:
            yield from _ledger_rows(line.pk, part)
            part = []
    yield from _ledger_rows(line.pk, part)


def _ledger_rows(line_id: int, part: list[Entry]) -> Iterator[LedgerRow]:
    standing = _standing_after(line_id, part)
    for entry in part:
        yield LedgerRow(entry, *standing[entry.pk])
