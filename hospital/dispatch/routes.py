"""Routes: in which order one gap serves which requests, each as early as it can be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from hospital.dispatch.problem import Gap, Request, Route, Stop, Travel


def route_of(gap: Gap, order: Sequence[Request], travel: Travel) -> Route | None:
    """The stops of this order, or None where it cannot be kept. Starting early is never worse than starting late."""
    stops: list[Stop] = []
    place, at = gap.place, gap.begins
    for request in order:
        way = travel.minutes(place, request.place)
        starts = max(at + way, request.earliest)
        if starts > request.latest:
            return None
        stops.append(Stop(request.key, starts - way, starts, way))
        place, at = request.place, starts + request.minutes
    onward = travel.minutes(place, gap.next_place) if gap.next_place and stops else 0
    return tuple(stops) if at + onward <= gap.ends else None


def all_orders(gap: Gap, requests: Sequence[Request], travel: Travel) -> Iterator[tuple[Request, ...]]:
    """Every order there is time for in this gap, the way on to its next commitment aside: an order from which that is
    too far may still go on to somewhere nearer."""
    yield from _longer(gap, (), requests, travel)


def _longer(
    gap: Gap, order: tuple[Request, ...], left: Sequence[Request], travel: Travel
) -> Iterator[tuple[Request, ...]]:
    """`gap` is what is left of it after `order`."""
    for request in left:
        starts = max(gap.begins + travel.minutes(gap.place, request.place), request.earliest)
        ends = starts + request.minutes
        if starts > request.latest or ends > gap.ends:
            continue
        longer, others = (*order, request), [other for other in left if other != request]
        yield longer
        yield from _longer(replace(gap, place=request.place, begins=ends), longer, others, travel)


def travel_of(route: Route) -> int:
    return sum(stop.travel for stop in route)
