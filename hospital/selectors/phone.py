"""What a manager sees at the phone: the trips of yesterday, today and tomorrow that are theirs."""

from __future__ import annotations

from django.db.models import Case, QuerySet, Value, When

from accounts.roles import Actor
from hospital.models import UNDER_WAY, Incident, State, Trip


def my_trips(actor: Actor) -> QuerySet[Trip]:
    """In order of time; the one under way first."""
    first = Case(When(state__in=UNDER_WAY, then=Value(0)), default=Value(1))
    rows = Trip.objects.visible_to(actor).select_related("district", "hospital__district", "service_user")
    return rows.order_by(first, "meet_at", "pk")


def my_trip(actor: Actor, pk: int) -> Trip:
    """Raises Trip.DoesNotExist for one that is not theirs, or no longer."""
    return (
        Trip.objects.visible_to(actor)
        .select_related("district", "hospital__district", "service_user", "terms", "fee")
        .get(pk=pk)
    )


def likely_from(action: str) -> str:
    """The state in which this is the likeliest button; none for a button that never is."""
    return {
        "start": State.ASSIGNED.value,
        "arrive": State.ON_THE_WAY.value,
        "consult": State.MET.value,
        "wait": State.IN_CONSULTATION.value,
        "finish": State.WAITING.value,
    }.get(action, "")


def incidents(actor: Actor) -> QuerySet[Incident]:
    """Those still open first, the newest first."""
    rows = Incident.objects.visible_to(actor).select_related("trip__district", "reported_by__user", "closed_by__user")
    return rows.order_by(Case(When(closed_at__isnull=True, then=Value(0)), default=Value(1)), "-recorded_at", "-pk")
