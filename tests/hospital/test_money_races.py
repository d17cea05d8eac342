"""Settlements, payments and waivers at the same moment: what one has done, the other sees or waits for."""

from __future__ import annotations

import uuid

import pytest
from django.db import transaction

from hospital.models import Payment, Trip
from hospital.payments import refund, take_payment
from programs.workflow import UnableToPerform
from tests.factories.escort import make_escort
from tests.hospital.test_races import unexpected, unpaid
from tests.hospital.test_settlements import served_last_month
from tests.scratch import in_threads


def test_one_key_is_one_payment_of_one_trip(scratch_database):
    escort = make_escort()
    trip, key = unpaid(escort), uuid.uuid4()
    results = in_threads(lambda _n: take_payment(trip.pk, key=key, method="card", actor=escort.caller), range(10))
    assert {getattr(one, "pk", one) for one in results} == {Payment.objects.get().pk}
    again = in_threads(
        lambda _n: refund(trip.pk, key=key, amount=1_000, reason="늦음", actor=escort.dispatcher), range(4)
    )
    assert all(isinstance(one, UnableToPerform) and "새로 여십시오" in str(one) for one in again)


def test_one_key_for_two_trips_pays_one_of_them(scratch_database):
    escort = make_escort()
    served_last_month(escort)
    key, trips = uuid.uuid4(), list(Trip.objects.order_by("pk"))
    results = in_threads(lambda trip: take_payment(trip.pk, key=key, method="card", actor=escort.caller), trips)
    assert unexpected(results) == []
    assert sum(isinstance(one, Payment) for one in results) == Payment.objects.count() == 1
    assert "이미 다른 결제에 쓰인" in str(next(one for one in results if isinstance(one, UnableToPerform)))
    unpaid_one = next(trip for trip in trips if trip.pk != Payment.objects.get().fee_id)
    with pytest.raises(UnableToPerform, match="이미 다른 결제에 쓰인"), transaction.atomic():
        take_payment(unpaid_one.pk, key=key, method="card", actor=escort.caller)
