"""Queueing, claiming and delivering messages.

A message row commits with the state change it tells of. Workers claim by lease (`FOR UPDATE SKIP LOCKED`), send with
the message's key, and mark with the lease's token, so that a worker that dies or wakes up late changes nothing.
"""

from __future__ import annotations

import json
import logging
import time
import uuid
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from accounts.bulk import Together, insert_many
from notifications.channels import PermanentFailure, channel_for
from notifications.hints import send_hint
from notifications.models import MailboxEntry, Message
from notifications.templates import render

logger = logging.getLogger(__name__)

LEASE_SECONDS = 120  # four times any channel's time-out (10–30 s), so that two workers never send one message at once
MAX_ATTEMPTS = 8
BATCH = 50


def queue_message(
    *,
    key: str,
    template: str,
    to: str,
    variables: dict[str, Any],
    recipient_id: int | None = None,
    about: str = "",
    language: str = "ko",
) -> None:
    """Put one message into the outbox, once per key. Call inside the transaction of the change it tells of."""
    queue_messages(
        [
            prepare(
                key=key,
                template=template,
                to=to,
                variables=variables,
                recipient_id=recipient_id,
                about=about,
                language=language,
            )
        ]
    )


def queue_messages(messages: list[Message], *, within: Together | None = None) -> None:
    """The same for many, in one statement a thousand, or `within` the statement that writes what they tell of."""
    if within:
        within.insert(messages, ignore_conflicts=True)
    else:
        insert_many(messages, ignore_conflicts=True)
    transaction.on_commit(nudge)


def prepare(
    *,
    key: str,
    template: str,
    to: str,
    variables: dict[str, Any],
    recipient_id: int | None = None,
    about: str = "",
    language: str = "ko",
) -> Message:
    title, body = render(template, variables, language)
    return Message(
        key=key,
        template=template,
        channel="email" if "@" in to else settings.MESSAGE_CHANNEL,
        recipient_id=recipient_id,
        about=about,
        to=to,
        payload=json.dumps(
            {"title": title, "body": body, "variables": variables, "language": language},
            ensure_ascii=False,
            default=str,
        ),
    )


class _Nudge:
    """Wakes a worker soon after a commit. It is only a hint: at most two a second a process, and none for
    five seconds after the broker did not answer. Beat's sweep is what delivers."""

    def __init__(self) -> None:
        self.not_before = 0.0

    def __call__(self) -> None:
        now = time.monotonic()
        if now < self.not_before:
            return
        self.not_before = now + 0.5
        if not send_hint("notifications.tasks.deliver_due", expires=30):
            self.not_before = time.monotonic() + 5


nudge = _Nudge()

_CLAIM = """
UPDATE notifications_message SET state = 'leased', lease_token = %s, attempts = attempts + 1,
       lease_until = clock_timestamp() + make_interval(secs => %s)
WHERE id IN (
    SELECT id FROM notifications_message
    WHERE (state = 'pending' AND next_attempt_at <= clock_timestamp())
       OR (state = 'leased' AND lease_until < clock_timestamp())
    ORDER BY next_attempt_at LIMIT %s FOR UPDATE SKIP LOCKED)
RETURNING id
"""


def claim(limit: int = BATCH) -> tuple[uuid.UUID, list[int]]:
    """Lease up to `limit` due messages; also those whose lease ran out because a worker died."""
    token = uuid.uuid4()
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [token, LEASE_SECONDS, limit])
        return token, sorted(row[0] for row in cursor.fetchall())


def renew(token: uuid.UUID) -> set[int]:
    """Lease anew what is still to be sent of a batch; its ids, without those another worker has taken since."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE notifications_message SET lease_until = clock_timestamp() + make_interval(secs => %s) "
            "WHERE state = 'leased' AND lease_token = %s RETURNING id",
            [LEASE_SECONDS, token],
        )
        return {row[0] for row in cursor.fetchall()}


def deliver(message: Message, token: uuid.UUID) -> None:
    """Send one leased message and mark the outcome, if the lease is still ours."""
    content = message.content
    try:
        reference = channel_for(message.channel).send(
            key=message.key,
            to=message.to or "",
            template=message.template,
            title=content["title"],
            body=content["body"],
            variables=content["variables"],
            language=content.get("language", "ko"),  # older ones do not say
        )
    except PermanentFailure as error:
        _mark(message, token, "state = 'dead', last_error = %s", [str(error)[:300]])
    except Exception as error:  # noqa: BLE001 - whatever a provider's client raises, the message is tried again
        logger.warning("message %s: %s", message.key, error)
        _retry_later(message, token, error)
    else:
        _mark(
            message,
            token,
            "state = 'sent', sent_at = clock_timestamp(), provider_reference = %s, last_error = ''",
            [reference[:100]],
        )


def _retry_later(message: Message, token: uuid.UUID, error: Exception) -> None:
    text = f"{type(error).__name__}: {error}"[:300]
    if message.attempts >= MAX_ATTEMPTS:
        _mark(message, token, "state = 'dead', last_error = %s", [text])
    else:
        _mark(
            message,
            token,
            "state = 'pending', last_error = %s, next_attempt_at = clock_timestamp() + make_interval(secs => %s)",
            [text, min(15 * 2**message.attempts, 3600)],
        )


def _mark(message: Message, token: uuid.UUID, assignments: str, params: list[Any]) -> None:
    """`assignments` is one of the constants above, never input."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE notifications_message SET {assignments}, lease_token = NULL, lease_until = NULL "  # noqa: S608
            "WHERE id = %s AND state = 'leased' AND lease_token = %s",
            [*params, message.pk, token],
        )


def deliver_due() -> int:
    """Deliver until nothing is due; the number delivered or tried."""
    done = 0
    while True:
        token, ids = claim()
        if not ids:
            return done
        done += _deliver_batch(token, set(ids))


def _deliver_batch(token: uuid.UUID, ours: set[int]) -> int:
    """A batch may take longer than its lease where the provider is slow, so the lease is renewed on the way."""
    done, leased = 0, time.monotonic()
    for message in Message.objects.filter(pk__in=ours).order_by("pk"):
        if time.monotonic() - leased > LEASE_SECONDS / 4:
            leased = time.monotonic()
            ours = renew(token)
        if message.pk in ours:
            deliver(message, token)
            done += 1
    return done


def revive(message_id: int) -> None:
    """Try a dead letter again, from the start."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE notifications_message SET state = 'pending', attempts = 0, next_attempt_at = clock_timestamp() "
            "WHERE id = %s AND state = 'dead'",
            [message_id],
        )


def destroy_content(about: list[str]) -> int:
    """Blank the address and text of messages about these things (retention is over); how many. The rows stay."""
    rows = Message.objects.filter(about__in=about)
    MailboxEntry.objects.filter(key__in=rows.values("key")).delete()
    return rows.update(to=None, payload=None)
