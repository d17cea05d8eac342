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
from hospital.dispatch.pricing import Floats, Priced, Pricing
from hospital.dispatch.problem import Gap, Plan, Request, Route, Travel
from hospital.dispatch.routes import all_routes, route_of, travel_of

_ENUMERATED = 20_000  # routes
_FEW = 10  # requests
_SHARE, _DIVING = 0.7, 0.9  # of the time, when the relaxation and the diving end
_ROUNDS = 3  # of pricing for each step of the dive
_NEARLY, _MOSTLY = 0.98, 0.5  # of a route, in the relaxation
_A_STEP = 0.12  # of the gaps are decided at once
_CLOSE = 0.02  # of one request, between what is reached and what could be: enough
Keys = tuple[int, tuple[int, ...]]  # a gap's, and its requests' in order


def solve(requests: Sequence[Request], gaps: Sequence[Gap], travel: Travel, *, seconds: float = 4.0) -> Plan:
    """The best plan that can be found in about so many seconds, and how good a plan can be at all."""
    began = time.perf_counter()
    requests = sorted(requests, key=lambda one: (one.earliest, one.latest, one.key))
    gaps = sorted(gaps, key=lambda one: one.key)
    packing = Packing(requests, gaps, travel)
    if len(requests) <= _FEW and _enumerate(packing):
        taken = packing.choose(packing.usable(), began + seconds)
        return _plan(packing, taken, float(packing.worths()[taken].sum()), began)
    return _generate(packing, began, seconds)


def _enumerate(packing: Packing) -> bool:
    """Every route of every gap; False where there are too many of them."""
    for gap in packing.gaps:
        left = _ENUMERATED - len(packing.columns)
        for route in islice(all_routes(gap, packing.requests, packing.travel), left + 1):
            packing.add_route(gap.key, route)
    return len(packing.columns) <= _ENUMERATED


def _generate(packing: Packing, began: float, seconds: float) -> Plan:
    first = greedy(packing.requests, packing.gaps, packing.travel)
    for key, route in first.routes.items():
        packing.add_route(key, route)
    bound = _price_out(packing, began + seconds * _SHARE)
    taken: list[Keys] = list(_dive(packing, began + seconds * _DIVING))
    for gap, order in taken:
        packing.add_keys(gap, order)
    column = {packing.keys_of(at): at for at in range(len(packing.columns))}
    chosen = [column[keys] for keys in taken]
    chosen = packing.improve(chosen, bound, began + seconds, random.Random(0))  # noqa: S311 - the same each time
    return _plan(packing, chosen, bound, began)


def _price_out(packing: Packing, until: float, *, rounds: int = 1_000) -> float:
    """Add the routes that the relaxation needs, while there is time; the least bound on the worth of any plan met."""
    pricing = Pricing(packing.requests, packing.gaps, packing.travel)
    bound = float(packing.weight * len(packing.requests))
    for _round in range(rounds):
        now = packing.relaxed()
        found = pricing.best(packing.weight - now.request_prices)
        bound = min(bound, now.value + _over(found, now.gap_prices))  # holds at any prices
        packing.purge(now)
        if not packing.take_in(found, now.gap_prices) or bound - now.value < _CLOSE * packing.weight:
            break
        if time.perf_counter() > until:
            break
    return bound


def _over(found: Sequence[Priced], gap_prices: Floats) -> float:
    """How much more, at most, the gaps could earn than their prices say."""
    over = np.zeros(len(gap_prices))
    for one in found:
        over[one.gap] = max(over[one.gap], one.worth - gap_prices[one.gap])
    return float(over.sum())


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
    routes: dict[int, Route] = {}
    for at in chosen:
        gap = packing.gaps[packing.columns.gaps[at]]
        route = route_of(gap, [packing.requests[one] for one in packing.columns.orders[at]], packing.travel)
        assert route is not None  # noqa: S101 - every column was a route
        routes[gap.key] = route
    served, way = sum(map(len, routes.values())), sum(map(travel_of, routes.values()))
    short = max(bound_worth - (packing.weight * served - way), 0.0)
    bound = max(int(np.ceil(bound_worth / packing.weight - EPSILON)), served)
    return Plan(routes, served, way, bound, 0.0 if short < 0.5 else short / bound_worth, time.perf_counter() - began)
