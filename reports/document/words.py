"""What stands in a line of a report: text, and numbers that know what they counted.

A number stays an int or a Decimal in its base unit (won, persons, a ratio) until it is printed; how it is printed is
its `Form`, where it comes from its `Source`, and what it is made of its `Formula`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, TypeAlias

_SAFE_URL = re.compile(r"(https?://|/(?!/)|#)[^\s\"'<>]*\Z")


class Unprintable(ValueError):
    """A part of a report that no renderer could print as it is meant."""


def _checked_url(url: str, *, of: str) -> None:
    if url and not _SAFE_URL.match(url):
        raise Unprintable(f"{of}: an address is https://…, http://…, /… or #…, not {url!r}.")


@dataclass(frozen=True)
class Form:
    """How a number is printed. `scale` divides the base unit: 1_000 prints won as 천원."""

    scale: int = 1
    decimals: int = 0
    percent: bool = False
    zero: str = ""  # printed for 0; empty: the digit
    none: str = "-"  # printed where there is no value

    def __post_init__(self) -> None:
        if self.scale < 1 or self.decimals < 0:
            raise Unprintable("A form divides by at least 1 and has no negative number of decimals.")


COUNT = Form()
WON = Form()
THOUSAND = Form(scale=1_000)
MILLION = Form(scale=1_000_000)
PERCENT = Form(percent=True, decimals=1)
COUNT_DASH = Form(zero="-")
THOUSAND_DASH = Form(scale=1_000, zero="-")
MILLION_DASH = Form(scale=1_000_000, zero="-")
PERCENT_DASH = Form(percent=True, decimals=1, zero="-")
GROWTH = Form(percent=True, decimals=1, none="순증")  # growth on a base of nothing


@dataclass(frozen=True)
class Source:
    """Where a number comes from: what was asked, as of when, and the rows that answered."""

    name: str
    label: str
    as_of: dt.date
    known_at: dt.datetime
    query: str  # in words
    rows: int | None = None
    sha256: str = ""
    url: str = ""

    def __post_init__(self) -> None:
        _checked_url(self.url, of=self.name)
        if self.known_at.tzinfo is None:
            raise Unprintable(f"{self.name}: known_at needs its time zone.")


@dataclass(frozen=True)
class Formula:
    """What a number is made of: the keys of other numbers in the same table."""

    kind: Literal["sum", "difference", "ratio"]
    of: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.of or (self.kind != "sum" and len(self.of) != 2):
            raise Unprintable(f"A {self.kind} is made of {'numbers' if self.kind == 'sum' else 'two numbers'}.")


def total(*keys: str) -> Formula:
    return Formula("sum", keys)


def balance(whole: str, part: str) -> Formula:
    return Formula("difference", (whole, part))


def ratio(part: str, whole: str) -> Formula:
    return Formula("ratio", (part, whole))


@dataclass(frozen=True)
class Number:
    value: int | Decimal | None
    form: Form = COUNT
    unit: str = ""  # printed right after it: 명, 건, 백만원
    source: Source | None = None
    key: str = ""  # by which formulas of the same table find it
    formula: Formula | None = None
    strong: bool = False

    def __post_init__(self) -> None:
        if isinstance(self.value, bool) or not isinstance(self.value, int | Decimal | None):
            raise TypeError(f"A number is an int, a Decimal or None, not {type(self.value).__name__}.")
        if isinstance(self.value, Decimal) and not self.value.is_finite():
            raise Unprintable("A number is finite.")


@dataclass(frozen=True)
class Strong:
    text: str


@dataclass(frozen=True)
class Link:
    text: str
    url: str

    def __post_init__(self) -> None:
        _checked_url(self.url, of=self.text)


Run: TypeAlias = str | Strong | Number | Link
Words: TypeAlias = Run | tuple[Run, ...]


@dataclass(frozen=True)
class Pair:
    """Two numbers in one cell, which a spreadsheet keeps in two columns (named by the column's `pair`).

    slash 32/31 · under 614,954 and below it (1,039,250) · above (×-) and below it 4,062
    """

    first: Number
    second: Number
    style: Literal["slash", "under", "above"] = field(default="slash")


def runs(words: Words) -> tuple[Run, ...]:
    return words if isinstance(words, tuple) else (words,)


def numbers_in(words: Words | Pair) -> Iterator[Number]:
    if isinstance(words, Pair):
        yield from (words.first, words.second)
    else:
        yield from (run for run in runs(words) if isinstance(run, Number))
