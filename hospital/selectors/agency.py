"""What was offered to an agency."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet

from accounts.roles import Actor
from hospital.models import Offer


def open_offers(actor: Actor, now: dt.datetime) -> list[Offer]:
    """Those still to be answered, the most urgent first."""
    rows = _offers(actor).filter(state=Offer.State.OPEN, expires_at__gt=now)
    return list(rows.order_by("expires_at", "pk"))


def past_offers(actor: Actor, now: dt.datetime) -> QuerySet[Offer]:
    """Those answered, taken back or too late; the newest first."""
    return _offers(actor).exclude(state=Offer.State.OPEN, expires_at__gt=now).order_by("-offered_at", "-pk")


def _offers(actor: Actor) -> QuerySet[Offer]:
    return Offer.objects.visible_to(actor).select_related("trip__district", "trip__hospital__district")
