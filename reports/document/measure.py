"""How wide a text comes out, roughly: enough to choose a size in which no word of a table is cut."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence

from .grid import Placed
from .printing import plain
from .tree import Table

LONG_TITLE = 11  # ems: a title beyond is set smaller on the cover
_EMS = {"W": 0.90, "F": 0.90, "A": 0.90, "H": 0.6, "N": 0.62, "Na": 0.60}
_NARROW = {
    " ": 0.25,
    ",": 0.28,
    ".": 0.28,
    ":": 0.28,
    "'": 0.25,
    "’": 0.28,
    "(": 0.36,
    ")": 0.36,
    "-": 0.45,
    "·": 0.3,
    "/": 0.38,
}


def width(text: str) -> float:
    """In ems: a Korean syllable is a little under one."""
    return sum(_NARROW.get(c) or _EMS[unicodedata.east_asian_width(c)] for c in text)


def longest_word(text: str) -> float:
    return max((width(word) for word in text.split()), default=0.0)


def lines(text: str, ems: float) -> int:
    """How many lines a text takes in a column so wide, when words stay whole."""
    return sum(_lines_of(part.split(" "), ems) for part in text.split("\n"))


def _lines_of(words: Sequence[str], ems: float) -> int:
    count, used = 1, 0.0
    for word in words:
        wide = width(word)
        if used and used + 0.25 + wide > ems:
            count, used = count + 1, 0.0
        used += wide + (0.25 if used else 0.0)
        if used > ems:  # the word alone is wider than the column
            count += math.ceil(used / ems) - 1
            used %= ems
    return count


def shares(table: Table, whole: float) -> list[float]:
    """The width of each column, of a table so wide."""
    total = sum(column.width for column in table.columns)
    return [column.width / total * whole for column in table.columns]


def span(placed: Placed, widths: Sequence[float]) -> float:
    return sum(widths[placed.column : placed.column + placed.cell.colspan])


def size_that_fits(table: Table, widths: Sequence[float], sizes: Sequence[float], *, padding: float) -> float:
    """The largest size in which no word is wider than its cell; the smallest there is if a word never fits."""
    needs = [
        (longest_word(plain(placed.cell.content)), span(placed, widths) - padding)
        for placed in (*table.header_cells(), *table.body_cells())
    ]
    fitting = (size for size in sizes if all(ems * size <= room for ems, room in needs))
    return next(fitting, sizes[-1])
