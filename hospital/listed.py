"""Which rows of the access log are about many trips at once, and so about everyone whose trip is one."""

from __future__ import annotations

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Q

from accounts.roles import Actor
from hospital.models import Trip

ABOUT = "trips"  # lists: `about="trips"`; one settlement's, say: "trips:settlement-3"


def with_my_trip(actor: Actor) -> Q:
    """Found by the index of the ids."""
    mine = ArraySubquery(Trip.objects.filter(service_user__user=actor.user_id).values("pk"))
    return Q(about__startswith=ABOUT) & Q(ids__overlap=mine)
