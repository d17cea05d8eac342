"""Taking from, giving back to and settling the limits of a person. The counters are the database's own
(models.limits); here is what a trip takes, and how a refusal reads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _

from hospital.escort_terms import EscortTerms, Limit
from hospital.models import Measure, Trip, TripUse


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


def left_of(used: dict[tuple[str, str, dt.date], int], limits: Iterable[Limit], day: dt.date) -> list[Left]:
    """What is left of each limit, of what a person has `used` (hospital.standing); all of it for somebody new."""
    return [
        Left(limit, max(limit.allowed - used.get((limit.measure, limit.per, limit.starts_on(day)), 0), 0))
        for limit in limits
    ]


def amount_of(limit: Limit, minutes: int) -> int:
    return minutes if limit.measure == Measure.MINUTES else 1


def limits_of(terms: EscortTerms, *, free: bool) -> list[Limit]:
    """The limits a trip counts for; the free ones only where it is free."""
    also = [terms.free.limit] if free and terms.free and terms.free.limit else []
    return [*terms.limits, *also]


def uses_of(trip: Trip, terms: EscortTerms) -> list[TripUse]:
    """What the trip takes (not saved), in one order for everybody; a trigger takes it from the limits."""
    return [
        TripUse(
            trip=trip, service_user_id=trip.service_user_id, measure=limit.measure, per=limit.per,
            starts_on=limit.starts_on(trip.day), amount=amount_of(limit, trip.minutes), allowed=limit.allowed,
        )
        for limit in limits_of(terms, free=bool(trip.free_kind))
    ]  # fmt: skip


def limit_in(error: IntegrityError, terms: EscortTerms, *, free: bool) -> Limit | None:
    """The limit the database says is reached; None for any other refusal."""
    said = str(error)
    found = (x for x in limits_of(terms, free=free) if f"the limit of {x.measure} per {x.per} is reached" in said)
    return next(found, None)


def give_back(trip: Trip) -> None:
    """A trip cancelled in time, or never served, was no use."""
    for use in TripUse.objects.filter(trip=trip, released_at__isnull=True, settled__isnull=True).order_by("pk"):
        use.released_at = timezone.now()
        use.save(update_fields=["released_at"])


def settle(trip: Trip, minutes: int) -> None:
    """What was reserved by the estimate becomes what happened: a use stays one, minutes are the fact's (none of a trip
    that was cancelled late or met nobody)."""
    for use in TripUse.objects.filter(trip=trip, released_at__isnull=True).order_by("pk"):
        use.settled = minutes if use.measure == Measure.MINUTES else use.amount
        use.save(update_fields=["settled"])
