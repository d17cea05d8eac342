"""The outbox: a message commits together with the change it tells of, and is sent afterwards."""

from __future__ import annotations

import json
from typing import Any

from django.db import models
from django.db.models import Func, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.encryption import EncryptedTextField
from accounts.models import User
from accounts.roles import Role
from accounts.scoping import ScopedManager, Unscoped


class DatabaseClock(Func):
    template = "clock_timestamp()"
    output_field = models.DateTimeField()


class Message(models.Model):
    """One message to one person. `key` makes it once: queueing it again does nothing, and providers are given it."""

    class State(models.TextChoices):
        PENDING = "pending", _("보낼 예정")
        LEASED = "leased", _("보내는 중")
        SENT = "sent", _("보냄")
        DEAD = "dead", _("보내지 못함")

    scope = {
        Role.CITIZEN: lambda actor: Q(recipient=actor.user_id),
        Role.CITY_OFFICER: lambda actor: Q(state="dead"),
    }

    key = models.CharField(max_length=120, unique=True)
    template = models.CharField(max_length=40)
    channel = models.CharField(max_length=20)
    recipient = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="messages")
    about = models.CharField(max_length=60, blank=True, db_index=True)  # "application:12"
    to = EncryptedTextField(label="message.to", null=True)
    payload = EncryptedTextField(label="message.payload", null=True)  # {"title", "body", "variables", "language"}
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(db_default=DatabaseClock())
    lease_token = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    provider_reference = models.CharField(max_length=100, blank=True)
    last_error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(db_default=DatabaseClock())
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager()

    class Meta:
        indexes = [
            models.Index(fields=["next_attempt_at"], condition=Q(state="pending"), name="message_pending"),
            models.Index(fields=["lease_until"], condition=Q(state="leased"), name="message_leased"),
            models.Index(fields=["recipient", "-id"], name="message_of_recipient"),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def content(self) -> dict[str, Any]:
        return json.loads(self.payload) if self.payload else {"title": "", "body": "", "variables": {}}

    @property
    def title(self) -> str:
        return self.content["title"]

    @property
    def body(self) -> str:
        return self.content["body"]


class MailboxEntry(models.Model):
    """What the embedded default "sends": a page in the portal shows it. Honours the message's key, as providers do."""

    scope = Unscoped("shown only on the demo's mailbox page and to nobody elsewhere")

    key = models.CharField(max_length=120, unique=True)
    to = EncryptedTextField(label="mailbox.to")
    title = EncryptedTextField(label="mailbox.title")
    body = EncryptedTextField(label="mailbox.body")
    received_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.key


class Heartbeat(models.Model):
    """A worker's sign of life."""

    scope = Unscoped("no personal data; read by the health page")

    name = models.CharField(primary_key=True, max_length=40)
    beat_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
