"""The embedded default: nothing leaves the portal; a page shows what would have been sent."""

from __future__ import annotations

from typing import Any

from notifications.models import MailboxEntry


class MailboxChannel:
    def send(
        self, *, key: str, to: str, template: str, title: str, body: str, variables: dict[str, Any], language: str
    ) -> str:
        MailboxEntry.objects.bulk_create([MailboxEntry(key=key, to=to, title=title, body=body)], ignore_conflicts=True)
        return "mailbox"
