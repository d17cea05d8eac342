"""Cancelling: in time it gives the use back; late, or on the spot, it is a use without minutes, costs what the terms
say and may ban."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.clock import SEOUL
from accounts.months import add_months
from accounts.roles import OPERATOR_STAFF, Actor, Role
from hospital import letters
from hospital.allowances import give_back, settle
from hospital.assigning import release, withdraw_offers
from hospital.escort_terms import BanRule, EscortTerms
from hospital.events import Action, expect, locked, move
from hospital.models import Ban, Fee, ServiceUser, State, Trip
from programs.workflow import UnableToPerform


@dataclass(frozen=True)
class Consequence:
    """What cancelling now would mean: whether it is late, what it costs in won, and how many late ones there are."""

    late: bool
    fee: int
    ban_after: int | None  # late ones until a ban; None without such a rule


OURS = "operator"  # the reason of a cancellation that is the operator's doing


def consequence(trip: Trip, now: dt.datetime, *, reason: str = "") -> Consequence:
    """What the terms of its day make of cancelling it for this reason."""
    terms = EscortTerms.of(trip.terms)
    late = reason != OURS and _is_late(trip, terms, now)
    left = None
    if terms.ban is not None:
        left = max(terms.ban.late_cancels - _counted(trip.service_user, State.LATE_CANCELLED, now), 0)
    return Consequence(late, terms.late_cancel_fee if late else 0, left)


def _is_late(trip: Trip, terms: EscortTerms, now: dt.datetime) -> bool:
    """In the last hours before the meeting, and of a same-day request once the manager is on the way; 0 hours means
    that none is (terms of 2021). Nobody is late where the operator is: its manager comes later than promised, was
    taken off again, or is not planned though the promised time is over."""
    if not terms.late_cancel_hours or trip.delay_minutes:
        return False
    if trip.meet_at is None and (now > trip.latest or trip.assignments.exists()):
        return False
    if trip.kind == Trip.Kind.NOW:
        return trip.state == State.ON_THE_WAY
    return now > (trip.meet_at or trip.latest) - dt.timedelta(hours=terms.late_cancel_hours)


@transaction.atomic
def cancel(trip_id: int, *, actor: Actor, reason: str = "") -> Trip:
    """The person, their family or the call centre cancels before the manager has met them. Raises UnableToPerform,
    Trip.DoesNotExist for one the actor may not see."""
    if actor.role not in (Role.CITIZEN, *OPERATOR_STAFF):
        raise UnableToPerform(_("%(role)s은(는) 취소할 수 없습니다.") % {"role": actor.role.label})
    trip = locked(trip_id, actor)
    if trip.state in (State.CANCELLED, State.LATE_CANCELLED):
        return trip  # a doubled click
    expect(trip, State.REQUESTED, State.ASSIGNED, State.ON_THE_WAY)
    now = timezone.now()
    means = consequence(trip, now, reason=reason)
    release(trip, reason="cancelled")
    withdraw_offers(trip)
    if means.late:
        move(trip, Action.LATE_CANCEL, State.LATE_CANCELLED, actor=actor, occurred_at=now, reason=reason)
        settle(trip, 0)
        _charge(trip, means.fee)
        ban_if_due(trip.service_user, EscortTerms.of(trip.terms), now)
    else:
        move(trip, Action.CANCEL, State.CANCELLED, actor=actor, occurred_at=now, reason=reason)
        give_back(trip)
    letters.tell(trip, "cancelled", fee=means.fee)
    return trip


@transaction.atomic
def record_no_show(
    trip_id: int, *, actor: Actor, occurred_at: dt.datetime | None = None, key: uuid.UUID | None = None, **event: Any
) -> Trip:
    """The manager stood at the door and nobody came, or was sent away: the use is used, and it may cost and ban.
    `event`: what a tap says of its own times."""
    if actor.role not in (Role.ESCORT_MANAGER, Role.DISPATCHER):
        raise UnableToPerform(_("동행매니저나 배차 담당자만 기록할 수 있습니다."))
    trip = locked(trip_id, actor)
    if trip.state == State.NO_SHOW:
        return trip
    expect(trip, State.ON_THE_WAY, State.ASSIGNED)
    at = occurred_at or timezone.now()
    if at < (trip.meet_at or trip.latest) - dt.timedelta(minutes=30):
        raise UnableToPerform(_("만나기로 한 때가 되지 않았습니다. 이용자에게 전화하여 확인하십시오."))
    terms = EscortTerms.of(trip.terms)
    release(trip, reason="no_show")
    move(trip, Action.NO_SHOW, State.NO_SHOW, actor=actor, occurred_at=at, key=key, **event)
    settle(trip, 0)
    _charge(trip, terms.no_show_fee)
    ban_if_due(trip.service_user, terms, at)
    letters.tell(trip, "no_show", fee=terms.no_show_fee)
    return trip


def _charge(trip: Trip, amount: int) -> None:
    if amount:
        due = timezone.localdate() + dt.timedelta(days=EscortTerms.of(trip.terms).pay_within_days)
        Fee.objects.create(
            trip=trip, kind=Fee.Kind.CANCELLATION, amount=amount, state=Fee.State.DUE, due_on=due,
            parts={"cancellation": amount},
        )  # fmt: skip


def ban_if_due(service_user: ServiceUser, terms: EscortTerms, now: dt.datetime) -> Ban | None:
    """Ban from tomorrow on, for the months of the terms, where the no-shows or late cancellations since the last ban
    (at most a year back) are as many as the terms say. The person's row is locked, so two cannot both ban."""
    if terms.ban is None:
        return None
    person = ServiceUser.objects.select_for_update().get(pk=service_user.pk)
    reason = _reason_to_ban(person, terms.ban, now)
    if reason is None:
        return None
    first = now.astimezone(SEOUL).date() + dt.timedelta(days=1)
    days = DateRange(first, add_months(first, terms.ban.months))
    ban = Ban.objects.create(service_user=person, days=days, reason=reason, made_at=now)
    letters.tell_banned(person, ban)
    return ban


def _reason_to_ban(person: ServiceUser, rule: BanRule, now: dt.datetime) -> str | None:
    if _counted(person, State.NO_SHOW, now) >= rule.no_shows:
        return Ban.Reason.NO_SHOWS
    if _counted(person, State.LATE_CANCELLED, now) >= rule.late_cancels:
        return Ban.Reason.LATE_CANCELS
    return None


def _counted(person: ServiceUser, state: State, now: dt.datetime) -> int:
    since = now - dt.timedelta(days=365)
    last = Ban.objects.filter(service_user=person).order_by("-made_at").first()
    if last is not None and last.made_at > since:
        since = last.made_at
    ended = Trip.objects.filter(service_user=person, state=state, ended_at__gt=since, ended_at__lte=now)
    return ended.exclude(fee__state=Fee.State.WAIVED).count()


@transaction.atomic
def lift_ban(ban_id: int, *, reason: str, actor: Actor) -> Ban:
    """The dispatcher hears the person's reasons and lifts a ban. Raises UnableToPerform."""
    ban = Ban.objects.visible_to(actor).select_for_update().get(pk=ban_id)
    if actor.role != Role.DISPATCHER:
        raise UnableToPerform(_("배차 담당자만 이용 제한을 풀 수 있습니다."))
    if not reason.strip():
        raise UnableToPerform(_("제한을 푸는 사유를 적으십시오."))
    if ban.lifted_at is None:
        ban.lifted_at, ban.lifted_by, ban.lift_reason = timezone.now(), actor.membership, reason.strip()[:200]
        ban.save(update_fields=["lifted_at", "lifted_by", "lift_reason"])
    return ban
