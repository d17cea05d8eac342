"""The baseline: one request after the other, each to whoever is nearest then."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

from hospital.dispatch.problem import Gap, Plan, Request, Route, Travel
from hospital.dispatch.ranking import rank
from hospital.dispatch.routes import route_of, travel_of


def greedy(requests: Iterable[Request], gaps: Sequence[Gap], travel: Travel) -> Plan:
    """Nearest-first, in the order in which people may be met, as a dispatcher without a plan does: whoever is assigned
    goes on from there. Its bound is that nobody can be served twice."""
    began = time.perf_counter()
    requests = sorted(requests, key=lambda one: (one.earliest, one.latest, one.key))
    orders: dict[int, list[Request]] = {gap.key: [] for gap in gaps}
    free = {gap.key: gap for gap in gaps}
    whole = dict(free)
    for request in requests:
        found = rank(request, free.values(), travel)
        if not found:
            continue
        chosen, gap = found[0], free[found[0].gap]
        orders[gap.key].append(request)
        ends = chosen.starts + request.minutes
        free[gap.key] = Gap(gap.key, gap.manager, request.place, ends, gap.ends, gap.next_place)
    routes: dict[int, Route] = {}
    for key, order in orders.items():
        if order and (route := route_of(whole[key], order, travel)):
            routes[key] = route
    served = sum(map(len, routes.values()))
    way = sum(map(travel_of, routes.values()))
    return Plan(
        routes, served, way, len(requests), 1.0 if served < len(requests) else 0.0, time.perf_counter() - began
    )
