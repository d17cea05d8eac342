"""Booking: told at once whether, and if not why; once, within the limits, with the consents it needs."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from accounts.roles import Actor, Role
from hospital.assigning import assign_manager
from hospital.booking import UnableToBook, book
from hospital.cancelling import cancel, record_no_show
from hospital.models import Ban, Fee, FreeProof, ServiceUser, State, Trip, TripConsent, UnmetDemand, UsageCounter
from hospital.possible import ask
from hospital.service_users import Person
from notifications.models import Message
from portal.seoul2021.escort_terms import TERMS
from programs.models import Terms
from programs.workflow import UnableToPerform
from tests.factories import cast as c
from tests.factories.escort import CONSENTS, at, hospital, make_escort


def coming_saturday():
    """After today, so that it may be reserved."""
    today = timezone.localdate()
    return today + dt.timedelta(days=(5 - today.weekday()) % 7 or 7)


def refusals(escort, **wish):
    return [one.reason for one in ask(escort.wish(**wish), None, timezone.now()).refusals]


def test_a_reservation_is_booked_and_told(escort):
    trip = escort.booked("10:00")
    assert (trip.state, trip.kind, trip.channel) == (State.REQUESTED, "reserved", "web")
    assert trip.latest == at(escort.day, "10:00")
    assert trip.events.get().to_state == State.REQUESTED
    letter = Message.objects.get(about=f"trip:{trip.pk}")
    assert trip.number in letter.body
    assert "1533-1179" in letter.body
    assert TripConsent.objects.filter(trip=trip, given=True).count() == 3


def test_the_same_booking_sent_again_is_the_same_trip(escort):
    booking = escort.booking()
    first, again = (book(booking, actor=Actor.citizen(escort.citizen)) for _n in range(2))
    assert first.pk == again.pk
    assert Trip.objects.count() == 1


def test_the_call_centre_books_for_a_caller_without_an_account(escort):
    person = escort.person()
    trip = escort.booked(person=person)
    assert trip.channel == "phone"
    assert trip.service_user.user is None
    assert Message.objects.get(about=f"trip:{trip.pk}").to == person.phone


def test_a_callers_row_is_joined_with_the_account_of_the_same_person(escort):
    profile = escort.citizen.profile
    first = escort.booked("09:00", person=Person.of(profile), actor=escort.caller)
    second = escort.booked("15:00")
    assert first.service_user_id == second.service_user_id
    assert ServiceUser.objects.get().user == escort.citizen


def test_nobody_is_booked_for_two_hospitals_at_once(escort):
    escort.booked("10:00")
    with pytest.raises(UnableToBook, match="같은 때에 이미 예약이 있습니다"):
        escort.booked("11:00")


def test_a_same_day_request_has_three_hours(escort):
    now = at(escort.day, "09:00")
    answer = ask(escort.wish(kind="now", wanted_at=now), None, now)
    assert answer.possible
    assert (answer.earliest, answer.latest) == (now, now + dt.timedelta(hours=3))


def test_late_in_the_day_a_same_day_request_has_until_everybody_is_home_by_closing(escort):
    now = at(escort.day, "17:00")
    answer = ask(escort.wish(kind="now", wanted_at=now), None, now)
    assert answer.possible
    assert answer.latest + dt.timedelta(minutes=answer.minutes) == at(escort.day, "20:00")


@pytest.mark.parametrize(("clock", "possible"), [("06:55", False), ("07:00", True), ("17:55", True), ("18:30", False)])
def test_the_whole_trip_lies_within_the_hours(escort, clock, possible):
    """90 minutes of a visit and 10 each way: back by eight in the evening."""
    assert (refusals(escort, wanted_at=at(escort.day, clock)) == []) is possible


def test_weekends_are_for_reservations(escort):
    saturday = coming_saturday()
    now = at(saturday, "10:00")
    assert [r.reason for r in ask(escort.wish(kind="now", wanted_at=now), None, now).refusals] == ["hours"]
    assert refusals(escort, wanted_at=now) == []
    soon = ask(escort.wish(wanted_at=now + dt.timedelta(hours=1)), None, now)
    assert "당일 신청" not in soon.refusals[0].text


def test_reserving_begins_seven_days_before(escort):
    today = timezone.localdate()
    assert refusals(escort, wanted_at=at(today + dt.timedelta(days=8), "10:00")) == ["too_early"]
    assert refusals(escort, wanted_at=timezone.now() + dt.timedelta(hours=1)) == ["too_early"]


def test_the_terms_of_2021_are_for_people_living_alone_on_weekdays(db):
    escort = make_escort(**TERMS[0].values)
    saturday = coming_saturday()
    assert refusals(escort, wanted_at=at(saturday, "10:00")) == ["hours"]
    assert refusals(escort, lives_alone=False) == ["eligibility"]
    far = hospital(None, "수원병원", region="gyeonggi")
    assert refusals(escort, hospital=far) == []


def test_outside_seoul_is_refused_later(escort):
    assert refusals(escort, hospital=hospital(None, "수원병원", region="gyeonggi")) == ["region"]


def test_every_reason_is_told_at_once(escort):
    wish = {"sits_and_toilets": False, "has_other_service": True, "wanted_at": at(escort.day, "19:00")}
    assert set(refusals(escort, **wish)) == {"hours", "mobility", "eligibility"}


def test_a_child_comes_with_a_guardian(escort):
    young = {"birth_date": escort.day.replace(year=escort.day.year - 12)}
    assert refusals(escort, **young) == ["eligibility"]
    assert refusals(escort, **young, guardian_comes=True) == []


def test_a_refused_booking_is_kept_as_unmet_demand_once(escort):
    booking = escort.booking(wish={"sits_and_toilets": False})
    for _n in range(2):
        with pytest.raises(UnableToBook):
            book(booking, actor=Actor.citizen(escort.citizen))
    unmet = UnmetDemand.objects.get()
    assert (unmet.reason, unmet.trip, unmet.district_id) == ("mobility", None, c.DONGJAK)
    assert not Trip.objects.exists()


def test_health_details_need_their_own_consent(escort):
    without = dict(CONSENTS, sensitive=False)
    with pytest.raises(UnableToPerform, match="민감정보"):
        escort.booked(consents=without, notes="심장이 약합니다")
    trip = escort.booked(consents=without)
    assert (trip.mobility, trip.notes) == ("", None)


def test_a_required_consent_is_required(escort):
    with pytest.raises(UnableToPerform, match="동의하지 않으면 예약할 수 없습니다"):
        escort.booked(consents=dict(CONSENTS, third_party=False))
    assert not Trip.objects.exists()


def test_a_proof_makes_it_free_and_takes_a_free_use(escort):
    paid = escort.booked("08:00")
    person = paid.service_user
    FreeProof.objects.create(
        service_user=person, kind="health_insurance", income_percent=100, valid=(dt.date(2021, 1, 1), None)
    )
    free = escort.booked("14:00")
    assert (paid.free_kind, free.free_kind) == ("", "health_insurance")
    assert UsageCounter.objects.get(measure="free_uses").used == 1


def test_a_proof_of_another_kind_or_too_high_an_income_does_not(escort):
    person = escort.booked("08:00").service_user
    FreeProof.objects.create(
        service_user=person, kind="dolbom_sos", income_percent=85, valid=(dt.date(2021, 1, 1), None)
    )
    assert escort.booked("14:00").free_kind == ""


# --- Limits --------------------------------------------------------------------------------
def limited(escort, *limits):
    Terms.objects.filter(pk=escort.terms.pk).update(values=escort.terms.values | {"limits": list(limits)})
    escort.terms.refresh_from_db()


YEAR = {"measure": "uses", "per": "year"}
MINUTES = {"measure": "minutes", "per": "year"}


def test_the_limit_is_told_and_kept(escort):
    limited(escort, YEAR | {"allowed": 2})
    escort.booked("07:00")
    escort.booked("10:00")
    with pytest.raises(UnableToBook, match="연간 2회의 이용 한도를 모두 쓰셨습니다"):
        escort.booked("14:00")
    assert UsageCounter.objects.get().used == 2
    assert UnmetDemand.objects.get().reason == "limit"


def test_cancelling_in_time_returns_the_use(escort):
    limited(escort, YEAR | {"allowed": 1})
    trip = escort.booked("10:00")
    cancel(trip.pk, actor=Actor.citizen(escort.citizen))
    assert UsageCounter.objects.get().used == 0
    assert escort.booked("10:00").state == State.REQUESTED


def test_minutes_are_reserved_by_the_estimate(escort):
    limited(escort, MINUTES | {"allowed": 200})
    trip = escort.booked("07:00")
    assert UsageCounter.objects.get().used == trip.minutes == 110
    with pytest.raises(UnableToBook, match="한도"):
        escort.booked("14:00")


# --- Cancelling ----------------------------------------------------------------------------
def soon(escort, trip, hours):
    moment = timezone.now() + dt.timedelta(hours=hours)
    Trip.objects.filter(pk=trip.pk).update(earliest=moment, latest=moment)


def test_a_late_cancellation_costs_and_the_third_bans(escort):
    for clock in ("07:00", "10:00", "13:00"):
        trip = escort.booked(clock)
        soon(escort, trip, 4)
        assert cancel(trip.pk, actor=Actor.citizen(escort.citizen)).state == State.LATE_CANCELLED
    assert set(Fee.objects.values_list("amount", "state", "kind")) == {(13_000, "due", "cancellation")}
    ban = Ban.objects.get()
    assert ban.reason == "late_cancels"
    assert ban.days.lower == timezone.localdate() + dt.timedelta(days=1)
    with pytest.raises(UnableToBook, match="이용이 제한됩니다"):
        escort.booked("16:00")


def test_a_cancelled_trip_cancelled_again_stays_as_it_is(escort):
    trip = escort.booked()
    once, twice = (cancel(trip.pk, actor=Actor.citizen(escort.citizen)) for _n in range(2))
    assert once.version == twice.version
    assert trip.events.count() == 2


def test_two_no_shows_ban(escort):
    for clock in ("07:00", "10:00"):
        trip = escort.booked(clock)
        assign_manager(trip.pk, escort.managers[0].pk, actor=escort.dispatcher)
        record_no_show(trip.pk, actor=escort.dispatcher, occurred_at=at(escort.day, "13:00"))
    assert Ban.objects.get().reason == "no_shows"


def test_a_stranger_cannot_cancel(escort):
    trip = escort.booked()
    with pytest.raises(Trip.DoesNotExist):
        cancel(trip.pk, actor=Actor.citizen(c.citizen()))
    with pytest.raises(UnableToPerform):
        cancel(trip.pk, actor=c.Actor.of(c.member(Role.CITY_OFFICER)))
