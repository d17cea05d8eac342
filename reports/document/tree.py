"""A report as a tree of frozen parts. It knows no database and no file format: renderers walk it.

The order of `Report.blocks` is the order on paper. docs/report-files.md shows what each block looks like.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from .grid import Placed, tiled
from .words import Number, Pair, Unprintable, Words, numbers_in

Align: TypeAlias = Literal["left", "center", "right"]
Emphasis: TypeAlias = Literal["", "strong", "subtotal", "total"]
Level: TypeAlias = Literal[1, 2, 3, 4]

ITEM_MARKERS = {1: "□", 2: "○", 3: "-", 4: "※"}


@dataclass(frozen=True)
class Cover:
    """The first page: the report's title, date and unit."""


@dataclass(frozen=True)
class Contents:
    title: str = "목 차"
    depth: Level = 3


@dataclass(frozen=True)
class Heading:
    """Level 1 a chapter (Ⅰ. 일반현황), 2 a group of tasks, 3 a task, 4 a part of it. Its number is typed: `number`."""

    level: Level
    text: str
    number: str = ""

    def __post_init__(self) -> None:
        if self.level not in {1, 2, 3, 4} or not self.text.strip():
            raise Unprintable(f"A heading has level 1 to 4 and a text: {self!r}")

    @property
    def line(self) -> str:
        if not self.number:
            return self.text
        return f"{self.number}. {self.text}" if self.level < 3 else f"{self.number} {self.text}"


@dataclass(frozen=True)
class Paragraph:
    text: Words
    align: Align = "left"


@dataclass(frozen=True)
class Item:
    """One line of an outline: level 1 to 4, printed as □ ○ - ※."""

    level: Level
    text: Words

    def __post_init__(self) -> None:
        if self.level not in ITEM_MARKERS:
            raise Unprintable(f"An item has level 1 to 4, not {self.level!r}.")

    @property
    def marker(self) -> str:
        return ITEM_MARKERS[self.level]


@dataclass(frozen=True)
class Callout:
    """The boxed sentence of aim under a task's title."""

    text: Words


@dataclass(frozen=True)
class Note:
    """A remark below a table or a paragraph, printed small after ※."""

    text: Words


@dataclass(frozen=True)
class PageBreak:
    pass


@dataclass(frozen=True)
class Cell:
    content: Words | Pair = ""
    rowspan: int = 1
    colspan: int = 1
    align: Align | None = None  # None: as the column says, headings in the middle
    emphasis: Emphasis = ""

    @property
    def number(self) -> Number | None:
        """The number that is all there is in this cell."""
        content = self.content[0] if isinstance(self.content, tuple) and len(self.content) == 1 else self.content
        return content if isinstance(content, Number) else None


@dataclass(frozen=True)
class Column:
    width: float = 1.0  # a share of the table's width
    align: Align = "center"
    pair: tuple[str, str] | None = None  # what the two numbers of a Pair are called


Row: TypeAlias = tuple[Cell, ...]


@dataclass(frozen=True)
class Table:
    """Columns, heading rows and body rows. Spans tile each part exactly; whoever writes one too many is told where."""

    name: str  # its caption, and its sheet in a workbook
    columns: tuple[Column, ...]
    header: tuple[Row, ...]
    body: tuple[Row, ...]
    basis: Words = ""  # at the top right: (’21. 10월 말 기준 / 단위: 천원, %)
    notes: tuple[Words, ...] = ()  # below, after ※
    row_headings: int = 1  # so many columns from the left name their row
    name_shown: bool = False  # a caption in sight: only where no item above says it

    def __post_init__(self) -> None:
        if not self.name.strip() or not self.columns or not self.body:
            raise Unprintable(f"A table has a name, columns and at least one row: {self.name!r}")
        if any(column.width <= 0 for column in self.columns):
            raise Unprintable(f"{self.name}: a column has a width above 0.")
        for cell in (*self.header_cells(), *self.body_cells()):
            column = self.columns[cell.column]
            if isinstance(cell.cell.content, Pair) and (column.pair is None or cell.cell.colspan != 1):
                raise Unprintable(
                    f"{self.name}: column {cell.column + 1} holds a pair and does not name its two numbers."
                )
        self._check_formulas()

    def header_cells(self) -> tuple[Placed, ...]:
        return tiled(self.header, len(self.columns), of=f"{self.name}, heading")

    def body_cells(self) -> tuple[Placed, ...]:
        return tiled(self.body, len(self.columns), of=self.name)

    def numbers(self) -> Iterator[Number]:
        for row in (*self.header, *self.body):
            for cell in row:
                yield from numbers_in(cell.content)

    def keyed(self) -> dict[str, Number]:
        return {number.key: number for number in self.numbers() if number.key}

    def _check_formulas(self) -> None:
        keys = [number.key for number in self.numbers() if number.key]
        if twice := sorted({key for key in keys if keys.count(key) > 1}):
            raise Unprintable(f"{self.name}: two numbers are called {twice[0]!r}.")
        alone = {cell.number.key for row in self.body for cell in row if cell.number} | {
            number.key
            for row in self.body
            for cell in row
            if isinstance(cell.content, Pair)
            for number in numbers_in(cell.content)
        }
        by_key = self.keyed()
        for number in self.numbers():
            for key in number.formula.of if number.formula else ():
                if key not in alone:
                    raise Unprintable(f"{self.name}: a formula names {key!r}, which has no cell of its own.")
                same = by_key[key].form.scale == number.form.scale
                if number.formula and number.formula.kind != "ratio" and not same:
                    raise Unprintable(f"{self.name}: {key!r} is printed in another unit than what is made of it.")


@dataclass(frozen=True)
class Step:
    title: Words
    by: Words = ""
    note: Words = ""
    when: Words = ""


@dataclass(frozen=True)
class Flow:
    """Steps from left to right with arrows between."""

    steps: tuple[Step, ...]
    name: str = ""

    def __post_init__(self) -> None:
        if not 2 <= len(self.steps) <= 6:
            raise Unprintable(f"A flow has two to six steps, not {len(self.steps)}.")


Block: TypeAlias = Cover | Contents | Heading | Paragraph | Item | Callout | Note | PageBreak | Table | Flow


@dataclass(frozen=True)
class Report:
    title: str
    date: dt.date
    unit: str  # who reports
    blocks: tuple[Block, ...]
    organisation: str = "서울특별시"

    def __post_init__(self) -> None:
        """A level left out is refused: whoever reads by headings would look for what is between."""
        levels = [heading.level for heading in self.headings()]
        for heading, before in zip(self.headings()[1:], levels, strict=False):
            if heading.level > before + 1:
                raise Unprintable(
                    f"The heading “{heading.line}” of level {heading.level} follows one of level {before}."
                )

    def headings(self, depth: int = 4) -> tuple[Heading, ...]:
        return tuple(block for block in self.blocks if isinstance(block, Heading) and block.level <= depth)

    def tables(self) -> tuple[Table, ...]:
        return tuple(block for block in self.blocks if isinstance(block, Table))

    def numbers(self) -> Iterator[Number]:
        """Every number, in the order of reading."""
        for block in self.blocks:
            yield from _numbers_of(block)


def words_of(block: Block) -> tuple[Words | Pair, ...]:
    """Everything a block says, in the order of reading."""
    match block:
        case Paragraph() | Item() | Callout() | Note():
            return (block.text,)
        case Heading():
            return (block.line,)
        case Contents():
            return (block.title,)
        case Table():
            cells = tuple(cell.content for row in (*block.header, *block.body) for cell in row)
            return (block.name, block.basis, *cells, *block.notes)
        case Flow():
            return (
                block.name,
                *(part for step in block.steps for part in (step.title, step.by, step.note, step.when)),
            )
        case _:
            return ()


def _numbers_of(block: Block) -> Iterator[Number]:
    for words in words_of(block):
        yield from numbers_in(words)
