"""Where each cell of a table stands, and proof that the spans leave no hole and no overlap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .words import Unprintable

if TYPE_CHECKING:
    from .tree import Cell, Row


@dataclass(frozen=True)
class Placed:
    row: int
    column: int
    cell: Cell


def tiled(rows: Sequence[Row], width: int, *, of: str) -> tuple[Placed, ...]:
    """The cells with their places, row by row; a cell falls into the first free place of its row, as in HTML."""
    taken: dict[tuple[int, int], Placed] = {}
    placed = []
    for number, row in enumerate(rows):
        column = 0
        for cell in row:
            while (number, column) in taken:
                column += 1
            here = Placed(number, column, cell)
            _take(here, taken, rows=len(rows), width=width, of=of)
            placed.append(here)
        for column in range(width):
            if (number, column) not in taken:
                raise Unprintable(f"{of}: no cell covers row {number + 1}, column {column + 1}.")
    return tuple(placed)


def _take(here: Placed, taken: dict[tuple[int, int], Placed], *, rows: int, width: int, of: str) -> None:
    cell = here.cell
    where = f"{of}: the cell in row {here.row + 1}, column {here.column + 1} ({_short(cell)})"
    if cell.rowspan < 1 or cell.colspan < 1:
        raise Unprintable(f"{where} spans less than one row or column.")
    if here.column + cell.colspan > width:
        raise Unprintable(f"{where} reaches beyond column {width}.")
    if here.row + cell.rowspan > rows:
        raise Unprintable(f"{where} reaches below row {rows}.")
    for row in range(here.row, here.row + cell.rowspan):
        for column in range(here.column, here.column + cell.colspan):
            if other := taken.get((row, column)):
                there = f"row {other.row + 1}, column {other.column + 1} ({_short(other.cell)})"
                raise Unprintable(f"{where} overlaps the one in {there}.")
            taken[row, column] = here


def _short(cell: Cell) -> str:
    return str(cell.content)[:40]
