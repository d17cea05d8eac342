"""Assigning all: the most requests served in their windows, then the least travel.

The packing's relaxation is solved by column generation: HiGHS gives prices, hospital.dispatch.pricing the best routes
for them, until none is worth more than its price. What that leaves bounds every plan. Then diving: the routes that the
relaxation takes nearly whole are taken, and what is left is priced and solved anew, until nothing is. A few requests
are solved by enumerating every route, which is exact."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np

from hospital.dispatch.greedy import greedy
from hospital.dispatch.packing import EPSILON, Packing, Relaxed
from hospital.dispatch.pricing import Priced, Pricing
from hospital.dispatch.problem import Gap, Plan, Request, Route, Travel
from hospital.dispatch.routes import all_orders, route_of, travel_of

_ENUMERATED = 20_000  # orders tried
_FEW = 10  # requests
_SHARE, _DIVING = 0.5, 0.9  # of the time, when the relaxation and the diving end
_ROUNDS = 3  # of pricing for each step of the dive
_NEARLY, _MOSTLY = 0.98, 0.5  # of a route, in the relaxation
_A_STEP = 0.12  # of the gaps are decided at once
_CLOSE = 0.002  # of one request, between what is reached and what could be: enough
Keys = tuple[int, tuple[int, ...]]  # a gap's, and its requests' in order


def solve(requests: Sequence[Request], gaps: Sequence[Gap], travel: Travel, *, seconds: float = 4.0) -> Plan:
    """The best plan that can be found in about so many seconds, never worse than nearest-first, and how good a plan
    can be at all. The same input gives the same plan where the time is enough for it."""
    began = time.perf_counter()
    requests = sorted(
        (one for one in requests if one.earliest <= one.latest), key=lambda one: (one.earliest, one.latest, one.key)
    )
    gaps = sorted(gaps, key=lambda one: one.key)
    packing = Packing(requests, gaps, travel)
    if not requests or not gaps:
        return _plan(packing, [], 0.0, began)
    base = [(key, [stop.request for stop in route]) for key, route in greedy(requests, gaps, travel).routes.items()]
    packing.find(base)
    if len(requests) <= _FEW and _enumerate(packing):
        found = packing.choose(packing.usable(), began + seconds)
        taken, bound = found.routes, found.bound
    else:
        taken, bound = _generate(packing, began, seconds)
    return _plan(packing, max(taken, packing.find(base), key=packing.worth_of), bound, began)


def _enumerate(packing: Packing) -> bool:
    """Every route of every gap; False where there are too many of them."""
    found, left = [], _ENUMERATED
    for gap in packing.gaps:
        for order in islice(all_orders(gap, packing.requests, packing.travel), left + 1):
            left -= 1
            if route_of(gap, order, packing.travel) is not None:
                found.append((gap.key, [one.key for one in order]))
        if left < 0:
            return False
    packing.find(found)
    return True


def _generate(packing: Packing, began: float, seconds: float) -> tuple[list[int], float]:
    bound = _price_out(packing, began + seconds * _SHARE)
    taken = packing.find(_dive(packing, began + seconds * _DIVING))
    rng = random.Random(0)  # noqa: S311 - the same each time
    return packing.improve(taken, bound, began + seconds, rng), bound


def _price_out(packing: Packing, until: float, *, rounds: int = 1_000) -> float:
    """Add the routes that the relaxation needs, while there is time; the least bound met on the worth of any plan.

    No plan is worth more than all prices and each gap's best route at them together, as long as none is below 0."""
    pricing = Pricing(packing.requests, packing.gaps, packing.travel)
    bound = float(packing.weight * len(packing.requests))
    for _round in range(rounds):
        now = packing.relaxed()
        found = pricing.best(packing.weight - now.request_prices)
        bound = min(bound, float(now.request_prices.sum()) + _best_of_each(found, len(packing.gaps)))
        packing.purge(now)
        if not packing.take_in(found, now.gap_prices) or bound - now.value < _CLOSE * packing.weight:
            break
        if time.perf_counter() > until:
            break
    return bound


def _best_of_each(found: Sequence[Priced], gaps: int) -> float:
    """What the gaps' best routes earn together."""
    best = np.zeros(gaps)
    for one in found:
        best[one.gap] = max(best[one.gap], one.worth)
    return float(best.sum())


def _dive(packing: Packing, until: float) -> Iterator[Keys]:
    """Decide some gaps after the other; the first step has the relaxation's own routes."""
    while packing.requests and packing.gaps and len(packing.columns):
        now = packing.relaxed()
        sure = _sure(packing, now)
        if not sure:  # nothing is left but routes that visit somebody twice
            return
        yield from (packing.keys_of(at) for at in sure)
        packing = packing.without(sure)
        if packing.requests and packing.gaps and time.perf_counter() < until:
            _price_out(packing, until, rounds=_ROUNDS)


def _sure(packing: Packing, now: Relaxed) -> list[int]:
    """The routes taken nearly whole, and of the others the most taken, until enough gaps are decided."""
    enough = max(1, round(_A_STEP * len(packing.gaps)))
    taken: list[int] = []
    used: set[int] = set()
    gaps: set[int] = set()
    for at in np.argsort(-now.share, kind="stable"):
        if len(taken) >= enough and now.share[at] < _NEARLY:
            break
        if taken and now.share[at] < _MOSTLY:
            break
        order, gap = packing.columns.orders[at], packing.columns.gaps[at]
        if packing.columns.twice[at] or gap in gaps or used & set(order):
            continue
        taken.append(int(at))
        used |= set(order)
        gaps.add(gap)
    return taken


def _plan(packing: Packing, chosen: Sequence[int], bound_worth: float, began: float) -> Plan:
    """Whoever serves n is worth at least n times the weight less the longest way, and at most less the shortest."""
    routes: dict[int, Route] = {}
    for at in chosen:
        gap = packing.gaps[packing.columns.gaps[at]]
        route = route_of(gap, [packing.requests[one] for one in packing.columns.orders[at]], packing.travel)
        assert route is not None  # noqa: S101 - every column was a route
        routes[gap.key] = route
    served, way = sum(map(len, routes.values())), sum(map(travel_of, routes.values()))
    bound = min(int(bound_worth / (packing.weight - packing.longest) + EPSILON), len(packing.requests))
    most = min(bound_worth, float((packing.weight - packing.least) * bound))
    short = max(most - (packing.weight * served - way), 0.0)
    return Plan(routes, served, way, bound, 0.0 if short < 0.5 else short / most, time.perf_counter() - began)
