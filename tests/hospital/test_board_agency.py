"""A hub or partner: what is offered, answering it, and the trips that were given to it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AccessLog
from accounts.roles import Actor, Role
from hospital import offering
from hospital.models import Offer, State, Trip
from tests.factories.escort import member
from tests.programs.signed_in import client_of

OFFERS, TRIPS = "/work/escort/offers/", "/work/escort/agency/trips/"
MOST_QUERIES = 20


def text(response):
    return response.content.decode()


@pytest.fixture
def hub(escort):
    return client_of(escort.agency)


@pytest.fixture
def partner(escort):
    return client_of(Actor.of(member(Role.AGENCY_STAFF, escort.partner)))


def offered(escort, clock="10:00", **booked):
    trip = escort.booked(clock, **booked)
    return offering.offer(trip.pk, to=[escort.hub.pk, escort.partner.pk], actor=escort.dispatcher)[0]


def given(escort):
    made = offered(escort)
    offering.accept_offer(made.pk, actor=escort.agency)
    return Trip.objects.get(pk=made.trip_id)


def test_an_offer_says_where_and_when_and_nothing_of_the_person(escort, hub):
    made = offered(escort)
    page = text(hub.get(OFFERS))
    assert "동작구 → 동작큰병원" in page
    person = made.trip.service_user
    for hidden in (person.name, person.masked_name, made.trip.number, person.phone, "시험로"):
        assert hidden not in page
    assert AccessLog.objects.get(about="trips").ids == [made.trip_id]


def test_it_is_taken_and_is_then_ours(escort, hub, partner):
    made = offered(escort)
    taken = hub.post(f"{OFFERS}{made.pk}/accept/")
    assert taken.headers["Location"] == f"{TRIPS}{made.trip_id}/"
    assert made.trip.number in text(hub.get(TRIPS))
    late = Offer.objects.get(trip=made.trip, organisation=escort.partner)
    assert "다른 기관이 먼저 맡았습니다" in text(partner.post(f"{OFFERS}{late.pk}/accept/", follow=True))
    assert partner.get(f"{TRIPS}{made.trip_id}/").status_code == 404


def test_it_is_declined_with_a_reason(escort, hub):
    made = offered(escort)
    assert hub.post(f"{OFFERS}{made.pk}/decline/", {"reason": ""}).status_code == 422
    hub.post(f"{OFFERS}{made.pk}/decline/", {"reason": "too_far"})
    assert Offer.objects.get(pk=made.pk).decline_reason == "too_far"
    assert "거리가 멂" in text(hub.get(OFFERS))


def test_its_time_over_it_is_past(escort, hub):
    made = offered(escort)
    Offer.objects.filter(pk=made.pk).update(expires_at=timezone.now() - dt.timedelta(minutes=1))
    page = text(hub.get(OFFERS))
    assert "답을 기다리는 제안이 없습니다" in page
    assert "지난 제안" in page
    assert "답할 기한이 지났거나" in text(hub.post(f"{OFFERS}{made.pk}/accept/", follow=True))


def test_anothers_offer_is_not_there(escort, hub, partner):
    made = offered(escort)
    for code in ("accept", "decline"):
        assert partner.post(f"{OFFERS}{made.pk}/{code}/", {"reason": "other"}).status_code == 404
    assert partner.post(f"{OFFERS}{made.pk}/decline/", {}).status_code == 404


def test_a_trip_that_is_only_offered_is_not_opened_nor_assigned(escort, hub):
    made = offered(escort)
    assert hub.get(f"{TRIPS}{made.trip_id}/").status_code == 404
    assert hub.post(f"/work/escort/trips/{made.trip_id}/open/").status_code == 404
    hub.post(f"/work/escort/trips/{made.trip_id}/assign/", {"manager": escort.managers[2].pk, "back": "board"})
    assert Trip.objects.get(pk=made.trip_id).state == State.REQUESTED


def test_ours_is_masked_opened_and_given_to_our_own_manager(escort, hub):
    trip = given(escort)
    page = text(hub.get(f"{TRIPS}{trip.pk}/"))
    assert trip.service_user.name not in page
    assert "민감정보" not in page
    assert trip.service_user.name in text(hub.post(f"/work/escort/trips/{trip.pk}/open/"))
    board = text(hub.get(f"/work/escort/agency/board/{escort.day}/?trip={trip.pk}"))
    assert "박거점" in board
    assert "<strong>김동행</strong>" not in board
    done = hub.post(f"/work/escort/trips/{trip.pk}/assign/", {"manager": escort.managers[2].pk, "back": "board"})
    assert done.headers["Location"] == f"/work/escort/agency/board/{escort.day}/"
    assert Trip.objects.get(pk=trip.pk).state == State.ASSIGNED


def test_ours_is_handed_back(escort, hub):
    trip = given(escort)
    assert hub.post(f"/work/escort/trips/{trip.pk}/hand-back/", {"back": "board"}).status_code == 302
    assert Trip.objects.get(pk=trip.pk).agency is None
    assert hub.get(f"{TRIPS}{trip.pk}/").status_code == 404


def test_after_handing_back_from_its_page_one_stands_in_the_list(escort, hub):
    trip = given(escort)
    answer = hub.post(f"/work/escort/trips/{trip.pk}/hand-back/", {"back": "trip"}, follow=True)
    assert answer.status_code == 200


def test_an_agency_does_not_do_the_operators_acts(escort, hub):
    trip = given(escort)
    for code in ("cancel", "give-up", "offer", "delay", "refund"):
        assert hub.post(f"/work/escort/trips/{trip.pk}/{code}/").status_code == 403


def test_the_operator_sees_who_took_it_and_does_not_assign_over_them(escort):
    trip = given(escort)
    desk = client_of(escort.dispatcher)
    page = text(desk.get(f"/work/escort/board/{escort.day}/"))
    assert "협력기관이 맡은 동행 1건" in page
    assert f'id="waiting-{trip.pk}"' not in page
    refused = desk.post(f"/work/escort/trips/{trip.pk}/assign/", {"manager": escort.managers[0].pk, "back": "board"})
    assert refused.status_code == 422


def test_offers_ask_as_much_for_many_as_for_few(escort, hub):
    def count():
        with CaptureQueriesContext(connection) as asked:
            assert hub.get(OFFERS).status_code == 200
        return len(asked)

    offered(escort)
    count()
    few = count()
    for clock in ("08:00", "12:00", "13:00"):
        offered(escort, clock, person=escort.person())
    assert count() == few <= MOST_QUERIES
