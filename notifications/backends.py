"""Django's e-mail into the portal's own mailbox page: sign-up and password mails of the demo can be read there."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from notifications.models import MailboxEntry


class MailboxEmailBackend(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for mail in email_messages:
            key = mail.extra_headers.get("Message-ID", uuid.uuid4().hex)[:120]
            MailboxEntry.objects.bulk_create(
                [MailboxEntry(key=key, to=", ".join(mail.to), title=mail.subject, body=mail.body)],
                ignore_conflicts=True,
            )
        return len(email_messages)
