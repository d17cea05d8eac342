"""Taking from, giving back to and settling the limits of a person. The counters are the database's own
(models.limits); here is what a trip takes, and how a refusal reads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hospital.escort_terms import EscortTerms, Limit
from hospital.models import Measure, Trip, TripUse, UsageCounter


class LimitReached(Exception):
    """The booking would pass a limit; `limit` is the one."""

    def __init__(self, limit: Limit) -> None:
        super().__init__(in_words(limit))
        self.limit = limit


@dataclass(frozen=True)
class Left:
    """How much of a limit is left for a person in the period of a day."""

    limit: Limit
    left: int

    def __str__(self) -> str:
        if self.limit.measure == Measure.MINUTES:
            return _("%(per)s %(hours)d시간 가운데 %(left)d시간 남음") % {
                "per": self.limit.per.label, "hours": self.limit.allowed // 60, "left": self.left // 60,
            }  # fmt: skip
        return _("%(per)s %(n)d회 가운데 %(left)d회 남음") % {
            "per": self.limit.per.label, "n": self.limit.allowed, "left": self.left,
        }  # fmt: skip


def in_words(limit: Limit) -> str:
    if limit.measure == Measure.MINUTES:
        return _("%(per)s %(hours)d시간의 이용 한도를 넘습니다.") % {
            "per": limit.per.label, "hours": limit.allowed // 60,
        }  # fmt: skip
    if limit.measure == Measure.FREE_USES:
        return _("%(per)s %(n)d회의 무료 이용을 모두 쓰셨습니다.") % {"per": limit.per.label, "n": limit.allowed}
    return _("%(per)s %(n)d회의 이용 한도를 모두 쓰셨습니다.") % {"per": limit.per.label, "n": limit.allowed}


def left_of(service_user_id: int | None, limits: Iterable[Limit], day: dt.date) -> list[Left]:
    """What is left of each limit; all of it for somebody new."""
    limits = list(limits)
    periods = {limit.starts_on(day) for limit in limits}
    rows = UsageCounter.objects.filter(service_user=service_user_id, starts_on__in=periods)
    counters = {(row.measure, row.per, row.starts_on): row.used + row.over for row in rows}
    return [
        Left(limit, max(limit.allowed - counters.get((limit.measure, limit.per, limit.starts_on(day)), 0), 0))
        for limit in limits
    ]


def amount_of(limit: Limit, minutes: int) -> int:
    return minutes if limit.measure == Measure.MINUTES else 1


def limits_of(terms: EscortTerms, *, free: bool) -> list[Limit]:
    """The limits a trip counts for; the free ones only where it is free."""
    also = [terms.free.limit] if free and terms.free and terms.free.limit else []
    return [*terms.limits, *also]


def reserve(trip: Trip, terms: EscortTerms) -> None:
    """Take the trip's uses, in one order for everybody. Raises LimitReached; call inside a transaction."""
    for limit in limits_of(terms, free=bool(trip.free_kind)):
        try:
            with transaction.atomic():
                TripUse.objects.create(
                    trip=trip, measure=limit.measure, per=limit.per, starts_on=limit.starts_on(trip.day),
                    amount=amount_of(limit, trip.minutes), allowed=limit.allowed,
                )  # fmt: skip
        except IntegrityError as error:
            if "limit_is_kept" not in str(error) and "limit of" not in str(error):
                raise
            raise LimitReached(limit) from error


def give_back(trip: Trip) -> None:
    """A trip cancelled in time, or never served, was no use."""
    for use in TripUse.objects.filter(trip=trip, released_at__isnull=True, settled__isnull=True).order_by("pk"):
        use.released_at = timezone.now()
        use.save(update_fields=["released_at"])


def settle(trip: Trip, minutes: int) -> None:
    """What was reserved by the estimate becomes what happened: a use stays one, minutes are the fact's."""
    for use in TripUse.objects.filter(trip=trip, released_at__isnull=True).order_by("pk"):
        use.settled = minutes if use.measure == Measure.MINUTES else use.amount
        use.save(update_fields=["settled"])
