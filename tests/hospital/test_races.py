"""Fifty at once: nobody is in two places, no limit is passed, nothing happens twice, and nothing deadlocks."""

from __future__ import annotations

import uuid
from itertools import cycle, islice

from django.db import connection, transaction
from django.utils import timezone

from accounts.roles import Actor, Role
from hospital import hospital_files, offering, taps
from hospital.assigning import assign_manager, live_of, unassign
from hospital.booking import UnableToBook, book
from hospital.cancelling import cancel
from hospital.events import locked
from hospital.models import (
    Assignment,
    DispatchPlan,
    Hospital,
    Offer,
    Payment,
    PlanLine,
    State,
    Trip,
    TripEvent,
    TripUse,
    UsageCounter,
)
from hospital.payments import refund, take_payment
from hospital.planning import apply_plan
from hospital.service_users import Person
from programs.workflow import UnableToPerform
from tests.factories import cast as c
from tests.factories.escort import Escort, at, make_escort, member, organisation
from tests.hospital.test_hospital_import import sent
from tests.scratch import in_threads

ATTACKERS = 50
CLOCKS = ("07:00", "07:30", "08:00", "08:30", "09:00", "09:30", "10:00", "10:30", "11:00", "12:00")


def escort_of(**terms) -> Escort:
    return make_escort(**terms)


def unexpected(results: list) -> list:
    """Errors that are no refusal: a deadlock, a lock time-out, an integrity error that got out."""
    return [one for one in results if isinstance(one, Exception) and not isinstance(one, UnableToPerform)]


def overlaps() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM hospital_assignment a JOIN hospital_assignment b ON a.manager_id = b.manager_id "
            "AND a.id < b.id AND a.planned && b.planned WHERE a.released_at IS NULL AND b.released_at IS NULL"
        )
        return cursor.fetchone()[0]


def test_fifty_dispatchers_book_no_manager_twice_and_never_deadlock(scratch_database):
    escort = escort_of()
    trips = [escort.booked(clock, person=escort.person()) for clock in islice(cycle(CLOCKS), 25)]
    pairs = [(trip, manager) for trip in trips for manager in escort.managers[:2]]
    assert len(pairs) == ATTACKERS
    results = in_threads(lambda pair: assign_manager(pair[0].pk, pair[1].pk, actor=escort.dispatcher), pairs)
    assert unexpected(results) == []
    assert overlaps() == 0
    assert any(isinstance(one, Assignment) for one in results)
    assert any(isinstance(one, UnableToPerform) for one in results)
    live = Assignment.objects.filter(released_at__isnull=True)
    assert live.count() == Trip.objects.filter(state=State.ASSIGNED).count()
    assert live.values("trip").distinct().count() == live.count()


def test_plans_assignments_and_cancellations_at_once(scratch_database):
    escort = escort_of()
    trips = [escort.booked(clock, person=escort.person()) for clock in islice(cycle(CLOCKS), 20)]
    plans = []
    for manager in escort.managers[:2]:
        plan = DispatchPlan.objects.create(
            operator=escort.operator, day=escort.day, open_requests=20, served=20, travel_minutes=0, bound=20,
            seconds=0, made_by=escort.dispatcher.membership,
        )  # fmt: skip
        PlanLine.objects.bulk_create(
            PlanLine(plan=plan, trip=trip, manager=manager, meet_at=trip.latest, travel_minutes=10) for trip in trips
        )
        plans.append(plan)
    acts = [lambda plan=plan: apply_plan(plan.pk, actor=escort.dispatcher) for plan in plans for _n in range(2)]
    acts += [
        lambda trip=trip, manager=manager: assign_manager(trip.pk, manager.pk, actor=escort.dispatcher)
        for trip, manager in zip(trips, cycle(escort.managers[:2]), strict=False)
    ]
    acts += [lambda trip=trip: cancel(trip.pk, actor=escort.caller) for trip in trips[::3]]
    acts += [lambda trip=trip: unassign(trip.pk, actor=escort.dispatcher) for trip in trips[1::3]]
    results = in_threads(lambda act: act(), acts)
    assert unexpected(results) == []
    assert overlaps() == 0
    cancelled = Trip.objects.filter(state=State.CANCELLED)
    assert cancelled.count() == len(trips[::3])
    assert not Assignment.objects.filter(trip__in=cancelled, released_at__isnull=True).exists()
    assert not PlanLine.objects.filter(outcome="").exists()


def test_a_limit_of_six_lets_exactly_six_of_fifty_through(scratch_database):
    escort = escort_of(limits=[{"measure": "uses", "per": "year", "allowed": 6}])
    person = Person.of(escort.citizen.profile)
    moments = [at(escort.day, f"{7 + n // 4:02}:{n % 4 * 15:02}") for n in range(ATTACKERS)]

    def attack(moment):
        booking = escort.booking(person, wish={"wanted_at": moment, "extra_minutes": -80})
        return book(booking, actor=Actor.citizen(escort.citizen))

    results = in_threads(attack, moments)
    assert [one for one in results if isinstance(one, Exception) and not isinstance(one, UnableToBook)] == []
    made = [one for one in results if isinstance(one, Trip)]
    counter = UsageCounter.objects.get()
    assert len(made) == Trip.objects.count() == TripUse.objects.count() == counter.used == 6


def test_the_trigger_alone_keeps_the_limit_too(scratch_database):
    """Without the lock of booking: fifty uses inserted by whoever forgot it."""
    escort = escort_of()
    trips = [escort.booked("10:00", person=escort.person()) for _n in range(2)]
    person = trips[0].service_user
    more = [escort.booked("12:00", person=escort.person()) for _n in range(48)]

    def insert(trip):
        return TripUse.objects.create(
            trip=trip, service_user=person, measure="uses", per="week", starts_on=escort.day, amount=1, allowed=6
        )

    results = in_threads(insert, [*trips, *more])
    assert sum(isinstance(one, TripUse) for one in results) == 6
    assert UsageCounter.objects.get(per="week").used == 6


def test_the_same_booking_from_twenty_tabs_is_one_trip(scratch_database):
    escort = escort_of()
    booking = escort.booking()
    results = in_threads(lambda _n: book(booking, actor=Actor.citizen(escort.citizen)), range(20))
    assert unexpected(results) == []
    assert {one.pk for one in results} == {Trip.objects.get().pk}
    assert UsageCounter.objects.get(measure="uses").used == 1


def test_one_tap_sent_twenty_times_is_one_event(scratch_database):
    escort = escort_of()
    trip = escort.booked()
    assign_manager(trip.pk, escort.managers[0].pk, actor=escort.dispatcher)
    Trip.objects.filter(pk=trip.pk).update(day=timezone.localdate())
    given = taps.Tap(uuid.uuid4(), "start")
    phone = escort.phone_of(escort.managers[0])
    results = in_threads(lambda _n: taps.tap(trip.pk, given, actor=phone), range(20))
    assert unexpected(results) == []
    assert {one.pk for one in results} == {TripEvent.objects.get(action="start").pk}


def test_one_agency_gets_what_five_accept_at_once(scratch_database):
    escort = escort_of()

    agencies = [organisation("escort_partner", f"race-{n}") for n in range(5)]
    actors = [Actor.of(member(Role.AGENCY_STAFF, agency)) for agency in agencies]
    trip = escort.booked()
    offers = offering.offer(trip.pk, to=[agency.pk for agency in agencies], actor=escort.dispatcher)
    by_agency = {offer.organisation_id: offer for offer in offers}
    results = in_threads(lambda actor: offering.accept_offer(by_agency[actor.organisation_id].pk, actor=actor), actors)
    assert unexpected(results) == []
    assert sum(isinstance(one, Trip) for one in results) == 1
    assert Offer.objects.filter(state="accepted").count() == 1


def test_offers_lapse_while_they_are_accepted_and_nothing_deadlocks(scratch_database):
    """Of twenty trips five agencies each accept, the last first, while what is over lapses again and again."""
    escort = escort_of()
    agencies = [organisation("escort_partner", f"race-{n}") for n in range(5)]
    actors = {agency.pk: Actor.of(member(Role.AGENCY_STAFF, agency)) for agency in agencies}
    offers = [
        offer
        for clock in islice(cycle(CLOCKS), 20)
        for offer in offering.offer(
            escort.booked(clock, person=escort.person()).pk, to=list(actors), actor=escort.dispatcher
        )
    ]
    over = max(offer.expires_at for offer in offers)
    acts = [
        lambda offer=offer: offering.accept_offer(offer.pk, actor=actors[offer.organisation_id])
        for offer in reversed(offers)
    ]
    for n in range(0, 2 * len(acts), 4):
        acts.insert(n, lambda: offering.lapse_offers(over))
    assert unexpected(in_threads(lambda act: act(), acts)) == []
    offering.lapse_offers(over)
    assert not Offer.objects.filter(state="open").exists()
    assert Offer.objects.filter(state="accepted").count() == Trip.objects.filter(agency__isnull=False).count()


def test_two_cashiers_take_one_fee_once(scratch_database):
    escort = escort_of()
    trip = unpaid(escort)
    results = in_threads(
        lambda n: take_payment(trip.pk, key=uuid.uuid4(), method="card", actor=escort.dispatcher), range(20)
    )
    assert unexpected(results) == []
    assert Payment.objects.get().amount == 5_000


def test_fifty_part_payments_never_come_to_more_than_the_fee(scratch_database):
    """Five of a thousand won each; a refund among them makes room for no more than it gave back."""
    escort = escort_of()
    trip = unpaid(escort)

    def attack(number):
        if number == 25:
            return refund(trip.pk, key=uuid.uuid4(), amount=1_000, reason="늦음", actor=escort.dispatcher)
        return take_payment(trip.pk, key=uuid.uuid4(), method="card", amount=1_000, actor=escort.caller)

    results = in_threads(attack, range(ATTACKERS))
    assert unexpected(results) == []
    assert sum(Payment.objects.values_list("amount", flat=True)) in (4_000, 5_000)
    assert Payment.objects.filter(amount__gt=0).count() in (5, 6)


def unpaid(escort: Escort) -> Trip:
    """A trip that is over, for 5,000 won."""
    trip = escort.booked()
    assign_manager(trip.pk, escort.managers[0].pk, actor=escort.dispatcher)
    Trip.objects.filter(pk=trip.pk).update(day=timezone.localdate())
    phone = escort.phone_of(escort.managers[0])
    for action in ("arrive", "finish"):
        taps.tap(trip.pk, taps.Tap(uuid.uuid4(), action), actor=phone)
    return trip


def test_looking_for_who_is_planned_locks_no_assignment(scratch_database):
    """Whoever moves a setting-out holds the manager's lock already, and waits for nobody who still wants it."""
    escort = escort_of()
    trip = escort.booked()
    assign_manager(trip.pk, escort.managers[0].pk, actor=escort.dispatcher)

    def move_its_setting_out(_n):
        with transaction.atomic():
            return Assignment.objects.select_for_update(nowait=True).get(trip=trip)

    with transaction.atomic():
        live_of(locked(trip.pk, escort.dispatcher))
        assert unexpected(in_threads(move_its_setting_out, [0])) == []


def test_a_list_of_hospitals_confirmed_by_ten_at_once_is_taken_in_once(scratch_database):
    officer = Actor.of(c.member(Role.CITY_OFFICER))
    job = hospital_files.upload(sent(), actor=officer)
    results = in_threads(lambda _n: hospital_files.confirm(job, actor=officer), range(10))
    assert [one for one in results if one is not None] == []
    job.refresh_from_db()
    assert (job.state, Hospital.objects.count(), job.result["new"]) == ("done", 2, 2)
