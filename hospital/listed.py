"""Which rows of the access log are about many trips or calls at once, and so about everyone of whom one is."""

from __future__ import annotations

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Q

from accounts.roles import Actor
from hospital.models import CallRecord, Trip

ABOUT = "trips"  # lists: `about="trips"`; one settlement's, say: "trips:settlement-3"
ABOUT_CALLS = "calls"


def with_my_trip(actor: Actor) -> Q:
    """Found by the index of the ids."""
    booked = Q(booked_by=actor.user_id, family_name__isnull=True)
    mine = ArraySubquery(Trip.objects.filter(Q(service_user__user=actor.user_id) | booked).values("pk"))
    return Q(about__startswith=ABOUT) & Q(ids__overlap=mine)


def with_my_call(actor: Actor) -> Q:
    """The lists of calls of the call centre."""
    mine = ArraySubquery(CallRecord.objects.filter(service_user__user=actor.user_id).values("pk"))
    return Q(about=ABOUT_CALLS) & Q(ids__overlap=mine)
