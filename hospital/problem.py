"""A day of the board as the solver sees it: open requests, and the gaps in the managers' shifts. Minutes are counted
from midnight in Seoul, on the solver's grid."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from accounts.clock import SEOUL
from hospital.availability import Day, bounds, stretches, why_not_at_all
from hospital.dispatch.problem import GRID, Gap, Request
from hospital.models import Trip

_KEYS_A_MANAGER = 100
_LATE = 4 * 60  # minutes; a manager who is later than that comes to another trip


def minute_of(moment: dt.datetime, day: dt.date, *, up: bool) -> int:
    """Minutes since the day's midnight, rounded to the grid."""
    exact = (moment - bounds(day)[0]).total_seconds() / 60
    return int(-(-exact // GRID) * GRID) if up else int(exact // GRID * GRID)


def moment_of(minute: int, day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), SEOUL) + dt.timedelta(minutes=minute)


def request_of(trip: Trip, now: dt.datetime) -> Request:
    """From the earliest moment that is still to come to the latest; a reservation not on the grid is as early as it
    must be."""
    early = minute_of(max(trip.earliest, now) if trip.kind == Trip.Kind.NOW else trip.earliest, trip.day, up=True)
    late = minute_of(trip.latest, trip.day, up=False)
    if trip.kind == Trip.Kind.RESERVED:
        early = late
    return Request(trip.pk, trip.district_id, early, late, -(-trip.minutes // GRID) * GRID)


def late_request_of(trip: Trip, now: dt.datetime) -> Request:
    """As `request_of`, with four hours more to be met in: the promised time is over, or cannot be kept."""
    asked = request_of(trip, now)
    soonest = max(asked.earliest, minute_of(now, trip.day, up=True))
    return replace(asked, earliest=soonest, latest=max(soonest, asked.latest) + _LATE)


def late_by(trip: Trip, meets: dt.datetime) -> int | None:
    """Minutes after the promised time; None where the promise is kept."""
    minutes = -int((trip.latest - meets).total_seconds() // 60)
    return minutes if minutes > 0 else None


def gaps_of(days: Iterable[Day], day: dt.date, now: dt.datetime, *, without: int | None = None) -> list[Gap]:
    """The stretches without commitments of everybody who may be sent out. `without`: a trip taken as not planned, so
    that it can be given to somebody else."""
    found: list[Gap] = []
    for one in days:
        if why_not_at_all(one) is None:
            found += _gaps(one, day, now, without)
    return found


def _gaps(one: Day, day: dt.date, now: dt.datetime, without: int | None) -> list[Gap]:
    made: list[Gap] = []
    number = one.manager.pk * _KEYS_A_MANAGER
    for stretch in stretches(one, without=without):
        place, at = one.manager.base_id, stretch.begins
        for step in stretch.planned:
            made.append(_gap(number + len(made), one, place, at, step.meets, step.place, day, now))
            place, at = step.place, step.ends
        made.append(_gap(number + len(made), one, place, at, stretch.ends, None, day, now))
    return [gap for gap in made if gap.begins < gap.ends]


def _gap(  # noqa: PLR0917 - the parts of a gap
    key: int, one: Day, place: str, begins: dt.datetime, ends: dt.datetime, next_place: str | None, day: dt.date,
    now: dt.datetime,
) -> Gap:  # fmt: skip
    start = minute_of(max(begins, now), day, up=True)
    return Gap(key, one.manager.pk, place, start, minute_of(ends, day, up=False), next_place)


@dataclass
class Problem:
    day: dt.date
    requests: list[Request] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
