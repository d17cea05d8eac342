"""Routes: in which order one gap serves which requests, each as early as it can be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

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


def all_routes(gap: Gap, requests: Sequence[Request], travel: Travel) -> Iterator[Route]:
    """Every route of this gap that serves somebody."""
    yield from _longer(gap, (), requests, travel)


def _longer(gap: Gap, order: tuple[Request, ...], left: Sequence[Request], travel: Travel) -> Iterator[Route]:
    for request in left:
        longer = (*order, request)
        route = route_of(gap, longer, travel)
        if route is None and not _may_go_on(gap, longer, travel):
            continue
        if route is not None:
            yield route
        yield from _longer(gap, longer, [other for other in left if other != request], travel)


def _may_go_on(gap: Gap, order: tuple[Request, ...], travel: Travel) -> bool:
    """Too far from the next commitment here, a route may still end somewhere nearer."""
    if gap.next_place is None:
        return False
    open_end = Gap(gap.key, gap.manager, gap.place, gap.begins, gap.ends, None)
    return route_of(open_end, order, travel) is not None


def travel_of(route: Route) -> int:
    return sum(stop.travel for stop in route)
