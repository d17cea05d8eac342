"""The call centre's calls of a day, who is known under a number, and everything of one person."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from accounts.roles import Actor
from hospital.availability import bounds
from hospital.models import Ban, CallRecord, Fee, FreeProof, ServiceUser, Trip
from hospital.payments import asked_for, paid_of
from hospital.selectors.citizen import TONES
from hospital.selectors.standing import Allowance, allowance_of
from hospital.service_users import found_by_phone
from programs.workflow import UnableToPerform

RESULT_TONES = {
    CallRecord.Result.OPEN: "progress", CallRecord.Result.BOOKED: "success", CallRecord.Result.REFUSED: "warning",
    CallRecord.Result.COMPLAINT: "danger",
}  # fmt: skip


@dataclass(frozen=True)
class Known:
    """A person as the call centre sees them. `trouble` says why no allowance is known."""

    person: ServiceUser
    allowance: Allowance | None
    trouble: str
    trips: list[dict[str, Any]]
    owed: int

    @property
    def age(self) -> int | None:
        return self.person.age_on(timezone.localdate())


def calls_of_day(actor: Actor, day: dt.date) -> QuerySet[CallRecord]:
    """Newest first."""
    begins, ends = bounds(day)
    return (
        CallRecord.objects.visible_to(actor)
        .filter(began_at__gte=begins, began_at__lt=ends)
        .select_related("service_user", "taken_by__user", "trip")
        .order_by("-began_at", "-pk")
    )


def known_under(actor: Actor, phone: str | None) -> list[Known]:
    return [known(actor, person) for person in found_by_phone(phone)] if phone else []


def known(actor: Actor, person: ServiceUser, most_trips: int = 4) -> Known:
    try:
        allowance, trouble = allowance_of(person.pk, person.district), ""
    except UnableToPerform as refused:
        allowance, trouble = None, str(refused)
    trips = [trip_row(trip) for trip in trips_of(actor, person)[:most_trips]]
    owed = sum(row["owed"] for row in unpaid_of(actor, person))
    return Known(person, allowance, trouble, trips, owed)


def trips_of(actor: Actor, person: ServiceUser) -> QuerySet[Trip]:
    """Latest first."""
    return (
        Trip.objects.visible_to(actor)
        .filter(service_user=person)
        .select_related("hospital__district", "district", "fee")
        .order_by("-day", "-pk")
    )


def trip_row(trip: Trip) -> dict[str, Any]:
    return {"trip": trip, "tone": TONES[trip.state], "fee": getattr(trip, "fee", None)}  # type: ignore[index]


def unpaid_of(actor: Actor, person: ServiceUser) -> list[dict[str, Any]]:
    """Fees that are due and may be asked for, oldest first, with what is still owed (won) and the reminders sent."""
    due = (
        asked_for(Fee.objects.visible_to(actor))
        .filter(trip__service_user=person)
        .select_related("trip__hospital")
        .order_by("due_on", "pk")
    )
    return [{"fee": fee, "owed": fee.amount - paid_of(fee)} for fee in due]


def proofs_of(actor: Actor, person: ServiceUser) -> list[dict[str, Any]]:
    rows = (
        FreeProof.objects.visible_to(actor)
        .filter(service_user=person)
        .select_related("checked_by__user")
        .order_by("-valid", "-pk")
    )
    today = timezone.localdate()
    return [
        {
            "proof": row,
            "first": row.valid.lower,
            "last": row.valid.upper and row.valid.upper - dt.timedelta(days=1),
            "in_force": today in row.valid,
        }
        for row in rows
    ]


def bans_of(actor: Actor, person: ServiceUser) -> list[dict[str, Any]]:
    rows = (
        Ban.objects.visible_to(actor)
        .filter(service_user=person)
        .select_related("lifted_by__user")
        .order_by("-made_at", "-pk")
    )
    today = timezone.localdate()
    return [
        {
            "ban": row,
            "first": row.days.lower,
            "last": row.days.upper - dt.timedelta(days=1),
            "can_lift": row.lifted_at is None and row.days.upper > today,
        }
        for row in rows
    ]
