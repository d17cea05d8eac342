"""Replay: what would these trips have cost under other terms, and which of them would those terms not have allowed?
Nothing is written; the trips keep the terms of their day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from accounts.clock import SEOUL
from hospital.allowances import amount_of
from hospital.escort_terms import EscortTerms, Limit
from hospital.fees import cost_of, price_of
from hospital.models import Measure, Trip
from programs.deadlines import WorkingCalendar


@dataclass(frozen=True)
class Replayed:
    """One trip under other terms. Won. `barred` names the limit or hours that would have stood in its way."""

    trip: Trip
    was: int
    would_be: int
    cost: int
    barred: str = ""


@dataclass(frozen=True)
class Total:
    trips: int
    was: int
    would_be: int
    cost: int
    barred: int

    @property
    def city_share(self) -> int:
        """What the city would have borne, were everybody to pay."""
        return max(self.cost - self.would_be, 0)


def replay(trips: Iterable[Trip], terms: EscortTerms) -> Iterator[Replayed]:
    """Each completed trip, in the order of its day, counted against the limits of `terms` as it goes. A trip that is
    barred takes nothing of a limit. `trips` bring their fee."""
    used: dict[tuple[int, Limit, object], int] = defaultdict(int)
    calendar = WorkingCalendar()
    for trip in sorted(trips, key=lambda one: (one.latest, one.pk)):
        minutes = trip.fee.minutes
        limit = _limit_passed(trip, terms, used, minutes)
        barred = (limit and str(limit.per.label)) or _outside_hours(trip, terms, calendar)
        price = price_of(minutes, terms, exempt_by=_exempt(trip, terms, used) if not barred else "")
        if not barred:
            _take(trip, terms, used, minutes, free=bool(price.exempt_by))
        yield Replayed(
            trip, trip.fee.amount, 0 if barred else price.amount, 0 if barred else cost_of(minutes, terms), str(barred)
        )


def _limit_passed(trip: Trip, terms: EscortTerms, used: dict, minutes: int) -> Limit | None:
    for limit in terms.limits:
        if used[trip.service_user_id, limit, limit.starts_on(trip.day)] + amount_of(limit, minutes) > limit.allowed:
            return limit
    return None


def _outside_hours(trip: Trip, terms: EscortTerms, calendar: WorkingCalendar) -> str:
    hours = terms.hours_on(trip.day, calendar)
    met = (trip.met_at or trip.latest).astimezone(SEOUL).time()
    if hours is None or not hours.opens <= met < hours.closes or (hours.reserved_only and trip.kind == Trip.Kind.NOW):
        return str(Trip._meta.get_field("day").verbose_name)
    return ""


def _exempt(trip: Trip, terms: EscortTerms, used: dict) -> str:
    free = terms.free
    if not trip.free_kind or free is None or trip.free_kind not in free.kinds:
        return ""
    if free.limit and used[trip.service_user_id, free.limit, free.limit.starts_on(trip.day)] >= free.limit.allowed:
        return ""
    return trip.free_kind


def _take(trip: Trip, terms: EscortTerms, used: dict, minutes: int, *, free: bool) -> None:
    for limit in terms.limits:
        used[trip.service_user_id, limit, limit.starts_on(trip.day)] += amount_of(limit, minutes)
    if free and terms.free and terms.free.limit:
        assert terms.free.limit.measure == Measure.FREE_USES  # noqa: S101 - made so by escort_terms
        used[trip.service_user_id, terms.free.limit, terms.free.limit.starts_on(trip.day)] += 1


def total_of(rows: Iterable[Replayed]) -> Total:
    rows = list(rows)
    return Total(
        len(rows), sum(r.was for r in rows), sum(r.would_be for r in rows), sum(r.cost for r in rows),
        sum(bool(r.barred) for r in rows),
    )  # fmt: skip
