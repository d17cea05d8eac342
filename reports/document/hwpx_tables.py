"""What an HWPX file shows as a table: tables, the steps of a flow, the box of an aim.

Rows get their height from a guess of the lines: Hancom makes rows higher as needed, other viewers take them at their
word (python-hwpx's own are a millimetre high).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from .grid import Placed
from .hwpx_styles import BLACK, LINE, MID, NAVY, PALE, PALER, Para
from .hwpx_writer import CENTER, MM, PADDING, ROOM, WIDTH, Place, Writer
from .measure import lines, shares, size_that_fits, span
from .printing import normalised, plain, printed_pair
from .tree import Callout, Flow, Step, Table
from .words import Pair, Words

ALIGN = {"left": "LEFT", "center": "CENTER", "right": "RIGHT"}
_SIZES = (10, 9.5, 9, 8.5, 8, 7.5, 7)
_AIR = 500  # above and below the lines of a cell, together
_ARROW = round(8 * MM)


def _height(text: str, width: int, size: float) -> int:
    ems = (width - 2 * PADDING) / (size * 100) / ROOM
    return round(lines(text, ems) * size * 130)


# --- Tables --------------------------------------------------------------------------------------


def table_xml(writer: Writer, table: Table) -> str:
    widths = [round(width) for width in shares(table, WIDTH)]
    points = [width / 100 / ROOM for width in widths]
    size = size_that_fits(table, points, _SIZES, padding=2 * PADDING / 100)
    header, body = table.header_cells(), table.body_cells()
    below = len(table.header)
    cells = [(placed, placed.row, True) for placed in header] + [
        (placed, placed.row + below, False) for placed in body
    ]
    heights = _row_heights([(placed, row) for placed, row, _ in cells], below + len(table.body), widths, size)
    rows: list[list[str]] = [[] for _ in heights]
    for placed, row, heading in cells:
        cell = placed.cell
        place = Place(
            row,
            placed.column,
            width=round(span(placed, widths)),
            height=sum(heights[row : row + cell.rowspan]),
            rowspan=cell.rowspan,
            colspan=cell.colspan,
        )
        inner = _cell_text(writer, table, placed, size, heading=heading)
        rows[row].append(writer.cell(inner, place, _fill(writer, placed, heading=heading), header=heading))
    return writer.table(rows, widths, heights, header=True)


def _row_heights(cells: Sequence[tuple[Placed, int]], count: int, widths: Sequence[int], size: float) -> list[int]:
    heights = [round(size * 130) + _AIR] * count
    for placed, row in sorted(cells, key=lambda cell: cell[0].cell.rowspan):
        need = _height(plain(placed.cell.content), round(span(placed, widths)), size) + _AIR
        spanned = range(row, row + placed.cell.rowspan)
        missing = need - sum(heights[at] for at in spanned)
        for at in spanned:
            heights[at] += max(0, -(-missing // len(spanned)))
    return heights


def _fill(writer: Writer, placed: Placed, *, heading: bool) -> str:
    fills = {"total": PALE, "subtotal": PALER}
    return writer.styles.border(PALE if heading else fills.get(placed.cell.emphasis), LINE)


def _cell_text(writer: Writer, table: Table, placed: Placed, size: float, *, heading: bool) -> str:
    cell = placed.cell
    words: Words = printed_pair(cell.content) if isinstance(cell.content, Pair) else cell.content
    align = cell.align or ("center" if heading or cell.colspan > 1 else table.columns[placed.column].align)
    color, bold = (NAVY, True) if heading else (BLACK, bool(cell.emphasis))
    return writer.lines(words, size, Para(ALIGN[align], line=130), color, bold=bold)


# --- Flows ---------------------------------------------------------------------------------------


class _Part(NamedTuple):
    text: str
    size: float
    color: str
    bold: bool


def flow_xml(writer: Writer, flow: Flow) -> str:
    """Steps beside each other, arrows between; the name is a row of the same table, so that they stay together."""
    count = len(flow.steps)
    width = (WIDTH - _ARROW * (count - 1)) // count
    widths = [_ARROW if at % 2 else width for at in range(2 * count - 1)]
    parts = [(_top(step), _rest(step)) for step in flow.steps]
    heights = [
        max(sum(_height(part.text, width, part.size) for part in step[row]) for step in parts) + 600 for row in (0, 1)
    ]
    first = 1 if flow.name else 0
    rows: list[list[str]] = [[], []]
    for at, step in enumerate(parts):
        for row, fill in ((0, PALE), (1, None)):
            place = Place(row + first, 2 * at, width, heights[row])
            rows[row].append(writer.cell(_text(writer, step[row]), place, writer.styles.border(fill, MID)))
        if at + 1 < count:
            arrow = writer.p(writer.run("→", 15, MID, bold=True), CENTER, in_cell=True)
            place = Place(first, 2 * at + 1, _ARROW, sum(heights), rowspan=2)
            rows[0].append(writer.cell(arrow, place, writer.styles.border(None, None)))
    if flow.name:
        rows.insert(0, [_named(writer, flow.name, sum(widths), len(widths))])
        heights.insert(0, round(8 * MM))
    return writer.table(rows, widths, heights)


def _named(writer: Writer, name: str, width: int, columns: int) -> str:
    text = writer.p(writer.run(f"< {normalised(name)} >", 11, bold=True), CENTER, in_cell=True)
    place = Place(0, 0, width, round(8 * MM), colspan=columns)
    return writer.cell(text, place, writer.styles.border(None, None))


def _top(step: Step) -> list[_Part]:
    by = [_Part(f"({plain(step.by)})", 9.5, NAVY, False)] if plain(step.by) else []
    return [_Part(plain(step.title), 11, NAVY, True), *by]


def _rest(step: Step) -> list[_Part]:
    parts = [_Part(plain(step.note), 10, BLACK, False), _Part(plain(step.when), 10, MID, True)]
    return [part for part in parts if part.text] or parts[:1]


def _text(writer: Writer, parts: Sequence[_Part]) -> str:
    return "".join(writer.lines(part.text, part.size, CENTER, part.color, bold=part.bold) for part in parts)


# --- Aims ----------------------------------------------------------------------------------------


def box_xml(writer: Writer, callout: Callout) -> str:
    tall = round(_height(plain(callout.text), WIDTH, 13) * 160 / 130 + 5 * MM)
    inner = writer.lines(callout.text, 13, Para("CENTER"), NAVY, bold=True)
    frame = writer.styles.border(PALER, MID, "0.3 mm")
    return writer.table([[writer.cell(inner, Place(0, 0, WIDTH, tall), frame)]], [WIDTH], [tall])
