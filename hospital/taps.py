"""What the manager's phone reports, each tap once and with two times.

A tap carries a key, the phone's time of the tap and its time when it was sent. Over a bad line it may arrive late and
more than once: the key makes it once. How far the phone's clock is off shows in the time of sending; within the terms'
tolerance the tap's own time counts, else the time of recording does and the trip is flagged for the dispatcher. So is
a return so long after the estimate that its tap was probably forgotten: nothing is asked for or settled until then.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.roles import Actor, Role
from hospital import letters
from hospital.allowances import settle
from hospital.assigning import live_of
from hospital.cancelling import record_no_show
from hospital.escort_terms import EscortTerms
from hospital.events import Action, expect, locked, move
from hospital.models import UNDER_WAY, State, Trip, TripEvent
from hospital.payments import charge_for_service
from programs.workflow import UnableToPerform

_OLDEST = dt.timedelta(hours=14)  # a tap older than a working day is not one of this trip

# Action: the states it may come from, the state it leads to.
STEPS: dict[str, tuple[tuple[State, ...], State]] = {
    Action.START: ((State.ASSIGNED,), State.ON_THE_WAY),
    Action.ARRIVE: ((State.ASSIGNED, State.ON_THE_WAY), State.MET),
    Action.CONSULT: ((State.MET, State.WAITING), State.IN_CONSULTATION),
    Action.WAIT: ((State.MET, State.IN_CONSULTATION), State.WAITING),
    Action.FINISH: ((State.MET, State.IN_CONSULTATION, State.WAITING), State.COMPLETED),
}


@dataclass(frozen=True)
class Tap:
    """One press of a button. Aware times by the phone's clock; both None where the phone has no script."""

    key: uuid.UUID
    action: str
    device_at: dt.datetime | None = None
    device_sent_at: dt.datetime | None = None


@dataclass(frozen=True)
class Timed:
    """The moment that counts, and whether it is doubtful."""

    at: dt.datetime
    flagged: bool


def time_of(tap: Tap, now: dt.datetime, tolerance: dt.timedelta) -> Timed:
    """See the module. A phone's clock is trusted when its time of sending is the server's, within the tolerance."""
    if tap.device_at is None or tap.device_sent_at is None:
        return Timed(now, flagged=False)
    off = abs(now - tap.device_sent_at)
    if off > tolerance or tap.device_at > tap.device_sent_at or now - tap.device_at > _OLDEST:
        return Timed(now, flagged=True)
    return Timed(min(tap.device_at, now), flagged=False)


@dataclass(frozen=True)
class Step:
    """A button: the states it may be pressed in, and the one it leads to."""

    action: str
    sources: tuple[State, ...]
    target: State


def steps() -> list[Step]:
    """Every button in the order of a trip, the end that nobody wants last."""
    walk = [Step(action, *STEPS[action]) for action in STEPS]
    return [*walk, Step(Action.NO_SHOW, (State.ASSIGNED, State.ON_THE_WAY), State.NO_SHOW)]


def tap(trip_id: int, given: Tap, *, actor: Actor) -> TripEvent:
    """Record a tap; sent again, it is the one there is. Raises UnableToPerform where it cannot follow the state,
    Trip.DoesNotExist for a trip that is not the manager's."""
    if actor.role != Role.ESCORT_MANAGER:
        raise UnableToPerform(_("동행매니저만 기록할 수 있습니다."))
    if found := _by_key(given, actor):
        return found
    try:
        with transaction.atomic():
            return _tap(trip_id, given, actor)
    except IntegrityError as error:
        found = _by_key(given, actor)
        if found is None:
            raise UnableToPerform(_("기록할 수 없습니다. 화면을 새로 여십시오.")) from error
        return found


def _tap(trip_id: int, given: Tap, actor: Actor) -> TripEvent:
    trip = locked(trip_id, actor)
    if found := _by_key(given, actor):
        return found
    if given.action not in STEPS:
        raise UnableToPerform(_("없는 단계입니다. 화면을 새로 여십시오."))
    sources, target = STEPS[given.action]
    expect(trip, *sources)
    terms = EscortTerms.of(trip.terms)
    timed = time_of(given, timezone.now(), dt.timedelta(minutes=terms.device_tolerance))
    at = max(timed.at, _last_time(trip))
    doubtful = timed.flagged or (given.action == Action.FINISH and _is_overlong(trip, at, terms))
    fields: dict[str, object] = {}
    if doubtful and given.action in (Action.ARRIVE, Action.FINISH):
        fields["flagged"] = sorted({*trip.flagged, given.action})
    if given.action == Action.ARRIVE:
        fields["met_at"] = at
    if given.action == Action.FINISH:
        fields["returned_at"] = at
    event = move(
        trip, Action(given.action), target, actor=actor, occurred_at=at, key=given.key, fields=fields,
        device_at=given.device_at, device_sent_at=given.device_sent_at, flagged=doubtful,
        in_time=at <= trip.latest if given.action == Action.ARRIVE else None,
    )  # fmt: skip
    _after(trip, given.action, terms)
    return event


def _is_overlong(trip: Trip, at: dt.datetime, terms: EscortTerms) -> bool:
    return at - (trip.met_at or at) > dt.timedelta(minutes=trip.minutes + terms.overrun_minutes)


def _last_time(trip: Trip) -> dt.datetime:
    """Steps follow each other in time, whatever the phone says."""
    last = TripEvent.objects.filter(trip=trip, action__in=list(STEPS)).order_by("-occurred_at").first()
    return last.occurred_at if last else trip.requested_at


def _after(trip: Trip, action: str, terms: EscortTerms) -> None:
    if action == Action.START:
        letters.tell(trip, "started", assignment=live_of(trip))
    if action == Action.FINISH:
        finish(trip, terms)


def finish(trip: Trip, terms: EscortTerms) -> None:
    """The trip is over: its limits are settled with what happened, and its fee is computed; it is told unless the
    dispatcher has to look at the times first."""
    minutes = minutes_of(trip)
    settle(trip, minutes)
    fee = charge_for_service(trip, minutes, terms)
    letters.tell(trip, "checking" if trip.has_doubtful_end else "completed", fee=fee.amount)


def minutes_of(trip: Trip) -> int:
    """Whole minutes from the meeting to the return, the last begun one included."""
    assert trip.met_at is not None and trip.returned_at is not None  # noqa: S101, PT018 - a constraint says so
    return max(-int(-(trip.returned_at - trip.met_at).total_seconds() // 60), 0)


def tap_no_show(trip_id: int, given: Tap, *, actor: Actor) -> Trip:
    """Nobody came to the door; the same two times, and once for each key. After it the trip is not the manager's any
    more, so that a tap that is sent again is looked for first. Raises like `tap`."""
    if found := _by_key(given, actor):
        return found.trip
    try:
        trip = Trip.objects.visible_to(actor).select_related("terms").get(pk=trip_id)
        terms = EscortTerms.of(trip.terms)
        timed = time_of(given, timezone.now(), dt.timedelta(minutes=terms.device_tolerance))
        return record_no_show(
            trip_id, actor=actor, occurred_at=timed.at, key=given.key, device_at=given.device_at,
            device_sent_at=given.device_sent_at, flagged=timed.flagged,
        )  # fmt: skip
    except Trip.DoesNotExist:
        if found := _by_key(given, actor):  # recorded while this one waited
            return found.trip
        raise


def _by_key(given: Tap, actor: Actor) -> TripEvent | None:
    return TripEvent.objects.filter(key=given.key, user=actor.user).select_related("trip").first()


@transaction.atomic
def report_delay(trip_id: int, *, minutes: int, actor: Actor, key: uuid.UUID | None = None) -> Trip:
    """The manager, or the dispatcher, says that it will be later; the person is told at once."""
    if actor.role not in (Role.ESCORT_MANAGER, Role.DISPATCHER, Role.CALL_CENTER):
        raise UnableToPerform(_("%(role)s은(는) 지연을 알릴 수 없습니다.") % {"role": actor.role.label})
    if not 5 <= minutes <= 180:
        raise UnableToPerform(_("늦어지는 시간을 5분에서 180분 사이로 적으십시오."))
    trip = locked(trip_id, actor)
    if key and TripEvent.objects.filter(key=key).exists():
        return trip
    expect(trip, State.ASSIGNED, State.ON_THE_WAY)
    move(trip, Action.DELAY, None, actor=actor, key=key, fields={"delay_minutes": minutes})
    letters.tell(trip, "delayed", minutes=minutes)
    return trip


def _told_times(
    trip_id: int,
    states: tuple[State, ...],
    *,
    met_at: dt.datetime,
    returned_at: dt.datetime,
    reason: str,
    actor: Actor,
) -> Trip:
    """The trip, locked, whose times the dispatcher was told by its manager. Raises UnableToPerform."""
    if actor.role != Role.DISPATCHER:
        raise UnableToPerform(_("배차 담당자만 시각을 적을 수 있습니다."))
    trip = locked(trip_id, actor)
    expect(trip, *states)
    if not reason.strip():
        raise UnableToPerform(_("사유를 적으십시오."))
    if not met_at < returned_at <= timezone.now():
        raise UnableToPerform(_("귀가는 만난 뒤, 지금보다 앞이어야 합니다."))
    return trip


@transaction.atomic
def record_times(trip_id: int, *, met_at: dt.datetime, returned_at: dt.datetime, reason: str, actor: Actor) -> Trip:
    """A trip was served, but its manager's phone never said so (lost, broken, forgotten): the dispatcher writes down
    what the manager tells. Raises UnableToPerform."""
    states = (State.ASSIGNED, *UNDER_WAY)
    trip = _told_times(trip_id, states, met_at=met_at, returned_at=returned_at, reason=reason, actor=actor)
    if met_at < trip.requested_at:
        raise UnableToPerform(_("만난 때가 예약을 받은 때보다 앞입니다."))
    fields: dict[str, object] = {"met_at": met_at, "returned_at": returned_at, "flagged": []}
    move(
        trip, Action.CORRECT if trip.met_at else Action.ARRIVE, State.MET, actor=actor, occurred_at=met_at,
        reason=reason, fields={"met_at": met_at}, in_time=met_at <= trip.latest,
    )  # fmt: skip
    move(trip, Action.FINISH, State.COMPLETED, actor=actor, occurred_at=returned_at, reason=reason, fields=fields)
    finish(trip, EscortTerms.of(trip.terms))
    return trip


@transaction.atomic
def correct_times(trip_id: int, *, met_at: dt.datetime, returned_at: dt.datetime, reason: str, actor: Actor) -> Trip:
    """The dispatcher puts doubtful times right after asking the manager, or says that they are; the fee is computed
    anew while nothing of it is settled, and told where it was not. Raises UnableToPerform."""
    states = (State.COMPLETED,)
    trip = _told_times(trip_id, states, met_at=met_at, returned_at=returned_at, reason=reason, actor=actor)
    if trip.settlement_lines.exclude(state="excluded").exists():
        raise UnableToPerform(_("이미 정산에 들어간 동행입니다. 정산에서 이의를 제기하십시오."))
    was_told = not trip.has_doubtful_end
    fields = {"met_at": met_at, "returned_at": returned_at, "flagged": []}
    move(
        trip, Action.CORRECT, None, actor=actor, fields=fields, reason=reason,
        in_time=met_at <= trip.latest,
    )  # fmt: skip
    minutes = minutes_of(trip)
    settle(trip, minutes)
    fee = charge_for_service(trip, minutes, EscortTerms.of(trip.terms))
    if not was_told:
        letters.tell(trip, "completed", fee=fee.amount)
    return trip


@transaction.atomic
def sign(trip_id: int, *, signature: str, actor: Actor) -> Trip:
    """The user's own hand on the manager's phone, or their name typed, once the trip is over or about to be."""
    trip = locked(trip_id, actor)
    if actor.role != Role.ESCORT_MANAGER:
        raise UnableToPerform(_("동행매니저의 화면에서 서명합니다."))
    expect(trip, State.MET, State.IN_CONSULTATION, State.WAITING, State.COMPLETED)
    trip.signature = signature
    trip.save(update_fields=["signature"])
    return trip
