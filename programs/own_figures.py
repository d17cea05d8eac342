"""Figures that a programme counts from tables of its own, where what happens is no application (a trip, a patrol).

A programme declares them when it is ready; reports takes them in beside those counted from events of applications."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from accounts.clock import SEOUL
from accounts.roles import Actor, Role
from programs.registry import Text, UnableToRegister


@dataclass(frozen=True)
class Asked:
    """What a figure is asked: as of which day, as known when, of which district, and from which day on."""

    as_of: dt.date
    known_at: dt.datetime | None = None  # None: all that is known now
    district: str | None = None  # None: of all
    since: dt.date | None = None  # of flows only: what happened from this day on; None: from the beginning

    @property
    def until(self) -> dt.datetime:
        """The first moment no longer counted: 24:00 of the as-of day in Seoul."""
        return dt.datetime.combine(self.as_of + dt.timedelta(days=1), dt.time(), SEOUL)

    @property
    def begins(self) -> dt.datetime | None:
        """The first moment counted, where there is one."""
        return dt.datetime.combine(self.since, dt.time(), SEOUL) if self.since else None

    def in_words(self) -> dict[str, str]:
        """As an address holds it."""
        asked = {
            "as_of": self.as_of.isoformat(),
            "since": self.since.isoformat() if self.since else None,
            "known_at": self.known_at.isoformat() if self.known_at else None,
            "district": self.district,
        }
        return {key: value for key, value in asked.items() if value}


Statement = tuple[str, dict[str, Any]]
Number = int | Decimal | None


@dataclass(frozen=True)
class RowTable:
    """How the rows behind a figure are listed. `lines` gives the cells of the rows with these ids that the actor may
    see, by id, and logs who was read where they are about people; nobody's name is in them. `export` names the
    Exportable that gives them as a file, where there is one."""

    name: str
    headings: tuple[Text, ...]
    lines: Callable[[Actor, list[int]], dict[int, list[str]]]
    export: str = ""


@dataclass(frozen=True)
class OwnFigure:
    """`statement` is SQL of columns (id, at) of the rows it counts, and its parameters; `measure` gives the value,
    None where there is nothing to divide by. Both of what only grows, so that the past stays the past.

    `page` names the address of the programme's page of figures, which `readers` open: they may ask this figure too,
    whether or not they read the portal's. `on_dashboard`: one of the few that stand for the programme there."""

    name: str
    label: Text
    unit: Text
    query: Text
    table: RowTable
    statement: Callable[[Asked], Statement]
    measure: Callable[[Asked], Number]
    page: str
    readers: tuple[Role, ...]
    on_dashboard: bool = False


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
