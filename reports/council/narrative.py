"""The text of a section, as city staff write it, read into blocks of the document.

    ## 소제목                 a heading within the section
    > 목적 문장               the boxed sentence of aim
    □ ○ - ※ 내용             an item of level 1 to 4; ※ below a table is a note of it
    {door_guard.applications as_of=@door_guard unit=건}   a figure in its place
    **강조**                  strong words
    [표 예산집행현황]          a table the portal makes; `|…|…|` rows make one of their own (own_tables.py), under
    [표제 이름 | 기준]         its caption; [표이름 …] for one out of sight
    [흐름] …                  steps, one a line: 제목 | 누가 | 설명 | 언제, up to an empty line
    [쪽]                      a new page

What cannot be placed is said and leaves a mark in the text, so that a draft can always be looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from reports.council import own_tables, tables
from reports.council.edition import PLACED, Edition, UnableToPlace, placed
from reports.document import (
    Block,
    Callout,
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
_STRONG = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
_DIRECTIVE = re.compile(r"\[(표|표제|표이름|흐름|쪽)(?:\s+([^\]]+))?\]")


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
        yield _own_table([line, *_while_table(rest)], None, edition, reading)
    elif line.startswith("## "):
        yield Heading(reading.level, line[3:].strip())  # type: ignore[arg-type]
    elif line.startswith("> "):
        yield Callout(words(line[2:].strip(), edition, reading))
    elif line.startswith("※ ") and reading.blocks and isinstance(table := reading.blocks[-1], Table):
        note = words(line[2:].strip(), edition, reading)
        reading.blocks[-1] = replace(table, notes=(*table.notes, note))
    elif line[0] in _MARKS and line[1:2] == " ":
        yield Item(_MARKS[line[0]], words(line[2:].strip(), edition, reading))  # type: ignore[arg-type]
    else:
        yield Paragraph(words(line, edition, reading))


def _directive(kind: str, words_: str, rest: list[str], edition: Edition, reading: Reading) -> Iterator[Block]:
    if kind == "쪽":
        yield PageBreak()
    elif kind == "표":
        yield from tables.build(words_.strip(), edition)
    elif kind in {"표제", "표이름"}:
        name, _bar, basis = (part.strip() for part in words_.partition("|"))
        lines = list(_while_table(rest))
        if not name or not lines:
            raise UnableToPlace(
                _("표 이름 바로 아래에 `|`로 시작하는 줄이 있어야 합니다: %(name)s") % {"name": words_}
            )
        yield _own_table(lines, own_tables.Caption(name, basis, shown=kind == "표제"), edition, reading)
    else:
        steps = []
        while rest and rest[0].strip():
            parts = [words(part.strip(), edition, reading) for part in rest.pop(0).split("|")]
            steps.append(Step(*parts[:4]))
        yield Flow(tuple(steps), words_.strip())


def _while_table(rest: list[str]) -> Iterator[str]:
    while rest and rest[0].strip().startswith("|"):
        yield rest.pop(0).strip()


def _own_table(lines: list[str], caption: own_tables.Caption | None, edition: Edition, reading: Reading) -> Table:
    return own_tables.parse(lines, caption, lambda text: words(text, edition, reading))


def words(text: str, edition: Edition, reading: Reading) -> Words:
    """A line with its figures and strong words."""
    runs: list[Run] = []
    for n, part in enumerate(_STRONG.split(text)):
        runs += _runs(part, edition, reading, strong=n % 2 == 1)
    return runs[0] if len(runs) == 1 else tuple(runs) or ""


def _runs(text: str, edition: Edition, reading: Reading, *, strong: bool) -> Iterator[Run]:
    at = 0
    for found in PLACED.finditer(text):
        yield from _plain(text[at : found.start()], strong=strong)
        yield _placed(found, edition, reading, strong=strong)
        at = found.end()
    yield from _plain(text[at:], strong=strong)


def _placed(found: re.Match[str], edition: Edition, reading: Reading, *, strong: bool) -> Run:
    try:
        number = placed(edition, found[1], found[2])
    except UnableToPlace as error:
        reading.problems.append(str(error))
        return f"〔{error}〕"
    if number.value is None:
        reading.problems.append(_("%(name)s: 기준일에 값이 없습니다.") % {"name": found[1]})
    return replace(number, strong=strong)


def _plain(text: str, *, strong: bool) -> Iterator[Run]:
    if text:
        yield Strong(text) if strong else text
