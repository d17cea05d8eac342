"""A fee that the dispatcher waives: owed no longer, never paid, and settled with the operator as it was charged."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from hospital import taps
from hospital.assigning import assign_manager
from hospital.cancelling import record_no_show
from hospital.models import Ban, Fee, Payment, Trip
from hospital.payments import refund, remind, take_payment, waive
from notifications.models import Message
from programs.workflow import UnableToPerform
from tests.hospital.test_settlements import compute, served_last_month
from tests.hospital.test_trips import walked
from tests.programs.signed_in import client_of


def test_a_waived_fee_is_owed_no_longer_and_told(escort):
    trip = walked(escort, 60)
    Fee.objects.update(due_on=timezone.localdate() - dt.timedelta(days=1))
    fees = [waive(trip.pk, reason="차량 고장", actor=escort.dispatcher) for _n in range(2)]
    assert {(fee.state, fee.waive_reason, fee.waived_by) for fee in fees} == {
        ("waived", "차량 고장", escort.dispatcher.membership)
    }
    assert remind(timezone.localdate()) == 0
    assert "내지 않으셔도 됩니다" in Message.objects.get(template="escort.waived").body
    with pytest.raises(UnableToPerform, match="받을 이용료가 없습니다"):
        take_payment(trip.pk, key=uuid.uuid4(), method="card", actor=escort.caller)


def test_only_the_dispatcher_waives_with_a_reason_and_nothing_that_is_paid(escort):
    trip = walked(escort, 60)
    with pytest.raises(UnableToPerform, match="배차 담당자만"):
        waive(trip.pk, reason="차량 고장", actor=escort.caller)
    with pytest.raises(UnableToPerform, match="사유를"):
        waive(trip.pk, reason=" ", actor=escort.dispatcher)
    take_payment(trip.pk, key=uuid.uuid4(), method="card", amount=1_000, actor=escort.caller)
    with pytest.raises(UnableToPerform, match="먼저 돌려드린"):
        waive(trip.pk, reason="차량 고장", actor=escort.dispatcher)
    refund(trip.pk, key=uuid.uuid4(), amount=1_000, reason="차량 고장", actor=escort.dispatcher)
    assert waive(trip.pk, reason="차량 고장", actor=escort.dispatcher).state == "waived"


def test_the_database_knows_what_waived_means(escort):
    trip = walked(escort, 60)
    fee, why = Fee.objects.filter(trip=trip), {"waived_at": timezone.now(), "waived_by": escort.dispatcher.membership}
    with pytest.raises(IntegrityError, match="says_who_and_why"), transaction.atomic():
        fee.update(state="waived", **why)
    take_payment(trip.pk, key=uuid.uuid4(), method="card", amount=1_000, actor=escort.caller)
    with pytest.raises(IntegrityError, match="is paid"), transaction.atomic():
        fee.update(state="waived", waive_reason="고장", **why)
    refund(trip.pk, key=uuid.uuid4(), amount=1_000, reason="고장", actor=escort.dispatcher)
    waive(trip.pk, reason="고장", actor=escort.dispatcher)
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        fee.update(state="due")
    with pytest.raises(IntegrityError, match="would be paid"), transaction.atomic():
        Payment.objects.create(fee_id=trip.pk, key=uuid.uuid4(), amount=1, method="card", paid_at=timezone.now())


def test_a_waived_fee_stays_waived_when_its_times_are_put_right_and_is_settled_as_charged(escort):
    served_last_month(escort, count=1)
    trip = Trip.objects.get()
    waive(trip.pk, reason="차량 고장", actor=escort.dispatcher)
    back = trip.met_at + dt.timedelta(minutes=60)
    taps.correct_times(trip.pk, met_at=trip.met_at, returned_at=back, reason="시각", actor=escort.dispatcher)
    assert (Fee.objects.get().state, Fee.objects.get().amount) == ("waived", 5_000)
    assert (compute(escort).fees, compute(escort).city_share) == (5_000, 15_000)


def test_a_waived_no_show_does_not_count_towards_a_ban(escort):
    def stood_up(clock):
        trip = escort.booked(clock)
        assign_manager(trip.pk, escort.managers[0].pk, actor=escort.dispatcher)
        return record_no_show(trip.pk, actor=escort.dispatcher, occurred_at=trip.latest)

    waive(stood_up("08:00").pk, reason="입원", actor=escort.dispatcher)
    stood_up("12:00")
    assert not Ban.objects.exists()
    stood_up("16:00")
    assert Ban.objects.exists()


def test_the_dispatcher_waives_on_the_trips_page(escort):
    trip = walked(escort, 60)
    page, url = reverse("hospital:trip", args=[trip.pk]), reverse("hospital:trip_act", args=[trip.pk, "waive"])
    assert "이용료 받지 않기" not in client_of(escort.caller).get(page).content.decode()
    assert client_of(escort.caller).post(url, {"reason": "고장"}).status_code == 403
    desk = client_of(escort.dispatcher)
    assert "이용료 받지 않기" in desk.get(page).content.decode()
    assert desk.post(url, {"reason": " "}).status_code == 422
    assert desk.post(url, {"reason": "차량 고장", "back": "trip"}).status_code == 302
    shown = desk.get(page).content.decode()
    assert "받지 않기로 함" in shown
    assert "차량 고장" not in shown  # it may tell of somebody's health
    assert "차량 고장" in desk.post(reverse("hospital:trip_open", args=[trip.pk])).content.decode()
