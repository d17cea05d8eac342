"""A moment in a form of figures: as known when."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.dateparse import parse_datetime


class MomentInput(forms.DateTimeInput):
    """Shows a moment with its zone, as the address of a published figure has it, on Seoul's clock."""

    def format_value(self, value: Any) -> str | None:
        try:
            moment = parse_datetime(value) if isinstance(value, str) else value
        except ValueError:
            moment = None
        if moment is None:
            return value or None
        local = timezone.localtime(moment) if timezone.is_aware(moment) else moment
        exact = "milliseconds" if local.microsecond else "seconds" if local.second else "minutes"
        return local.replace(tzinfo=None).isoformat(timespec=exact)
