"""The printing rules of a council report, in one place: every renderer prints what these functions say.

Money is exact and rounded only for show, half up; a negative number has △ before it; a rate has one decimal, unless it
is a whole number of per cent exactly.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from decimal import ROUND_HALF_UP, Decimal, localcontext

from .words import Form, Formula, Link, Number, Pair, Run, Strong, Words, runs

DECREASE = "△"
_DIGITS = 60  # of working precision: more than any sum of won has

# Characters that people type for the same thing, and the one that fonts have. What is not here stays as it stands.
_SAME = str.maketrans(
    {
        "｢": "「",
        "｣": "」",
        "ㆍ": "·",
        "･": "·",
        "․": "·",
        "‧": "·",
        "∙": "•",
        "∼": "～",
        "〜": "～",
        "➡": "→",
        "≒": "≈",
        "\u00a0": " ",
        "\u3000": " ",
        "\t": " ",
        "\r": "",
        "\u00ad": "",
        "\u200b": "",
        "\u2060": "",
        "\ufeff": "",
    }
)


def normalised(text: str) -> str:
    """The same text in the characters that fonts have. Composed Hangul; no control character but the line's end."""
    composed = unicodedata.normalize("NFC", text).translate(_SAME)
    return "".join(c for c in composed if c == "\n" or unicodedata.category(c) not in {"Cc", "Cs", "Co", "Cn"})


def rounded(value: int | Decimal, places: int = 0) -> Decimal:
    with localcontext(prec=_DIGITS):
        return Decimal(value).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def rate(part: int | Decimal | None, whole: int | Decimal | None) -> Decimal | None:
    """What share of the whole a part is; of nothing there is no share."""
    if part is None or not whole:
        return None
    return Decimal(part) / Decimal(whole)


def growth(before: int | Decimal | None, after: int | Decimal | None) -> Decimal | None:
    """By what share something grew; on a base of nothing there is no rate (printed 순증)."""
    if after is None or not before:
        return None
    return rate(Decimal(after) - Decimal(before), before)


def in_printed_unit(value: int | Decimal, form: Form) -> Decimal:
    """The exact value in the unit that is printed, before rounding."""
    with localcontext(prec=_DIGITS):
        return Decimal(value) * (100 if form.percent else 1) / form.scale


def printed(number: Number) -> str:
    form = number.form
    if number.value is None:
        return form.none
    if number.value == 0 and form.zero:
        return form.zero
    exact = in_printed_unit(number.value, form)
    whole = form.percent and exact == exact.to_integral_value()
    shown = rounded(exact, 0 if whole else form.decimals)
    sign = DECREASE if shown < 0 else ""
    return f"{sign}{abs(shown):,}{'%' if form.percent else ''}{number.unit}"


def printed_pair(pair: Pair) -> str:
    first, second = printed(pair.first), printed(pair.second)
    if pair.style == "slash":
        return first if first == second == pair.first.form.none else f"{first}/{second}"
    return f"(×{first})\n{second}" if pair.style == "above" else f"{first}\n({second})"


def printed_run(run: Run) -> str:
    match run:
        case Number():
            return printed(run)
        case Strong() | Link():
            return normalised(run.text)
        case _:
            return normalised(run)


def plain(words: Words | Pair) -> str:
    """The words as they are read, without their looks."""
    if isinstance(words, Pair):
        return printed_pair(words)
    return "".join(printed_run(run) for run in runs(words))


def hangs(line: str) -> bool:
    """Whether a line of a cell begins with a bullet, behind which the rest of it hangs."""
    return line.startswith(("•", "- ", "※"))


def day(date: dt.date) -> str:
    """’21. 10. 22."""
    return f"’{date:%y}. {date.month}. {date.day}."


def full_day(date: dt.date) -> str:
    """2021. 11. 2."""
    return f"{date.year}. {date.month}. {date.day}."


def month(date: dt.date) -> str:
    """’21. 10월"""
    return f"’{date:%y}. {date.month}월"


def made_of(formula: Formula, numbers: dict[str, Number]) -> int | Decimal | None:
    """What a formula comes to; what is not there counts as nothing, as it does in a spreadsheet."""
    values = [numbers[key].value or 0 for key in formula.of]
    if formula.kind == "ratio":
        return rate(*values)
    if formula.kind == "difference":
        return values[0] - values[1]
    return sum(values)
