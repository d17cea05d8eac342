"""Giving trips to managers. Everything that plans a manager's time takes that manager's advisory lock first (after the
trips' row locks), so that nobody is booked twice and nothing deadlocks; the exclusion constraint promises it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace

from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.roles import Actor, Role
from hospital import letters
from hospital.availability import bounds as bounds_of
from hospital.availability import days_of, live_assignments, stretches, why_not_at_all
from hospital.dispatch import rank
from hospital.dispatch.problem import Suggestion
from hospital.escort_terms import EscortTerms
from hospital.events import Action, expect, locked, move
from hospital.models import Assignment, EscortManager, Offer, State, Trip
from hospital.problem import gaps_of, late_by, late_request_of, moment_of, request_of
from hospital.travel_times import travel_under
from programs.workflow import UnableToPerform

ASSIGNERS = (Role.DISPATCHER, Role.AGENCY_STAFF)
# A manager who set out may break down: until the door is reached, another can go.
PLANNABLE = (State.REQUESTED, State.ASSIGNED, State.ON_THE_WAY)


def lock_managers(ids: Iterable[int]) -> None:
    """The managers' time, until the transaction's end, in one order."""
    with connection.cursor() as cursor:
        for pk in sorted(set(ids)):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"hospital.manager:{pk}"])


def check_may_assign(actor: Actor, trip: Trip, manager: EscortManager) -> None:
    """An operator assigns its own managers; an agency its own, to what it was given."""
    if actor.role not in ASSIGNERS:
        raise UnableToPerform(_("%(role)s은(는) 배정할 수 없습니다.") % {"role": actor.role.label})
    if manager.organisation_id != actor.organisation_id:
        raise UnableToPerform(_("우리 기관의 매니저만 배정할 수 있습니다."))
    if trip.agency_id not in (None, actor.organisation_id):
        raise UnableToPerform(_("다른 기관이 맡은 동행입니다."))
    if actor.role == Role.AGENCY_STAFF and trip.agency_id != actor.organisation_id:
        raise UnableToPerform(_("맡은 동행에만 매니저를 배정할 수 있습니다."))


def assign_manager(
    trip_id: int, manager_id: int, *, actor: Actor, meet_at: dt.datetime | None = None, only_open: bool = False,
    late: bool = False,
) -> Assignment:  # fmt: skip
    """Plan this manager for this trip, in place of whoever was: at `meet_at`, or as early as they can be there.
    `only_open`: not where somebody has been planned for it meanwhile. `late`: also after the promised time; the person
    is told by how much, and may then cancel without a charge.

    Raises UnableToPerform where they cannot, Trip.DoesNotExist or EscortManager.DoesNotExist for a stranger's."""
    try:
        with transaction.atomic():
            trip = locked(trip_id, actor)
            expect(trip, *([State.REQUESTED] if only_open else PLANNABLE))
            manager = (
                EscortManager.objects.visible_to(actor).select_related("membership__user", "base").get(pk=manager_id)
            )
            check_may_assign(actor, trip, manager)
            before = live_of(trip)
            if before and before.manager_id == manager.pk and trip.state == State.ON_THE_WAY:
                raise UnableToPerform(_("이미 출발한 매니저입니다. 늦어지면 지연을 알리십시오."))
            lock_managers([manager.pk, *([before.manager_id] if before else [])])
            made = _assign(trip, manager, before, actor=actor, meet_at=meet_at, late=late)
            if trip.delay_minutes:
                letters.tell(trip, "delayed", minutes=trip.delay_minutes)
            letters.tell(trip, "assigned", assignment=made)
            return made
    except IntegrityError as error:
        if "no_manager_is_booked_twice" not in str(error) and "one_manager_a_trip" not in str(error):
            raise
        raise UnableToPerform(_("그사이 다른 동행이 배정되었습니다. 화면을 새로 열어 확인하십시오.")) from error


def live_of(trip: Trip) -> Assignment | None:
    """Who is planned for it. The trip's lock keeps the row from being released or replaced; a lock of its own, taken
    before the manager's, would deadlock with whoever holds that and moves this setting-out (`reroute`)."""
    return Assignment.objects.filter(trip=trip, released_at__isnull=True).first()


def _assign(
    trip: Trip, manager: EscortManager, before: Assignment | None, *, actor: Actor, meet_at: dt.datetime | None,
    late: bool,
) -> Assignment:  # fmt: skip
    now = timezone.now()
    found = fits(trip, manager, now, meet_at=meet_at, late=late)
    if before:
        _let_go(before, reason="reassigned")
    meets = meet_at or moment_of(found.starts, trip.day)
    ends = meets + dt.timedelta(minutes=trip.minutes)
    made = Assignment.objects.create(
        trip=trip, manager=manager, travel_minutes=found.travel, assigned_by=actor.membership,
        planned=DateTimeTZRange(meets - dt.timedelta(minutes=found.travel), ends),
    )  # fmt: skip
    withdraw_offers(trip)
    fields = {"meet_at": meets, "delay_minutes": late_by(trip, meets)}
    move(trip, Action.ASSIGN, State.ASSIGNED, actor=actor, occurred_at=now, fields=fields)
    reroute(manager, trip.day, EscortTerms.of(trip.terms))
    if before and before.manager_id != manager.pk:
        reroute(before.manager, trip.day, EscortTerms.of(trip.terms))
    return made


def fits(
    trip: Trip, manager: EscortManager, now: dt.datetime, *, meet_at: dt.datetime | None = None, late: bool = False
) -> Suggestion:
    """Where the trip goes into the manager's day. Raises UnableToPerform, saying why it does not."""
    day = days_of(EscortManager.objects.filter(pk=manager.pk), trip.day)[0]
    if why := why_not_at_all(day):
        raise UnableToPerform(_("%(name)s: %(why)s") % {"name": manager, "why": why})
    request = late_request_of(trip, now) if late else request_of(trip, now)
    if meet_at is not None:
        minute = int((meet_at - bounds_of(trip.day)[0]).total_seconds() // 60)
        if not request.earliest <= minute <= request.latest:
            raise UnableToPerform(_("약속한 시간 안에 만나는 때를 고르십시오."))
        request = replace(request, earliest=minute, latest=minute)
    travel = travel_under(EscortTerms.of(trip.terms))
    ranked = rank(request, gaps_of([day], trip.day, now, without=trip.pk), travel)
    if not ranked:
        raise UnableToPerform(
            _("%(name)s: 그때 근무하지 않거나, 이동 시간까지 비어 있지 않습니다.") % {"name": manager}
        )
    return ranked[0]


def reroute(manager: EscortManager, day: dt.date, terms: EscortTerms) -> None:
    """Set out for each trip from where the one before ends, after an absence from the base: what was planned around a
    trip that came or went."""
    travel = travel_under(terms)
    live = {one.pk: one for one in live_assignments([manager.pk], bounds_of(day))}
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS no_manager_is_booked_twice DEFERRED")
    for stretch in stretches(days_of(EscortManager.objects.filter(pk=manager.pk), day)[0]):
        place = manager.base_id
        for step in stretch.planned:
            _set_out(live[step.assignment_id], travel.minutes(place, step.place))
            place = step.place
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS no_manager_is_booked_twice IMMEDIATE")


def _set_out(one: Assignment, way: int) -> None:
    """So many minutes before they meet; one who is on the way, or further, has set out."""
    if one.trip.state != State.ASSIGNED or one.trip.meet_at is None or one.travel_minutes == way:
        return
    one.travel_minutes = way
    one.planned = DateTimeTZRange(one.trip.meet_at - dt.timedelta(minutes=way), one.planned.upper)
    one.save(update_fields=["travel_minutes", "planned"])


def _let_go(one: Assignment, *, reason: str) -> None:
    one.released_at, one.release_reason = timezone.now(), reason
    one.save(update_fields=["released_at", "release_reason"])


def release(trip: Trip, *, reason: str) -> None:
    """Free the manager's time; the trip is locked, and its state is the caller's to change."""
    before = live_of(trip)
    if before is None:
        return
    lock_managers([before.manager_id])
    _let_go(before, reason=reason)
    reroute(before.manager, trip.day, EscortTerms.of(trip.terms))


def withdraw_offers(trip: Trip) -> None:
    """The trip is locked: nobody accepts one meanwhile."""
    Offer.objects.filter(trip=trip, state=Offer.State.OPEN).update(
        state=Offer.State.WITHDRAWN, answered_at=timezone.now()
    )


@transaction.atomic
def unassign(trip_id: int, *, actor: Actor, reason: str = "dispatcher") -> Trip:
    """Take the manager off again: the trip waits for another."""
    trip = locked(trip_id, actor)
    if actor.role not in ASSIGNERS:
        raise UnableToPerform(_("%(role)s은(는) 배정을 풀 수 없습니다.") % {"role": actor.role.label})
    if actor.role == Role.AGENCY_STAFF and trip.agency_id != actor.organisation_id:
        raise UnableToPerform(_("다른 기관이 맡은 동행입니다."))
    expect(trip, State.ASSIGNED, State.ON_THE_WAY)
    release(trip, reason=reason)
    move(trip, Action.UNASSIGN, State.REQUESTED, actor=actor, fields={"meet_at": None})
    return trip
