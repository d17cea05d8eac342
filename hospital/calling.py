"""The call centre's calls: a call begins when a number is looked up, and ends with what came of it."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership
from accounts.roles import OPERATOR_STAFF, Actor
from hospital.models import CallRecord, ServiceUser, Trip
from hospital.models.people import index_of_phone
from programs.workflow import UnableToPerform

Result = CallRecord.Result
_SAME_CALL = dt.timedelta(minutes=30)  # the same number looked up again within this time is the same call


@transaction.atomic
def begin_call(*, phone: str, actor: Actor) -> CallRecord:
    """The call of this number (in digits); the one that is still open where it was looked up already.

    Raises UnableToPerform for anybody but the operator's staff."""
    if actor.role not in OPERATOR_STAFF or actor.membership is None:
        raise UnableToPerform(_("콜센터와 배차 담당자만 통화를 기록할 수 있습니다."))
    Membership.objects.select_for_update().get(pk=actor.membership.pk)  # a doubled click waits here
    index = index_of_phone(phone)
    known = CallRecord.objects.filter(
        taken_by=actor.membership, phone_index=index, result=Result.OPEN, began_at__gt=timezone.now() - _SAME_CALL
    )
    return known.order_by("-pk").first() or CallRecord.objects.create(
        operator=actor.membership.organisation, taken_by=actor.membership, phone=phone, phone_index=index
    )


@transaction.atomic
def end_call(
    call_id: int,
    *,
    result: str,
    actor: Actor,
    note: str = "",
    trip: Trip | None = None,
    service_user: ServiceUser | None = None,
) -> CallRecord:
    """Close a call with its result, once. Raises UnableToPerform, CallRecord.DoesNotExist for one the actor may not
    see."""
    call = CallRecord.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=call_id)
    if actor.role not in OPERATOR_STAFF:
        raise UnableToPerform(_("콜센터와 배차 담당자만 통화를 기록할 수 있습니다."))
    if result not in Result.values or result == Result.OPEN:
        raise UnableToPerform(_("통화 결과를 고르십시오."))
    if (result == Result.BOOKED) != (trip is not None):
        raise UnableToPerform(_("예약한 통화에는 예약이 있어야 합니다."))
    if call.result != Result.OPEN:
        raise UnableToPerform(_("이미 끝난 통화입니다. 다시 걸려 왔으면 번호를 새로 찾으십시오."))
    call.result, call.note, call.trip, call.ended_at = result, note.strip() or None, trip, timezone.now()
    call.service_user = service_user or (trip.service_user if trip else call.service_user)
    call.save(update_fields=["result", "note", "trip", "service_user", "ended_at"])
    return call
