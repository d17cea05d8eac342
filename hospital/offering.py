"""Offering trips beyond the operator's own capacity to hubs and partner agencies, each for a limited time; and giving
up what nobody can take, as unmet demand with its reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Organisation
from accounts.roles import Actor, Role
from hospital import letters
from hospital.allowances import give_back
from hospital.assigning import PLANNABLE, release, withdraw_offers
from hospital.escort_terms import EscortTerms
from hospital.events import Action, expect, locked, move
from hospital.models import Offer, State, Trip, UnmetDemand
from programs.workflow import UnableToPerform

AGENCIES = (Organisation.Kind.ESCORT_HUB, Organisation.Kind.ESCORT_PARTNER)


@transaction.atomic
def offer(trip_id: int, *, to: Iterable[int], actor: Actor) -> list[Offer]:
    """Offer an open request to these agencies at once; the first that accepts has it. One that has an open offer, or
    declined, is passed over. Raises UnableToPerform."""
    if actor.role != Role.DISPATCHER:
        raise UnableToPerform(_("배차 담당자만 협력기관에 제안할 수 있습니다."))
    trip = locked(trip_id, actor)
    expect(trip, State.REQUESTED)
    if trip.agency_id:
        raise UnableToPerform(_("이미 %(agency)s이(가) 맡았습니다.") % {"agency": trip.agency})
    now = timezone.now()
    answered = set(
        Offer.objects.filter(trip=trip, state__in=[Offer.State.OPEN, Offer.State.DECLINED]).values_list(
            "organisation_id", flat=True
        )
    )
    agencies = Organisation.objects.filter(pk__in=list(to), kind__in=AGENCIES).exclude(pk__in=answered).order_by("pk")
    expires_at = expiry(trip, now)
    made = [
        Offer(trip=trip, organisation=agency, expires_at=expires_at, offered_by=actor.membership)
        for agency in agencies
    ]
    if not made:
        raise UnableToPerform(_("새로 제안할 기관이 없습니다. 이미 제안했거나 맡지 않겠다고 답하였습니다."))
    Offer.objects.bulk_create(made)
    move(trip, Action.OFFER, None, actor=actor, occurred_at=now)
    for one in made:
        letters.tell_agency(one)
    return made


def expiry(trip: Trip, now: dt.datetime) -> dt.datetime:
    """So many minutes from now, but before the trip's own latest moment."""
    return min(now + dt.timedelta(minutes=EscortTerms.of(trip.terms).offer_minutes), trip.latest)


@transaction.atomic
def accept_offer(offer_id: int, *, actor: Actor) -> Trip:
    """The agency takes the trip and will assign one of its managers. Raises UnableToPerform once it is too late."""
    made = _own(offer_id, actor)
    trip = locked(made.trip_id, Actor.system())  # the trip's row before the offer's, as everywhere
    made = Offer.objects.select_for_update().get(pk=made.pk)
    if made.state == Offer.State.ACCEPTED:
        return trip
    now = timezone.now()
    if made.state != Offer.State.OPEN or made.expires_at <= now or trip.state != State.REQUESTED or trip.agency_id:
        raise UnableToPerform(_("답할 기한이 지났거나 다른 기관이 먼저 맡았습니다."))
    _answer(made, Offer.State.ACCEPTED, actor, now)
    withdraw_offers(trip)
    move(
        trip, Action.OFFER, None, actor=actor, occurred_at=now, reason="accepted",
        fields={"agency_id": made.organisation_id},
    )  # fmt: skip
    return trip


@transaction.atomic
def decline_offer(offer_id: int, *, reason: str, actor: Actor) -> Offer:
    """The agency cannot. Raises UnableToPerform without a reason."""
    made = _own(offer_id, actor)
    locked(made.trip_id, Actor.system())
    made = Offer.objects.select_for_update().get(pk=made.pk)
    if made.state == Offer.State.DECLINED:
        return made
    if reason not in Offer.Decline.values:
        raise UnableToPerform(_("맡지 못하는 사유를 고르십시오."))
    if made.state != Offer.State.OPEN:
        raise UnableToPerform(_("이미 답했거나 기한이 지난 제안입니다."))
    made.decline_reason = reason
    _answer(made, Offer.State.DECLINED, actor, timezone.now())
    return made


@transaction.atomic
def hand_back(trip_id: int, *, actor: Actor) -> Trip:
    """An agency that took a trip gives it back to the operator before it began: it waits for somebody again."""
    trip = locked(trip_id, actor)
    if actor.role != Role.AGENCY_STAFF or trip.agency_id != actor.organisation_id:
        raise UnableToPerform(_("맡은 기관만 돌려보낼 수 있습니다."))
    expect(trip, *PLANNABLE)
    release(trip, reason="handed_back")
    now = timezone.now()
    Offer.objects.filter(trip=trip, state=Offer.State.ACCEPTED).update(
        state=Offer.State.DECLINED, decline_reason=Offer.Decline.NOBODY_FREE, answered_at=now
    )
    move(
        trip, Action.UNASSIGN, State.REQUESTED, actor=actor, occurred_at=now, reason="handed_back",
        fields={"meet_at": None, "agency_id": None},
    )  # fmt: skip
    return trip


def _own(offer_id: int, actor: Actor) -> Offer:
    """Raises Offer.DoesNotExist for another agency's."""
    if actor.role != Role.AGENCY_STAFF:
        raise UnableToPerform(_("제안을 받은 기관만 답할 수 있습니다."))
    return Offer.objects.visible_to(actor).get(pk=offer_id, organisation=actor.organisation_id)


def _answer(made: Offer, state: Offer.State, actor: Actor, now: dt.datetime) -> None:
    made.state, made.answered_at, made.answered_by = state, now, actor.membership
    made.save(update_fields=["state", "answered_at", "answered_by", "decline_reason"])


@transaction.atomic
def lapse_offers(now: dt.datetime) -> int:
    """End the offers whose time is over; how many. One that is being answered in this moment is passed over: waiting
    for it, holding others, would deadlock with who accepts one and withdraws the rest."""
    over = Offer.objects.filter(state=Offer.State.OPEN, expires_at__lte=now).order_by("pk")
    ids = list(over.select_for_update(skip_locked=True).values_list("pk", flat=True))
    return Offer.objects.filter(pk__in=ids).update(state=Offer.State.LAPSED, answered_at=now)


@transaction.atomic
def give_up(trip_id: int, *, reason: str, actor: Actor) -> Trip:
    """Nobody can take it: the person is told, their use comes back, and the demand is kept as unmet with why."""
    if actor.role not in (Role.DISPATCHER, Role.SYSTEM):
        raise UnableToPerform(_("배차 담당자만 할 수 있습니다."))
    if reason not in (UnmetDemand.Reason.NO_MANAGER, UnmetDemand.Reason.DECLINED, UnmetDemand.Reason.REGION):
        raise UnableToPerform(_("제공하지 못하는 사유를 고르십시오."))
    trip = locked(trip_id, actor)
    if trip.state == State.UNMET:
        return trip
    expect(trip, *PLANNABLE)
    now = timezone.now()
    release(trip, reason="unmet")
    withdraw_offers(trip)
    move(trip, Action.GIVE_UP, State.UNMET, actor=actor, occurred_at=now, reason=reason)
    UnmetDemand.objects.create(
        operator=trip.operator, trip=trip, reason=reason, kind=trip.kind, purpose=trip.purpose, district=trip.district,
        wanted_at=trip.latest, occurred_at=now, recorded_by=actor.membership, synthetic=trip.synthetic,
    )  # fmt: skip
    give_back(trip)
    letters.tell(trip, "unmet")
    return trip


def give_up_missed(now: dt.datetime, *, grace: dt.timedelta = dt.timedelta(hours=1)) -> int:
    """Requests nobody was assigned to by their latest moment and an hour more: unmet, never dropped. How many."""
    missed = Trip.objects.filter(state=State.REQUESTED, latest__lt=now - grace).order_by("pk")
    given_up = 0
    for pk in list(missed.values_list("pk", flat=True)):
        declined = Offer.objects.filter(trip=pk, state__in=[Offer.State.DECLINED, Offer.State.LAPSED]).exists()
        reason = UnmetDemand.Reason.DECLINED if declined else UnmetDemand.Reason.NO_MANAGER
        try:
            give_up(pk, reason=reason, actor=Actor.system())
            given_up += 1
        except (UnableToPerform, IntegrityError):  # taken, or given up, in this moment
            continue
    return given_up
