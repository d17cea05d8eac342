"""The text of a section, as city staff write it, read into blocks of the document.

    ## 소제목                 a heading within the section
    > 목적 문장               the boxed sentence of aim
    □ ○ - ※ 내용             an item of level 1 to 4
    {door_guard.applications as_of=@door_guard unit=건}   a figure in its place
    **강조**                  strong words
    [표 예산집행현황]          a table the portal makes; `|…|…|` rows make one of their own
    [흐름] …                  steps, one a line: 제목 | 누가 | 설명 | 언제, up to an empty line
    [쪽]                      a new page

What cannot be placed is said and leaves a mark in the text, so that a draft can always be looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from reports.council import tables
from reports.council.edition import PLACED, Edition, UnableToPlace, placed
from reports.document import (
    Block,
    Callout,
    Cell,
    Column,
    Flow,
    Heading,
    Item,
    PageBreak,
    Paragraph,
    Step,
    Strong,
    Table,
    Unprintable,
    Words,
)
from reports.document.words import Run

_MARKS = {"□": 1, "○": 2, "-": 3, "※": 4}
_STRONG = re.compile(r"\*\*(.+?)\*\*")
_DIRECTIVE = re.compile(r"\[(표|흐름|쪽)(?:\s+([^\]]+))?\]")
_DIVIDER = re.compile(r"\|(\s*:?-+:?\s*\|)+")


@dataclass
class Reading:
    """What a text became, and what was wrong with it."""

    level: int = 4
    blocks: list[Block] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def read(body: str, edition: Edition, *, level: int = 4) -> Reading:
    """The blocks of a section's text; its own headings are of this level."""
    reading = Reading(level=level)
    lines = body.replace("\r\n", "\n").split("\n")
    while lines:
        line = lines.pop(0).strip()
        if not line:
            continue
        try:
            reading.blocks += list(_block(line, lines, edition, reading))
        except (UnableToPlace, Unprintable) as error:
            reading.problems.append(str(error))
            reading.blocks.append(Paragraph(f"〔{error}〕"))
    return reading


def _block(line: str, rest: list[str], edition: Edition, reading: Reading) -> Iterator[Block]:
    if found := _DIRECTIVE.fullmatch(line):
        yield from _directive(found[1], found[2] or "", rest, edition, reading)
    elif line.startswith("|"):
        yield _own_table([line, *_while_table(rest)], edition, reading)
    elif line.startswith("## "):
        yield Heading(reading.level, line[3:].strip())  # type: ignore[arg-type]
    elif line.startswith("> "):
        yield Callout(words(line[2:].strip(), edition, reading))
    elif line[0] in _MARKS and line[1:2] == " ":
        yield Item(_MARKS[line[0]], words(line[2:].strip(), edition, reading))  # type: ignore[arg-type]
    else:
        yield Paragraph(words(line, edition, reading))


def _directive(kind: str, words_: str, rest: list[str], edition: Edition, reading: Reading) -> Iterator[Block]:
    if kind == "쪽":
        yield PageBreak()
    elif kind == "표":
        yield from tables.build(words_.strip(), edition)
    else:
        steps = []
        while rest and rest[0].strip():
            parts = [words(part.strip(), edition, reading) for part in rest.pop(0).split("|")]
            steps.append(Step(*parts[:4]))
        yield Flow(tuple(steps), words_.strip())


def _while_table(rest: list[str]) -> Iterator[str]:
    while rest and rest[0].strip().startswith("|"):
        yield rest.pop(0).strip()


def _own_table(lines: list[str], edition: Edition, reading: Reading) -> Table:
    """Rows of `|a|b|`; a line of dashes below the first makes it the heading. Its name is the first cell's."""
    cells = [[part.strip() for part in line.strip("|").split("|")] for line in lines if not _DIVIDER.fullmatch(line)]
    width = max(map(len, cells))
    if any(len(row) != width for row in cells):
        raise UnableToPlace(_("표의 줄마다 칸 수가 같아야 합니다: %(line)s") % {"line": lines[0]})
    rows = tuple(
        tuple(Cell(words(text.replace(" / ", "\n"), edition, reading), align="left" if n else None)
              for n, text in enumerate(row))
        for row in cells
    )  # fmt: skip
    has_heading = len(lines) > 1 and bool(_DIVIDER.fullmatch(lines[1]))
    head = tuple(tuple(Cell(cell.content) for cell in row) for row in rows[:1]) if has_heading else ()
    longest = [max(len(row[n]) for row in cells) for n in range(width)]
    columns = tuple(Column(width=min(max(length, 6), 60) ** 0.6) for length in longest)
    body = rows[1:] if has_heading else rows
    if not body:
        raise UnableToPlace(_("표에 내용이 없습니다: %(line)s") % {"line": lines[0]})
    name = " ".join(part for part in cells[0] if part)[:60] or _("표")
    return Table(name=name, columns=columns, header=head, body=body)


def words(text: str, edition: Edition, reading: Reading) -> Words:
    """A line with its figures and strong words."""
    runs: list[Run] = []
    at = 0
    for found in PLACED.finditer(text):
        runs += _plain(text[at : found.start()])
        try:
            number = placed(edition, found[1], found[2])
            if number.value is None:
                reading.problems.append(_("%(name)s: 기준일에 값이 없습니다.") % {"name": found[1]})
            runs.append(number)
        except UnableToPlace as error:
            reading.problems.append(str(error))
            runs.append(f"〔{error}〕")
        at = found.end()
    runs += _plain(text[at:])
    return runs[0] if len(runs) == 1 else tuple(runs) or ""


def _plain(text: str) -> list[Run]:
    parts = _STRONG.split(text)
    return [Strong(part) if n % 2 else part for n, part in enumerate(parts) if part]
