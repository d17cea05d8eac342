"""The report as a tagged PDF (PDF/UA-1), set by typst.

All text goes into string literals: in markup, "2021. 11. 2." would be a list and "*" bold. The fonts are the asset
step's own (portal/local/frontend.py); a character that none of them has is an error and not an empty box.
"""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from .grid import Placed
from .measure import LONG_TITLE, shares, size_that_fits, span, width
from .outline import Branch, grouped, nested
from .printing import full_day, hangs, normalised, plain, printed_pair, printed_run
from .tree import (
    Block,
    Callout,
    Cell,
    Contents,
    Cover,
    Flow,
    Heading,
    Item,
    Note,
    Paragraph,
    Report,
    Step,
    Table,
    words_of,
)
from .words import Link, Number, Pair, Run, Strong, Unprintable, Words, runs

FONTS = Path(__file__).resolve().parents[2] / "vendor" / ".fonts"
LOOKS = Path(__file__).with_name("report.typ")
TYPESET = Path(__file__).with_name("typeset.py")
_PATIENCE = 60  # seconds; thirty pages take half of one
_SEOUL = dt.timezone(dt.timedelta(hours=9))
_POINTS = 72 / 25.4  # in a millimetre
_TEXT_WIDTH = (210 - 2 * 19) * _POINTS
_TABLE_SIZES = (10.5, 10, 9.5, 9, 8.5, 8, 7.5, 7)
_CELL_PADDING = 3 * _POINTS
_FEW = 3  # lines of one level that are not parted from the table below the last
_FILLS = {"total": "pale", "subtotal": "paler"}
_BEHIND = re.compile(r"(?<=[·,/)\]~:…])(?=[^\d])|(?<=.)(?=[(\[])")  # where a word too long for its line may break


class FontsMissing(RuntimeError):
    """The asset step has not laid out the fonts."""


class UnableToTypeset(RuntimeError):
    """typst refused what we wrote, or took too long."""


def render(report: Report) -> bytes:
    refuse_unknown_characters(report)
    if (headings := report.headings()) and headings[0].level != 1:
        raise Unprintable(
            f"The first heading of a PDF is a chapter, and “{headings[0].line}” is of level {headings[0].level}."
        )
    made = dt.datetime.combine(report.date, dt.time(), _SEOUL).isoformat()
    command = [sys.executable, "-I", str(TYPESET), str(FONTS), made]
    source = LOOKS.read_text(encoding="utf-8") + document(report)
    try:
        done = subprocess.run(command, input=source.encode(), capture_output=True, check=False, timeout=_PATIENCE)
    except subprocess.TimeoutExpired as error:
        raise UnableToTypeset(f"The PDF took more than {_PATIENCE} seconds.") from error
    if done.returncode:
        raise UnableToTypeset(done.stderr.decode(errors="replace"))
    return done.stdout


@lru_cache(maxsize=1)
def known_characters() -> frozenset[str]:
    file = FONTS / "characters.txt"
    if not file.exists():
        raise FontsMissing("There are no fonts for the PDF: run `python -m portal.local.frontend` once.")
    return frozenset(file.read_text(encoding="utf-8"))


def refuse_unknown_characters(report: Report) -> None:
    known = known_characters() | {"\n"}
    texts = [report.title, report.unit, report.organisation]
    texts += [plain(words) for block in report.blocks for words in words_of(block)]
    unknown: dict[str, str] = {}
    for text in texts:
        for character in normalised(text):
            if character not in known:
                unknown.setdefault(character, text)
    if unknown:
        named = ", ".join(f"{c} (U+{ord(c):04X}, in “{text[:30]}”)" for c, text in sorted(unknown.items()))
        raise Unprintable(f"No font of the PDF has these characters: {named}")


def document(report: Report) -> str:
    date = report.date
    head = ", ".join((_literal(report.title), _literal(report.unit), str(date.year), str(date.month), str(date.day)))
    body = "\n".join(_pieces(report))
    return f"\n#show: paper.with({head})\n{body}\n"


def _pieces(report: Report) -> Iterator[str]:
    blocks = tuple(grouped(report.blocks))
    for at, block in enumerate(blocks):
        following = blocks[at + 1] if at + 1 < len(blocks) else None
        if isinstance(block, tuple):
            yield from _lists(block, holds_on=isinstance(following, Table | Flow | Paragraph))
        else:
            yield _piece(block, report)


def _piece(block: Block, report: Report) -> str:
    match block:
        case Cover():
            parts = (report.organisation, full_day(report.date), report.unit)
            size = 36 if width(report.title) <= LONG_TITLE else 22
            piece = f"#cover({size}pt, {content(report.title)}, {', '.join(_literal(part) for part in parts)})"
        case Contents():
            piece = f"#contents({_literal(block.title)}, {block.depth})"
        case Heading():
            piece = f"#head({block.level}, [{_string(block.number)}], {content(block.text)})"
        case Paragraph():
            piece = f"#words({block.align}, {content(block.text)})"
        case Callout():
            piece = f"#callout({content(block.text)})"
        case Note():
            piece = f"#note({content(block.text)})"
        case Table():
            piece = _table(block)
        case Flow():
            piece = _flow(block)
        case _:
            piece = "#pagebreak(weak: true)"
    return piece


# --- Outline -------------------------------------------------------------------------------------


def _lists(items: Sequence[Item], *, holds_on: bool) -> Iterator[str]:
    """The lines as nested lists; those that announce what follows do not part from it at the foot of a page."""
    cut = _announcing(items) if holds_on else len(items)
    for branches in _alike(nested(items[:cut])):
        yield f"#{_list(branches, parent=0)}"
    for branches in _alike(nested(items[cut:])):
        yield f"#stick({branches[0].item.level}, {_list(branches, parent=0)})"


def _announcing(items: Sequence[Item]) -> int:
    """Where the lines begin that belong to what follows: the last one with the few beside it and those above them."""
    cut = len(items) - 1
    beside = next((at for at in range(cut, -1, -1) if items[at].level < items[cut].level), -1)
    if beside >= 0 and cut - beside <= _FEW:
        cut = beside
    while cut > 0 and items[cut - 1].level < items[cut].level:
        cut -= 1
    return cut


def _alike(branches: Sequence[Branch]) -> Iterator[tuple[Branch, ...]]:
    """Neighbours of one level: a list has one marker."""
    start = 0
    for at in range(1, len(branches) + 1):
        if at == len(branches) or branches[at].item.level != branches[start].item.level:
            yield tuple(branches[start:at])
            start = at


def _list(branches: Sequence[Branch], *, parent: int) -> str:
    level = branches[0].item.level
    entries = ", ".join(_entry(branch) for branch in branches)
    return f"items({level}, {parent}, {entries})"


def _entry(branch: Branch) -> str:
    level = branch.item.level
    inner = "".join(f", {_list(alike, parent=level)}" for alike in _alike(branch.children))
    return f"item({level}, {content(branch.item.text)}{inner})"


# --- Tables and flows ----------------------------------------------------------------------------


def _table(table: Table) -> str:
    widths = shares(table, _TEXT_WIDTH)
    size = size_that_fits(table, widths, _TABLE_SIZES, padding=_CELL_PADDING)
    columns = ", ".join(f"{column.width:g}fr" for column in table.columns)
    header = "".join(f"{_cell(placed, table, widths, size, heading=True)}, " for placed in table.header_cells())
    body = "".join(f"{_cell(placed, table, widths, size)}, " for placed in table.body_cells())
    basis = content(table.basis) if plain(table.basis) else "none"
    notes = "".join(f"{content(note)}, " for note in table.notes)
    shown = "true" if table.name_shown else "false"
    return f"#sheet({size}pt, ({columns}), {content(table.name)}, {shown}, {basis}, ({notes}), ({header}), {body})"


def _cell(placed: Placed, table: Table, widths: Sequence[float], size: float, *, heading: bool = False) -> str:
    cell = placed.cell
    room = (span(placed, widths) - _CELL_PADDING) / size
    spans = [f"{name}: {count}" for name, count in (("rowspan", cell.rowspan), ("colspan", cell.colspan)) if count > 1]
    words: Words = printed_pair(cell.content) if isinstance(cell.content, Pair) else cell.content
    body = content(words, room=room)
    if heading:
        return f"th({', '.join((body, *spans))})"
    if cell.emphasis:
        body = f"strong({body})"
    if fill := _FILLS.get(cell.emphasis):
        spans.append(f"fill: {fill}")
    spans.append(f"align: {_alignment(cell, placed, table)} + horizon")
    return f"table.cell({', '.join((*spans, body))})"


def _alignment(cell: Cell, placed: Placed, table: Table) -> str:
    if cell.align:
        return cell.align
    return "center" if cell.colspan > 1 else table.columns[placed.column].align


def _flow(flow: Flow) -> str:
    room = (_TEXT_WIDTH - 8 * _POINTS * (len(flow.steps) - 1)) / len(flow.steps) - 5 * _POINTS
    name = content(flow.name) if flow.name else "none"
    return f"#flow({name}, {', '.join(_step(step, room / 10) for step in flow.steps)})"


def _step(step: Step, room: float) -> str:
    parts = (step.title, step.by, step.note, step.when)
    return f"({', '.join(content(part, room=room) if plain(part) else 'none' for part in parts)})"


# --- Words ---------------------------------------------------------------------------------------


def content(words: Words, *, room: float = _TEXT_WIDTH / 14) -> str:
    """A content block in which every word is in a box, so that Korean breaks between words only."""
    lines: list[list[list[tuple[str, Run]]]] = [[[]]]  # lines of words of pieces, each with the run that styles it
    for run in runs(words):
        for number, part in enumerate(normalised(printed_run(run)).split("\n")):
            if number:
                lines.append([[]])
            for place, piece in enumerate(part.split(" ")):
                if place:
                    lines[-1].append([])
                if piece:
                    lines[-1][-1].append((piece, run))
    return f"[{_under_each_other([_line(line, room) for line in lines])}]"


def _line(words: list[list[tuple[str, Run]]], room: float) -> str:
    shown = " ".join(_word(word, room) for word in words if word)
    text = " ".join("".join(piece for piece, _ in word) for word in words)
    return f"#hang[{shown}]" if hangs(text) else shown


def _under_each_other(lines: Sequence[str]) -> str:
    """A line that hangs behind its bullet is a paragraph and needs no break."""
    text = lines[0]
    for before, line in pairwise(lines):
        text += line if "#hang[" in (before[:6], line[:6]) else f"#nl {line}"
    return text


def _word(pieces: list[tuple[str, Run]], room: float) -> str:
    if width("".join(piece for piece, _ in pieces)) <= room:
        return f"#w({_joined(_styled(piece, run) for piece, run in pieces)})"
    parts = [(part, run) for piece, run in pieces for part in _BEHIND.split(piece)]
    return "".join(
        f"#w({_styled(part, run)})" if width(part) <= room else f"#{_styled(part, run)}" for part, run in parts
    )


def _joined(parts: Iterable[str]) -> str:
    found = tuple(parts)
    return found[0] if len(found) == 1 else "{" + "; ".join(found) + "}"


def _styled(text: str, run: Run) -> str:
    literal = _literal(text)
    match run:
        case Strong() | Number(strong=True):
            return f"strong({literal})"
        case Link() if run.url.startswith("http"):
            return f"link({_literal(run.url)}, text(fill: mid, {literal}))"
        case _:
            return literal


def _literal(text: str) -> str:
    escaped = normalised(text).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _string(text: str) -> str:
    return f"#{_literal(text)}" if text else ""
