"""What the escort's terms say (programs.models.Terms.values), read once and checked. Money in won, times in minutes
unless the name says otherwise. Every rule that changed between 2021, 2022 and 2025 is a value here, none a constant.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from hospital.models.limits import Measure, Per
from programs.deadlines import WorkingCalendar
from programs.models import Terms
from programs.workflow import UnableToPerform

PROGRAM = "hospital-escort"


@dataclass(frozen=True)
class Limit:
    """At most `allowed` (uses, or minutes) a period."""

    measure: Measure
    per: Per
    allowed: int

    def starts_on(self, day: dt.date) -> dt.date:
        """The first day of the period that `day` is in; weeks begin on Monday."""
        if self.per == Per.YEAR:
            return day.replace(month=1, day=1)
        if self.per == Per.MONTH:
            return day.replace(day=1)
        return day - dt.timedelta(days=day.weekday())


@dataclass(frozen=True)
class Hours:
    """When the service is there on a kind of day: from the meeting to the return."""

    opens: dt.time
    closes: dt.time
    reserved_only: bool = False

    def __str__(self) -> str:
        return f"{self.opens:%H:%M}–{self.closes:%H:%M}"


@dataclass(frozen=True)
class Free:
    """Who goes free: up to this share of the median income, on a proof of one of these kinds."""

    income_percent: int
    kinds: tuple[str, ...]
    limit: Limit | None


@dataclass(frozen=True)
class BanRule:
    """So many no-shows, or so many late cancellations, since the last ban and within a year, ban for months."""

    no_shows: int
    late_cancels: int
    months: int


@dataclass(frozen=True)
class EscortTerms:
    row: Terms
    fee_first: int
    fee_first_minutes: int
    fee_step: int
    fee_step_minutes: int
    limits: tuple[Limit, ...]
    free: Free | None
    weekday: Hours
    weekend: Hours | None
    response_hours: int
    reserve_days: int
    living_alone: bool
    capital_area: bool
    late_cancel_hours: int
    late_cancel_fee: int
    no_show_fee: int
    ban: BanRule | None
    guardian_until_age: int
    service_price: int  # what the operator's contract gives it an hour; the city bears what the user does not pay
    estimate: dict[str, int] = field(hash=False)
    travel_speed_kmh: int = 15
    travel_base: int = 10
    offer_minutes: int = 20
    device_tolerance: int = 5
    overrun_minutes: int = 180  # a return so much later than estimated may be a tap that was forgotten
    health_note_days: int = 365
    retention_years: int = 5
    pay_within_days: int = 14
    remind_every_days: int = 7
    most_reminders: int = 3
    day_minutes: int = 8 * 60
    week_minutes: int = 40 * 60

    @classmethod
    def of(cls, terms: Terms) -> EscortTerms:
        """Raises KeyError, TypeError or ValueError for terms that do not say what the service needs."""
        return _read(terms.pk, _Held(terms))

    def hours_on(self, day: dt.date, calendar: WorkingCalendar) -> Hours | None:
        """None on a day without service; weekends and holidays are alike."""
        return self.weekday if calendar.is_working_day(day) else self.weekend


class _Held:
    """A row as argument of a cache that goes by its key alone."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.values = repr(sorted(terms.values.items()))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held) and self.values == other.values

    def __hash__(self) -> int:
        return hash(self.values)


@lru_cache(maxsize=64)
def _read(_pk: int, held: _Held) -> EscortTerms:
    values = dict(held.terms.values)
    free, ban, weekend = values.pop("free", None), values.pop("ban", None), values.pop("weekend", None)
    return EscortTerms(
        row=held.terms,
        limits=tuple(_limit(one) for one in values.pop("limits")),
        free=free and _free(free),
        weekday=_hours(values.pop("weekday")),
        weekend=weekend and _hours(weekend),
        ban=ban and BanRule(**ban),
        **values,
    )


def _limit(value: dict[str, Any]) -> Limit:
    return Limit(Measure(value["measure"]), Per(value["per"]), int(value["allowed"]))


def _free(value: dict[str, Any]) -> Free:
    uses = value.get("uses_a_year")
    limit = Limit(Measure.FREE_USES, Per.YEAR, int(uses)) if uses else None
    return Free(int(value["income_percent"]), tuple(value["kinds"]), limit)


def _hours(value: dict[str, Any]) -> Hours:
    return Hours(
        dt.time.fromisoformat(value["opens"]), dt.time.fromisoformat(value["closes"]), bool(value.get("reserved_only"))
    )


def terms_on(day: dt.date, district_code: str | None = None) -> EscortTerms:
    """The terms of that day, of the district where it has its own. Raises UnableToPerform."""
    try:
        found: Terms | None = Terms.on(PROGRAM, day, district_code)
    except Terms.DoesNotExist:
        found = None
    return terms_of(found, day)


def terms_of(row: Terms | None, day: dt.date) -> EscortTerms:
    """What the row of that day says. Raises UnableToPerform where there is none, or where it lacks something."""
    if row is None:
        raise UnableToPerform(
            _("%(day)s에 적용할 이용 조건이 등록되어 있지 않습니다. 시 담당자에게 알려 주십시오.") % {"day": day}
        )
    try:
        return EscortTerms.of(row)
    except (KeyError, TypeError, ValueError) as error:
        raise UnableToPerform(
            _("이용 조건에 빠지거나 잘못된 값이 있습니다(%(what)s). 시 담당자에게 알려 주십시오.") % {"what": error}
        ) from error
