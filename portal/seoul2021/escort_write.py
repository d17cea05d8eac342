"""Writing what escort_history made into the tables, in bulk. Rows are synthetic: known from the start, no letters."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections.abc import Iterable

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from accounts.bulk import insert_many
from accounts.models import Organisation
from accounts.months import last_day
from hospital.escort_terms import EscortTerms
from hospital.fees import cost_of, price_of
from hospital.models import (
    Assignment,
    Fee,
    FreeProof,
    Measure,
    Payment,
    ServiceUser,
    Settlement,
    SettlementLine,
    State,
    Trip,
    TripEvent,
    TripUse,
    UnmetDemand,
)
from hospital.models.people import index_of_phone
from hospital.taps import minutes_of
from portal.seoul2021.escort_history import Event, Made, Person
from portal.seoul2021.people import PeopleMaker


def write_people(people: list[Person], first_number: int) -> list[ServiceUser]:
    """One service user each, under names that say they are made up."""
    maker = PeopleMaker(random.Random(first_number), first_number=first_number)  # noqa: S311 - made-up data
    rows = []
    for one in people:
        who = maker.person(one.district)
        row = ServiceUser(
            name=who.name, birth_date=who.birth_date, phone=who.phone, address=who.address, district=who.district,
            dong=who.dong, phone_index=index_of_phone(who.phone), synthetic=True,
        )  # fmt: skip
        row.index()
        rows.append(row)
    return insert_many(rows)


def write_proofs(people: list[Person], rows: list[ServiceUser], kind: str, percent: int, valid: tuple) -> None:
    FreeProof.objects.bulk_create(
        FreeProof(service_user=row, kind=kind, income_percent=percent, valid=valid)
        for one, row in zip(people, rows, strict=True)
        if one.free
    )


def write_trips(made: Iterable[Made], people: list[ServiceUser], operator: Organisation) -> list[Trip]:
    """Trips with everything that belongs to them; wishes refused at the booking only as unmet demand."""
    made = list(made)
    booked = [one for one in made if not one.refused]
    numbers = _numbers(len(booked))
    trips = insert_many(
        _trip(one, people[one.person], operator, number) for one, number in zip(booked, numbers, strict=True)
    )
    pairs = list(zip(booked, trips, strict=True))
    insert_many(_event(event, trip) for one, trip in pairs for event in one.events)
    insert_many(_assignment(one, trip) for one, trip in pairs if one.manager)
    insert_many(use for one, trip in pairs if one.met_at or one.state == State.NO_SHOW for use in _uses(one, trip))
    _write_money(pairs)
    insert_many(_unmet(one, None, people[one.person], operator) for one in made if one.refused)
    insert_many(_unmet(one, trip, people[one.person], operator) for one, trip in pairs if one.unmet)
    return trips


def _numbers(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('hospital_trip_number_seq') FROM generate_series(1, %s)", [count])
        return [number for (number,) in cursor.fetchall()]


def _trip(one: Made, person: ServiceUser, operator: Organisation, number: int) -> Trip:
    manager = one.manager
    agency = manager.organisation if manager and manager.organisation_id != operator.pk else None
    over = one.events[-1].at if one.state not in _LIVE else None
    return Trip(
        number=f"HE-{one.day.year}-{number:06d}", booking_key=uuid.uuid4(), service_user=person, operator=operator,
        agency=agency, terms=one.terms.row, kind=one.kind, channel=one.channel, requested_at=one.requested_at,
        day=one.day, earliest=one.earliest, latest=one.latest, meet_at=one.meet_at, minutes=one.minutes,
        district_id=person.district_id, pickup=person.address, hospital=one.hospital, department=one.department,
        purpose=one.purpose, mobility=one.mobility, free_kind=_proof(one), state=one.state, met_at=one.met_at,
        returned_at=one.returned_at, ended_at=over, version=len(one.events), synthetic=True,
    )  # fmt: skip


_LIVE = (State.REQUESTED, State.ASSIGNED, State.ON_THE_WAY, State.MET, State.IN_CONSULTATION, State.WAITING)


def _proof(one: Made) -> str:
    return one.terms.free.kinds[-1] if one.free and one.terms.free else ""


def _event(event: Event, trip: Trip) -> TripEvent:
    return TripEvent(
        trip=trip, action=event.action, from_state=event.source, to_state=event.target, occurred_at=event.at,
        kind=trip.kind, purpose=trip.purpose, district_id=trip.district_id, in_time=event.in_time, role=event.by,
        synthetic=True,
    )  # fmt: skip


def _assignment(one: Made, trip: Trip) -> Assignment:
    assert one.meet_at is not None  # noqa: S101 - assigned
    start = one.meet_at - dt.timedelta(minutes=one.travel)
    no_longer = one.state == State.NO_SHOW
    return Assignment(
        trip=trip, manager=one.manager, travel_minutes=one.travel,
        planned=DateTimeTZRange(start, one.meet_at + dt.timedelta(minutes=one.minutes)),
        released_at=one.events[-1].at if no_longer else None, release_reason="no_show" if no_longer else "",
    )  # fmt: skip


def _uses(one: Made, trip: Trip) -> list[TripUse]:
    free = [one.terms.free.limit] if one.free and one.terms.free and one.terms.free.limit else []
    return [
        TripUse(
            trip=trip, service_user_id=trip.service_user_id, measure=limit.measure, per=limit.per,
            starts_on=limit.starts_on(one.day), allowed=limit.allowed,
            amount=one.minutes if limit.measure == Measure.MINUTES else 1,
        )
        for limit in [*one.terms.limits, *free]
    ]  # fmt: skip


def _write_money(pairs: list[tuple[Made, Trip]]) -> None:
    served = [(one, trip) for one, trip in pairs if one.state == State.COMPLETED]
    fees = [_fee(one, trip) for one, trip in served]
    insert_many(fees)
    insert_many(
        Payment(
            fee=fee, key=uuid.uuid4(), amount=fee.amount, method=("card", "transfer", "mobile")[trip.pk % 3],
            paid_at=trip.returned_at + dt.timedelta(minutes=3), synthetic=True,
        )
        for fee, (_one, trip) in zip(fees, served, strict=True)
        if fee.state == Fee.State.PAID
    )  # fmt: skip


def _fee(one: Made, trip: Trip) -> Fee:
    price = price_of(minutes_of(trip), one.terms, exempt_by=trip.free_kind)
    state = Fee.State.EXEMPT if price.exempt_by else Fee.State.DUE if one.pays_late else Fee.State.PAID
    return Fee(
        trip=trip, kind=Fee.Kind.SERVICE, minutes=price.minutes, amount=price.amount, parts=price.as_parts(),
        state=state, exempt_by=price.exempt_by, due_on=one.day + dt.timedelta(days=one.terms.pay_within_days),
    )  # fmt: skip


def _unmet(one: Made, trip: Trip | None, person: ServiceUser, operator: Organisation) -> UnmetDemand:
    return UnmetDemand(
        operator=operator, trip=trip, reason=one.unmet or one.refused, kind=one.kind, purpose=one.purpose,
        district_id=person.district_id, wanted_at=one.latest, synthetic=True,
        occurred_at=one.events[-1].at if one.events else one.requested_at,
    )  # fmt: skip


def write_settlements(trips: list[Trip], operator: Organisation, until: dt.date) -> None:
    """Approved ones of each month that ended by `until`: of the past, and posted nowhere, as the budget's own past
    holds its totals already."""
    by_month: dict[dt.date, list[Trip]] = {}
    for trip in trips:
        month = trip.day.replace(day=1)
        if trip.state == State.COMPLETED and last_day(month) <= until:
            by_month.setdefault(month, []).append(trip)
    ids = [trip.pk for trip in trips]
    paid = dict(Payment.objects.filter(fee__trip__in=ids).values_list("fee_id", "amount"))
    fees = dict(Fee.objects.filter(trip__in=ids).values_list("trip_id", "amount"))
    for month, rows in sorted(by_month.items()):
        _write_settlement(operator, month, rows, paid, fees)


def _write_settlement(
    operator: Organisation, month: dt.date, trips: list[Trip], paid: dict[int, int], fees: dict[int, int]
) -> None:
    closed = dt.datetime.combine(last_day(month), dt.time(10), trips[0].latest.tzinfo) + dt.timedelta(days=8)
    settlement = Settlement.objects.create(operator=operator, month=month, computed_at=closed, synthetic=True)
    lines = []
    for trip in trips:
        minutes = minutes_of(trip)
        cost, fee = cost_of(minutes, EscortTerms.of(trip.terms)), fees[trip.pk]
        lines.append(
            SettlementLine(
                settlement=settlement,
                trip=trip,
                minutes=minutes,
                cost=cost,
                fee=fee,
                collected=paid.get(trip.pk, 0),
                city_share=max(cost - fee, 0),
            )
        )
    insert_many(lines)
    settlement.trips, settlement.minutes = len(lines), sum(line.minutes for line in lines)
    settlement.cost, settlement.collected = sum(x.cost for x in lines), sum(x.collected for x in lines)
    settlement.fees = sum(line.fee for line in lines)
    settlement.city_share = sum(line.city_share for line in lines)
    settlement.state = Settlement.State.APPROVED
    settlement.confirmed_at = settlement.checked_at = settlement.approved_at = closed
    settlement.save()
