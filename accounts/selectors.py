"""Who saw a person's data: the access log as its subject reads it, month by month, what is alike on a day together."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count, Max, Min, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import TruncDate, TruncMonth
from django.utils import timezone

from accounts.models import AccessLog
from accounts.roles import Actor

_ALIKE = ("day", "organisation__name", "role", "action", "about", "purpose", "reason", "unmasked")


def _rows(actor: Actor) -> QuerySet[Any]:
    return AccessLog.objects.visible_to(actor).exclude(user=actor.user_id)


def months_seen(actor: Actor) -> list[dt.date]:
    """The months in which anybody else saw this person's data, the newest first."""
    months = _rows(actor).annotate(month=TruncMonth("at")).order_by("-month").values_list("month", flat=True)
    return [timezone.localtime(month).date() for month in months.distinct()]


def seen_in(actor: Actor, month: dt.date) -> list[dict[str, Any]]:
    """What was done in that month, the newest day first: by which office on which day, what and why, how often and
    between which times. Reads one partition of the log."""
    following = (month + dt.timedelta(days=32)).replace(day=1)
    begin, end = (timezone.make_aware(dt.datetime.combine(day, dt.time())) for day in (month, following))
    rows = _rows(actor).filter(at__gte=begin, at__lt=end)
    rows = rows.annotate(day=TruncDate("at"), unmasked=KeyTextTransform("unmasked", "filter")).order_by()
    found = rows.values(*_ALIKE).annotate(times=Count("id"), first=Min("at"), last=Max("at"))
    return list(found.order_by("-day", "organisation__name", "-last", "about"))
