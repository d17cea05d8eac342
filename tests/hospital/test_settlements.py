"""A month is settled once: computed, disputed, checked, approved by another, and posted to the budget once."""

from __future__ import annotations

import datetime as dt
import uuid
from io import BytesIO

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import AccessLog
from accounts.months import previous_month
from accounts.roles import Actor, Role
from budget.models import Voucher
from hospital import settlements, taps
from hospital.assigning import assign_manager
from hospital.cancelling import cancel
from hospital.models import Fee, Payment, Settlement, SettlementLine, Trip
from hospital.payments import refund, remind, take_payment
from hospital.settlements import compute_settlement
from notifications.models import Message
from programs.workflow import UnableToPerform
from tests.factories import cast as c
from tests.factories.escort import make_escort
from tests.factories.money import fund
from tests.programs.signed_in import client_of
from tests.scratch import in_threads

MONTH = previous_month(timezone.localdate())


def served_last_month(escort, count=2, minutes=120):
    """Trips of two hours that ended in the middle of last month."""
    for n in range(count):
        trip = escort.booked(f"{7 + n * 3:02}:00", person=escort.person())
        assign_manager(trip.pk, escort.managers[n % 2].pk, actor=escort.dispatcher)
        Trip.objects.filter(pk=trip.pk).update(day=timezone.localdate())
        phone = escort.phone_of(escort.managers[n % 2])
        taps.tap(trip.pk, taps.Tap(uuid.uuid4(), "arrive"), actor=phone)
        Trip.objects.filter(pk=trip.pk).update(met_at=timezone.now() - dt.timedelta(minutes=minutes - 1))
        taps.tap(trip.pk, taps.Tap(uuid.uuid4(), "finish"), actor=phone)
        middle = timezone.make_aware(dt.datetime.combine(MONTH + dt.timedelta(days=14), dt.time(12)))
        Trip.objects.filter(pk=trip.pk).update(ended_at=middle, day=middle.date())


def compute(escort, actor=None):
    return compute_settlement(operator_id=escort.operator.pk, month=MONTH, actor=actor or escort.dispatcher)


def two_officers():
    return [Actor.of(c.member(Role.CITY_OFFICER)) for _n in range(2)]


def to_approve(escort):
    """Confirmed and checked; the officer who checked, and another one."""
    settlement = compute(escort)
    first, second = two_officers()
    settlements.confirm(settlement.pk, actor=escort.dispatcher)
    settlements.check(settlement.pk, actor=first)
    return settlement, first, second


def funded():
    city = c.organisation("city")
    for year in {MONTH.year, timezone.localdate().year}:
        fund(city, "hospital-escort", year)
    return city


def test_a_month_is_computed_from_its_trips(escort):
    served_last_month(escort)
    take_payment(Trip.objects.earliest("pk").pk, key=uuid.uuid4(), method="card", actor=escort.caller)
    settlement = compute(escort)
    assert (settlement.trips, settlement.minutes) == (2, 240)
    assert (settlement.cost, settlement.fees, settlement.city_share) == (80_000, 20_000, 60_000)
    assert settlement.collected == 10_000  # one has not paid yet; the city's share is the same


def test_computed_again_it_is_the_same_and_keeps_a_dispute(escort):
    served_last_month(escort)
    first = compute(escort)
    line = first.lines.earliest("pk")
    settlements.dispute_line(first.pk, line.pk, reason="시각이 다릅니다", actor=escort.dispatcher)
    again = compute(escort)
    assert (again.pk, again.city_share) == (first.pk, 60_000)
    assert again.lines.get(state="disputed").reason == "시각이 다릅니다"


def test_a_month_that_is_not_over_cannot_be_settled(escort):
    with pytest.raises(UnableToPerform, match="끝난 뒤에"):
        compute_settlement(operator_id=escort.operator.pk, month=timezone.localdate(), actor=escort.dispatcher)
    with pytest.raises(UnableToPerform, match="정산할 동행이 없습니다"):
        compute(escort)


def test_from_dispute_to_approval_and_posted_once(escort):
    served_last_month(escort)
    city = funded()
    settlement = compute(escort)
    line = settlement.lines.earliest("pk")
    settlements.dispute_line(settlement.pk, line.pk, reason="한 시간만 걸렸습니다", actor=escort.dispatcher)
    settlements.confirm(settlement.pk, actor=escort.dispatcher)
    first, second = two_officers()
    with pytest.raises(UnableToPerform, match="먼저 모두 처리"):
        settlements.check(settlement.pk, actor=first)
    settlements.resolve_line(settlement.pk, line.pk, outcome="ok", reason="맞음", minutes=60, actor=first)
    settlements.check(settlement.pk, actor=first)
    with pytest.raises(UnableToPerform, match="다른 담당자"):
        settlements.approve(settlement.pk, actor=first)
    settlements.approve(settlement.pk, actor=second)
    settlement.refresh_from_db()
    voucher = Voucher.objects.get(reference=f"hospital-settlement:{settlement.pk}")
    assert settlement.city_share == 40_000
    assert voucher.organisation == city
    assert sorted(voucher.entries.values_list("kind", "amount")) == [("commitment", 40_000), ("expenditure", 40_000)]


def put_right(escort, trip, minutes):
    row = Trip.objects.get(pk=trip.pk)
    back = row.met_at + dt.timedelta(minutes=minutes)
    return taps.correct_times(
        trip.pk, met_at=row.met_at, returned_at=back, reason="시각 확인", actor=escort.dispatcher
    )


def left_out(escort):
    """A trip that the city left out of its month, and the month, confirmed."""
    served_last_month(escort)
    settlement = compute(escort)
    line = settlement.lines.earliest("pk")
    settlements.dispute_line(settlement.pk, line.pk, reason="시각이 다릅니다", actor=escort.dispatcher)
    settlements.confirm(settlement.pk, actor=escort.dispatcher)
    officer = two_officers()[0]
    settlements.resolve_line(settlement.pk, line.pk, outcome="excluded", reason="시각 확인", actor=officer)
    return settlement, line, officer


def test_a_trip_left_out_comes_back_once_its_times_are_put_right(escort):
    _settlement, line, _officer = left_out(escort)
    next_month = timezone.localdate().replace(day=1)
    assert settlements.lines_due(escort.operator.pk, next_month, own=None) == []
    put_right(escort, line.trip, 60)
    back = settlements.lines_due(escort.operator.pk, next_month, own=None)
    assert [(one.trip_id, one.minutes, one.fee) for one in back] == [(line.trip_id, 60, 5_000)]


def test_a_line_kept_after_all_has_the_fee_charged_by_now(escort):
    settlement, line, officer = left_out(escort)
    put_right(escort, line.trip, 60)
    settlements.resolve_line(settlement.pk, line.pk, outcome="ok", reason="맞음", minutes=60, actor=officer)
    settlement.refresh_from_db()
    assert (settlement.trips, settlement.fees, settlement.city_share) == (2, 15_000, 45_000)


def test_a_line_kept_without_minutes_is_of_the_fees_minutes(escort):
    settlement, line, officer = left_out(escort)
    put_right(escort, line.trip, 60)
    kept = settlements.resolve_line(settlement.pk, line.pk, outcome="ok", reason="맞음", actor=officer)
    assert (kept.minutes, kept.cost, kept.fee, kept.city_share) == (60, 20_000, 5_000, 15_000)


def test_a_line_of_other_minutes_says_for_which_its_fee_is(escort):
    settlement, line, officer = left_out(escort)
    settlements.resolve_line(settlement.pk, line.pk, outcome="ok", reason="맞음", minutes=60, actor=officer)
    line.refresh_from_db()
    assert (line.minutes, line.cost, line.fee, line.charged_minutes) == (60, 20_000, 10_000, 120)
    page = client_of(officer).get(reverse("hospital:settlement", args=[settlement.pk])).content.decode()
    assert "120분의 이용료" in page


def test_a_line_settled_in_a_later_month_is_not_kept_too(escort):
    settlement, line, officer = left_out(escort)
    put_right(escort, line.trip, 60)
    later = Settlement.objects.create(operator=escort.operator, month=timezone.localdate().replace(day=1))
    made = settlements.lines_due(escort.operator.pk, later.month, own=None)[0]
    made.settlement = later
    made.save()
    with pytest.raises(UnableToPerform, match="다른 달의 정산"):
        settlements.resolve_line(settlement.pk, line.pk, outcome="ok", reason="맞음", actor=officer)


def test_settled_times_are_disputed_not_corrected(escort):
    served_last_month(escort, count=1)
    line = compute(escort).lines.get()
    with pytest.raises(UnableToPerform, match="이의를 제기"):
        put_right(escort, line.trip, 60)


def test_a_payment_or_refund_after_the_settlement_changes_nothing_of_it(escort):
    served_last_month(escort, count=1)
    funded()
    settlement, _first, second = to_approve(escort)
    settlements.approve(settlement.pk, actor=second)
    trip = Trip.objects.get()
    take_payment(trip.pk, key=uuid.uuid4(), method="card", actor=escort.caller)
    refund(trip.pk, key=uuid.uuid4(), amount=5_000, reason="늦게 감", actor=escort.dispatcher)
    settlement.refresh_from_db()
    assert (settlement.collected, settlement.city_share) == (0, 30_000)
    assert (trip.fee.state, trip.fee.payments.count()) == ("due", 2)


def test_without_the_money_nothing_is_approved(escort):
    served_last_month(escort)
    settlement, _first, second = to_approve(escort)
    with pytest.raises(UnableToPerform, match="예산 과목이 없어"):
        settlements.approve(settlement.pk, actor=second)
    settlement.refresh_from_db()
    assert settlement.state == "checked"
    assert not Voucher.objects.exists()


def test_an_approved_one_never_changes(escort):
    served_last_month(escort)
    funded()
    settlement, _first, second = to_approve(escort)
    settlements.approve(settlement.pk, actor=second)
    with pytest.raises(IntegrityError), transaction.atomic():
        Settlement.objects.filter(pk=settlement.pk).update(city_share=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        SettlementLine.objects.filter(settlement=settlement).update(minutes=1)
    assert compute(escort).state == "approved"


def test_a_line_stays_with_its_settlement_and_its_trip(escort):
    served_last_month(escort)
    funded()
    settlement, _first, second = to_approve(escort)
    settlements.approve(settlement.pk, actor=second)
    other = Settlement.objects.create(operator=escort.operator, month=timezone.localdate().replace(day=1))
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        settlement.lines.update(settlement=other)
    with pytest.raises(IntegrityError, match="is approved"), transaction.atomic():
        settlement.lines.all().delete()
    made = settlement.lines.earliest("pk")
    with pytest.raises(IntegrityError, match="is approved"), transaction.atomic():
        SettlementLine.objects.create(settlement=settlement, trip=made.trip, minutes=0, cost=0, fee=0, collected=0,
                                      city_share=0, state="excluded", resolution="중복")  # fmt: skip
    left = SettlementLine.objects.create(settlement=other, trip=made.trip, minutes=0, cost=0, fee=0, collected=0,
                                         city_share=0, state="excluded", resolution="중복")  # fmt: skip
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        SettlementLine.objects.filter(pk=left.pk).update(trip=escort.booked("18:00", person=escort.person()))
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        SettlementLine.objects.filter(pk=left.pk).update(settlement=settlement)
    assert left.delete()[0] == 1


def test_computed_and_approved_at_once_it_is_posted_once(scratch_database):
    escort = make_escort()
    served_last_month(escort)
    funded()
    results = in_threads(lambda _n: compute(escort), range(10))
    assert not [one for one in results if isinstance(one, Exception)]
    assert SettlementLine.objects.count() == 2
    settlement, _first, second = to_approve(escort)
    results = in_threads(lambda _n: settlements.approve(settlement.pk, actor=second), range(10))
    assert all(isinstance(one, Settlement | UnableToPerform) for one in results)
    assert Voucher.objects.filter(reference__startswith="hospital-settlement").count() == 1


def test_a_fee_is_paid_in_parts_and_due_again_after_a_refund(escort):
    served_last_month(escort, count=1)
    trip, key = Trip.objects.get(), uuid.uuid4()
    for _n in range(2):  # sent twice
        take_payment(trip.pk, key=key, method="card", amount=4_000, actor=escort.caller)
    assert (trip.fee.state, Payment.objects.get().amount) == ("due", 4_000)
    with pytest.raises(UnableToPerform, match="많이 받을 수 없습니다"):
        take_payment(trip.pk, key=uuid.uuid4(), method="card", amount=7_000, actor=escort.caller)
    assert take_payment(trip.pk, key=uuid.uuid4(), method="transfer", actor=escort.caller).amount == 6_000
    assert Fee.objects.get().state == "paid"
    with pytest.raises(UnableToPerform, match="받을 이용료가 없습니다"):
        take_payment(trip.pk, key=uuid.uuid4(), method="card", actor=escort.caller)
    with pytest.raises(UnableToPerform, match="많이 돌려드릴 수 없습니다"):
        refund(trip.pk, key=uuid.uuid4(), amount=10_001, reason="늦게 감", actor=escort.dispatcher)
    refund(trip.pk, key=uuid.uuid4(), amount=10_000, reason="늦게 감", actor=escort.dispatcher)
    assert Fee.objects.get().state == "due"


def test_reminders_keep_their_pace(escort):
    served_last_month(escort, count=1)
    due = Fee.objects.get()
    Fee.objects.update(due_on=timezone.localdate() - dt.timedelta(days=1))
    assert [remind(timezone.localdate()) for _n in range(2)] == [1, 0]
    for _n in range(4):
        Fee.objects.update(reminded_at=timezone.now() - dt.timedelta(days=8))
        remind(timezone.localdate())
    due.refresh_from_db()
    assert due.reminders == 3
    assert Message.objects.filter(template="escort.reminder").count() == 3


# --- Pages ---------------------------------------------------------------------------------
def test_the_pages_from_computing_to_approval(escort):
    served_last_month(escort)
    funded()
    operator, (first, second) = client_of(escort.dispatcher), map(client_of, two_officers())
    made = operator.post(reverse("hospital:settlement_compute"), {"month": MONTH.isoformat()}, follow=True)
    settlement = Settlement.objects.get()
    line = settlement.lines.earliest("pk")
    assert line.trip.number in made.content.decode()
    url = reverse("hospital:settlement_line", args=[settlement.pk, line.pk])
    operator.post(url, {"reason": "한 시간만 걸렸습니다"})
    operator.post(reverse("hospital:settlement_act", args=[settlement.pk, "confirm"]))
    assert first.post(url, {"outcome": "ok", "reason": ""}).status_code == 422
    first.post(url, {"outcome": "excluded", "reason": "중복"})
    first.post(reverse("hospital:settlement_act", args=[settlement.pk, "check"]))
    assert (
        "다른 담당자가 결재하여야" in first.get(reverse("hospital:settlement", args=[settlement.pk])).content.decode()
    )
    done = second.post(reverse("hospital:settlement_act", args=[settlement.pk, "approve"]), follow=True)
    assert "예산에 기장한 문서" in done.content.decode()
    settlement.refresh_from_db()
    assert (settlement.trips, settlement.city_share) == (1, 30_000)


def test_the_statement_as_a_workbook_is_logged_and_has_no_names(escort):
    served_last_month(escort)
    settlement = compute(escort)
    client, url = client_of(escort.dispatcher), reverse("hospital:settlement_download", args=[settlement.pk])
    assert client.post(url, {"reason": " "}).status_code == 422
    answer = client.post(url, {"reason": "월 정산"})
    sheet = load_workbook(BytesIO(answer.content)).active
    cells = [str(cell.value) for row in sheet.iter_rows() for cell in row]
    assert Trip.objects.earliest("pk").number in cells
    assert not [name for trip in Trip.objects.all() if (name := trip.service_user.name) in cells]
    assert AccessLog.objects.get(action="download").reason == "월 정산"


def test_cancellation_charges_collected_are_said_and_not_settled(escort):
    served_last_month(escort, count=1)
    trip = escort.booked("18:00", person=escort.person())
    soon = timezone.now() + dt.timedelta(hours=1)
    Trip.objects.filter(pk=trip.pk).update(latest=soon, earliest=soon)
    cancel(trip.pk, actor=escort.caller)
    middle = timezone.make_aware(dt.datetime.combine(MONTH + dt.timedelta(days=14), dt.time(12)))
    take_payment(trip.pk, key=uuid.uuid4(), method="card", actor=escort.caller, paid_at=middle)
    settlement = compute(escort)
    assert (settlement.trips, settlement.fees) == (1, 10_000)
    desk, page = client_of(escort.dispatcher), reverse("hospital:settlement", args=[settlement.pk])
    assert "13,000원" in desk.get(page).content.decode()
    assert "13,000원" in desk.post(reverse("hospital:settlement_print", args=[settlement.pk])).content.decode()
    taken = desk.post(reverse("hospital:settlement_download", args=[settlement.pk]), {"reason": "월 정산"})
    cells = [cell.value for row in load_workbook(BytesIO(taken.content)).active.iter_rows() for cell in row]
    assert 13_000 in cells
    assert settlements.lines_due(escort.operator.pk, MONTH, own=settlement)[0].fee == 10_000


def test_an_unpaid_fee_is_taken_at_the_call_centre_once(escort):
    served_last_month(escort, count=1)
    fee = Fee.objects.get()
    client = client_of(escort.caller)
    page = client.get(reverse("hospital:fees")).content.decode()
    assert fee.trip.number in page
    assert fee.trip.service_user.name not in page
    data = {"key": uuid.uuid4(), "method": "transfer"}
    assert client.post(reverse("hospital:fee_pay", args=[fee.pk]), data | {"method": ""}).status_code == 422
    for _n in range(2):
        client.post(reverse("hospital:fee_pay", args=[fee.pk]), data)
    assert Payment.objects.get().amount == fee.amount
    assert Message.objects.filter(template="escort.paid").count() == 1


def test_a_period_is_replayed_under_other_terms(escort):
    served_last_month(escort)
    client = client_of(escort.dispatcher)
    url = reverse("hospital:replay")
    assert "기간과 조건을 고르십시오" in client.get(url).content.decode()
    asked = {"first": MONTH, "last": timezone.localdate(), "terms": escort.terms.pk}
    page = client.get(url, asked).content.decode()
    assert "20,000" in page
    assert client.get(url, asked | {"last": "2020-01-01"}).status_code == 422
