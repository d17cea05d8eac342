"""The dispatch board of one day: every manager's line, who still waits, and who could go."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.clock import SEOUL
from accounts.models import Organisation
from accounts.roles import Actor, Role
from hospital.availability import Day, Planned
from hospital.dispatch import rank
from hospital.dispatch.problem import Request
from hospital.escort_terms import EscortTerms
from hospital.models import LIVE, EscortManager, Offer, State, Trip
from hospital.planning import open_trips, own_days
from hospital.problem import gaps_of, late_by, late_request_of, moment_of, request_of
from hospital.travel_times import travel_under

# The service is there from 7 to 20 o'clock (report, page 24); shifts begin and end around it, on the way.
FIRST_HOUR, LAST_HOUR = 6, 21
HURRY = 60  # minutes; less is left, and the request is marked

TONES = {
    State.REQUESTED: "warning",
    State.ASSIGNED: "info",
    State.ON_THE_WAY: "progress",
    State.MET: "progress",
    State.IN_CONSULTATION: "progress",
    State.WAITING: "progress",
    State.COMPLETED: "success",
    State.CANCELLED: "neutral",
    State.LATE_CANCELLED: "neutral",
    State.NO_SHOW: "danger",
    State.UNMET: "danger",
}


@dataclass(frozen=True)
class Stretch:
    """A part of a line, in per cent of its width as SVG writes them."""

    x: str
    width: str


@dataclass(frozen=True)
class Block:
    """One trip on its manager's line: the way to the door, then the trip itself."""

    trip: Trip
    tone: str
    planned: Planned
    way: Stretch | None
    stretch: Stretch


@dataclass
class Lane:
    """One manager's day."""

    manager: EscortManager
    hours: list[tuple[dt.datetime, dt.datetime]]
    lacking: list[str]
    shifts: list[Stretch]
    absences: list[Stretch]
    blocks: list[Block]

    @property
    def is_on(self) -> bool:
        return bool(self.hours or self.blocks)


@dataclass(frozen=True)
class Waiting:
    """A request without a manager. `minutes_left` until its latest moment, negative once that is over."""

    trip: Trip
    minutes_left: int
    offers: Counter[str]

    @property
    def tone(self) -> str:
        if self.minutes_left <= 0:
            return "danger"
        return "warning" if self.minutes_left < HURRY else "neutral"

    @property
    def clock(self) -> str:
        return in_hours(self.minutes_left)


@dataclass
class Board:
    day: dt.date
    lanes: list[Lane]
    waiting: list[Waiting]
    days: list[Day]
    elsewhere: list[Trip] = field(default_factory=list)  # what agencies took

    @property
    def trip_ids(self) -> list[int]:
        """Of everything it shows."""
        planned = [block.trip.pk for lane in self.lanes for block in lane.blocks]
        return [one.trip.pk for one in self.waiting] + planned + [trip.pk for trip in self.elsewhere]


@dataclass(frozen=True)
class Suggested:
    """A manager who can take the trip: met at `meets` after `travel` minutes; `slack` is left to put it off, or it is
    `late` by so many minutes."""

    manager: EscortManager
    meets: dt.datetime
    travel: int
    slack: int
    late: int | None


def in_hours(minutes: int) -> str:
    """How long is left, or how long it is over."""
    days, rest = divmod(abs(minutes), 24 * 60)
    hours, rest = divmod(rest, 60)
    parts = [ngettext("%(n)d일", "%(n)d일", days) % {"n": days}] if days else []
    if hours:
        parts.append(ngettext("%(n)d시간", "%(n)d시간", hours) % {"n": hours})
    if not days and (rest or not hours):
        parts.append(ngettext("%(n)d분", "%(n)d분", rest) % {"n": rest})
    how_long = " ".join(parts)
    return _("%(time)s 남음") % {"time": how_long} if minutes > 0 else _("%(time)s 지남") % {"time": how_long}


def hours_shown() -> list[dict[str, object]]:
    """The hours along the top, and where their lines stand."""
    return [{"hour": hour, "x": _per_cent((hour - FIRST_HOUR) * 60)} for hour in range(FIRST_HOUR, LAST_HOUR)]


def place_of(moment: dt.datetime, day: dt.date) -> str | None:
    """Where a moment stands on the lines; None outside them."""
    minute = _minute(moment, day)
    return _per_cent(minute) if 0 <= minute <= _width() else None


def stretch_of(begins: dt.datetime, ends: dt.datetime, day: dt.date) -> Stretch | None:
    """What of it lies within the hours shown."""
    first, last = max(_minute(begins, day), 0), min(_minute(ends, day), _width())
    return Stretch(_per_cent(first), _per_cent(last - first)) if first < last else None


def _width() -> int:
    return (LAST_HOUR - FIRST_HOUR) * 60


def _minute(moment: dt.datetime, day: dt.date) -> float:
    first = dt.datetime.combine(day, dt.time(FIRST_HOUR), SEOUL)
    return (moment - first).total_seconds() / 60


def _per_cent(minutes: float) -> str:
    return f"{minutes / _width() * 100:.2f}%"


def board_of(actor: Actor, day: dt.date, now: dt.datetime, *, district: str = "", kind: str = "") -> Board:
    """In a constant number of statements. The filter narrows who waits, not the lines."""
    days = own_days(actor, day)
    trips = _trips_of(actor, days)
    lanes = sorted((_lane(one, trips, day) for one in days), key=lambda lane: not lane.is_on)
    waiting = [
        trip
        for trip in open_trips(actor, day)
        if district in ("", trip.district_id) and kind in ("", trip.kind)
    ]  # fmt: skip
    return Board(day, lanes, _waiting(actor, waiting, now), days, _elsewhere(actor, day))


def _trips_of(actor: Actor, days: Iterable[Day]) -> dict[int, Trip]:
    ids = [planned.trip_id for day in days for planned in day.planned]
    rows = Trip.objects.visible_to(actor).filter(pk__in=ids).select_related("hospital__district", "district")
    return {trip.pk: trip for trip in rows}


def _lane(one: Day, trips: dict[int, Trip], day: dt.date) -> Lane:
    found = (_block(trips[planned.trip_id], planned, day) for planned in one.planned if planned.trip_id in trips)
    return Lane(
        manager=one.manager,
        hours=one.shifts,
        lacking=one.lacking,
        shifts=_stretches(one.shifts, day),
        absences=_stretches(one.absences, day),
        blocks=[block for block in found if block is not None],
    )


def _stretches(spans: Iterable[tuple[dt.datetime, dt.datetime]], day: dt.date) -> list[Stretch]:
    found = (stretch_of(begins, ends, day) for begins, ends in spans)
    return [one for one in found if one is not None]


def _block(trip: Trip, planned: Planned, day: dt.date) -> Block | None:
    stretch = stretch_of(planned.meets, planned.ends, day)
    if stretch is None:
        return None
    return Block(trip, TONES[State(trip.state)], planned, stretch_of(planned.starts, planned.meets, day), stretch)


def _waiting(actor: Actor, trips: list[Trip], now: dt.datetime) -> list[Waiting]:
    offers: dict[int, Counter[str]] = defaultdict(Counter)
    rows = Offer.objects.visible_to(actor).filter(trip__in=[trip.pk for trip in trips])
    for trip, state, n in rows.values_list("trip", "state").annotate(n=Count("pk")).order_by():
        offers[trip][state] = n
    return [Waiting(trip, int((trip.latest - now).total_seconds() // 60), offers[trip.pk]) for trip in trips]


def _elsewhere(actor: Actor, day: dt.date) -> list[Trip]:
    """The day's trips that an agency took, for the operator."""
    if actor.role == Role.AGENCY_STAFF:
        return []
    rows = Trip.objects.visible_to(actor).filter(day=day, agency__isnull=False, state__in=LIVE)
    return list(rows.select_related("agency", "district", "hospital__district").order_by("latest", "pk"))


def suggestions(trip: Trip, days: Iterable[Day], now: dt.datetime) -> list[Suggested]:
    """Everybody who can take the trip, once each, the nearest first, then the one with the most slack."""
    request = request_of(trip, now)
    if request.earliest > request.latest:
        return []
    return list(_suggested(trip, request, days, now).values())


def late_suggestions(trip: Trip, days: Iterable[Day], now: dt.datetime) -> list[Suggested]:
    """Who could be there after the promised time, the least late first: for a day that goes wrong."""
    found = _suggested(trip, late_request_of(trip, now), days, now)
    return sorted(found.values(), key=lambda one: one.meets)


def _suggested(trip: Trip, request: Request, days: Iterable[Day], now: dt.datetime) -> dict[int, Suggested]:
    days = list(days)
    managers = {day.manager.pk: day.manager for day in days}
    gaps = gaps_of(days, trip.day, now, without=trip.pk)
    found: dict[int, Suggested] = {}
    for one in rank(request, gaps, travel_under(EscortTerms.of(trip.terms))):
        meets = moment_of(one.starts, trip.day)
        found.setdefault(
            one.manager, Suggested(managers[one.manager], meets, one.travel, one.slack, late_by(trip, meets))
        )
    return found


def chosen_trip(actor: Actor, pk: int) -> Trip:
    """A trip with what the board says of it. Raises Trip.DoesNotExist."""
    return (
        Trip.objects.visible_to(actor)
        .select_related("district", "hospital__district", "terms", "agency", "service_user")
        .get(pk=pk)
    )


def manager_of(trip: Trip) -> EscortManager | None:
    """Who is planned for it now."""
    return (
        EscortManager.objects.filter(assignments__trip=trip, assignments__released_at__isnull=True)
        .select_related("membership__user", "organisation")
        .first()
    )


def agencies() -> list[Organisation]:
    """Hubs, then partners."""
    kinds = Organisation.Kind
    rows = Organisation.objects.filter(kind__in=[kinds.ESCORT_HUB, kinds.ESCORT_PARTNER])
    return sorted(rows, key=lambda one: (one.kind != kinds.ESCORT_HUB, one.pk))


def offers_of(actor: Actor, trip: Trip) -> list[Offer]:
    rows = Offer.objects.visible_to(actor).filter(trip=trip).select_related("organisation")
    return list(rows.order_by("-pk"))
