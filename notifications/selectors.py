"""Reads of the demo's mailbox."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet

from notifications.models import MailboxEntry

_SEARCHED = 500  # addresses are encrypted: a search decrypts this many of the newest


def mailbox_entries(recipient: str = "") -> Sequence[MailboxEntry] | QuerySet[MailboxEntry]:
    """Delivered messages, the newest first; with `recipient`, those whose e-mail or phone contains it."""
    entries = MailboxEntry.objects.order_by("-received_at", "-pk")
    if not recipient:
        return entries
    wanted = recipient.replace("-", "").lower()
    return [entry for entry in entries[:_SEARCHED] if wanted in entry.to.replace("-", "").lower()]
