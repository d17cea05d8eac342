"""The escort's part of the world: one of everything on each side, full of secrets, seen by nobody else."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING

from django.utils import timezone

from accounts.roles import Actor, Role
from hospital import offering, settlements, taps
from hospital.assigning import assign_manager
from hospital.booking import book
from hospital.models import (
    Absence,
    Ban,
    CallRecord,
    Credential,
    DispatchPlan,
    FreeProof,
    HospitalFile,
    Incident,
    PlanLine,
    Settlement,
    Shift,
    Trip,
)
from hospital.models.people import index_of_phone
from hospital.payments import take_payment
from hospital.service_users import Person
from hospital.trip_links import token_of
from tests.factories import cast as c
from tests.factories.escort import Escort, at, make_escort, manager, member, shift

if TYPE_CHECKING:
    from tests.access.world import Side

OPERATORS = {"call_center", "dispatcher"}  # the one operator serves both sides


def make_escort_staff() -> tuple[Escort, dict[str, Actor]]:
    """The escort's subjects by key. The hub holds a trip of `here`, another agency and manager hold nothing."""
    escort = make_escort()
    other = manager(escort.operator, c.GWANAK, "오동행")
    return escort, {
        "call_center": escort.caller,
        "dispatcher": escort.dispatcher,
        "agency": escort.agency,
        "other_agency": Actor.of(member(Role.AGENCY_STAFF, escort.partner)),
        "escort_manager": escort.phone_of(escort.managers[0]),
        "other_manager": escort.phone_of(other),
    }


def fill_escort(side: Side, escort: Escort, city: Actor) -> None:
    """Of this side: a trip today by the operator's first manager, one offered to the hub, one the hub took, one that
    is over with its fee and settlement line, a call, an incident, a proof and a ban."""
    today = timezone.localdate()
    me = Actor.citizen(side.owner)
    own, given, offered, over = (_trip(side, escort, me, clock) for clock in ("08:00", "11:00", "14:00", "17:00"))
    first = escort.managers[0]
    if side.owner_key == "citizen":
        assign_manager(own.pk, first.pk, actor=escort.dispatcher)
    Trip.objects.filter(pk=own.pk).update(day=today)  # so that the manager sees it
    offer = offering.offer(given.pk, to=[escort.hub.pk], actor=escort.dispatcher)[0]
    offering.accept_offer(offer.pk, actor=escort.agency)
    open_offer = offering.offer(offered.pk, to=[escort.hub.pk], actor=escort.dispatcher)[0]
    settlement = _finished(over, escort)
    person = own.service_user
    call = CallRecord.objects.create(
        operator=escort.operator, taken_by=escort.caller.membership, phone=person.phone,
        phone_index=index_of_phone(person.phone), service_user=person, note=side.secret("통화 메모"),
    )  # fmt: skip
    incident = Incident.objects.create(
        trip=own, key=uuid.uuid4(), kind="fall", text=side.secret("사고 내용"), reported_by=first.membership,
        occurred_at=timezone.now(),
    )  # fmt: skip
    proof = FreeProof.objects.create(
        service_user=person,
        kind="near_poor",
        income_percent=50,
        valid=(today - dt.timedelta(days=900), today - dt.timedelta(days=800)),
    )
    ban = Ban.objects.create(
        service_user=person, days=(today - dt.timedelta(days=90), today - dt.timedelta(days=60)), reason="no_shows"
    )
    plan = DispatchPlan.objects.create(
        operator=escort.operator, day=escort.day, open_requests=1, served=1, travel_minutes=10, bound=1, seconds=0.1,
        made_by=escort.dispatcher.membership,
    )  # fmt: skip
    PlanLine.objects.create(plan=plan, trip=offered, manager=first, meet_at=offered.latest, travel_minutes=10)
    off = at(today + dt.timedelta(days=40), "09:00")
    absence = Absence.objects.filter(manager=first).first() or Absence.objects.create(
        manager=first, reason="leave", span=(off, off + dt.timedelta(hours=1))
    )
    side.args |= {
        "trip": [own.pk],
        "trip_number": [own.number],
        "given_trip": [given.pk],
        "offer": [open_offer.pk],
        "over_trip": [over.pk],
        "service_user": [person.pk],
        "phone_call": [call.pk],
        "escort_manager_row": [first.pk],
        "settlement": [settlement.pk],
        "settlement_line": [settlement.pk, settlement.lines.get(trip=over).pk],
        "hospital": [escort.hospital.pk],
        "hospital_file": [_hospital_file(city).key],
        "plan": [plan.pk],
        "incident": [incident.pk],
        "shared_token": [token_of(own)],
        "free_proof": [proof.pk],
        "ban": [ban.pk],
        "shift": [Shift.objects.filter(manager=first).earliest("pk").pk],
        "absence": [absence.pk],
        "credential": [Credential.objects.filter(manager=first).earliest("pk").pk],
        "escort_day": [f"{escort.day}"],
    }
    assert city.role == Role.CITY_OFFICER


def _hospital_file(city: Actor) -> HospitalFile:
    """One that was given up."""
    return HospitalFile.objects.create(
        membership=city.membership, filename="목록.xlsx", sha256="0" * 64, state="expired"
    )


def _trip(side: Side, escort: Escort, me: Actor, clock: str) -> Trip:
    booking = escort.booking(
        Person.of(side.owner.profile),
        wish={"wanted_at": at(escort.day, clock), "district": side.owner.profile.district},
        pickup=side.secret(f"만나는 곳 {clock}"), notes=side.secret(f"건강 {clock}"), mobility="aided",
    )  # fmt: skip
    return book(booking, actor=me)


def _finished(trip: Trip, escort: Escort) -> Settlement:
    """Walked last month by a manager of its own, paid, and in the settlement of its month."""
    second = manager(escort.operator)
    shift(second, trip.day)
    assign_manager(trip.pk, second.pk, actor=escort.dispatcher)
    phone = escort.phone_of(second)
    when = timezone.localdate()
    Trip.objects.filter(pk=trip.pk).update(day=when)
    for action in ("arrive", "finish"):
        taps.tap(trip.pk, taps.Tap(uuid.uuid4(), action), actor=phone)
    take_payment(trip.pk, key=uuid.uuid4(), method="card", actor=escort.dispatcher)
    last_month = when.replace(day=1) - dt.timedelta(days=3)
    moment = at(last_month, "12:00")
    Trip.objects.filter(pk=trip.pk).update(
        day=last_month, requested_at=moment, met_at=moment, returned_at=moment + dt.timedelta(hours=2), ended_at=moment
    )
    return settlements.compute_settlement(operator_id=escort.operator.pk, month=last_month, actor=escort.dispatcher)
