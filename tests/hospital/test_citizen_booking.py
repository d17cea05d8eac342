"""Booking by a citizen: the answer at once, one look at everything, one trip."""

from __future__ import annotations

import datetime as dt
import re
import uuid

import pytest
from django.utils import timezone

from accounts.roles import Actor
from hospital.models import Ban, FreeProof, State, Trip, UnmetDemand
from tests.factories import cast as c
from tests.factories.escort import hospital
from tests.programs.signed_in import client_of

BOOK, ANSWER, HOSPITALS = "/escort/book/", "/escort/book/answer/", "/escort/hospitals/"


@pytest.fixture
def me(escort):
    return client_of(Actor.citizen(escort.citizen))


def text(response, status=200):
    assert response.status_code == status, response.content.decode()[:3000]
    return response.content.decode()


def filled(escort, **changes):
    values = {
        "key": str(uuid.uuid4()), "whom": "me", "kind": "reserved", "day": f"{escort.day}", "clock": "10:00",
        "hospital": str(escort.hospital.pk), "purpose": "treatment", "extra_minutes": "0",
        "sits_and_toilets": "yes", "has_other_service": "no", "consent_collection": "on", "consent_third_party": "on",
        "step": "review",
    }  # fmt: skip
    return {name: value for name, value in (values | changes).items() if value is not None}


def family(**changes):
    values = {
        "whom": "family", "name": "박어머", "birth_date": "1949-05-06", "phone": "010-7777-1234", "home": c.GWANAK,
        "address": "관악로 1", "relation": "어머니",
    }  # fmt: skip
    return values | changes


def hidden(page):
    """The fields of the look at everything, as a browser sends them back."""
    found = re.findall(r'<input type="hidden" name="(\w+)"(?: value="([^"]*)")?', page)
    return {name: value for name, value in found if name != "csrfmiddlewaretoken"}


def test_the_form_starts_with_what_the_profile_knows(escort, me):
    page = text(me.get(BOOK))
    assert escort.citizen.profile.address in page
    assert "내 정보 고치기" in page
    assert "민감정보(건강) 처리" in page


def test_somebody_without_a_profile_writes_it_first(escort):
    client = client_of(Actor.citizen(c.user("새 사람")))
    response = client.get(BOOK)
    assert response.status_code == 302
    assert "next=%2Fescort%2Fbook%2F" in response.headers["Location"]


def test_a_trip_is_looked_at_then_booked_once(escort, me):
    review = text(me.post(BOOK, filled(escort)))
    assert "예약할 수 있습니다" in review
    assert "7,500원" in review or "10,000원" in review
    assert Trip.objects.count() == 0
    sent = hidden(review) | {"step": "book"}
    for _n in range(2):
        response = me.post(BOOK, sent)
        trip = Trip.objects.get()
        assert response.headers["Location"] == f"/escort/trips/{trip.number}/"
    assert (trip.channel, trip.kind, trip.purpose) == ("web", "reserved", "treatment")
    assert trip.pickup == escort.citizen.profile.address
    assert {one.consent.kind: one.given for one in trip.consents.select_related("consent")} == {
        "collection": True, "third_party": True, "sensitive": False,
    }  # fmt: skip


def test_going_back_to_edit_keeps_what_was_typed(escort, me):
    review = text(me.post(BOOK, filled(escort, department="인공신장실", consent_sensitive="on")))
    page = text(me.post(BOOK, hidden(review) | {"step": "edit"}))
    assert 'value="인공신장실"' in page
    assert "error-summary" not in page
    assert re.search(rf'name="hospital" value="{escort.hospital.pk}"[^>]* checked', page)
    assert re.search(r'name="consent_sensitive"[^>]* checked', page)


def test_every_wrong_field_is_named(escort, me):
    page = text(me.post(BOOK, {"step": "review", "kind": "reserved", "whom": "family"}), 422)
    for words in (
        "이용일을 고르십시오",
        "병원 이름을 찾아 고르십시오",
        "가족 대신 예약하시려면",
        "예약할 수 없습니다",
    ):
        assert words in page
    assert Trip.objects.count() == 0


def test_a_place_elsewhere_names_its_district(escort, me):
    assert "만나는 곳의 주소를" in text(me.post(BOOK, filled(escort, district=c.GWANAK)), 422)
    review = text(me.post(BOOK, filled(escort, district=c.GWANAK, pickup="관악로 5")))
    me.post(BOOK, hidden(review) | {"step": "book"})
    trip = Trip.objects.get()
    assert (trip.pickup, trip.district_id) == ("관악로 5", c.GWANAK)


def test_health_is_taken_only_with_its_own_consent(escort, me):
    notes = {"notes": "귀가 어둡습니다", "mobility": "aided"}
    assert "이 동의가 있어야 받습니다" in text(me.post(BOOK, filled(escort, **notes)), 422)
    review = text(me.post(BOOK, filled(escort, **notes, consent_sensitive="on")))
    me.post(BOOK, hidden(review) | {"step": "book"})
    trip = Trip.objects.get()
    assert (trip.notes, trip.mobility) == ("귀가 어둡습니다", "aided")


def test_a_resident_number_is_refused(escort, me):
    words = filled(escort, notes="900101-1234567", consent_sensitive="on")
    assert "주민등록번호로 보이는" in text(me.post(BOOK, words), 422)


def test_family_is_booked_with_whoever_booked_and_how_they_are_related(escort, me):
    review = text(me.post(BOOK, filled(escort, **family())))
    assert "박어머 (어머니)" in review
    me.post(BOOK, hidden(review) | {"step": "book"})
    trip = Trip.objects.select_related("service_user").get()
    assert (trip.service_user.name, trip.service_user.user, trip.district_id) == ("박어머", None, c.GWANAK)
    assert trip.family_name == f"{escort.citizen.profile.name} (어머니)"
    assert trip.family_phone == escort.citizen.profile.phone


def test_a_child_goes_with_a_guardian(escort, me):
    child = filled(escort, **family(birth_date=f"{timezone.localdate().year - 8}-01-02"))
    assert "보호자가 함께 가야" in text(me.post(BOOK, child), 409)
    assert "예약할 수 있습니다" in text(me.post(BOOK, child | {"guardian_comes": "on"}))


# --- The answer -------------------------------------------------------------------------------
def test_the_answer_says_what_is_lacking(escort, me):
    page = text(me.post(ANSWER, {"kind": "reserved", "whom": "me"}))
    assert "이용일, 매니저와 만날 시각, 병원, 가시는 까닭" in page


def test_the_answer_tells_fee_time_proofs_and_limits(escort, me):
    page = text(me.post(ANSWER, filled(escort, consent_collection=None)))
    assert "예약할 수 있습니다" in page
    assert "집에서 집까지 약" in page
    assert "기초생활수급자 증명서" in page
    assert "월간 10회 가운데 10회 남음" in page
    assert Trip.objects.count() == UnmetDemand.objects.count() == 0


def test_the_answer_gives_every_reason_at_once(escort, me):
    page = text(me.post(ANSWER, filled(escort, clock="19:30", sits_and_toilets="no", has_other_service="yes")))
    for words in ("이용 시간은 07:00–20:00", "휠체어에 앉고", "그 서비스로 병원에"):
        assert words in page
    assert UnmetDemand.objects.count() == 0


def test_a_request_for_now_says_until_when(escort, me):
    page = text(me.post(ANSWER, filled(escort, kind="now", day=None, clock=None)))
    assert "늦어도" in page


def test_a_refused_look_is_kept_as_unmet_demand_once(escort, me):
    words = filled(escort, clock="19:30")
    for _n in range(2):
        page = text(me.post(BOOK, words), 409)
        assert "예약할 수 없습니다" in page
        assert "예약하기</button>" not in page
    assert UnmetDemand.objects.get().reason == "hours"


def test_a_proof_makes_it_free(escort, me):
    trip = escort.booked("15:00")
    days = (timezone.localdate(), timezone.localdate() + dt.timedelta(days=30))
    FreeProof.objects.create(service_user=trip.service_user, kind="near_poor", income_percent=50, valid=days)
    assert "확인된 증빙이 있어" in text(me.post(ANSWER, filled(escort, clock="08:00")))


def test_a_booking_overtaken_by_a_ban_is_refused_with_its_reason(escort, me):
    trip = escort.booked("15:00")
    review = text(me.post(BOOK, filled(escort, clock="08:00")))
    Ban.objects.create(
        service_user=trip.service_user, days=(escort.day, escort.day + dt.timedelta(days=3)), reason="no_shows"
    )
    page = text(me.post(BOOK, hidden(review) | {"step": "book"}), 409)
    assert "이용이 제한됩니다" in page
    assert Trip.objects.count() == 1
    assert UnmetDemand.objects.get().reason == "ban"


def test_what_somebody_used_is_not_told_to_whoever_knows_their_name(escort, me):
    """Name, birth date and phone are enough to book for family, not to read how often they went."""
    person = escort.person(name="박어머", birth_date=dt.date(1949, 5, 6), phone="01077771234")
    escort.booked(person=person)
    said = filled(escort, **family(), clock="16:00")
    assert "월간 10회 가운데 10회 남음" in text(me.post(ANSWER, said))
    me.post(BOOK, hidden(text(me.post(BOOK, said))) | {"step": "book"})
    assert "월간 10회 가운데 8회 남음" in text(me.post(ANSWER, said | {"clock": "08:00"}))


# --- Hospitals --------------------------------------------------------------------------------
def test_hospitals_are_found_by_a_part_of_the_name_and_the_chosen_stays(escort, me):
    other = hospital(c.GWANAK, "관악작은병원")
    page = text(me.get(HOSPITALS, {"q": "작은", "hospital": escort.hospital.pk}))
    assert str(other) in page
    assert re.search(rf'value="{escort.hospital.pk}"[^>]* checked', page)
    assert "찾지 못하였습니다" in text(me.get(HOSPITALS, {"q": "없는이름"}))


def test_ones_last_hospitals_are_one_tap_away(escort, me):
    escort.booked()
    page = text(me.get(BOOK))
    assert "최근에 가신 병원" in page
    assert escort.hospital.name in page


def test_without_script_the_search_keeps_the_form(escort, me):
    page = text(me.post(BOOK, filled(escort, step="find", q="동작", hospital=None, department="내과")))
    assert escort.hospital.name in page
    assert 'value="내과"' in page


# --- Again ------------------------------------------------------------------------------------
def test_a_past_trip_is_booked_again_without_its_health_notes(escort, me):
    trip = escort.booked(notes="심장약을 먹음", mobility="aided", department="내과", pickup="다른로 3")
    page = text(me.get(BOOK, {"again": trip.number}))
    assert re.search(rf'value="{escort.hospital.pk}"[^>]* checked', page)
    assert 'value="내과"' not in page
    assert 'value="다른로 3"' in page
    assert "심장약" not in page


def test_again_for_family_shows_what_was_said_then_not_what_changed_since(escort, me):
    me.post(BOOK, hidden(text(me.post(BOOK, filled(escort, **family())))) | {"step": "book"})
    trip = Trip.objects.select_related("service_user").get()
    person = trip.service_user
    person.address, person.user = "옮긴로 77", c.citizen()
    person.phone = "01055556666"
    person.save()
    page = text(me.get(BOOK, {"again": trip.number}))
    assert 'value="관악로 1"' in page
    assert 'value="어머니"' in page
    assert "옮긴로" not in page
    assert "5555" not in page


def test_nobody_books_again_what_is_not_theirs(escort):
    trip = escort.booked()
    stranger = client_of(Actor.citizen(c.citizen()))
    assert stranger.get(BOOK, {"again": trip.number}).status_code == 404


def test_staff_do_not_book_as_citizens(escort):
    assert client_of(escort.dispatcher).get(BOOK).status_code == 403
    assert Trip.objects.filter(state=State.REQUESTED).count() == 0


# --- What was looked over ---------------------------------------------------------------------
def test_what_was_looked_over_is_booked_as_it_was_shown(escort, me):
    said = filled(escort, consent_sensitive="on", notes="귀가 어두움", department="내과", appointment="11:30")
    review = hidden(text(me.post(BOOK, said)))
    sealed = {"step": "book", "sealed": review["sealed"], "key": review["key"]}
    assert me.post(BOOK, sealed | {"notes": "다른 말"}).status_code == 302
    trip = Trip.objects.get()
    assert (trip.notes, trip.department, str(trip.booking_key)) == ("귀가 어두움", "내과", said["key"])
    assert trip.service_user.name == escort.citizen.profile.name
    assert trip.hospital == escort.hospital


def test_a_sealed_booking_is_its_readers_alone(escort, me):
    sealed = hidden(text(me.post(BOOK, filled(escort))))["sealed"]
    stranger = client_of(Actor.citizen(c.citizen()))
    for attempt in (sealed, sealed[:-8] + "AAAAAAA=", "x", ""):
        assert stranger.post(BOOK, {"step": "book", "sealed": attempt}).status_code == 422
    assert not Trip.objects.exists()


def test_a_sealed_booking_that_became_impossible_shows_the_form_with_what_was_typed(escort, me):
    review = hidden(text(me.post(BOOK, filled(escort, appointment="10:30"))))
    escort.booked("10:00")
    page = text(me.post(BOOK, review | {"step": "book"}), 409)
    assert "같은 때에 이미 예약이 있습니다" in page
    assert 'value="10:30"' in page
