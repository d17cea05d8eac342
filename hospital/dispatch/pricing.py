"""The best routes for given prices of the requests, found exactly: a dynamic programme over (request, moment it is
begun), common to all gaps that end at the same time and place.

F[request, t] is the most a manager can still earn who begins `request` at `t`: its worth, and the best way on.
Starting later is never better, so the next request is begun as early as it can be. Only the worths change from one
pricing to the next; which request can follow which, and when, is worked out once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hospital.dispatch.problem import GRID, Gap, Request, Travel

_NEVER = -1e18
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Priced:
    """The best order for a gap beginning with some request, and what it earns before the gap's own price."""

    gap: int  # position
    order: tuple[int, ...]  # positions of requests
    worth: float


@dataclass(frozen=True)
class _Moment:
    """What begins at one moment, for the classes still alive then: the states, the requests that can follow one of
    them, where each is begun and after what way, and for which classes a route may end here or pass."""

    states: Ints
    alive: int  # classes
    after: Ints
    following: Ints  # by state and request of `after`
    ways: Ints
    ends: Floats  # by state and class
    may_be: Flags


class Pricing:
    def __init__(self, requests: Sequence[Request], gaps: Sequence[Gap], travel: Travel) -> None:
        self.requests, self.gaps = requests, gaps
        self.ways = np.array(
            [[travel.minutes(one.place, other.place) for other in requests] for one in requests], dtype=np.int64
        )
        self.earliest = np.array([one.earliest for one in requests], dtype=np.int64)
        self.latest = np.array([one.latest for one in requests], dtype=np.int64)
        self.minutes = np.array([one.minutes for one in requests], dtype=np.int64)
        self._number_states()
        self._link_states()
        self._classes(travel)
        self._link_gaps(travel)

    def _number_states(self) -> None:
        """One state for each request and each moment of its window; `first` is the number of its first moment."""
        counts = (self.latest - self.earliest) // GRID + 1
        self.first = np.concatenate([[0], np.cumsum(counts)[:-1]]).astype(np.int64)
        self.of_state = np.repeat(np.arange(len(self.requests)), counts)
        offset = np.arange(int(counts.sum())) - np.repeat(self.first, counts)
        self.at_state = self.earliest[self.of_state] + offset * GRID
        self.none = len(self.of_state)  # one more state that earns nothing and is never reached

    def _link_states(self) -> None:
        """`next_state[s, k]`: where request k is begun after state s; `none` where it cannot follow."""
        finish = self.at_state + self.minutes[self.of_state]
        arrive = finish[:, None] + self.ways[self.of_state]
        self.next_state = self._begun(arrive)
        self.next_state[np.arange(self.none), self.of_state] = self.none

    def _begun(self, arrive: Ints) -> Ints:
        starts = np.maximum(arrive, self.earliest)
        late = starts > self.latest
        steps = -(-(starts - self.earliest) // GRID)
        return np.where(late | (self.earliest + steps * GRID > self.latest), self.none, self.first + steps)

    def _classes(self, travel: Travel) -> None:
        """Gaps that end alike share one column of the table. The last to end come first, so that what is still alive
        at a moment is the first few columns."""
        by_end: dict[tuple[int, str | None], list[int]] = defaultdict(list)
        for position, gap in enumerate(self.gaps):
            by_end[gap.ends, gap.next_place].append(position)
        ends = sorted(by_end, key=lambda end: (-end[0], end[1] or ""))
        self.members = [by_end[end] for end in ends]
        finish = self.at_state + self.minutes[self.of_state]
        may_end, may_be = [], []
        for latest, place in ends:
            onward = np.array([travel.minutes(one.place, place) if place else 0 for one in self.requests])
            may_end.append(finish + onward[self.of_state] <= latest)
            may_be.append(finish <= latest)
        self._group(np.array(may_end).T, np.array(may_be).T)

    def _group(self, may_end: Flags, may_be: Flags) -> None:
        """The states moment by moment, the last first, each with what can follow them. A route of a class may end
        after the states of `may_end`, and pass those of `may_be`."""
        order = np.argsort(-self.at_state, kind="stable")
        self.moments: list[_Moment] = []
        for states in np.split(order, np.flatnonzero(np.diff(self.at_state[order])) + 1):
            alive = int(may_be[states].any(axis=0).sum())
            after = np.flatnonzero((self.next_state[states] < self.none).any(axis=0))
            following = self.next_state[states][:, after]
            ways = self.ways[self.of_state[states]][:, after]
            ends = np.where(may_end[states, :alive], 0.0, _NEVER)
            self.moments.append(_Moment(states, alive, after, following, ways, ends, may_be[states, :alive]))

    def _link_gaps(self, travel: Travel) -> None:
        """For each gap: the way to each request, and the state in which it would be begun first."""
        ways = [[travel.minutes(gap.place, one.place) for one in self.requests] for gap in self.gaps]
        self.gap_ways = np.array(ways, dtype=np.int64)
        begins = np.array([gap.begins for gap in self.gaps], dtype=np.int64)
        self.gap_state = self._begun(begins[:, None] + self.gap_ways)

    def best(self, worth: Floats, *, a_gap: int = 3) -> list[Priced]:
        """For each gap its best route, and the best ones that begin with other requests, at most `a_gap` in all."""
        table, choice = self._solve(worth)
        found: list[Priced] = []
        for number, members in enumerate(self.members):
            for position in members:
                states = self.gap_state[position]
                values = table[states, number] - self.gap_ways[position]
                for first in np.argsort(-values, kind="stable")[:a_gap]:
                    if values[first] <= 0:
                        break
                    order = self._walk(int(states[first]), choice[:, number])
                    found.append(Priced(position, order, float(values[first])))
        return found

    def _solve(self, worth: Floats) -> tuple[Floats, Ints]:
        """F and, for each state, the request that comes next (-1: the route ends)."""
        table = np.full((self.none + 1, len(self.members)), _NEVER)
        choice = np.full(table.shape, -1, dtype=np.int64)
        for now in self.moments:
            value = now.ends
            if len(now.after):
                on = table[:, : now.alive][now.following] - now.ways[:, :, None]
                best = on.argmax(axis=1)
                onward = np.take_along_axis(on, best[:, None, :], axis=1)[:, 0, :]
                choice[now.states, : now.alive] = np.where(onward > now.ends, now.after[best], -1)
                value = np.maximum(onward, now.ends)
            total = worth[self.of_state[now.states], None] + value
            table[now.states, : now.alive] = np.where(now.may_be & (total > _NEVER / 2), total, _NEVER)
        return table, choice

    def _walk(self, state: int, choice: Ints) -> tuple[int, ...]:
        order = []
        while True:
            here = int(self.of_state[state])
            order.append(here)
            onward = int(choice[state])
            if onward < 0:
                return tuple(order)
            state = int(self.next_state[state, onward])
