"""The manager's pages: whose trips, what opens, what a tap answers over a bad line and without script."""

from __future__ import annotations

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccessLog
from hospital.assigning import assign_manager
from hospital.models import Incident, Payment, State, Trip, TripEvent
from notifications.models import Message
from tests.factories.escort import CONSENTS
from tests.programs.signed_in import client_of

FETCH = {"X-Requested-With": "fetch"}


@pytest.fixture
def trip(escort):
    made = escort.booked(notes="심장이 약합니다", mobility="aided", consents=dict(CONSENTS))
    assign_manager(made.pk, escort.managers[0].pk, actor=escort.dispatcher)
    Trip.objects.filter(pk=made.pk).update(day=timezone.localdate())
    return Trip.objects.get(pk=made.pk)


@pytest.fixture
def phone(escort):
    return client_of(escort.phone_of(escort.managers[0]))


def url(name, trip):
    return reverse(f"hospital:{name}", args=[trip.pk])


def tap(phone, trip, pressed, **values):
    data = {"key": uuid.uuid4(), "action": pressed} | values
    return phone.post(url("phone_tap", trip), data, headers=FETCH)


def test_the_day_lists_the_managers_own_trips_masked_and_logged(phone, trip, escort):
    page = phone.get(reverse("hospital:phone_day")).content.decode()
    assert trip.number in page
    assert escort.citizen.profile.name not in page
    assert AccessLog.objects.get(action="list").ids == [trip.pk]
    other = client_of(escort.phone_of(escort.managers[1]))
    assert "오늘은 배정된 동행이 없습니다" in other.get(reverse("hospital:phone_day")).content.decode()
    assert other.get(url("phone_trip", trip)).status_code == 404


def test_the_person_opens_by_a_post_that_is_logged_and_stays_open_for_taps(phone, trip, escort):
    name = escort.citizen.profile.name
    assert name not in phone.get(url("phone_trip", trip)).content.decode()
    phone.post(url("phone_open", trip))
    log = AccessLog.objects.get(action="read")
    assert (log.subject_id, log.ids) == (escort.citizen.pk, [trip.pk])
    tap(phone, trip, "start")
    page = phone.get(url("phone_trip", trip)).content.decode()
    assert name in page
    assert "심장이 약합니다" in page
    assert f"tel:{escort.citizen.profile.phone}" in page


def test_a_tap_by_script_is_answered_and_once_whatever_is_sent(phone, trip):
    key = uuid.uuid4()
    now = timezone.now().isoformat()
    answers = [tap(phone, trip, "start", key=key, device_at=now, device_sent_at=now) for _n in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert TripEvent.objects.get(key=key).device_at is not None


def test_a_tap_that_cannot_follow_says_why(phone, trip):
    answer = tap(phone, trip, "finish")
    assert answer.status_code == 409
    assert "상태여서 할 수 없습니다" in answer.json()["message"]


@pytest.mark.parametrize(
    "wrong", [{"action": "fly"}, {"key": "x"}, {"device_at": "yesterday"}, {"device_at": "2026-01-01T10:00"}]
)
def test_what_is_no_tap_is_refused(phone, trip, wrong):
    assert tap(phone, trip, "start", **wrong).status_code == 422
    assert not TripEvent.objects.filter(action="start").exists()


def test_without_script_the_button_is_a_form(phone, trip):
    answer = phone.post(url("phone_tap", trip), {"key": uuid.uuid4(), "action": "start"}, follow=True)
    assert "도착·만남" in answer.content.decode()
    assert Trip.objects.get().state == State.ON_THE_WAY


def test_a_trip_is_walked_signed_and_paid(phone, trip):
    for action in ("start", "arrive", "consult", "wait"):
        tap(phone, trip, action)
    assert phone.post(url("phone_sign", trip), {"strokes": "M 1 2 L 3 4 <script>"}).status_code == 422
    assert phone.post(url("phone_sign", trip), {}).status_code == 422
    phone.post(url("phone_sign", trip), {"strokes": "M 10 20 L 30 40"})
    tap(phone, trip, "finish")
    page = phone.get(url("phone_trip", trip)).content.decode()
    assert "M 10 20 L 30 40" in page
    assert "5,000원 받음" in page
    key = uuid.uuid4()
    for _n in range(2):
        phone.post(url("phone_pay", trip), {"key": key, "method": "card"})
    assert Payment.objects.get().amount == 5_000
    assert Message.objects.filter(template="escort.paid").count() == 1


def test_a_delay_and_an_incident_are_told(phone, trip, escort):
    phone.post(url("phone_delay", trip), {"key": uuid.uuid4(), "minutes": "20"})
    assert "20분" in Message.objects.get(template="escort.delayed").body
    assert phone.post(url("phone_incident", trip), {"key": uuid.uuid4()}).status_code == 422
    data = {"key": uuid.uuid4(), "kind": "fall", "text": "계단에서 넘어지심", "called_119": "on"}
    for _n in range(2):
        phone.post(url("phone_incident", trip), data)
    assert Incident.objects.count() == 1
    desk = client_of(escort.dispatcher)
    assert "계단에서 넘어지심" in desk.get(reverse("hospital:incidents")).content.decode()
    close = reverse("hospital:incident_close", args=[Incident.objects.get().pk])
    assert desk.post(close, {"resolution": " "}).status_code == 422
    desk.post(close, {"resolution": "응급실로 모시고 가족에게 알림"})
    assert Incident.objects.get().closed_by == escort.dispatcher.membership


def at_the_door():
    now = timezone.now()
    Trip.objects.update(meet_at=now, earliest=now, latest=now)


def test_a_no_show_is_recorded_once_however_often_it_is_sent(phone, trip):
    at_the_door()
    key = uuid.uuid4()
    assert [tap(phone, trip, "no_show", key=key).status_code for _n in range(2)] == [200, 200]
    assert Trip.objects.get().state == State.NO_SHOW
    assert TripEvent.objects.get(action="no_show").key == key
    assert "만나지 못한 것으로 기록하였습니다" in phone.get(reverse("hospital:phone_day")).content.decode()


def test_a_no_show_without_script_leads_back_to_the_day(phone, trip):
    at_the_door()
    answer = phone.post(url("phone_tap", trip), {"key": uuid.uuid4(), "action": "no_show"})
    assert answer.url == reverse("hospital:phone_day")


def test_every_button_says_where_it_may_be_pressed(phone, trip):
    """So that the next one is there without a line."""
    page = phone.get(url("phone_trip", trip)).content.decode()
    assert f'data-owner="{trip.assignments.get().manager.membership_id}"' in page
    assert 'data-big data-sources="assigned" data-target="on_the_way" data-likely="assigned">' in page
    assert 'data-big data-sources="assigned on_the_way" data-target="met" data-likely="on_the_way" hidden>' in page


@pytest.mark.parametrize("strokes", ["L 1 2", "M 1", "M 1 2 L 3", "M 1 2Z", "M -1 2", "M 1 2 Q 3 4", "M 1000 2"])
def test_only_strokes_are_a_signature(phone, trip, strokes):
    tap(phone, trip, "arrive")
    assert phone.post(url("phone_sign", trip), {"strokes": strokes}).status_code == 422
    assert not Trip.objects.get().signature


def test_a_typed_name_is_a_signature_whatever_its_letters(phone, trip):
    tap(phone, trip, "arrive")
    phone.post(url("phone_sign", trip), {"name": "M 여사"})
    assert "<p>M 여사</p>" in phone.get(url("phone_trip", trip)).content.decode()
