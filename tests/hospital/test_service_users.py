"""Who is who: one row a person, however they come, and nobody gets at it by knowing three facts."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
from django.utils import timezone

from accounts.leaving import reasons_to_stay
from accounts.roles import Actor
from hospital.booking import UnableToBook, book
from hospital.cancelling import cancel
from hospital.models import Ban, Fee, ServiceUser, Trip
from hospital.service_users import Person
from notifications.models import Message
from tests.factories import cast as c


def of(profile, **changes):
    """What a caller says of the person of a profile: all but who the identity provider said they are."""
    said = {"verified_index": None, "language": None} | changes
    return dataclasses.replace(Person.of(profile), **said)


@pytest.fixture
def profile(escort):
    return escort.citizen.profile


def verify(profile, ci="CI of somebody"):
    profile.ci, profile.identity_verified_at = ci, timezone.now()
    profile.save()
    return profile


def test_a_verified_person_who_calls_is_the_same_person(escort, profile):
    own = escort.booked("09:00")
    called = escort.booked("15:00", person=of(profile), actor=escort.caller)
    assert called.service_user_id == own.service_user_id
    assert ServiceUser.objects.get().user == escort.citizen


def test_a_ban_holds_for_the_verified_person_who_calls(escort, profile):
    person = escort.booked("09:00").service_user
    days = (escort.day - dt.timedelta(days=1), escort.day + dt.timedelta(days=30))
    Ban.objects.create(service_user=person, days=days, reason="no_shows")
    with pytest.raises(UnableToBook):
        escort.booked("15:00", person=of(profile), actor=escort.caller)


def test_a_callers_row_becomes_the_accounts_when_the_identity_is_verified(escort):
    other = c.citizen().profile
    called = escort.booked("09:00", person=of(other), actor=escort.caller)
    assert called.service_user.user is None
    verify(other)
    called.service_user.refresh_from_db()
    assert called.service_user.user == other.user
    own = book(escort.booking(Person.of(other), wish={"wanted_at": called.latest + dt.timedelta(hours=6)}),
               actor=Actor.citizen(other.user))  # fmt: skip
    assert own.service_user_id == called.service_user_id


def test_an_account_without_a_verified_identity_does_not_see_what_somebody_else_booked(escort):
    other = c.citizen()
    called = escort.booked("09:00", person=of(other.profile), actor=escort.caller)
    own = book(escort.booking(Person.of(other.profile), wish={"wanted_at": called.latest + dt.timedelta(hours=6)}),
               actor=Actor.citizen(other))  # fmt: skip
    assert own.service_user_id == called.service_user_id, "limits follow the person"
    assert list(Trip.objects.visible_to(Actor.citizen(other))) == [own]
    assert own.subject_id == other.pk
    assert called.subject_id is None


def test_whom_the_call_centre_has_before_it_may_have_a_new_number(escort, profile):
    first = escort.booked("09:00")
    moved = of(profile, phone="01099990000")
    second = escort.booked("15:00", person=moved, actor=escort.caller, known=first.service_user_id)
    assert second.service_user_id == first.service_user_id
    assert ServiceUser.objects.get().phone == "01099990000"


def test_another_of_the_family_is_another_person(escort, profile):
    first = escort.booked("09:00")
    wife = of(profile, name="이아내", birth_date=dt.date(1950, 3, 4))
    second = escort.booked("15:00", person=wife, actor=escort.caller, known=first.service_user_id)
    assert second.service_user_id != first.service_user_id
    first.service_user.refresh_from_db()
    assert first.service_user.name == profile.name


def test_family_fills_in_and_replaces_nothing(escort, profile):
    first = escort.booked("09:00")
    ServiceUser.objects.update(language="en")
    family = c.citizen()
    said = of(profile, address="다른로 9", district=c.citizen(c.GWANAK).profile.district)
    wish = {"wanted_at": first.latest + dt.timedelta(hours=6)}
    booking = escort.booking(said, wish=wish, for_oneself=False, family_name="김가족 (딸)", family_phone="01000001111")
    book(booking, actor=Actor.citizen(family))
    person = ServiceUser.objects.get()
    assert (person.address, person.district_id, person.language) == (profile.address, c.DONGJAK, "en")


def test_a_new_number_in_the_profile_reaches_the_row(escort, profile):
    trip = escort.booked("09:00")
    profile.phone = "01012349999"
    profile.save()
    trip.service_user.refresh_from_db()
    assert trip.service_user.phone == "01012349999"


def test_without_a_verified_identity_only_a_row_of_ones_own_follows_the_profile(escort):
    alone, shared = c.citizen(), c.citizen()
    trips = [
        book(escort.booking(Person.of(one.profile)), actor=Actor.citizen(one)) for one in (alone, shared)
    ]  # fmt: skip
    escort.booked("16:00", person=of(shared.profile), actor=escort.caller)
    for one in (alone, shared):
        one.profile.phone = "01012349999"
        one.profile.save()
    phones = [Trip.objects.get(pk=trip.pk).service_user.phone == "01012349999" for trip in trips]
    assert phones == [True, False]


def test_an_agents_own_account_sees_nothing_of_whom_they_booked_for(escort):
    trip = escort.booked(person=escort.person())
    mine = Actor.citizen(escort.caller.user)
    assert not Trip.objects.visible_to(mine).exists()
    assert not Message.objects.filter(recipient=mine.user_id).exists()
    assert trip.events.get().user == escort.caller.user


def test_the_department_needs_the_consent_to_health_data(escort):
    consents = {"collection": True, "third_party": True, "sensitive": False}
    with pytest.raises(Exception, match="민감정보"):
        escort.booked(department="정신건강의학과", consents=consents)


def test_an_account_stays_while_an_escort_is_booked_or_unpaid(escort):
    trip = escort.booked()
    assert any("병원 동행이 남아" in reason for reason in reasons_to_stay(escort.citizen))
    cancel(trip.pk, actor=Actor.citizen(escort.citizen))
    assert reasons_to_stay(escort.citizen) == []
    Fee.objects.create(trip=trip, kind="cancellation", state="due", amount=13_000, due_on=timezone.localdate())
    assert any("내지 않은" in reason for reason in reasons_to_stay(escort.citizen))


def test_a_known_person_called_by_their_first_name_again_is_the_same(escort):
    """Their account's name was changed; the call centre has them before it and types the name as it first was."""
    person = escort.person()
    row = escort.booked("09:00", person=person).service_user
    row.name = "바로잡은이름"
    row.save()
    again = escort.booked("15:00", person=person, known=row.pk)
    assert again.service_user_id == row.pk
    assert ServiceUser.objects.count() == 1
