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


@dataclass(frozen=True)
class Stop:
    """One request on a route: set out at `leaves`, begun at `starts` after `travel` minutes of way."""

    request: int
    leaves: int
    starts: int
    travel: int


Route = tuple[Stop, ...]


@dataclass(frozen=True)
class Plan:
    """Routes by gap, how many requests they serve, and their travel in minutes. No plan serves more than `bound`;
    `gap` is how far, at most, the plan's worth is below the best one's (0 where it is the best)."""

    routes: dict[int, Route]
    served: int
    travel: int
    bound: int
    gap: float
    seconds: float

    @property
    def exact(self) -> bool:
        return self.gap <= 0
