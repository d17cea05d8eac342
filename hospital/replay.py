"""Replay: what would these trips have cost under other terms, and which of them would those terms not have allowed?
Nothing is written; the trips keep the terms of their day.

What a trip does not know cannot be replayed: whether its user lives alone, and a proof that nobody asked for. Charges
for cancelling are not replayed either: there may have been no reason to cancel."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.clock import SEOUL
from hospital.allowances import amount_of, in_words
from hospital.escort_terms import EscortTerms, Limit
from hospital.fees import cost_of, price_of
from hospital.models import Hospital, Measure, Trip
from programs.deadlines import WorkingCalendar

Used = dict[tuple[int, Limit, dt.date], int]


@dataclass(frozen=True)
class Replayed:
    """One trip as it was and under other terms. Won. `barred` says what would have stood in its way."""

    trip: Trip
    was: int
    was_cost: int
    would_be: int
    cost: int
    barred: str = ""


@dataclass(frozen=True)
class Total:
    """Sums in won. A city's share is what each fee leaves of its trip's cost, were everybody to pay."""

    trips: int
    was: int
    was_cost: int
    was_share: int
    would_be: int
    cost: int
    city_share: int
    barred: int


def counts_from(first: dt.date, terms: EscortTerms) -> dt.date:
    """From which day on trips count against the limits that hold on that day: the replay of an autumn begins on
    1 January where there is a limit a year."""
    free = [terms.free.limit] if terms.free and terms.free.limit else []
    return min((limit.starts_on(first) for limit in (*terms.limits, *free)), default=first)


def replay(trips: Iterable[Trip], terms: EscortTerms, *, since: dt.date | None = None) -> Iterator[Replayed]:
    """Each completed trip, in the order of its day, counted against the limits of `terms` as it goes; those before
    `since` are only counted. A trip that is barred takes nothing of a limit. `trips` bring fee, terms and hospital."""
    used: Used = defaultdict(int)
    calendar = WorkingCalendar()
    for trip in sorted(trips, key=lambda one: (one.latest, one.pk)):
        one = _replayed(trip, terms, used, calendar)
        if since is None or trip.day >= since:
            yield one


def _replayed(trip: Trip, terms: EscortTerms, used: Used, calendar: WorkingCalendar) -> Replayed:
    minutes = trip.fee.minutes
    was, was_cost = trip.fee.amount, cost_of(minutes, EscortTerms.of(trip.terms))
    barred = _outside(trip, terms, calendar) or _limit_passed(trip, terms, used)
    if barred:
        return Replayed(trip, was, was_cost, 0, 0, barred)
    price = price_of(minutes, terms, exempt_by=_exempt(trip, terms, used))
    _take(trip, terms, used, minutes, free=bool(price.exempt_by))
    return Replayed(trip, was, was_cost, price.amount, cost_of(minutes, terms))


def _limit_passed(trip: Trip, terms: EscortTerms, used: Used) -> str:
    """As at booking: the estimate has to fit into what is left."""
    for limit in terms.limits:
        taken = used[trip.service_user_id, limit, limit.starts_on(trip.day)]
        if taken + amount_of(limit, trip.minutes) > limit.allowed:
            return in_words(limit)
    return ""


def _outside(trip: Trip, terms: EscortTerms, calendar: WorkingCalendar) -> str:
    """Outside the hours or the region, as booking judges it (hospital.possible)."""
    if trip.hospital.region != Hospital.Region.SEOUL and not terms.capital_area:
        return _("서울 밖의 병원입니다.")
    hours = terms.hours_on(trip.day, calendar)
    if hours is None:
        return _("쉬는 날입니다.")
    if hours.reserved_only and trip.kind == Trip.Kind.NOW:
        return _("주말과 공휴일에는 예약만 받습니다.")
    start = trip.earliest.astimezone(SEOUL)
    closes = dt.datetime.combine(start.date(), hours.closes, SEOUL)
    if start.time() < hours.opens or start + dt.timedelta(minutes=trip.minutes) > closes:
        return _("이용시간 밖입니다.")
    return ""


def _exempt(trip: Trip, terms: EscortTerms, used: Used) -> str:
    free = terms.free
    if not trip.free_kind or free is None or trip.free_kind not in free.kinds:
        return ""
    if free.limit and used[trip.service_user_id, free.limit, free.limit.starts_on(trip.day)] >= free.limit.allowed:
        return ""
    return trip.free_kind


def _take(trip: Trip, terms: EscortTerms, used: Used, minutes: int, *, free: bool) -> None:
    for limit in terms.limits:
        used[trip.service_user_id, limit, limit.starts_on(trip.day)] += amount_of(limit, minutes)
    if free and terms.free and terms.free.limit:
        assert terms.free.limit.measure == Measure.FREE_USES  # noqa: S101 - made so by escort_terms
        used[trip.service_user_id, terms.free.limit, terms.free.limit.starts_on(trip.day)] += 1


def total_of(rows: Iterable[Replayed]) -> Total:
    rows = list(rows)
    return Total(
        trips=len(rows),
        was=sum(row.was for row in rows),
        was_cost=sum(row.was_cost for row in rows),
        was_share=sum(max(row.was_cost - row.was, 0) for row in rows),
        would_be=sum(row.would_be for row in rows),
        cost=sum(row.cost for row in rows),
        city_share=sum(max(row.cost - row.would_be, 0) for row in rows),
        barred=sum(bool(row.barred) for row in rows),
    )
