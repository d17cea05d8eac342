"""Addresses that show one trip without a log-in, as its messages carry them: who comes, when, and the photo. They say
nothing of the person, and end some days after the trip's day."""

from __future__ import annotations

import datetime as dt

from django.core import signing
from django.utils import timezone

from hospital.models import Trip

_SALT = "hospital.trip"
_DAYS_AFTER = 3


def token_of(trip: Trip) -> str:
    return signing.dumps(trip.pk, salt=_SALT, compress=False)


def trip_of(token: str) -> Trip | None:
    """The trip a token names; None for a wrong token, or one that has ended."""
    try:
        pk = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        return None
    oldest = timezone.localdate() - dt.timedelta(days=_DAYS_AFTER)
    return (
        Trip.objects.filter(pk=pk, day__gte=oldest)
        .select_related("hospital", "operator", "district", "service_user")
        .first()
    )
