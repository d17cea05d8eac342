"""Reads of the escort's money: settlements and their lines, fees that are due, trips to replay."""

from __future__ import annotations

import datetime as dt

from django.db.models import Case, Count, QuerySet, Sum, Value, When

from accounts.months import last_day
from accounts.roles import Actor
from budget.models import Voucher
from hospital.availability import bounds
from hospital.execution import reference_of
from hospital.models import Fee, Payment, Settlement, SettlementLine, State, Trip
from hospital.payments import asked_for
from programs.models import Terms


def settlements_list(actor: Actor) -> QuerySet[Settlement]:
    return Settlement.objects.visible_to(actor).select_related("operator").order_by("-month", "operator")


def settlement_of(actor: Actor, pk: int) -> Settlement:
    """One with who acted on it. Raises Settlement.DoesNotExist for one the actor may not see."""
    people = [
        f"{who}__{part}" for who in ("confirmed_by", "checked_by", "approved_by") for part in ("user", "organisation")
    ]
    return Settlement.objects.visible_to(actor).select_related("operator", *people).get(pk=pk)


def settlement_lines(actor: Actor, settlement: Settlement, *, only: str = "") -> QuerySet[SettlementLine]:
    """Its lines, those that need a decision first; `only` one state, or "flagged"."""
    lines = SettlementLine.objects.visible_to(actor).filter(settlement=settlement)
    lines = lines.select_related("trip__district", "trip__hospital", "trip__agency", "trip__fee")
    if only == "flagged":
        lines = lines.filter(flagged=True)
    elif only:
        lines = lines.filter(state=only)
    disputed_first = Case(When(state=SettlementLine.State.DISPUTED, then=Value(0)), default=Value(1))
    return lines.order_by(disputed_first, "trip__day", "trip_id")


def line_counts(settlement: Settlement) -> dict[str, int]:
    """Lines by state, in one statement."""
    rows = SettlementLine.objects.filter(settlement=settlement).values_list("state").annotate(n=Count("pk"))
    return dict(rows.order_by("state"))


def voucher_of(actor: Actor, settlement: Settlement) -> Voucher | None:
    """Where an approved one was posted."""
    return Voucher.objects.visible_to(actor).filter(reference=reference_of(settlement)).first()


def charges_collected(actor: Actor, settlement: Settlement) -> int:
    """Cancellation charges that the operator received in the settlement's month, in won. They are in no settlement:
    no trip was served for them, and they are the operator's to account for separately."""
    begins, ends = bounds(settlement.month)[0], bounds(last_day(settlement.month))[1]
    received = Payment.objects.visible_to(actor).filter(
        fee__kind=Fee.Kind.CANCELLATION, fee__trip__operator=settlement.operator_id,
        paid_at__gte=begins, paid_at__lt=ends,
    )  # fmt: skip
    return received.aggregate(won=Sum("amount"))["won"] or 0


def fees_due(actor: Actor, *, overdue_on: dt.date | None = None) -> QuerySet[Fee]:
    """Fees still owed, the longest first, with what was paid of each; `overdue_on`: only those due before that day."""
    rows = asked_for(Fee.objects.visible_to(actor))
    if overdue_on:
        rows = rows.filter(due_on__lt=overdue_on)
    rows = rows.select_related("trip__service_user", "trip__district").annotate(paid=Sum("payments__amount"))
    return rows.order_by("due_on", "pk")


def trips_to_replay(actor: Actor, first: dt.date, last: dt.date) -> QuerySet[Trip]:
    """Completed trips of those days, with what a replay needs."""
    rows = Trip.objects.visible_to(actor).filter(state=State.COMPLETED, day__gte=first, day__lte=last)
    return rows.select_related("fee", "terms", "hospital").only(
        "service_user_id", "kind", "purpose", "day", "earliest", "latest", "minutes", "free_kind", "fee__minutes",
        "fee__amount", "terms__values", "hospital__region",
    )  # fmt: skip


def terms_rows(actor: Actor) -> QuerySet[Terms]:
    return Terms.objects.visible_to(actor).filter(program="hospital-escort", district__isnull=True).order_by("valid")
