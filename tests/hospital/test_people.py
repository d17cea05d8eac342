"""A service user's card: masked, opened with a log, proofs, bans, unpaid fees."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from accounts.models import AccessLog
from hospital.models import Ban, Fee, FreeProof, Payment
from hospital.proofs import record_proof
from tests.programs.signed_in import client_of

PEOPLE = "/work/escort/people/"


@pytest.fixture
def desk(escort):
    return client_of(escort.caller)


@pytest.fixture
def trip(escort):
    return escort.booked()


def text(response, status=200):
    assert response.status_code == status, response.content.decode()[:3000]
    return response.content.decode()


def card(trip, part=""):
    return f"{PEOPLE}{trip.service_user_id}/{part}"


def days(first=0, last=30):
    today = timezone.localdate()
    return today + dt.timedelta(days=first), today + dt.timedelta(days=last)


def test_the_card_is_masked_until_it_is_opened(desk, trip):
    person = trip.service_user
    page = text(desk.get(card(trip)))
    assert person.masked_name in page
    assert trip.number in page
    for whole in (person.name, person.phone_display, person.address):
        assert whole not in page
    opened = text(desk.post(card(trip, "open/")))
    assert person.address in opened
    logged = AccessLog.objects.filter(about=f"service_user:{person.pk}", action="read").latest("at")
    assert logged.subject_id == person.user_id


def test_a_proof_is_recorded_once_for_its_days(escort, desk, trip):
    first, last = days()
    said = {"kind": "near_poor", "income_percent": "50", "first": first, "last": last}
    assert desk.post(card(trip, "proofs/"), said).status_code == 302
    proof = FreeProof.objects.get()
    assert (proof.checked_by, proof.valid.upper) == (escort.caller.membership, last + dt.timedelta(days=1))
    assert "이미 확인한 증빙이 있습니다" in text(desk.post(card(trip, "proofs/"), said), 422)
    assert escort.booked("15:00").free_kind == "near_poor"


def test_a_proof_ends_after_it_begins_and_is_seen_by_the_operator(escort, desk, trip):
    first, last = days()
    said = {"kind": "near_poor", "income_percent": "50", "first": last, "last": first}
    assert "첫날보다 앞섭니다" in text(desk.post(card(trip, "proofs/"), said), 422)
    with pytest.raises(trip.service_user.DoesNotExist):
        record_proof(
            trip.service_user_id, kind="near_poor", income_percent=50, first=first, last=last, actor=escort.agency
        )
    assert FreeProof.objects.count() == 0


def test_the_dispatcher_lifts_a_ban_with_a_reason(escort, desk, trip):
    ban = Ban.objects.create(service_user=trip.service_user, days=days(), reason="no_shows")
    url = f"/work/escort/bans/{ban.pk}/lift/"
    assert "제한 풀기" not in text(desk.get(card(trip)))
    assert desk.post(url, {"reason": "입원"}).status_code == 403
    dispatcher = client_of(escort.dispatcher)
    assert "제한 풀기" in text(dispatcher.get(card(trip)))
    assert "확인해 주십시오" in text(dispatcher.post(url, {"reason": " "}), 422)
    assert dispatcher.post(url, {"reason": "입원해 있었음"}).status_code == 302
    assert "입원해 있었음" in text(desk.get(card(trip)))


def test_an_unpaid_fee_is_taken_once(desk, trip):
    Fee.objects.create(
        trip=trip, kind="cancellation", amount=13_000, state="due", due_on=timezone.localdate(), reminders=2,
        reminded_at=timezone.now(),
    )  # fmt: skip
    page = text(desk.get(card(trip)))
    assert "13,000원" in page
    assert "독촉 2번" in page
    said = {"key": str(uuid.uuid4()), "method": "transfer"}
    for _n in range(2):
        assert desk.post(f"{PEOPLE}fees/{trip.pk}/", said).status_code == 302
    assert Payment.objects.get().amount == 13_000
    assert "미납 이용료가 없습니다" in text(desk.get(card(trip)))
    again = desk.post(f"{PEOPLE}fees/{trip.pk}/", {"key": str(uuid.uuid4()), "method": "card"}, follow=True)
    assert "받을 이용료가 없습니다" in text(again)
    assert text(desk.post(f"{PEOPLE}fees/{trip.pk}/", {"method": "gold"}), 422)


def test_a_day_without_terms_is_said_not_hidden(escort, desk, trip):
    escort.terms.valid = (dt.date(2021, 1, 1), dt.date(2021, 2, 1))
    escort.terms.save()
    assert text(desk.get(card(trip)))
