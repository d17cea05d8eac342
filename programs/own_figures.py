"""Figures that a programme counts from tables of its own, where what happens is no application (a trip, a patrol).

A programme declares them when it is ready; reports takes them in beside those counted from events of applications."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from accounts.roles import Actor
from programs.registry import Text, UnableToRegister


class Asked(Protocol):
    """What a figure is asked for: a day until whose end, and from whose beginning (None: the first), as known when
    (None: now), of which district (None: of all)."""

    @property
    def until(self) -> dt.datetime: ...
    @property
    def begins(self) -> dt.datetime | None: ...
    @property
    def known_at(self) -> dt.datetime | None: ...
    @property
    def district(self) -> str | None: ...


Statement = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class RowTable:
    """How the rows behind a figure are listed. `lines` gives the cells of the rows with these ids that the actor may
    see, by id, and logs who was read where they are about people; nobody's name is in them."""

    name: str
    headings: tuple[Text, ...]
    lines: Callable[[Actor, list[int]], dict[int, list[str]]]


@dataclass(frozen=True)
class OwnFigure:
    """`statement` is SQL of columns (id, at) of the rows it counts, and its parameters; `measure` gives the value,
    None where there is nothing to divide by. Both of what only grows, so that the past stays the past."""

    name: str
    label: Text
    unit: Text
    query: Text
    table: RowTable
    statement: Callable[[Asked], Statement]
    measure: Callable[[Asked], int | Decimal | None]


_figures: dict[str, OwnFigure] = {}


def register_own_figures(program_code: str, figures: Iterable[OwnFigure]) -> None:
    """Raises UnableToRegister for a doubled name, or one that does not begin with its programme's code."""
    for figure in figures:
        if figure.name in _figures or not figure.name.startswith(f"{program_code.replace('-', '_')}."):
            raise UnableToRegister(f"figure {figure.name} is taken, or does not begin with its programme's code")
        _figures[figure.name] = figure


def own_figures() -> list[OwnFigure]:
    return list(_figures.values())


def own_figure(name: str) -> OwnFigure | None:
    return _figures.get(name)
