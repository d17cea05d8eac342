"""The city's time zone; the database's own clock and transaction number, as defaults of columns."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Func

SEOUL = ZoneInfo("Asia/Seoul")


class ClockTimestamp(Func):
    """The database's clock at this moment, not at the start of the statement or transaction."""

    template = "clock_timestamp()"
    output_field = models.DateTimeField()


class CurrentXid(Func):
    template = "pg_current_xact_id()::text::bigint"
    output_field = models.BigIntegerField()
