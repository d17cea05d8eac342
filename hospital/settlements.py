"""The monthly settlement: computed from what was served, confirmed or disputed by the operator, checked and approved
by the city, and posted to its budget once. Amounts in won.

The operator's contract gives it a price an hour; the fee charged to the user is taken off, and the city bears the
rest. Collecting the fee is the operator's duty (report, page 25): when it is paid changes no settlement."""

from __future__ import annotations

import datetime as dt

from django.db import connection, transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.clock import SEOUL
from accounts.models import Organisation
from accounts.months import last_day
from accounts.roles import Actor, Role
from hospital.escort_terms import EscortTerms
from hospital.execution import post_settlement
from hospital.fees import cost_of
from hospital.models import Fee, Settlement, SettlementLine, State, Trip, TripEvent
from programs.workflow import UnableToPerform

Step, LineState = Settlement.State, SettlementLine.State
SUMS = ("trips", "minutes", "cost", "fees", "collected", "city_share")


@transaction.atomic
def compute_settlement(*, operator_id: int, month: dt.date, actor: Actor) -> Settlement:
    """Compute the month, or compute it again while the operator has not confirmed it: twice is the same.

    Every trip that ended by the month's last day and was never settled is in it, so one that the city left out and
    whose times were put right since is made up for. The settlement's row is locked, so that a confirmation is either
    seen or waits. Raises UnableToPerform before the month is over, or to a stranger."""
    month = month.replace(day=1)
    if actor.role not in (Role.SYSTEM, Role.CITY_OFFICER) and (
        actor.role != Role.DISPATCHER or actor.organisation_id != operator_id
    ):
        raise UnableToPerform(_("맡은 수행기관의 정산만 계산할 수 있습니다."))
    if last_day(month) >= timezone.localdate():
        raise UnableToPerform(_("그 달이 끝난 뒤에 정산을 계산할 수 있습니다."))
    with connection.cursor() as cursor:  # one at a time: a trip must not land in two months
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"hospital.settlement:{operator_id}"])
    found = Settlement.objects.select_for_update().filter(operator=operator_id, month=month).first()
    if found and found.state != Step.COMPUTED:
        return found
    lines = lines_due(operator_id, month, own=found)
    if not lines and found is None:
        raise UnableToPerform(_("이 달에 정산할 동행이 없습니다."))
    settlement = found or Settlement.objects.create(operator_id=operator_id, month=month)
    _write_lines(settlement, lines)
    settlement.computed_at = timezone.now()
    _sum_up(settlement)
    settlement.save(update_fields=["computed_at", *SUMS])
    return settlement


def lines_due(operator_id: int, month: dt.date, *, own: Settlement | None) -> list[SettlementLine]:
    """The lines (not saved) of trips that ended by the month's end and are in no other settlement; one that another
    left out comes back once its times are put right, not before, and one whose end is doubtful waits until its
    times are looked at. They are locked first, so that nobody puts their times right meanwhile."""
    until = dt.datetime.combine(last_day(month) + dt.timedelta(days=1), dt.time(), SEOUL)
    elsewhere = SettlementLine.objects.exclude(settlement=own).filter(trip=OuterRef("pk"))
    decided = elsewhere.filter(
        Q(state=LineState.EXCLUDED) & ~Q(Exists(_put_right_since())) | ~Q(state=LineState.EXCLUDED)
    )
    ended = Trip.objects.filter(operator=operator_id, state=State.COMPLETED, ended_at__lt=until)
    due = ended.filter(~Q(Exists(decided))).exclude(flagged__contains=["finish"])
    locked = due.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True)
    trips = (
        Trip.objects.filter(pk__in=list(locked))
        .select_related("terms", "fee")
        .annotate(received=Sum("fee__payments__amount"))
        .order_by("pk")
    )
    return [_line(trip) for trip in trips]


def _put_right_since() -> QuerySet[TripEvent]:
    """Corrections of a line's trip after its settlement was confirmed; before the line was left out none is possible
    (hospital.taps)."""
    return TripEvent.objects.filter(
        trip=OuterRef("trip"), action=TripEvent.Action.CORRECT, recorded_at__gt=OuterRef("settlement__confirmed_at")
    )


def _line(trip: Trip) -> SettlementLine:
    fee: Fee = trip.fee
    cost = cost_of(fee.minutes, EscortTerms.of(trip.terms))
    return SettlementLine(
        trip=trip, minutes=fee.minutes, cost=cost, fee=fee.amount, city_share=max(cost - fee.amount, 0),
        collected=trip.received or 0,  # type: ignore[attr-defined]  # annotated
        flagged=bool(trip.flagged),
    )  # fmt: skip


def _write_lines(settlement: Settlement, lines: list[SettlementLine]) -> None:
    """Keep what is still so and what the operator disputed, drop the others, add what is missing."""
    before = {line.trip_id: line for line in settlement.lines.all()}
    kept = {line.trip_id for line in lines if _is_as_before(line, before.get(line.trip_id))}
    kept |= {trip for trip, line in before.items() if line.state == LineState.DISPUTED}
    settlement.lines.exclude(trip__in=kept).delete()
    missing = [line for line in lines if line.trip_id not in kept]
    for line in missing:
        line.settlement = settlement
    SettlementLine.objects.bulk_create(missing)


def _is_as_before(line: SettlementLine, before: SettlementLine | None) -> bool:
    names = ("minutes", "cost", "fee", "collected", "city_share", "flagged")
    return before is not None and all(getattr(line, name) == getattr(before, name) for name in names)


def _sum_up(settlement: Settlement) -> None:
    """What is settled (not saved); a disputed line counts until the city decides on it."""
    sums = settlement.lines.exclude(state=LineState.EXCLUDED).aggregate(
        n=Count("pk"),
        minutes=Sum("minutes"),
        cost=Sum("cost"),
        fees=Sum("fee"),
        collected=Sum("collected"),
        share=Sum("city_share"),
    )
    settlement.trips, settlement.minutes = sums["n"], sums["minutes"] or 0
    settlement.cost, settlement.fees = sums["cost"] or 0, sums["fees"] or 0
    settlement.collected = sums["collected"] or 0
    settlement.city_share = sums["share"] or 0


def _locked(settlement_id: int, actor: Actor) -> Settlement:
    """Raises Settlement.DoesNotExist for one the actor may not see."""
    return Settlement.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=settlement_id)


def _expect(settlement: Settlement, actor: Actor, state: Settlement.State, role: Role) -> None:
    if actor.role != role:
        raise UnableToPerform(_("%(role)s은(는) 할 수 없는 처리입니다.") % {"role": actor.role.label})
    if settlement.state != state:
        raise UnableToPerform(
            _("이 정산은 ‘%(state)s’ 상태여서 할 수 없습니다. 화면을 새로 열어 확인하십시오.")
            % {"state": settlement.get_state_display()}
        )


@transaction.atomic
def dispute_line(settlement_id: int, line_id: int, *, reason: str, actor: Actor) -> SettlementLine:
    """The operator says why a line is wrong; an empty reason takes the dispute back."""
    settlement = _locked(settlement_id, actor)
    _expect(settlement, actor, Step.COMPUTED, Role.DISPATCHER)
    line = settlement.lines.select_for_update().get(pk=line_id)
    line.reason = reason.strip() or None
    line.state = LineState.DISPUTED if line.reason else LineState.OK
    line.save(update_fields=["reason", "state"])
    return line


@transaction.atomic
def confirm(settlement_id: int, *, actor: Actor) -> Settlement:
    """The operator confirms what it does not dispute and sends it to the city."""
    settlement = _locked(settlement_id, actor)
    _expect(settlement, actor, Step.COMPUTED, Role.DISPATCHER)
    settlement.state, settlement.confirmed_by, settlement.confirmed_at = (
        Step.CONFIRMED,
        actor.membership,
        timezone.now(),
    )
    settlement.save(update_fields=["state", "confirmed_by", "confirmed_at"])
    return settlement


@transaction.atomic
def resolve_line(
    settlement_id: int, line_id: int, *, outcome: str, reason: str, actor: Actor, minutes: int | None = None
) -> SettlementLine:
    """The city keeps a line, with other minutes where the dispute was right, or leaves it out; with a reason.

    The fee is the one charged by now, and without `minutes` the cost is of that fee's minutes: a trip left out may
    have been put right before it is kept after all. Given `minutes` change only what the contract pays, not what the
    user was charged, and the line says so (`charged_minutes`); a wrong fee is put right by leaving the trip out.
    Trip and fee are locked in that order, as where times are put right (hospital.taps). Raises UnableToPerform,
    Settlement.DoesNotExist or SettlementLine.DoesNotExist for one the actor may not see."""
    settlement = _locked(settlement_id, actor)
    _expect(settlement, actor, Step.CONFIRMED, Role.CITY_OFFICER)
    if outcome not in (LineState.OK, LineState.EXCLUDED):
        raise UnableToPerform(_("처리 방법을 고르십시오."))
    if not reason.strip():
        raise UnableToPerform(_("처리 사유를 적으십시오."))
    trip, fee = _charged(settlement.lines.get(pk=line_id).trip_id)
    line = settlement.lines.select_for_update().get(pk=line_id)
    others = SettlementLine.objects.filter(trip=line.trip_id).exclude(pk=line.pk).exclude(state=LineState.EXCLUDED)
    if outcome == LineState.OK and others.exists():
        raise UnableToPerform(_("이 동행은 다른 달의 정산에 들어가 있습니다. 여기서는 제외하십시오."))
    line.minutes = fee.minutes if minutes is None else minutes
    line.cost, line.fee = cost_of(line.minutes, EscortTerms.of(trip.terms)), fee.amount
    line.city_share = max(line.cost - line.fee, 0)
    line.flagged = bool(trip.flagged)
    line.state, line.resolution = outcome, reason.strip()
    line.save(update_fields=["minutes", "cost", "fee", "city_share", "flagged", "state", "resolution"])
    _sum_up(settlement)
    settlement.save(update_fields=SUMS)
    return line


def _charged(trip_id: int) -> tuple[Trip, Fee]:
    """The trip and its fee, locked, so that no times are put right before the line that was read of them is kept."""
    trip = Trip.objects.select_for_update(of=("self",)).select_related("terms").get(pk=trip_id)
    return trip, Fee.objects.select_for_update().get(trip=trip)


@transaction.atomic
def check(settlement_id: int, *, actor: Actor) -> Settlement:
    """An officer of the city has checked every line; no dispute may be open."""
    settlement = _locked(settlement_id, actor)
    _expect(settlement, actor, Step.CONFIRMED, Role.CITY_OFFICER)
    if settlement.lines.filter(state=LineState.DISPUTED).exists():
        raise UnableToPerform(_("처리하지 않은 수행기관 이의가 있습니다. 먼저 모두 처리하십시오."))
    settlement.state, settlement.checked_by, settlement.checked_at = Step.CHECKED, actor.membership, timezone.now()
    settlement.save(update_fields=["state", "checked_by", "checked_at"])
    return settlement


@transaction.atomic
def send_back(settlement_id: int, *, actor: Actor) -> Settlement:
    """The second officer returns it (반송)."""
    settlement = _locked(settlement_id, actor)
    _expect(settlement, actor, Step.CHECKED, Role.CITY_OFFICER)
    settlement.state, settlement.checked_by, settlement.checked_at = Step.CONFIRMED, None, None
    settlement.save(update_fields=["state", "checked_by", "checked_at"])
    return settlement


@transaction.atomic
def approve(settlement_id: int, *, actor: Actor) -> Settlement:
    """Another officer of the city than the one who checked approves: it never changes again, and the city's share is
    committed and spent in the same transaction. Raises UnableToPerform, also where the money is not there."""
    settlement = _locked(settlement_id, actor)
    _expect(settlement, actor, Step.CHECKED, Role.CITY_OFFICER)
    if settlement.checked_by_id == (actor.membership and actor.membership.pk):
        raise UnableToPerform(_("확인한 사람은 결재할 수 없습니다. 시의 다른 담당자가 결재하여야 합니다."))
    _sum_up(settlement)
    settlement.state, settlement.approved_by, settlement.approved_at = Step.APPROVED, actor.membership, timezone.now()
    settlement.save()
    post_settlement(settlement)
    return settlement


def compute_all(month: dt.date) -> int:
    """Compute the month of every operator with something to settle; the number of settlements."""
    made = 0
    for operator in Organisation.objects.filter(kind=Organisation.Kind.ESCORT_OPERATOR).order_by("pk"):
        try:
            compute_settlement(operator_id=operator.pk, month=month, actor=Actor.system())
            made += 1
        except UnableToPerform:  # nothing to settle there this month
            continue
    return made
