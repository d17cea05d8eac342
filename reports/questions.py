"""What a figure is asked, and the kinds of answers: shared by every registry of figures."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise

from programs.own_figures import Asked

Text = str | Promise
Number = int | Decimal | None


class UnknownFigure(Exception):
    """No figure has this name; `str()` lists those there are."""


class Unanswerable(Exception):
    """The figure cannot be asked this; `field` names the part of the question that is one too many."""

    field = ""


class NotReproducible(Unanswerable):
    """The figure rests on something whose past is not recorded, so that `known_at` cannot be answered."""

    field = "known_at"


class NotAFlow(Unanswerable):
    """The figure is a state as of a day, not something that happened over days, so that `since` means nothing."""

    field = "since"


@dataclass(frozen=True)
class Question(Asked):
    """What a figure is asked for."""

    program: str | None = None
    item: str | None = None  # of the budget only: code of a project of any level
    object_code: str | None = None  # of the budget only: one object code (통계목), 201-01
    fiscal_year: int | None = None  # of the budget only; None: the as-of day's

    def in_words(self) -> dict[str, str]:
        asked = {
            "program": self.program,
            "item": self.item,
            "object_code": self.object_code,
            "fiscal_year": str(self.fiscal_year) if self.fiscal_year else None,
        }
        return super().in_words() | {key: value for key, value in asked.items() if value}


class Kept:
    """What a figure states of itself, not counted from the events of applications: the ledger, statements, terms."""

    rows_are = ""  # "entries", "statements", "terms", or "own" of a programme
    is_flow = False  # whether it counts what happened over days

    def answer(self, question: Question, *, with_digest: bool = False) -> tuple[Number, int, int]:
        """The value, how many rows stand behind it, and the sum of the hashes of their ids (0 if not asked for)."""
        raise NotImplementedError

    def ids(self, question: Question) -> tuple[str, dict[str, Any]]:
        """SQL of columns (id, at) of those rows, and its parameters."""
        raise NotImplementedError
