"""Set packing over routes: each request and each gap is in at most one. One more served outweighs any travel."""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csc_matrix

from hospital.dispatch.pricing import Floats, Ints, Priced
from hospital.dispatch.problem import Gap, Request, Travel

EPSILON = 1e-6
_OUTWEIGHS = 50  # times all travel
_MANY = 2_500  # routes, from which on those far from their price are forgotten
_WORTH_KEEPING = 0.6  # of a request
_FREED = 12  # gaps at once, when a choice is improved
_STALE = 60  # tries without a gain


@dataclass(frozen=True)
class Relaxed:
    """What the relaxation over some routes is worth, how much of each it takes, and the prices it gives."""

    value: float
    share: Floats
    request_prices: Floats
    gap_prices: Floats


@dataclass
class Columns:
    """Routes, each once: the gap and the order of requests, by position. `twice` marks one that visits a request
    twice, which counts for a bound alone. `rows` and `ends` are the packing's matrix, column by column."""

    gaps: list[int] = field(default_factory=list)
    orders: list[tuple[int, ...]] = field(default_factory=list)
    travel: list[int] = field(default_factory=list)
    twice: list[bool] = field(default_factory=list)
    known: set[tuple[int, tuple[int, ...]]] = field(default_factory=set)
    rows: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=lambda: [0])

    def add(self, gap: int, gap_row: int, order: tuple[int, ...], travel: int) -> bool:
        if (gap, order) in self.known:
            return False
        self.known.add((gap, order))
        self.gaps.append(gap)
        self.orders.append(order)
        self.travel.append(travel)
        self.twice.append(len(set(order)) < len(order))
        self.rows += [*order, gap_row]
        self.ends.append(len(self.rows))
        return True

    def __len__(self) -> int:
        return len(self.gaps)


@dataclass(frozen=True)
class Chosen:
    """Whole routes, and what no other choice among the same routes is worth more than."""

    routes: list[int]
    bound: float


class Packing:
    """`weight` is what serving one is worth: far more than all the travel there can be, so that a bound on the worth
    is one on the served. Each one served costs a way between `least` and `longest`."""

    def __init__(self, requests: Sequence[Request], gaps: Sequence[Gap], travel: Travel) -> None:
        self.requests, self.gaps, self.travel = requests, gaps, travel
        targets = {one.place for one in requests}
        ways = [travel.minutes(one, other) for one in targets | {gap.place for gap in gaps} for other in targets]
        self.least, self.longest = min(ways, default=0), max(ways, default=0)
        self.weight = _OUTWEIGHS * (1 + self.longest * len(requests))
        self.columns = Columns()
        self.many = _MANY
        self.position = {request.key: at for at, request in enumerate(requests)}
        self.gap_position = {gap.key: at for at, gap in enumerate(gaps)}

    def add(self, gap: int, order: tuple[int, ...]) -> bool:
        places = [self.gaps[gap].place, *(self.requests[one].place for one in order)]
        travel = sum(self.travel.minutes(one, other) for one, other in pairwise(places))
        return self.columns.add(gap, len(self.requests) + gap, order, travel)

    def add_keys(self, gap: int, requests: Iterable[int]) -> bool:
        """By the keys of gap and requests."""
        return self.add(self.gap_position[gap], tuple(self.position[key] for key in requests))

    def find(self, routes: Iterable[tuple[int, Iterable[int]]]) -> list[int]:
        """Where these routes are, by the keys of gap and requests; they are added where they are not yet."""
        wanted = [(gap, tuple(order)) for gap, order in routes]
        for gap, order in wanted:
            self.add_keys(gap, order)
        column = {self.keys_of(at): at for at in range(len(self.columns))}
        return [column[keys] for keys in wanted]

    def worth_of(self, routes: Sequence[int]) -> float:
        return float(self.worths()[list(routes)].sum())

    def keys_of(self, column: int) -> tuple[int, tuple[int, ...]]:
        order = tuple(self.requests[one].key for one in self.columns.orders[column])
        return self.gaps[self.columns.gaps[column]].key, order

    def take_in(self, found: Sequence[Priced], gap_prices: Floats) -> int:
        """Add the routes that are worth more than their price; how many."""
        least = EPSILON * self.weight
        return sum(self.add(one.gap, one.order) for one in found if one.worth - gap_prices[one.gap] > least)

    def matrix(self) -> csc_matrix:
        """Rows: requests, then gaps; columns: routes. A request visited twice counts twice."""
        rows = np.array(self.columns.rows, dtype=np.int32)
        shape = (len(self.requests) + len(self.gaps), len(self.columns))
        return csc_matrix((np.ones(len(rows)), rows, np.array(self.columns.ends, dtype=np.int32)), shape=shape)

    def worths(self) -> Floats:
        served = np.diff(np.array(self.columns.ends)) - 1
        return self.weight * served - np.array(self.columns.travel, dtype=float)

    def relaxed(self) -> Relaxed:
        """Interior-point prices lead to fewer rounds than the simplex's, and come sooner. None is below nothing, as a
        bound needs them."""
        if not len(self.columns):
            return Relaxed(0.0, np.zeros(0), np.zeros(len(self.requests)), np.zeros(len(self.gaps)))
        matrix = self.matrix()
        result = linprog(-self.worths(), A_ub=matrix, b_ub=np.ones(matrix.shape[0]), method="highs-ipm")
        prices = np.maximum(-result.ineqlin.marginals, 0.0)
        return Relaxed(-result.fun, result.x, prices[: len(self.requests)], prices[len(self.requests) :])

    def purge(self, now: Relaxed) -> None:
        """Forget routes that are far from being worth their price: they come again if they are needed. Each time more
        are let be, or the same ones would go and come for ever."""
        if len(self.columns) < self.many:
            return
        self.many += _MANY // 2
        gain = self.worths() - self.matrix().T @ np.concatenate([now.request_prices, now.gap_prices])
        old, self.columns = self.columns, Columns()
        for at in np.flatnonzero(gain > -_WORTH_KEEPING * self.weight):
            self.columns.add(old.gaps[at], len(self.requests) + old.gaps[at], old.orders[at], old.travel[at])

    def without(self, taken: Sequence[int]) -> Packing:
        """What is left to decide once these routes are taken, with the routes that are still possible."""
        gone = {one for at in taken for one in self.columns.orders[at]}
        gone_gaps = {self.columns.gaps[at] for at in taken}
        requests = [at for at in range(len(self.requests)) if at not in gone]
        gaps = [at for at in range(len(self.gaps)) if at not in gone_gaps]
        made = Packing([self.requests[at] for at in requests], [self.gaps[at] for at in gaps], self.travel)
        new_request = {at: n for n, at in enumerate(requests)}
        new_gap = {at: n for n, at in enumerate(gaps)}
        for gap, order in zip(self.columns.gaps, self.columns.orders, strict=True):
            if gap in new_gap and all(one in new_request for one in order):
                made.add(new_gap[gap], tuple(new_request[one] for one in order))
        return made

    def usable(self) -> Ints:
        """The routes that visit nobody twice."""
        return np.flatnonzero(~np.array(self.columns.twice, dtype=bool))

    def choose(self, some: Ints, until: float) -> Chosen:
        """The best whole routes among `some`, as far as the time allows."""
        if not len(some):
            return Chosen([], 0.0)
        matrix = self.matrix()[:, some]
        result = milp(
            -self.worths()[some],
            constraints=LinearConstraint(matrix, ub=np.ones(matrix.shape[0])),
            integrality=np.ones(len(some)),
            bounds=Bounds(0, 1),
            options={"time_limit": max(until - time.perf_counter(), 0.05), "mip_rel_gap": 0},
        )
        known = result.mip_dual_bound is not None and np.isfinite(result.mip_dual_bound)
        bound = -float(result.mip_dual_bound) if known else float(self.weight * len(self.requests))
        return Chosen([] if result.x is None else [int(at) for at in some[result.x > 0.5]], bound)

    def improve(self, taken: list[int], bound: float, until: float, rng: random.Random) -> list[int]:
        """Again and again, take some gaps' routes away and choose the best ones in their place (large neighbourhood
        search), until nothing is to be gained, nothing was gained for long, or the time is over."""
        matrix, worths, usable = self.matrix(), self.worths(), self.usable()
        gap_of = np.array(self.columns.gaps)
        stale = 0
        while stale < _STALE and bound - worths[taken].sum() >= 0.5 and time.perf_counter() < until:
            freed = rng.sample(range(len(self.gaps)), min(_FREED, len(self.gaps)))
            kept = [at for at in taken if gap_of[at] not in freed]
            some = usable[np.isin(gap_of[usable], freed)]
            if kept:
                some = some[free_of(matrix[:, some], matrix[:, kept])]
            found = self.choose(some, until).routes
            gain = worths[[*kept, *found]].sum() - worths[taken].sum()
            stale = 0 if gain > 0 else stale + 1
            if gain >= 0:
                taken = [*kept, *found]
        return taken


def free_of(matrix: csc_matrix, taken: csc_matrix) -> NDArray[np.bool_]:
    """Which columns share no row with those taken."""
    used = np.asarray(taken.sum(axis=1)).ravel() > 0
    free: NDArray[np.bool_] = np.asarray(matrix.T @ used.astype(float)).ravel() == 0
    return free
