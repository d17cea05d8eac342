"""What a person should look at before a report leaves the house."""

from __future__ import annotations

from collections.abc import Iterator

from .printing import made_of, plain, printed
from .tree import Report, Table, words_of
from .words import numbers_in


def disagreements(report: Report) -> tuple[str, ...]:
    """Every total, balance and rate that is not what its parts come to, in words."""
    return tuple(words for table in report.tables() for words in _of_table(table))


def _of_table(table: Table) -> Iterator[str]:
    numbers = table.keyed()
    for number in table.numbers():
        if number.formula is None:
            continue
        made = made_of(number.formula, numbers)
        if (made or 0) != (number.value or 0):
            parts = ", ".join(f"{key} {printed(numbers[key])}" for key in number.formula.of)
            yield f"{table.name}: {number.key or number.formula.kind} {printed(number)} ≠ {made} ({parts})"


def without_source(report: Report) -> tuple[str, ...]:
    """Every number that neither says where it comes from nor is made of others, with the words it stands in."""
    return tuple(
        f"{printed(number)}: {plain(words)}"
        for block in report.blocks
        for words in words_of(block)
        for number in numbers_in(words)
        if number.source is None and number.formula is None and number.value is not None
    )
