"""When a day goes wrong: phones that say nothing, managers who break down, late cancellations, plans broken off."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Actor
from hospital import offering, planning, taps
from hospital.assigning import assign_manager, unassign
from hospital.cancelling import cancel, record_no_show
from hospital.models import (
    Absence,
    DispatchPlan,
    Fee,
    Offer,
    PlanLine,
    Shift,
    State,
    Trip,
    TripEvent,
    UnmetDemand,
    UsageCounter,
)
from hospital.models.managers import monday_of
from hospital.planning import apply_plan
from notifications.models import Message
from programs.workflow import UnableToPerform
from tests.factories import cast as c
from tests.factories.escort import at
from tests.programs.signed_in import client_of


@pytest.fixture
def desk(escort):
    return client_of(escort.dispatcher)


def assigned(escort, clock="10:00", **booked):
    trip = escort.booked(clock, **booked)
    assign_manager(trip.pk, escort.managers[0].pk, actor=escort.dispatcher)
    return Trip.objects.get(pk=trip.pk)


def brought_to(trip, moment, **changes):
    """As if this were when it meets; nobody waits in a test."""
    fields = {"day": timezone.localdate(moment), "earliest": moment, "latest": moment, "meet_at": moment}
    Trip.objects.filter(pk=trip.pk).update(**(fields | changes))


def set_out(escort, trip):
    taps.tap(trip.pk, taps.Tap(uuid.uuid4(), "start"), actor=escort.phone_of(escort.managers[0]))


def under_way(escort, minutes_late=0):
    """Today, its manager on the way to a door where they should be so many minutes ago."""
    trip = assigned(escort)
    now = timezone.now()
    promised = now - dt.timedelta(minutes=minutes_late) if minutes_late else now + dt.timedelta(minutes=30)
    brought_to(trip, promised)
    set_out(escort, trip)
    for one in escort.managers[:2]:
        one.shifts.all().delete()
        at_work = DateTimeTZRange(now - dt.timedelta(hours=10), now + dt.timedelta(hours=10))
        week = monday_of(timezone.localdate())
        Shift.objects.create(manager=one, span=at_work, break_minutes=60, week=week, minutes=19 * 60)
    return trip


def used(measure):
    return UsageCounter.objects.get(measure=measure).used


# --- Late cancellations, and nobody at the door ------------------------------------------------
def test_a_late_cancellation_is_a_use_without_minutes(escort):
    trip = assigned(escort)
    minutes, uses = used("minutes"), used("uses")
    brought_to(trip, timezone.now() + dt.timedelta(hours=2))
    assert cancel(trip.pk, actor=Actor.citizen(escort.citizen)).state == State.LATE_CANCELLED
    assert (minutes, used("minutes"), uses, used("uses")) == (110, 0, 1, 1)


def test_nobody_at_the_door_is_a_use_without_minutes(escort):
    trip = assigned(escort)
    brought_to(trip, timezone.now())
    record_no_show(trip.pk, actor=escort.dispatcher)
    assert (used("minutes"), used("uses")) == (0, 1)


def test_a_no_show_keeps_the_phones_own_times(escort):
    trip = assigned(escort)
    now = timezone.now()
    brought_to(trip, now)
    pressed = now - dt.timedelta(minutes=3)
    given = taps.Tap(uuid.uuid4(), "no_show", pressed, now)
    taps.tap_no_show(trip.pk, given, actor=escort.phone_of(escort.managers[0]))
    event = TripEvent.objects.get(action="no_show")
    assert (event.device_at, event.device_sent_at, event.occurred_at, event.flagged) == (pressed, now, pressed, False)


def test_a_same_day_request_is_cancelled_late_once_the_manager_is_on_the_way(escort):
    trip = assigned(escort)
    brought_to(trip, timezone.now() + dt.timedelta(hours=1), kind="now")
    other = assigned(escort, "16:00", person=escort.person())
    brought_to(other, timezone.now() + dt.timedelta(hours=1), kind="now")
    assert cancel(other.pk, actor=escort.caller).state == State.CANCELLED
    set_out(escort, trip)
    assert cancel(trip.pk, actor=escort.caller).state == State.LATE_CANCELLED


def test_nobody_pays_for_what_is_the_operators_doing(escort):
    def near(clock, **changes):
        trip = assigned(escort, clock, person=escort.person())
        brought_to(trip, timezone.now() + dt.timedelta(hours=1), **changes)
        return trip

    told_late = near("07:00")
    taps.report_delay(told_late.pk, minutes=40, actor=escort.dispatcher)
    taken_off = near("10:00")
    unassign(taken_off.pk, actor=escort.dispatcher)
    for trip in (told_late, taken_off):
        assert cancel(trip.pk, actor=escort.caller, reason="person").state == State.CANCELLED
    assert cancel(near("13:00").pk, actor=escort.caller, reason="operator").state == State.CANCELLED
    missed = escort.booked("16:00")
    brought_to(missed, timezone.now() - dt.timedelta(minutes=5), meet_at=None)
    assert cancel(missed.pk, actor=Actor.citizen(escort.citizen)).state == State.CANCELLED
    assert not Fee.objects.exists()


# --- A phone that said nothing -----------------------------------------------------------------
@pytest.mark.parametrize("last", [None, "start", "arrive", "consult", "wait"])
def test_a_trip_is_ended_for_a_phone_that_stopped_anywhere(escort, last):
    trip = assigned(escort)
    ended = timezone.now() - dt.timedelta(minutes=5)
    met = ended - dt.timedelta(minutes=90)
    brought_to(trip, met)
    Trip.objects.filter(pk=trip.pk).update(requested_at=met - dt.timedelta(hours=1))
    phone = escort.phone_of(escort.managers[0])
    walk = ["start", "arrive", "consult", "wait"]
    for action in walk[: walk.index(last) + 1] if last else []:
        taps.tap(trip.pk, taps.Tap(uuid.uuid4(), action), actor=phone)
    taps.record_times(trip.pk, met_at=met, returned_at=ended, reason="no_phone", actor=escort.dispatcher)
    trip.refresh_from_db()
    assert (trip.state, trip.met_at, trip.returned_at, trip.ended_at) == (State.COMPLETED, met, ended, ended)
    assert (trip.fee.minutes, trip.fee.amount, used("minutes")) == (90, 7_500, 90)
    said = trip.events.filter(in_time__isnull=False).order_by("-pk")[0]
    assert said.in_time
    assert trip.events.filter(action="finish").count() == 1


@pytest.mark.parametrize(("wrong", "said"), [
    ({"returned_at": dt.timedelta(minutes=10)}, "지금보다 앞"),
    ({"met_at": dt.timedelta(minutes=-1)}, "만난 뒤"),
    ({"met_at": dt.timedelta(days=-9)}, "예약을 받은 때"),
    ({"reason": " "}, "사유"),
])  # fmt: skip
def test_times_that_cannot_be_are_refused(escort, wrong, said):
    trip = assigned(escort)
    now = timezone.now()
    given = {
        "met_at": now - dt.timedelta(seconds=2),
        "returned_at": now - dt.timedelta(seconds=1),
        "reason": "no_phone",
    }
    for name, value in wrong.items():
        given[name] = now + value if isinstance(value, dt.timedelta) else value
    if "met_at" in wrong and wrong["met_at"] > dt.timedelta(days=-1):
        given["returned_at"] = given["met_at"]
    with pytest.raises(UnableToPerform, match=said):
        taps.record_times(trip.pk, actor=escort.dispatcher, **given)
    assert Trip.objects.get(pk=trip.pk).state == State.ASSIGNED


def test_the_dispatcher_finds_what_was_left_and_ends_it_from_its_page(escort, desk):
    trip = assigned(escort)
    long_ago = timezone.now() - dt.timedelta(days=20)
    brought_to(trip, long_ago)
    Trip.objects.filter(pk=trip.pk).update(requested_at=long_ago - dt.timedelta(days=1))
    board = desk.get("/work/escort/board/").content.decode()
    assert "지난 날의 동행 1건이 끝나지 않았습니다" in board
    listed = desk.get("/work/escort/trips/", {"unended": "on"}).content.decode()
    assert trip.number in listed
    page = desk.get(reverse("hospital:trip", args=[trip.pk])).content.decode()
    assert "마친 동행 대신 적기" in page
    local = timezone.localtime(long_ago)
    given = {
        "met_at": local.strftime("%Y-%m-%dT%H:%M"), "reason": "no_phone",
        "returned_at": (local + dt.timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M"),
    }  # fmt: skip
    assert desk.post(f"/work/escort/trips/{trip.pk}/record/", given).status_code == 302
    assert Trip.objects.get(pk=trip.pk).state == State.COMPLETED
    assert "끝나지 않았습니다" not in desk.get("/work/escort/board/").content.decode()


def test_it_is_not_offered_before_the_meeting(escort, desk):
    trip = assigned(escort)
    assert "마친 동행 대신 적기" not in desk.get(reverse("hospital:trip", args=[trip.pk])).content.decode()


# --- A manager who breaks down on the way ------------------------------------------------------
def test_another_takes_over_and_the_first_is_free_again(escort):
    trip = under_way(escort)
    with pytest.raises(UnableToPerform, match="이미 출발한"):
        assign_manager(trip.pk, escort.managers[0].pk, actor=escort.dispatcher)
    made = assign_manager(trip.pk, escort.managers[1].pk, actor=escort.dispatcher, late=True)
    trip.refresh_from_db()
    assert (trip.state, made.manager) == (State.ASSIGNED, escort.managers[1])
    assert trip.assignments.get(manager=escort.managers[0]).release_reason == "reassigned"
    with pytest.raises(Trip.DoesNotExist):
        taps.tap(trip.pk, taps.Tap(uuid.uuid4(), "arrive"), actor=escort.phone_of(escort.managers[0]))


def test_after_the_promised_time_only_knowingly_and_the_person_is_told_by_how_much(escort):
    trip = under_way(escort, minutes_late=20)
    with pytest.raises(UnableToPerform):
        assign_manager(trip.pk, escort.managers[1].pk, actor=escort.dispatcher)
    assign_manager(trip.pk, escort.managers[1].pk, actor=escort.dispatcher, late=True)
    trip.refresh_from_db()
    assert trip.meet_at > trip.latest
    assert f"약 {trip.delay_minutes}분 늦어집니다" in Message.objects.get(template="escort.delayed").body
    assert cancel(trip.pk, actor=Actor.citizen(escort.citizen)).state == State.CANCELLED
    assert not Fee.objects.exists()


def test_the_board_suggests_who_comes_late_where_nobody_comes_in_time(escort, desk):
    trip = under_way(escort, minutes_late=20)
    trip.refresh_from_db()
    page = desk.get(f"/work/escort/board/{trip.day}/", {"trip": trip.pk}).content.decode()
    assert "약속한 때까지 갈 수 있는 매니저가 없습니다" in page
    assert "분 늦음" in page
    given = {"manager": escort.managers[1].pk, "late": "on", "back": "board"}
    assert desk.post(f"/work/escort/trips/{trip.pk}/assign/", given).status_code == 302
    assert Trip.objects.get(pk=trip.pk).assignments.get(released_at=None).manager == escort.managers[1]


def test_who_set_out_can_be_taken_off_or_the_trip_given_up(escort):
    trip, other = assigned(escort), assigned(escort, "16:00", person=escort.person())
    for one in (trip, other):
        brought_to(one, timezone.now())
        set_out(escort, one)
    unassign(trip.pk, actor=escort.dispatcher)
    trip.refresh_from_db()
    assert (trip.state, trip.meet_at) == (State.REQUESTED, None)
    offering.give_up(other.pk, reason="no_manager", actor=escort.dispatcher)
    assert UnmetDemand.objects.get().trip == other


# --- Offers, plans and absences ----------------------------------------------------------------
def test_an_own_manager_withdraws_what_was_offered(escort):
    trip = escort.booked()
    made = offering.offer(trip.pk, to=[escort.hub.pk], actor=escort.dispatcher)[0]
    assign_manager(trip.pk, escort.managers[0].pk, actor=escort.dispatcher)
    assert Offer.objects.get().state == Offer.State.WITHDRAWN
    with pytest.raises(UnableToPerform):
        offering.accept_offer(made.pk, actor=escort.agency)


def test_a_plan_that_was_broken_off_is_done_the_next_time_and_counts_what_it_did(escort, monkeypatch):
    plan = DispatchPlan.objects.create(
        operator=escort.operator, day=escort.day, open_requests=2, served=2, travel_minutes=0, bound=2, seconds=0,
        made_by=escort.dispatcher.membership,
    )  # fmt: skip
    trips = [escort.booked("10:00"), escort.booked("14:00", person=escort.person())]
    for trip in trips:
        PlanLine.objects.create(
            plan=plan, trip=trip, manager=escort.managers[0], meet_at=trip.latest, travel_minutes=0
        )
    really = planning.assign_manager

    def breaks_at_the_second(trip_id, *args, **options):
        if trip_id == trips[1].pk:
            raise ConnectionError
        return really(trip_id, *args, **options)

    with monkeypatch.context() as broken:
        broken.setattr(planning, "assign_manager", breaks_at_the_second)
        with pytest.raises(ConnectionError):
            apply_plan(plan.pk, actor=escort.dispatcher)
    assert list(PlanLine.objects.order_by("pk").values_list("outcome", flat=True)) == ["assigned", ""]
    applied = apply_plan(plan.pk, actor=escort.dispatcher)
    assert (applied.assigned, applied.refused) == (2, [])


def test_after_an_absence_a_manager_sets_out_from_the_base(escort):
    """The first trip ends far away; the second is after lunch at home, in the base's own district."""
    one = escort.managers[0]
    far = escort.booked("08:00", person=escort.person(district=c.GWANAK), wish={"district": escort.managers[1].base})
    assign_manager(far.pk, one.pk, actor=escort.dispatcher)
    Absence.objects.create(manager=one, reason="leave", span=(at(escort.day, "12:00"), at(escort.day, "13:00")))
    near = escort.booked("15:00", person=escort.person())
    made = assign_manager(near.pk, one.pk, actor=escort.dispatcher)
    from_base = made.travel_minutes
    made.refresh_from_db()
    assert made.travel_minutes == from_base
    between = escort.booked("09:50", person=escort.person())
    with pytest.raises(UnableToPerform):
        assign_manager(between.pk, one.pk, actor=escort.dispatcher)
    unassign(far.pk, actor=escort.dispatcher)
    made.refresh_from_db()
    assert made.travel_minutes == from_base
