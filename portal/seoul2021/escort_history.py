"""A believable past of the escort, made up by a seeded generator: who asked for what, who went, and how it ended.

Nothing of it is the report's but the terms: fares, limits and hours of each day are those in force (escort_terms). A
manager is nowhere twice, nobody passes a limit, and what could not be met is kept with its reason."""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from accounts.clock import SEOUL
from hospital.allowances import amount_of
from hospital.dispatch.problem import Travel
from hospital.escort_terms import EscortTerms, Limit, terms_on
from hospital.models import EscortManager, Hospital, Mobility, State
from hospital.travel_times import travel_under
from portal.seoul2021.escort import hours_of
from programs.deadlines import WorkingCalendar

# Shares of 2022 (domain notes §2.3), with some admissions and discharges.
_PURPOSES = {
    "treatment": 41, "dialysis": 35, "rehabilitation": 8, "test": 8, "admission": 4, "discharge": 4,
}  # fmt: skip
_DEPARTMENTS = ("내과", "정형외과", "안과", "신경과", "외과", "심장내과")
_MINUTE = dt.timedelta(minutes=1)


@dataclass
class Event:
    action: str
    source: str
    target: str
    at: dt.datetime
    by: str  # "citizen", "call_center", "dispatcher" or "escort_manager"
    in_time: bool | None = None


@dataclass
class Made:
    """One trip, or one wish that was never met."""

    person: int
    kind: str
    channel: str
    purpose: str
    hospital: Hospital
    terms: EscortTerms
    requested_at: dt.datetime
    earliest: dt.datetime
    latest: dt.datetime
    minutes: int
    free: bool
    mobility: str
    department: str
    state: str = State.REQUESTED
    manager: EscortManager | None = None
    meet_at: dt.datetime | None = None
    travel: int = 0
    met_at: dt.datetime | None = None
    returned_at: dt.datetime | None = None
    unmet: str = ""
    refused: str = ""  # told so at the booking: there is no trip
    pays_late: bool = False
    events: list[Event] = field(default_factory=list)

    @property
    def day(self) -> dt.date:
        return self.latest.astimezone(SEOUL).date()

    def step(self, action: str, target: str, at: dt.datetime, by: str, in_time: bool | None = None) -> None:
        self.events.append(Event(action, self.events[-1].target if self.events else "", target, at, by, in_time))
        if target:
            self.state = target


@dataclass
class Person:
    """What the generator knows of somebody: where they live, what they usually go for, whether they go free."""

    district: str
    purpose: str
    free: bool
    eager: float
    mobility: str


class History:
    """Days are made in order; the limits used are remembered from one to the next."""

    def __init__(
        self, people: list[Person], managers: list[EscortManager], hospitals: list[Hospital], seed: int
    ) -> None:
        self.rng = random.Random(seed)  # noqa: S311 - made-up data
        self.people, self.managers = people, managers
        self.hospitals = hospitals
        self.calendar = WorkingCalendar({})
        self.used: dict[tuple[int, Limit, dt.date], int] = defaultdict(int)

    def days(self, first: dt.date, last: dt.date, a_day: float) -> Iterator[Made]:
        """About `a_day` requests on a working day, a quarter of it on others where there is service at all."""
        for n in range((last - first).days + 1):
            yield from self.day(first + dt.timedelta(days=n), a_day)

    def day(self, day: dt.date, a_day: float) -> list[Made]:
        terms = terms_on(day)
        hours = terms.hours_on(day, self.calendar)
        if hours is None:
            return []
        count = a_day * self.rng.uniform(0.75, 1.25) * (0.25 if hours.reserved_only else 1)
        asked = [one for _n in range(round(count)) if (one := self._request(day, terms)) is not None]
        travel, busy = travel_under(terms), defaultdict[int, list[tuple[dt.datetime, dt.datetime, str]]](list)
        for one in sorted(asked, key=lambda made: made.requested_at):
            self._go_on(one, busy, travel)
        return asked

    def _request(self, day: dt.date, terms: EscortTerms) -> Made | None:
        rng = self.rng
        number = rng.choices(range(len(self.people)), weights=[person.eager for person in self.people])[0]
        person = self.people[number]
        purpose = (
            person.purpose if rng.random() < 0.8 else rng.choices(list(_PURPOSES), weights=list(_PURPOSES.values()))[0]
        )
        hours = terms.hours_on(day, self.calendar)
        assert hours is not None  # noqa: S101 - days without service were left out
        minutes = min(terms.estimate[purpose] + rng.choice((20, 30, 40, 60)), 400)
        latest_start = dt.datetime.combine(day, hours.closes, SEOUL) - minutes * _MINUTE
        opens = dt.datetime.combine(day, hours.opens, SEOUL)
        span = int((latest_start - opens).total_seconds() // 300)
        start = opens + dt.timedelta(minutes=5 * int(min(rng.betavariate(1.3, 2.4), 0.99) * max(span, 1)))
        is_now = not hours.reserved_only and rng.random() < 0.3
        requested = start if is_now else start - dt.timedelta(days=rng.randint(1, 6), hours=rng.randint(0, 3))
        latest = start + dt.timedelta(hours=terms.response_hours) if is_now else start
        if is_now and latest + minutes * _MINUTE > dt.datetime.combine(day, hours.closes, SEOUL) + dt.timedelta(
            hours=3
        ):
            return None
        made = Made(
            number, "now" if is_now else "reserved", "phone" if rng.random() < 0.7 else "web", purpose,
            self._hospital(person), terms, requested, start, latest, minutes, False, person.mobility,
            rng.choice(_DEPARTMENTS),
        )  # fmt: skip
        made.free = self._goes_free(made, person)
        return made

    def _hospital(self, person: Person) -> Hospital:
        near = [one for one in self.hospitals if one.district_id == person.district]
        return self.rng.choice(near if near and self.rng.random() < 0.5 else self.hospitals)

    def _goes_free(self, made: Made, person: Person) -> bool:
        free = made.terms.free
        if not person.free or free is None:
            return False
        limit = free.limit
        return limit is None or self.used[made.person, limit, limit.starts_on(made.day)] < limit.allowed

    def _go_on(self, one: Made, busy: dict[int, list[tuple[dt.datetime, dt.datetime, str]]], travel: Travel) -> None:
        rng = self.rng
        if self._passes_a_limit(one):
            one.refused = "limit"
            return
        if rng.random() < 0.012:
            one.refused = rng.choice(("mobility", "eligibility", "region"))
            return
        one.step("book", State.REQUESTED, one.requested_at, "citizen" if one.channel == "web" else "call_center")
        if rng.random() < 0.06:
            at = one.requested_at + (one.earliest - one.requested_at) * rng.uniform(0.1, 0.6) + 3 * _MINUTE
            one.step("cancel", State.CANCELLED, at, "citizen")
            return
        if not self._assign(one, busy, travel):
            one.unmet = rng.choice(("no_manager", "declined"))
            one.step("give_up", State.UNMET, one.latest, "dispatcher")
            return
        self._take(one)
        self._walk(one)

    def _passes_a_limit(self, one: Made) -> bool:
        return any(
            self.used[one.person, limit, limit.starts_on(one.day)] + amount_of(limit, one.minutes) > limit.allowed
            for limit in one.terms.limits
        )

    def _take(self, one: Made) -> None:
        for limit in one.terms.limits:
            self.used[one.person, limit, limit.starts_on(one.day)] += amount_of(limit, one.minutes)
        if one.free and one.terms.free and (limit := one.terms.free.limit):
            self.used[one.person, limit, limit.starts_on(one.day)] += 1

    def _assign(self, one: Made, busy: dict[int, list], travel: Travel) -> bool:
        """The nearest of the operator's own who is free, else an agency's."""
        place = self.people[one.person].district
        found: list[tuple[int, int, int, EscortManager, dt.datetime]] = []
        for number, manager in enumerate(self.managers):
            meets = self._meeting(number, one, place, busy[manager.pk], travel)
            if meets is not None:
                foreign = int(manager.organisation_id != self.managers[0].organisation_id)
                found.append((foreign, meets[1], number, manager, meets[0]))
        if not found:
            return False
        foreign, way, _number, manager, meets_at = min(found, key=lambda row: row[:3])
        if foreign and self.rng.random() < 0.35:  # the agencies cannot always
            return False
        one.manager, one.meet_at, one.travel = manager, meets_at, way
        busy[manager.pk].append((meets_at - way * _MINUTE, meets_at + one.minutes * _MINUTE, place))
        busy[manager.pk].sort()
        one.step("assign", State.ASSIGNED, one.requested_at + self.rng.randint(3, 25) * _MINUTE, "dispatcher")
        return True

    def _meeting(
        self, number: int, one: Made, place: str, busy: list, travel: Travel
    ) -> tuple[dt.datetime, int] | None:
        """When the nth manager could be there and after how long a way; appended after what they have that day."""
        manager = self.managers[number]
        begins, ends = (dt.datetime.combine(one.day, clock, SEOUL) for clock in hours_of(number))
        free_from, at = (busy[-1][1], busy[-1][2]) if busy else (begins, manager.base_id)
        way = travel.minutes(at, place)
        meets = max(one.earliest, free_from + way * _MINUTE)
        if meets > one.latest or meets + one.minutes * _MINUTE > ends or meets - way * _MINUTE < free_from:
            return None
        return meets, way

    def _walk(self, one: Made) -> None:
        rng, meets = self.rng, one.meet_at
        assert meets is not None  # noqa: S101 - assigned
        sets_out = meets - one.travel * _MINUTE
        one.step("start", State.ON_THE_WAY, sets_out, "escort_manager")
        if rng.random() < 0.008:
            one.step("no_show", State.NO_SHOW, meets + 15 * _MINUTE, "escort_manager")
            return
        late = rng.choice((-4, -2, 0, 0, 1, 3)) if rng.random() > 0.04 else rng.randint(10, 40)
        one.met_at = max(meets + late * _MINUTE, sets_out + _MINUTE)
        one.step("arrive", State.MET, one.met_at, "escort_manager", in_time=one.met_at <= one.latest + 5 * _MINUTE)
        spent = max(int(one.minutes * rng.uniform(0.75, 1.2)), 35)
        one.returned_at = one.met_at + spent * _MINUTE
        one.step("consult", State.IN_CONSULTATION, one.met_at + spent * 0.4 * _MINUTE, "escort_manager")
        one.step("wait", State.WAITING, one.met_at + spent * 0.7 * _MINUTE, "escort_manager")
        one.step("finish", State.COMPLETED, one.returned_at, "escort_manager")
        one.pays_late = rng.random() < 0.05


def some_people(rng: random.Random, count: int, districts: list[str]) -> list[Person]:
    """A fifth go often, most of them to dialysis; a third go free."""
    made = []
    for _n in range(count):
        often = rng.random() < 0.2
        purpose = (
            "dialysis"
            if often and rng.random() < 0.7
            else rng.choices(list(_PURPOSES), weights=list(_PURPOSES.values()))[0]
        )
        mobility = rng.choices(list(Mobility.values), weights=(5, 4, 1))[0]
        made.append(Person(rng.choice(districts), purpose, rng.random() < 0.33, 6.0 if often else 1.0, mobility))
    return made
