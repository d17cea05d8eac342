"""A table as a spreadsheet holds it: what is printed as a pair in one cell stands in two columns, each named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .grid import Placed
from .tree import Align, Cell, Emphasis, Table
from .words import Number, Pair, Words


@dataclass(frozen=True)
class SheetCell:
    row: int
    column: int
    rowspan: int
    colspan: int
    content: Words  # a Number alone, or text
    align: Align
    emphasis: Emphasis
    heading: bool


def sheet_widths(table: Table) -> list[float]:
    """In Excel's characters; a pair's columns are as wide as the one on paper needs to be."""
    share = 90 / sum(column.width for column in table.columns)
    return [
        width for column in table.columns for width in ([max(9.0, column.width * share)] * (2 if column.pair else 1))
    ]


def sheet_cells(table: Table) -> tuple[SheetCell, ...]:
    header = len(table.header) + int(any(column.pair for column in table.columns))
    cells = list(_header(table))
    for placed in table.body_cells():
        cells += _body(table, placed, placed.row + header)
    return tuple(cells)


def _starts(table: Table) -> list[int]:
    """The sheet's column at which each of the table's columns begins, and one behind the last."""
    starts = [0]
    for column in table.columns:
        starts.append(starts[-1] + (2 if column.pair else 1))
    return starts


def _header(table: Table) -> Iterator[SheetCell]:
    starts, height = _starts(table), len(table.header)
    pairs = any(column.pair for column in table.columns)
    for placed in table.header_cells():
        cell, ends = placed.cell, placed.column + placed.cell.colspan
        lowest = placed.row + cell.rowspan == height
        names = table.columns[placed.column : ends]
        split = lowest and any(column.pair for column in names)
        rows = cell.rowspan + int(pairs and lowest and not split)
        colspan = starts[ends] - starts[placed.column]
        yield SheetCell(
            placed.row, starts[placed.column], rows, colspan, _single(cell), "center", "strong", heading=True
        )
        if split:
            for at, column in enumerate(names, start=placed.column):
                for beside, name in enumerate(column.pair or ("",)):
                    yield SheetCell(height, starts[at] + beside, 1, 1, name, "center", "strong", heading=True)


def _body(table: Table, placed: Placed, row: int) -> Iterator[SheetCell]:
    starts, cell = _starts(table), placed.cell
    start, end = starts[placed.column], starts[placed.column + cell.colspan]
    align = cell.align or ("center" if cell.colspan > 1 else table.columns[placed.column].align)
    if isinstance(cell.content, Pair):
        for beside, number in enumerate((cell.content.first, cell.content.second)):
            yield SheetCell(row, start + beside, cell.rowspan, 1, number, align, cell.emphasis, heading=False)
    else:
        yield SheetCell(row, start, cell.rowspan, end - start, _single(cell), align, cell.emphasis, heading=False)


def _single(cell: Cell) -> Words:
    """The number that is all there is, or the words."""
    number: Number | None = cell.number
    if number is not None:
        return number
    return "" if isinstance(cell.content, Pair) else cell.content
