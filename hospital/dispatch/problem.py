"""What the solver is given and gives back. Times are whole minutes from a common origin, on a grid; places are
district codes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

GRID = 5  # minutes


class Travel(Protocol):
    """How long from place to place; the seam where a routing engine such as OSRM fits."""

    def minutes(self, origin: str, target: str) -> int:
        """Whole minutes, on the grid."""


@dataclass(frozen=True)
class Request:
    """Somebody to be met at `place` within [earliest, latest]; the manager is then busy for `minutes` and ends at
    `place` again."""

    key: int
    place: str
    earliest: int
    latest: int
    minutes: int


@dataclass(frozen=True)
class Gap:
    """A stretch of a manager's shift without commitments, from `place`; by `ends` they must have travelled on to
    `next_place` (None: the shift just ends)."""

    key: int
    manager: int
    place: str
    begins: int
    ends: int
    next_place: str | None


@dataclass(frozen=True)
class Suggestion:
    """One gap that can take a request: it is met at `starts` after `travel` minutes of way; `slack` is how long it
    could be put off."""

    gap: int
    manager: int
    starts: int
    travel: int
    slack: int
