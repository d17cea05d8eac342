"""Settlements, payments and waivers at the same moment: what one has done, the other sees or waits for."""

from __future__ import annotations

import threading
import time
import uuid

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from hospital import settlements
from hospital.models import Fee, Payment, Settlement, SettlementLine, Trip
from hospital.payments import refund, take_payment, waive
from programs.workflow import UnableToPerform
from tests.factories.escort import make_escort
from tests.hospital.test_races import unexpected, unpaid
from tests.hospital.test_settlements import compute, funded, left_out, put_right, served_last_month, to_approve
from tests.scratch import in_threads


class Slow:
    """A function that, once called, lets go of a second one and is done only after that waits or has ended."""

    def __init__(self, of):
        self.of, self.begun = of, threading.Event()

    def __call__(self, *args, **kwargs):
        self.begun.set()
        until = time.monotonic() + 10
        while not self.is_waited_for() and time.monotonic() < until:
            time.sleep(0.02)
        return self.of(*args, **kwargs)

    def is_waited_for(self):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            return cursor.fetchone()[0] > 0


def one_in_the_other(monkeypatch, module, name, outer, inner):
    """What `outer` and `inner` gave, where `inner` begins when `outer` calls the function of that name."""
    slow = Slow(getattr(module, name))
    monkeypatch.setattr(module, name, slow)

    def second(_n):
        slow.begun.wait(10)
        return inner()

    return in_threads(lambda work: work(0), [lambda _n: outer(), second])


def test_a_confirmation_is_not_undone_by_computing_again(scratch_database, monkeypatch):
    escort = make_escort()
    served_last_month(escort)
    settlement = compute(escort)
    results = one_in_the_other(
        monkeypatch, settlements, "lines_due", lambda: compute(escort),
        lambda: settlements.confirm(settlement.pk, actor=escort.dispatcher),
    )  # fmt: skip
    assert unexpected(results) == []
    settlement.refresh_from_db()
    assert (settlement.state, settlement.confirmed_by) == ("confirmed", escort.dispatcher.membership)


def test_a_line_is_never_resolved_on_times_that_are_being_put_right(scratch_database, monkeypatch):
    escort = make_escort()
    settlement, line, officer = left_out(escort)
    results = one_in_the_other(
        monkeypatch, settlements, "_sum_up",
        lambda: settlements.resolve_line(settlement.pk, line.pk, outcome="ok", reason="맞음", actor=officer),
        lambda: put_right(escort, line.trip, 60),
    )  # fmt: skip
    assert isinstance(results[0], SettlementLine)
    assert isinstance(results[1], UnableToPerform)  # it is settled by now
    line.refresh_from_db()
    assert (line.minutes, line.fee) == (Fee.objects.get(trip=line.trip_id).minutes, 10_000)


def test_resolving_correcting_and_paying_at_once_never_deadlock(scratch_database):
    escort = make_escort()
    settlement, line, officer = left_out(escort)

    def resolve():
        return settlements.resolve_line(settlement.pk, line.pk, outcome="excluded", reason="확인", actor=officer)

    def pay():
        return take_payment(line.trip_id, key=uuid.uuid4(), method="card", amount=500, actor=escort.caller)

    acts = [resolve, lambda: put_right(escort, line.trip, 60), pay] * 8
    assert unexpected(in_threads(lambda act: act(), acts)) == []
    line.refresh_from_db()
    assert line.cost in (20_000, 40_000)
    assert line.fee == {20_000: 5_000, 40_000: 10_000}[line.cost]


def test_a_line_and_the_approval_of_its_settlement_wait_for_each_other(scratch_database):
    """Without the locks of the domain: a line written while its settlement is approved by whoever forgot them."""
    escort = make_escort()
    served_last_month(escort)
    funded()
    settlement, _first, second = to_approve(escort)
    line = settlement.lines.earliest("pk")
    results = in_threads(
        lambda n: (
            settlements.approve(settlement.pk, actor=second)
            if n == 0
            else SettlementLine.objects.filter(pk=line.pk).update(state="excluded", resolution=str(n))
        ),
        range(10),
    )
    assert all(isinstance(one, Settlement | IntegrityError | int) for one in results)
    settlement.refresh_from_db()
    counted = settlement.lines.filter(state="ok").values_list("city_share", flat=True)
    assert settlement.state != "approved" or settlement.city_share == sum(counted)


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


def test_a_fee_is_waived_or_paid_never_both(scratch_database):
    escort = make_escort()
    trip = unpaid(escort)

    def attack(number):
        if number % 2:
            return waive(trip.pk, reason="차량 고장", actor=escort.dispatcher)
        return take_payment(trip.pk, key=uuid.uuid4(), method="card", actor=escort.caller)

    assert unexpected(in_threads(attack, range(20))) == []
    fee = Fee.objects.get()
    assert (fee.state, Payment.objects.count()) in (("waived", 0), ("paid", 1))


def test_the_triggers_alone_keep_a_waived_fee_unpaid(scratch_database):
    """Without the locks of the domain."""
    escort = make_escort()
    trip = unpaid(escort)
    waived = {"state": "waived", "waived_at": timezone.now(), "waive_reason": "고장",
              "waived_by": escort.dispatcher.membership}  # fmt: skip

    def attack(number):
        if number % 2:
            return Fee.objects.filter(pk=trip.pk).update(**waived)
        return Payment.objects.create(fee_id=trip.pk, key=uuid.uuid4(), amount=5_000, method="card",
                                      paid_at=timezone.now())  # fmt: skip

    results = in_threads(attack, range(10))
    assert all(isinstance(one, Payment | IntegrityError | int) for one in results)
    assert (Fee.objects.get().state == "waived") != Payment.objects.exists()
