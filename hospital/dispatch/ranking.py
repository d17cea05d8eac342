"""For one request: who can take it, the nearest first."""

from __future__ import annotations

from collections.abc import Iterable

from hospital.dispatch.problem import Gap, Request, Suggestion, Travel


def rank(request: Request, gaps: Iterable[Gap], travel: Travel) -> list[Suggestion]:
    """The gaps that can take it, by travel, then by the slack that is left, the most first."""
    found = [one for gap in gaps if (one := fit(request, gap, travel)) is not None]
    return sorted(found, key=lambda one: (one.travel, -one.slack, one.gap))


def fit(request: Request, gap: Gap, travel: Travel) -> Suggestion | None:
    """The earliest start in this gap, or None."""
    way = travel.minutes(gap.place, request.place)
    starts = max(request.earliest, gap.begins + way)
    onward = travel.minutes(request.place, gap.next_place) if gap.next_place else 0
    last = min(request.latest, gap.ends - onward - request.minutes)
    if starts > last:
        return None
    return Suggestion(gap.key, gap.manager, starts, way, last - starts)
