"""From the assignment to the return: who can go, what the phone reports, what it costs, what is never lost."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.roles import Actor, Role
from hospital import offering, taps
from hospital.assigning import assign_manager, unassign
from hospital.cancelling import cancel
from hospital.models import (
    Absence,
    Assignment,
    Fee,
    FreeProof,
    Offer,
    State,
    Trip,
    TripEvent,
    UnmetDemand,
    UsageCounter,
)
from hospital.retention import destroy_due
from notifications.models import Message
from programs.models import Terms
from programs.workflow import UnableToPerform
from tests.factories import cast as c
from tests.factories.escort import at, manager, shift


def assigned(escort, clock="10:00", who=0, **booked):
    trip = escort.booked(clock, **booked)
    assign_manager(trip.pk, escort.managers[who].pk, actor=escort.dispatcher)
    return Trip.objects.get(pk=trip.pk)


def today(trip):
    """The manager sees it today."""
    Trip.objects.filter(pk=trip.pk).update(day=timezone.localdate())


def tap(escort, trip, action, *, device_at=None, sent=None, key=None, who=0):
    given = taps.Tap(key or uuid.uuid4(), action, device_at, sent)
    return taps.tap(trip.pk, given, actor=escort.phone_of(escort.managers[who]))


def walked(escort, minutes, **booked):
    """A trip of so many minutes that has just ended."""
    trip = assigned(escort, **booked)
    today(trip)
    tap(escort, trip, "arrive")
    met = timezone.now() - dt.timedelta(minutes=minutes)
    Trip.objects.filter(pk=trip.pk).update(met_at=met)
    tap(escort, trip, "finish")
    return Trip.objects.get(pk=trip.pk)


# --- Assigning -----------------------------------------------------------------------------
def test_a_manager_is_assigned_and_the_person_is_told_who(escort):
    trip = assigned(escort)
    assert (trip.state, trip.meet_at) == (State.ASSIGNED, trip.latest)
    made = trip.assignments.get()
    assert made.planned.upper == trip.latest + dt.timedelta(minutes=trip.minutes)
    letter = Message.objects.get(template="escort.assigned")
    assert "김동행" in letter.body
    assert "요양보호사 1급" in letter.body
    assert "/escort/t/" in letter.body


def test_nobody_is_in_two_places(escort):
    assigned(escort, "10:00")
    other = escort.booked("11:00", person=escort.person())
    with pytest.raises(UnableToPerform, match="이동 시간까지 비어 있지 않습니다"):
        assign_manager(other.pk, escort.managers[0].pk, actor=escort.dispatcher)
    assign_manager(other.pk, escort.managers[1].pk, actor=escort.dispatcher)


def test_the_database_refuses_it_too(escort):
    trip = assigned(escort, "10:00")
    one = trip.assignments.get()
    other = escort.booked("11:00", person=escort.person())
    with pytest.raises(IntegrityError, match="no_manager_is_booked_twice"), transaction.atomic():
        Assignment.objects.create(trip=other, manager=one.manager, planned=one.planned, travel_minutes=0)


def test_the_way_between_two_districts_is_kept_free(escort):
    """Gwanak-gu is two stops away: the same minute would be too early."""
    trip = assigned(escort, "10:00")
    ends = trip.latest + dt.timedelta(minutes=trip.minutes)
    far = escort.booked(
        person=escort.person(district=c.GWANAK), wish={"wanted_at": ends, "district": escort.managers[1].base}
    )
    with pytest.raises(UnableToPerform, match="이동 시간"):
        assign_manager(far.pk, escort.managers[0].pk, actor=escort.dispatcher)


def test_a_trip_put_between_two_others_moves_the_next_setting_out(escort):
    later = assigned(escort, "17:00")
    base = later.assignments.get().travel_minutes
    between = escort.booked(
        person=escort.person(district=c.GWANAK),
        wish={"wanted_at": at(escort.day, "12:00"), "district": escort.managers[1].base},
    )
    assign_manager(between.pk, escort.managers[0].pk, actor=escort.dispatcher)
    after = later.assignments.get()
    assert after.travel_minutes > base
    unassign(between.pk, actor=escort.dispatcher)
    assert later.assignments.get().travel_minutes == base


def test_a_same_day_request_is_met_as_early_as_can_be(escort):
    trip = escort.booked()
    now = at(escort.day, "09:02")
    Trip.objects.filter(pk=trip.pk).update(kind="now", earliest=now, latest=now + dt.timedelta(hours=3))
    made = assign_manager(trip.pk, escort.managers[0].pk, actor=escort.dispatcher)
    trip.refresh_from_db()
    assert trip.meet_at == at(escort.day, "09:05")
    assert made.planned.lower == at(escort.day, "08:55")


@pytest.mark.parametrize("lacking", ["certificate", "training", "insurance"])
def test_nobody_goes_without_what_they_must_hold(escort, lacking):
    someone = manager(escort.operator, lacking=lacking)
    shift(someone, escort.day)
    trip = escort.booked()
    with pytest.raises(UnableToPerform, match="유효하지 않은 자격"):
        assign_manager(trip.pk, someone.pk, actor=escort.dispatcher)


def test_nobody_goes_on_a_day_off_or_outside_their_shift(escort):
    free = manager(escort.operator)
    trip = escort.booked("10:00")
    with pytest.raises(UnableToPerform, match="근무일이 아닙니다"):
        assign_manager(trip.pk, free.pk, actor=escort.dispatcher)
    Absence.objects.create(
        manager=escort.managers[0], reason="leave", span=(at(escort.day, "09:00"), at(escort.day, "12:00"))
    )
    with pytest.raises(UnableToPerform):
        assign_manager(trip.pk, escort.managers[0].pk, actor=escort.dispatcher)


def test_an_agencys_manager_is_not_the_operators_to_send(escort):
    trip = escort.booked()
    with pytest.raises(UnableToPerform, match="우리 기관"):
        assign_manager(trip.pk, escort.managers[2].pk, actor=escort.dispatcher)
    with pytest.raises(UnableToPerform):
        assign_manager(trip.pk, escort.managers[0].pk, actor=escort.caller)


# --- The phone -----------------------------------------------------------------------------
def test_the_steps_of_a_trip(escort):
    trip = assigned(escort)
    today(trip)
    for action in ("start", "arrive", "consult", "wait", "consult", "finish"):
        tap(escort, trip, action)
    trip.refresh_from_db()
    assert trip.state == State.COMPLETED
    assert Fee.objects.get(trip=trip).amount == 5_000
    assert list(trip.events.order_by("pk").values_list("action", flat=True)) == [
        "book", "assign", "start", "arrive", "consult", "wait", "consult", "finish"
    ]  # fmt: skip


def test_a_step_that_cannot_follow_is_refused(escort):
    trip = assigned(escort)
    today(trip)
    with pytest.raises(UnableToPerform, match="‘매니저 배정’ 상태"):
        tap(escort, trip, "finish")


def test_a_tap_sent_again_is_the_same_tap(escort):
    trip = assigned(escort)
    today(trip)
    key = uuid.uuid4()
    first, again = (tap(escort, trip, "start", key=key) for _n in range(2))
    assert first.pk == again.pk
    assert TripEvent.objects.filter(key=key).count() == 1


def test_a_tap_that_arrives_late_counts_when_it_was_made(escort):
    trip = assigned(escort)
    today(trip)
    now = timezone.now()
    made = now - dt.timedelta(minutes=2)
    Trip.objects.filter(pk=trip.pk).update(requested_at=now - dt.timedelta(hours=2))
    event = tap(escort, trip, "arrive", device_at=made, sent=now)
    assert (event.occurred_at, event.device_at, event.flagged) == (made, made, False)
    assert event.recorded_at > event.occurred_at


def test_a_phone_whose_clock_is_wrong_is_flagged_and_the_server_counts(escort):
    trip = assigned(escort)
    today(trip)
    wrong = timezone.now() - dt.timedelta(hours=1)
    event = tap(escort, trip, "arrive", device_at=wrong, sent=wrong)
    trip.refresh_from_db()
    assert event.flagged
    assert abs(event.occurred_at - timezone.now()) < dt.timedelta(minutes=1)
    assert event.device_at == wrong
    assert trip.flagged == ["arrive"]


def test_another_manager_does_not_see_the_trip(escort):
    trip = assigned(escort)
    today(trip)
    with pytest.raises(Trip.DoesNotExist):
        tap(escort, trip, "start", who=1)


@pytest.mark.parametrize(("days", "seen"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_manager_sees_a_trip_from_the_day_before_to_the_day_after(escort, days, seen):
    trip = assigned(escort)
    Trip.objects.filter(pk=trip.pk).update(day=timezone.localdate() + dt.timedelta(days=days))
    phone = escort.phone_of(escort.managers[0])
    assert Trip.objects.visible_to(phone).filter(pk=trip.pk).exists() is seen


def test_a_delay_is_told_at_once(escort):
    trip = assigned(escort)
    today(trip)
    taps.report_delay(trip.pk, minutes=20, actor=escort.phone_of(escort.managers[0]))
    assert "20분" in Message.objects.get(template="escort.delayed").body


# --- What it costs -------------------------------------------------------------------------
def test_the_fee_is_of_the_minutes_from_the_meeting_to_the_return(escort):
    trip = walked(escort, 95)
    fee = Fee.objects.get(trip=trip)
    assert (fee.minutes, fee.amount, fee.state) == (96, 10_000, "due")  # an hour, and two half hours begun
    assert fee.parts["steps"] == 2


def test_a_free_trip_is_exempt(escort):
    person = escort.booked("07:00").service_user
    FreeProof.objects.create(
        service_user=person, kind="near_poor", income_percent=50, valid=(dt.date(2021, 1, 1), None)
    )
    fee = Fee.objects.get(trip=walked(escort, 130, clock="12:00"))
    assert (fee.amount, fee.state, fee.exempt_by) == (0, "exempt", "near_poor")
    assert fee.parts["full"] == 12_500


def test_reserved_minutes_are_settled_with_the_fact(escort):
    limits = [{"measure": "minutes", "per": "year", "allowed": 200}]
    Terms.objects.filter(pk=escort.terms.pk).update(values=escort.terms.values | {"limits": limits})
    walked(escort, 149)
    counter = UsageCounter.objects.get()
    assert (counter.used, counter.over) == (110, 40)  # what happened is never refused, and counts from now on
    trip = escort.booked("17:00", wish={"extra_minutes": -60})
    assert trip.minutes == 50


def test_times_put_right_change_fee_and_limits(escort):
    trip = walked(escort, 200)
    met = trip.returned_at - dt.timedelta(minutes=60)
    taps.correct_times(
        trip.pk, met_at=met, returned_at=trip.returned_at, reason="전화로 확인", actor=escort.dispatcher
    )
    assert Fee.objects.get(trip=trip).amount == 5_000
    assert UsageCounter.objects.get(measure="minutes").used == 60
    assert trip.events.filter(action="correct").exists()


# --- Agencies, and what cannot be met ------------------------------------------------------
def test_the_first_agency_that_accepts_has_it(escort):
    trip = escort.booked()
    made = offering.offer(trip.pk, to=[escort.hub.pk, escort.partner.pk], actor=escort.dispatcher)
    assert len(made) == 2
    offering.accept_offer(made[0].pk, actor=escort.agency)
    assert set(Offer.objects.values_list("state", flat=True)) == {"accepted", "withdrawn"}
    assign_manager(trip.pk, escort.managers[2].pk, actor=escort.agency)
    trip.refresh_from_db()
    assert (trip.agency, trip.state) == (escort.hub, State.ASSIGNED)
    with pytest.raises(UnableToPerform):
        assign_manager(trip.pk, escort.managers[0].pk, actor=escort.dispatcher)


def test_an_offer_lapses(escort):
    trip = escort.booked()
    made = offering.offer(trip.pk, to=[escort.hub.pk], actor=escort.dispatcher)[0]
    assert offering.lapse_offers(made.expires_at + dt.timedelta(seconds=1)) == 1
    with pytest.raises(UnableToPerform, match="기한이 지났거나"):
        offering.accept_offer(made.pk, actor=escort.agency)


def test_an_agency_sees_only_what_is_offered_or_given_to_it(escort):
    trip = escort.booked()
    assert not Trip.objects.visible_to(escort.agency).exists()
    made = offering.offer(trip.pk, to=[escort.hub.pk], actor=escort.dispatcher)[0]
    assert Trip.objects.visible_to(escort.agency).get() == trip
    offering.decline_offer(made.pk, reason="too_far", actor=escort.agency)
    assert not Trip.objects.visible_to(escort.agency).exists()


def test_what_an_agency_hands_back_waits_again(escort):
    trip = escort.booked()
    made = offering.offer(trip.pk, to=[escort.hub.pk], actor=escort.dispatcher)[0]
    offering.accept_offer(made.pk, actor=escort.agency)
    assign_manager(trip.pk, escort.managers[2].pk, actor=escort.agency)
    offering.hand_back(trip.pk, actor=escort.agency)
    trip.refresh_from_db()
    assert (trip.state, trip.agency, trip.meet_at) == (State.REQUESTED, None, None)


def test_what_nobody_takes_is_unmet_told_and_no_use(escort):
    trip = escort.booked()
    offering.give_up(trip.pk, reason="no_manager", actor=escort.dispatcher)
    assert UnmetDemand.objects.get().trip == trip
    assert UsageCounter.objects.get(measure="uses").used == 0
    assert Message.objects.filter(template="escort.unmet").exists()


def test_a_request_that_was_missed_is_kept_as_unmet_never_dropped(escort):
    trip = escort.booked()
    assert offering.give_up_missed(trip.latest) == 0
    assert offering.give_up_missed(trip.latest + dt.timedelta(hours=2)) == 1
    assert Trip.objects.get().state == State.UNMET
    assert TripEvent.objects.get(action="give_up").role == Role.SYSTEM


def test_cancelling_frees_the_manager(escort):
    trip = assigned(escort)
    cancel(trip.pk, actor=Actor.citizen(escort.citizen))
    other = escort.booked("10:00", person=escort.person())
    assign_manager(other.pk, escort.managers[0].pk, actor=escort.dispatcher)


# --- History and destruction ---------------------------------------------------------------
def test_a_state_without_its_event_is_refused_by_the_database(escort):
    trip = escort.booked()
    with pytest.raises(IntegrityError, match="has no event"), transaction.atomic():
        Trip.objects.filter(pk=trip.pk).update(state=State.CANCELLED, ended_at=timezone.now())


def test_health_notes_are_destroyed_after_their_period_and_the_rest_later(escort):
    trip = walked(escort, 60, notes="심장이 약합니다", mobility="aided")
    assert destroy_due(timezone.now() + dt.timedelta(days=360)) == 0
    destroy_due(timezone.now() + dt.timedelta(days=370))
    trip.refresh_from_db()
    assert (trip.notes, trip.mobility) == (None, "")
    assert trip.pickup
    destroy_due(timezone.now() + dt.timedelta(days=5 * 365 + 2))
    trip.refresh_from_db()
    assert trip.pickup is None
    assert trip.service_user.name is None
    assert trip.events.count() == 4
