"""The queue's cases as its template shows them. A template converts, formats and escapes slowly, and fifty rows of it
were most of the page's time; so what can be said once is said once here, and the template puts it in its places."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.templatetags.ui import badge, dday, dday_tone, kdatetime
from programs.models import Application
from programs.models.applications import OPEN_STATES
from programs.selectors.queue import QueueRow

_MUTED = '<span class="muted">{}</span>'
_A_RECEIPT = "RECEIPT-NO"


@dataclass(frozen=True)
class Names:
    """Of programmes and districts by their codes, and of assignees by their memberships."""

    programs: dict[str, str]
    districts: dict[str, str]
    assignees: dict[int, str]


class Lines:
    """Makes the lines of one page."""

    def __init__(self, names: Names, *, picked: Collection[int], now: dt.datetime) -> None:
        self.names, self.picked = names, picked
        self.today = timezone.localtime(now).date()
        self.address = reverse("programs:case", args=[_A_RECEIPT])
        self.nobody, self.over = format_html(_MUTED, _("미배정")), format_html(_MUTED, "—")
        self.stopped = format_html(_MUTED, _("보완 중(멈춤)"))
        self.checked = format_html(" {}", badge(_("적격 확인"), "success"))

    def line(self, row: QueueRow) -> dict[str, Any]:
        case = row.application
        is_open = case.state in OPEN_STATES
        return {
            "url": self.address.replace(_A_RECEIPT, case.receipt_no),
            "receipt_no": case.receipt_no,
            "value": f"{case.pk}:{case.version}",
            "picked": case.pk in self.picked,
            "name": case.masked_name,
            "phone": case.masked_phone,
            "flags": SafeString("".join(f" {badge(label, tone)}" for label, tone in row.flags)),
            "program": self.names.programs.get(case.program_id, case.program_id),
            "district": self.names.districts.get(case.district_id, ""),
            "received": kdatetime(case.received_at),
            "due": self._due(case) if is_open else self.over,
            "state": badge(row.state.label, row.state.tone) + (self.checked if case.checked_at and is_open else ""),
            "assignee": self.names.assignees[case.assignee_id] if case.assignee_id else self.nobody,
        }

    def _due(self, case: Application) -> SafeString:
        if case.clock_stopped_at:
            return self.stopped
        day = timezone.localtime(case.due_at).date()
        tone = dday_tone(day, self.today)
        return format_html(
            '<strong{}>{}</strong> <span class="muted">{}</span>',
            SafeString("" if tone == "neutral" else f' class="text-{tone}"'),
            dday(day, self.today),
            kdatetime(case.due_at),
        )
