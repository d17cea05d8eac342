"""A citizen's own trips and the page that needs no log-in."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone

from accounts.roles import Actor
from hospital import taps
from hospital.assigning import assign_manager
from hospital.models import Ban, FreeProof, State, Trip
from hospital.payments import take_payment
from hospital.trip_links import token_of
from tests.factories import cast as c
from tests.programs.signed_in import client_of

HOME = "/escort/"


@pytest.fixture
def me(escort):
    return client_of(Actor.citizen(escort.citizen))


def text(response, status=200):
    assert response.status_code == status
    return response.content.decode()


def trip_url(trip, part=""):
    return f"{HOME}trips/{trip.number}/{part}"


def assigned(escort, trip):
    manager = escort.managers[0]
    assign_manager(trip.pk, manager.pk, actor=escort.dispatcher)
    return manager


def walked(escort):
    trip = escort.booked()
    assigned(escort, trip)
    Trip.objects.filter(pk=trip.pk).update(day=timezone.localdate())
    phone = escort.phone_of(escort.managers[0])
    for action in ("arrive", "finish"):
        taps.tap(trip.pk, taps.Tap(uuid.uuid4(), action), actor=phone)
    return Trip.objects.get(pk=trip.pk)


def test_nobody_has_booked_yet(me):
    page = text(me.get(HOME))
    assert "예약한 동행이 없습니다" in page
    assert "월간 10회 가운데 10회 남음" in page
    assert "평일 07:00–20:00" in page
    assert "5,000원" in page


def test_without_a_profile_it_asks_for_one(escort):
    client = client_of(Actor.citizen(c.user("새 사람")))
    assert "내 정보를 먼저 적어 주십시오" in text(client.get(HOME))


def test_trips_to_come_stand_before_past_ones_and_take_from_the_limits(escort, me):
    past, coming = walked(escort), escort.booked("15:00")
    page = text(me.get(HOME))
    assert page.index(coming.number) < page.index(past.number)
    assert "월간 10회 가운데 8회 남음" in page
    assert f"?again={past.number}" in page


def test_a_ban_is_told_with_its_end(escort, me):
    trip = escort.booked()
    today = timezone.localdate()
    days = (today, today + dt.timedelta(days=10))
    Ban.objects.create(service_user=trip.service_user, days=days, reason="no_shows")
    assert "지금은 예약할 수 없습니다" in text(me.get(HOME))


def test_a_proof_that_was_seen_is_told(escort, me):
    trip = escort.booked()
    year = (timezone.localdate(), timezone.localdate() + dt.timedelta(days=30))
    FreeProof.objects.create(service_user=trip.service_user, kind="near_poor", income_percent=50, valid=year)
    page = text(me.get(HOME))
    assert "차상위계층 확인서을(를) 확인하여 무료입니다" in page
    assert "연간 48회 가운데 48회 남음" in page


def test_a_trip_shows_who_comes_and_their_phone_while_it_is_needed(escort, me):
    trip = escort.booked()
    assert "갈 매니저를 정하고 있습니다" in text(me.get(trip_url(trip)))
    manager = assigned(escort, trip)
    page = text(me.get(trip_url(trip)))
    assert str(manager) in page
    assert manager.qualification in page
    assert f"tel:{manager.phone}" in page
    assert "매니저와 만남" in page  # what comes next
    assert 'hx-trigger="every 30s"' in page


def test_after_the_trip_the_phone_is_gone_and_the_receipt_is_there(escort, me):
    trip = walked(escort)
    take_payment(trip.pk, key=uuid.uuid4(), method="card", actor=escort.dispatcher)
    page = text(me.get(trip_url(trip)))
    assert "tel:0221330000" not in page
    assert "영수" in page
    assert "카드" in page
    assert "every 30s" not in page


def test_a_delay_is_told(escort, me):
    trip = escort.booked()
    assigned(escort, trip)
    taps.report_delay(trip.pk, minutes=20, actor=escort.dispatcher)
    assert "약 20분 늦습니다" in text(me.get(trip_url(trip)))


def test_what_cancelling_means_is_said_before_it_is_done(escort, me):
    trip = escort.booked()
    assert "위약금 없이 취소되고" in text(me.get(trip_url(trip)))
    soon = timezone.now() + dt.timedelta(hours=2)
    Trip.objects.filter(pk=trip.pk).update(earliest=soon, latest=soon)
    page = text(me.get(trip_url(trip)))
    assert "위약금 13,000원을 내셔야 합니다" in page
    assert "늦은 취소가 3번이면" in page
    assert me.post(trip_url(trip, "cancel/")).status_code == 302
    assert Trip.objects.get(pk=trip.pk).state == State.LATE_CANCELLED


def test_a_trip_under_way_is_not_cancelled(escort, me):
    trip = walked(escort)
    page = text(me.post(trip_url(trip, "cancel/"), follow=True))
    assert "할 수 없습니다" in page
    assert Trip.objects.get(pk=trip.pk).state == State.COMPLETED


def test_somebody_elses_trip_is_not_there(escort):
    trip = escort.booked()
    stranger = client_of(Actor.citizen(c.citizen()))
    for part in ("", "photo/"):
        assert stranger.get(trip_url(trip, part)).status_code == 404
    assert stranger.post(trip_url(trip, "cancel/")).status_code == 404
    assert Trip.objects.get(pk=trip.pk).state == State.REQUESTED


def test_the_family_that_booked_sees_the_trip_too(escort, me):
    trip = escort.booked(
        person=escort.person(name="박어머"), actor=Actor.citizen(escort.citizen), for_oneself=False,
        family_name="박딸 (어머니)", family_phone="01011112222",
    )  # fmt: skip
    assert "박*머" in text(me.get(trip_url(trip)))


def test_the_photo_is_for_the_person_alone(escort, me, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    trip = escort.booked()
    manager = assigned(escort, trip)
    assert me.get(trip_url(trip, "photo/")).status_code == 404  # none yet
    manager.photo.save("one.jpg", ContentFile(b"\xff\xd8\xff one"))
    response = me.get(trip_url(trip, "photo/"))
    assert b"".join(response.streaming_content) == b"\xff\xd8\xff one"
    assert response.headers["Content-Type"] == "image/jpeg"
    assert "no-store" in response.headers["Cache-Control"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"


# --- Without a log-in -------------------------------------------------------------------------
def shared(trip, part=""):
    return Client().get(f"/escort/t/{token_of(trip)}/{part}")


def test_the_shared_page_says_who_comes_and_nothing_of_the_person(escort, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    trip = escort.booked(pickup="비밀로 9, 101호")
    manager = assigned(escort, trip)
    manager.photo.save("one.png", ContentFile(b"\x89PNG one"))
    response = shared(trip)
    page = text(response)
    assert str(manager) in page
    assert manager.qualification in page
    assert str(manager.organisation) in page
    for secret in ("비밀로 9", escort.citizen.profile.name, str(trip.hospital), trip.number):
        assert secret not in page
    assert "noindex" in response.headers["X-Robots-Tag"]
    assert "no-store" in response.headers["Cache-Control"]
    photo = shared(trip, "photo/")
    assert photo.headers["Content-Type"] == "image/png"
    assert b"".join(photo.streaming_content) == b"\x89PNG one"


def test_a_wrong_or_old_address_says_whom_to_call(escort):
    trip = escort.booked()
    Trip.objects.filter(pk=trip.pk).update(day=timezone.localdate() - dt.timedelta(days=4))
    for response in (shared(trip), Client().get("/escort/t/nonsense/")):
        assert "1533-1179" in text(response, 404)


def test_after_the_trip_the_shared_page_names_nobody(escort):
    trip = walked(escort)
    page = text(shared(trip))
    assert str(escort.managers[0]) not in page
    assert "동행을 마쳤습니다" in page
    assert shared(trip, "photo/").status_code == 404


def test_the_programmes_page_leads_to_booking(escort, me):
    assert "동행 예약하기" in text(me.get("/programs/hospital-escort/"))
    assert "/escort/" in text(me.get("/my/"))


def test_a_request_for_today_says_until_when(escort, me):
    trip = escort.booked()
    Trip.objects.filter(pk=trip.pk).update(kind="now")
    assert "까지" in text(me.get(trip_url(trip)))
