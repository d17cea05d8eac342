"""Fees: charged by the terms when a trip ends, paid on the spot or later, reminded of. Won."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import IntegrityError, transaction
from django.db.models import QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.roles import OPERATOR_STAFF, Actor, Role
from hospital import letters
from hospital.escort_terms import EscortTerms
from hospital.fees import price_of
from hospital.models import Fee, Payment, Trip
from programs.workflow import UnableToPerform

TAKERS = (Role.ESCORT_MANAGER, *OPERATOR_STAFF)


def charge_for_service(trip: Trip, minutes: int, terms: EscortTerms) -> Fee:
    """The fee of a trip that is over; computed again when its times are put right and nothing is paid yet."""
    price = price_of(minutes, terms, exempt_by=trip.free_kind)
    known = Fee.objects.select_for_update().filter(trip=trip).first()
    paid = paid_of(known) if known else 0
    if paid > price.amount:
        raise UnableToPerform(_("이미 받은 이용료가 더 많습니다. 먼저 돌려드린 것을 기록하십시오."))
    fee = known or Fee(trip=trip)
    fee.kind, fee.minutes, fee.amount, fee.parts = Fee.Kind.SERVICE, minutes, price.amount, price.as_parts()
    fee.exempt_by = price.exempt_by
    fee.due_on = timezone.localdate() + dt.timedelta(days=terms.pay_within_days)
    fee.state = _state_of(fee, paid)
    fee.save()
    return fee


def _state_of(fee: Fee, paid: int) -> Fee.State:
    if fee.state == Fee.State.WAIVED:
        return Fee.State.WAIVED
    if fee.exempt_by:
        return Fee.State.EXEMPT
    return Fee.State.PAID if paid >= fee.amount else Fee.State.DUE


def paid_of(fee: Fee) -> int:
    return Payment.objects.filter(fee=fee).aggregate(won=Sum("amount"))["won"] or 0


def take_payment(
    trip_id: int, *, key: uuid.UUID, method: str, actor: Actor, amount: int | None = None,
    paid_at: dt.datetime | None = None,
) -> Payment:  # fmt: skip
    """Record money received: by the manager on the spot, or by the call centre later; the receipt is sent. All that is
    still owed where no amount is said. Twice with one key it is one payment.

    Raises UnableToPerform, also for a key of another payment, Trip.DoesNotExist for one the actor may not see."""
    if actor.role not in TAKERS:
        raise UnableToPerform(_("%(role)s은(는) 이용료를 받을 수 없습니다.") % {"role": actor.role.label})
    if method not in Payment.Method.values:
        raise UnableToPerform(_("결제 방법을 고르십시오."))
    trip = Trip.objects.visible_to(actor).get(pk=trip_id)
    try:
        with transaction.atomic():
            fee = _locked_fee(trip)
            if found := _of_key(key, fee, is_refund=False):
                return found
            owed = fee.amount - paid_of(fee)
            if fee.state != Fee.State.DUE or owed <= 0:
                raise UnableToPerform(_("받을 이용료가 없습니다. 화면을 새로 열어 확인하십시오."))
            payment = Payment.objects.create(
                fee=fee, key=key, amount=owed if amount is None else amount, method=method,
                paid_at=paid_at or timezone.now(), taken_by=actor.membership, synthetic=trip.synthetic,
            )  # fmt: skip
            _settle_state(fee)
            letters.tell(fee.trip, "paid", of=payment.pk, payment=payment)
            return payment
    except Fee.DoesNotExist:
        raise UnableToPerform(_("아직 이용료가 계산되지 않았습니다. 귀가 완료를 먼저 기록하십시오.")) from None
    except IntegrityError as error:
        raise _refusal(error, _("내실 금액보다 많이 받을 수 없습니다.")) from error


def refund(trip_id: int, *, key: uuid.UUID, amount: int, reason: str, actor: Actor) -> Payment:
    """Record money given back, as a payment of a negative amount; the fee is due again if too little is left. Raises
    like `take_payment`."""
    if actor.role != Role.DISPATCHER:
        raise UnableToPerform(_("배차 담당자만 돌려드린 이용료를 기록할 수 있습니다."))
    if amount <= 0 or not reason.strip():
        raise UnableToPerform(_("돌려드린 금액과 사유를 적으십시오."))
    trip = Trip.objects.visible_to(actor).get(pk=trip_id)
    too_much = _("받은 것보다 많이 돌려드릴 수 없습니다.")
    try:
        with transaction.atomic():
            fee = _locked_fee(trip)
            if found := _of_key(key, fee, is_refund=True):
                return found
            last = Payment.objects.filter(fee=fee, amount__gt=0).order_by("-pk").first()
            payment = Payment.objects.create(
                fee=fee, key=key, amount=-amount, method=last.method if last else Payment.Method.TRANSFER,
                paid_at=timezone.now(), taken_by=actor.membership, note=reason.strip()[:100],
                synthetic=trip.synthetic,
            )  # fmt: skip
            _settle_state(fee)
            return payment
    except Fee.DoesNotExist:
        raise UnableToPerform(too_much) from None
    except IntegrityError as error:
        raise _refusal(error, too_much) from error


@transaction.atomic
def waive(trip_id: int, *, reason: str, actor: Actor) -> Fee:
    """The dispatcher lets go of a fee that is due, because the fault was ours or the person could not help it; the
    person is told. Waived twice it is waived once, and for good.

    Between operator and city it changes nothing: the fee was charged, collecting it is the operator's duty (report,
    page 25), and so a settlement takes it off whether the trip is in one already or not. A ban stays until it is
    lifted, but a waived no-show or late cancellation does not count towards the next (hospital.cancelling).

    Raises UnableToPerform, Trip.DoesNotExist for one the actor may not see."""
    if actor.role != Role.DISPATCHER:
        raise UnableToPerform(_("배차 담당자만 이용료를 받지 않기로 할 수 있습니다."))
    if not reason.strip():
        raise UnableToPerform(_("받지 않는 사유를 적으십시오."))
    trip = Trip.objects.visible_to(actor).get(pk=trip_id)
    fee = Fee.objects.select_for_update(of=("self",)).select_related("trip__service_user").filter(trip=trip).first()
    if fee is None or fee.state not in (Fee.State.DUE, Fee.State.WAIVED):
        raise UnableToPerform(_("받을 이용료가 없습니다. 화면을 새로 열어 확인하십시오."))
    if fee.state == Fee.State.WAIVED:
        return fee
    if paid_of(fee):
        raise UnableToPerform(_("이미 받은 금액이 있습니다. 먼저 돌려드린 것을 기록하십시오."))
    fee.state, fee.waived_at, fee.waived_by = Fee.State.WAIVED, timezone.now(), actor.membership
    fee.waive_reason = reason.strip()
    fee.save(update_fields=["state", "waived_at", "waived_by", "waive_reason"])
    letters.tell(fee.trip, "waived", of="waived", fee=fee.amount)
    return fee


def _locked_fee(trip: Trip) -> Fee:
    """Only the fee: whoever puts times right holds the trip and waits for it (hospital.taps)."""
    return Fee.objects.select_for_update(of=("self",)).select_related("trip__service_user").get(trip=trip)


def _of_key(key: uuid.UUID, fee: Fee, *, is_refund: bool) -> Payment | None:
    """The payment that was made with this key already. The fee is locked, so that a doubled click has waited."""
    found = Payment.objects.filter(key=key).first()
    if found and (found.fee_id, found.amount < 0) != (fee.pk, is_refund):
        raise UnableToPerform(_taken())
    return found


def _taken() -> str:
    return _("이미 다른 결제에 쓰인 화면입니다. 화면을 새로 여십시오.")


def _refusal(error: IntegrityError, else_: str) -> UnableToPerform:
    """A key may be taken for another fee in this same moment, which only the database sees."""
    return UnableToPerform(_taken() if "hospital_payment_key" in str(error) else else_)


def _settle_state(fee: Fee) -> None:
    state = _state_of(fee, paid_of(fee))
    if fee.state != state:
        fee.state = state
        if state == Fee.State.DUE and fee.due_on is None:
            fee.due_on = timezone.localdate()
        fee.save(update_fields=["state", "due_on"])


def asked_for(fees: QuerySet[Fee]) -> QuerySet[Fee]:
    """Those that are due, but of a trip whose end is doubtful only once the dispatcher has looked at its times."""
    return fees.filter(state=Fee.State.DUE).exclude(trip__flagged__contains=["finish"])


def remind(today: dt.date) -> int:
    """Remind those whose fee is overdue, at the terms' pace and at most so often; how many."""
    sent = 0
    due = asked_for(Fee.objects.filter(due_on__lt=today, trip__synthetic=False)).order_by("pk")
    for pk in list(due.values_list("pk", flat=True)):
        with transaction.atomic():
            fee = (
                Fee.objects.select_for_update(of=("self",))
                .select_related("trip__terms", "trip__service_user")
                .get(pk=pk)
            )
            terms = EscortTerms.of(fee.trip.terms)
            recently = fee.reminded_at and timezone.localdate(fee.reminded_at) > today - dt.timedelta(
                days=terms.remind_every_days
            )
            if fee.state != Fee.State.DUE or recently or fee.reminders >= terms.most_reminders:
                continue
            fee.reminders += 1
            fee.reminded_at = timezone.now()
            fee.save(update_fields=["reminders", "reminded_at"])
            letters.tell(fee.trip, "reminder", of=fee.reminders, fee=fee.amount - paid_of(fee))
            sent += 1
    return sent
