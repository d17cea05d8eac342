"""The hospital escort's small world: terms of three times, an operator with managers, a hub, a partner, hospitals.

`make_escort()` gives an `Escort`; `escort.booked(…)` books a trip as the domain does."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, field
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange
from django.utils import timezone

from accounts.clock import SEOUL
from accounts.models import Membership, Organisation
from accounts.roles import Actor, Role
from hospital.booking import Booking, book
from hospital.models import Credential, EscortManager, Hospital, ServiceUser, Shift, Trip
from hospital.models.managers import monday_of
from hospital.possible import Wish
from hospital.service_users import Person
from portal.seoul2021.escort_terms import TERMS, load_consents
from programs.models import Program, Terms
from tests.factories import cast as c

CONSENTS = {"collection": True, "third_party": True, "sensitive": True}


def load_terms(valid_from: dt.date | None = None, **changes: Any) -> Terms:
    """The latest terms in force from `valid_from` (default: long ago), with `changes`; the rest as in the loader."""
    program, _new = Program.objects.get_or_create(
        code="hospital-escort",
        defaults={"name": "병원 안심동행", "name_en": "Hospital escort", "summary": "동행", "summary_en": "Escort."},
    )  # fmt: skip
    values = TERMS[-1].values | changes
    return Terms.objects.create(
        program=program, valid=DateRange(valid_from or dt.date(2021, 1, 1), None), values=values, basis="시험"
    )


def organisation(kind: str, code: str) -> Organisation:
    names = {"escort_operator": "동행수행", "escort_hub": "동행거점", "escort_partner": "동행협력"}
    return Organisation.objects.get_or_create(code=code, defaults={"kind": kind, "name": f"{names[kind]} {code}"})[0]


def member(role: Role, of: Organisation, name: str = "") -> Membership:
    return Membership.objects.create(
        user=c.user(name or str(role.label)),
        organisation=of,
        role=role,
        starts_at=timezone.now() - dt.timedelta(days=1),
    )


def manager(of: Organisation, base: str = c.DONGJAK, name: str = "정동행", *, lacking: str = "") -> EscortManager:
    """A manager with every credential but `lacking`."""
    made = EscortManager.objects.create(
        membership=member(Role.ESCORT_MANAGER, of, name), organisation=of, base_id=base,
        qualification="요양보호사 1급", phone="0221330000",
    )  # fmt: skip
    for kind in Credential.Kind:
        if kind != lacking:
            Credential.objects.create(
                manager=made, kind=kind, title=kind.label, valid_from=dt.date(2020, 1, 1), valid_until=None
            )
    return made


def shift(of: EscortManager, day: dt.date, begins: str = "06:30", ends: str = "20:30", rest: int = 60) -> Shift:
    start, stop = at(day, begins), at(day, ends)
    return Shift.objects.create(
        manager=of, span=DateTimeTZRange(start, stop), break_minutes=rest, week=monday_of(day),
        minutes=int((stop - start).total_seconds() // 60) - rest,
    )  # fmt: skip


def at(day: dt.date, clock: str) -> dt.datetime:
    return dt.datetime.combine(day, dt.time.fromisoformat(clock), SEOUL)


def working_day(ahead: int = 2) -> dt.date:
    """A weekday at least so many days from today that is no holiday, within the days one may reserve for."""
    from programs.deadlines import WorkingCalendar

    calendar = WorkingCalendar()
    day = timezone.localdate() + dt.timedelta(days=ahead)
    while not calendar.is_working_day(day):
        day += dt.timedelta(days=1)
    return day


def hospital(district: str | None = c.DONGJAK, name: str = "동작큰병원", **fields: Any) -> Hospital:
    values = {"kind": "general", "district_id": district, "source": "시험", "region": "seoul"} | fields
    return Hospital.objects.get_or_create(code=f"test-{name}", defaults={"name": name} | values)[0]


@dataclass
class Escort:
    """What make_escort gives."""

    operator: Organisation
    hub: Organisation
    partner: Organisation
    caller: Actor
    dispatcher: Actor
    agency: Actor
    managers: list[EscortManager]
    hospital: Hospital
    day: dt.date
    citizen: Any
    terms: Terms
    made: list[Trip] = field(default_factory=list)

    def phone_of(self, manager: EscortManager) -> Actor:
        """The manager at their phone."""
        return Actor.of(manager.membership)

    def wish(self, **changes: Any) -> Wish:
        values: dict[str, Any] = {
            "kind": "reserved", "wanted_at": at(self.day, "10:00"), "district": self.citizen.profile.district,
            "hospital": self.hospital, "purpose": "treatment",
        }  # fmt: skip
        return Wish(**(values | changes))

    def booking(self, person: Person | None = None, *, wish: dict[str, Any] | None = None, **changes: Any) -> Booking:
        values: dict[str, Any] = {
            "key": uuid.uuid4(), "person": person or Person.of(self.citizen.profile),
            "wish": self.wish(**(wish or {})), "pickup": "시험로 1, 101호", "consents": dict(CONSENTS),
        }  # fmt: skip
        return Booking(**(values | changes))

    def booked(self, clock: str = "10:00", *, person: Person | None = None, actor: Actor | None = None,
               wish: dict[str, Any] | None = None, **changes: Any) -> Trip:  # fmt: skip
        """A reservation at that time of the day, by the citizen, or by the call centre for a new person."""
        who = person or Person.of(self.citizen.profile)
        wanted = {"wanted_at": at(self.day, clock)} | (wish or {})
        by = actor or (Actor.citizen(self.citizen) if person is None else self.caller)
        trip = book(self.booking(who, wish=wanted, **changes), actor=by)
        self.made.append(trip)
        return trip

    def person(self, **overrides: Any) -> Person:
        """Somebody new, without an account."""
        one = c.person(**overrides)
        return Person(one.name, one.birth_date, one.phone, one.address, one.district)

    def service_user(self) -> ServiceUser:
        return ServiceUser.objects.get(user=self.citizen)


def make_escort(**terms: Any) -> Escort:
    """An operator with two managers on shift on `day`, a hub with one, and a citizen of Dongjak-gu."""
    row = load_terms(**terms)
    load_consents()
    operator = organisation("escort_operator", "escort-operator")
    hub, partner = organisation("escort_hub", "escort-hub-1"), organisation("escort_partner", "escort-partner-1")
    day = working_day()
    managers = [
        manager(operator, c.DONGJAK, "김동행"),
        manager(operator, c.GWANAK, "이동행"),
        manager(hub, c.DONGJAK, "박거점"),
    ]
    for one in managers:
        shift(one, day)
    return Escort(
        operator, hub, partner,
        caller=Actor.of(member(Role.CALL_CENTER, operator)), dispatcher=Actor.of(member(Role.DISPATCHER, operator)),
        agency=Actor.of(member(Role.AGENCY_STAFF, hub)), managers=managers, hospital=hospital(), day=day,
        citizen=c.citizen(ci="CI of the escort's citizen"), terms=row,
    )  # fmt: skip
