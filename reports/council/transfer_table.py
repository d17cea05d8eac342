"""예산 전용: the transfers posted by the cut-off, at the level of detailed project × object code, as they stood just
before posting."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection
from django.db.models import Min
from django.utils.translation import gettext as _

from accounts.digests import id_hash
from budget.models import BudgetLine, Entry, Transfer
from budget.models.ledger import BUDGET_KINDS
from budget.transfers import moves_of
from reports.council.edition import Edition, UnableToPlace
from reports.document import THOUSAND_DASH, Block, Cell, Column, Formula, Number, Source, Table
from reports.ledger import fiscal_year_of

_BEFORE = f"""
SELECT coalesce(sum(amount), 0)::bigint, count(*), coalesce(sum({id_hash("id")}), 0) FROM budget_entry
WHERE line_id = ANY(%(lines)s) AND kind = ANY(%(kinds)s) AND id < %(first)s
"""  # noqa: S608 - our own words


@dataclass(frozen=True)
class Row:
    """One detailed project × object code of a transfer. Amounts in won."""

    unit: str
    detailed: str
    code: str
    name: str
    before: int
    increase: int
    decrease: int
    entries: int
    digest: int

    @property
    def after(self) -> int:
        return self.before + self.increase - self.decrease


def transfers(edition: Edition) -> Iterator[Block]:
    """A table for each transfer of the city in the fiscal year, posted by the cut-off `transfer`."""
    question = edition.question(as_of="@transfer")
    found = Transfer.objects.filter(
        organisation__kind="city", fiscal_year=fiscal_year_of(question), posted_on__lte=question.as_of
    )
    rows = list(found.select_related("voucher").order_by("posted_on", "id"))
    if not rows:
        raise UnableToPlace(_("기준일까지 기장한 전용이 없습니다."))
    for transfer in rows:
        yield table_of(transfer, edition)


def rows_of(transfer: Transfer) -> list[Row]:
    """Sources first, then targets, as the moves were written."""
    moves = moves_of(transfer)
    changes: dict[tuple[int, str], list[int]] = {}
    lines: dict[tuple[int, str], BudgetLine] = {}
    for sign, side in ((-1, "source"), (1, "target")):
        for move in moves:
            line = getattr(move, side)
            key = (line.item.parent_id, line.object_code_id)
            lines.setdefault(key, line)
            changes.setdefault(key, [0, 0])[0 if sign > 0 else 1] += move.amount
    first = Entry.objects.filter(voucher=transfer.voucher_id).aggregate(first=Min("id"))["first"]
    return [_row(key, lines[key], increase, decrease, first) for key, (increase, decrease) in changes.items()]


def _row(key: tuple[int, str], line: BudgetLine, increase: int, decrease: int, first: int | None) -> Row:
    held = BudgetLine.objects.filter(
        organisation=line.organisation_id, item__parent=key[0], object_code=key[1]
    ).values_list("pk", flat=True)
    asked: dict[str, Any] = {
        "lines": list(held),
        "kinds": [kind.value for kind in BUDGET_KINDS],
        "first": first or 2**62,
    }
    with connection.cursor() as cursor:
        cursor.execute(_BEFORE, asked)
        before, n, digest = cursor.fetchone()
    _policy, unit, detailed, _item = line.projects
    return Row(str(unit), str(detailed), key[1], line.object_code.name, before, increase, decrease, n, int(digest))


def table_of(transfer: Transfer, edition: Edition) -> Table:
    rows = rows_of(transfer)
    columns = (Column(2.1), Column(2), Column(2.4), *(Column(1.5, "right") for _amount in range(4)))
    return Table(
        name=transfer.title,
        columns=columns,
        header=(
            (Cell("예 산 과 목", colspan=3), Cell("예산현액", rowspan=2), Cell("증 감 액", colspan=2),
             Cell("변 경 후\n예 산 액", rowspan=2)),
            (Cell("단위사업"), Cell("세부사업"), Cell("통 계 목"), Cell("증"), Cell("감")),
        ),
        body=tuple(_body(rows, n, transfer, edition) for n in range(len(rows))),
        basis="(단위: 천원)",
        notes=(_("예산현액은 기장(%(day)s) 직전의 금액") % {"day": f"’{transfer.posted_on:%y. %-m. %-d.}"},),
        row_headings=3,
    )  # fmt: skip


def _body(rows: list[Row], n: int, transfer: Transfer, edition: Edition) -> tuple[Cell, ...]:
    row = rows[n]
    source = Source(
        name="budget.current_budget", label=f"{row.detailed} {row.code}", as_of=transfer.posted_on or edition.as_of,
        known_at=edition.known_at, query="전용을 기장하기 직전까지의 예산 기장", rows=row.entries,
        sha256=f"{row.digest % 2**256:064x}",
    )  # fmt: skip
    moved = replace(source, name="budget.transferred", query="이 전용 문서로 옮긴 금액", rows=len(rows), sha256="")
    made = (
        Number(row.before, THOUSAND_DASH, source=source, key=f"before:{n}"),
        Number(row.increase, THOUSAND_DASH, source=moved, key=f"up:{n}"),
        Number(-row.decrease, THOUSAND_DASH, source=moved, key=f"down:{n}"),
        Number(row.after, THOUSAND_DASH, formula=Formula("sum", (f"before:{n}", f"up:{n}", f"down:{n}"))),
    )
    amounts = tuple(Cell(number) for number in made)
    code = Cell(f"{row.name}\n({row.code})")
    names: tuple[Cell, ...] = ()
    same = [r.unit == row.unit for r in rows], [(r.unit, r.detailed) == (row.unit, row.detailed) for r in rows]
    for matches, text in zip(same, (row.unit, row.detailed), strict=True):
        if n == 0 or not matches[n - 1]:
            span = next((k for k, match in enumerate(matches[n:]) if not match), len(rows) - n)
            names += (Cell(text, rowspan=span),)
    return (*names, code, *amounts)
