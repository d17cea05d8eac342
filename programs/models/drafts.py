"""An application not yet submitted: its owner's alone, encrypted, destroyed after thirty days."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.db import models
from django.utils import timezone

from accounts.encryption import EncryptedTextField
from accounts.models import District, User
from accounts.roles import Role
from accounts.scoping import ScopedManager
from programs.models.catalogue import Call

DRAFT_DAYS = 30


class ApplicationDraft(models.Model):
    """One draft a citizen and call. Its key becomes the application's `submission_key`, so that two taps, two tabs or
    a replay can only ever make one application."""

    scope = {Role.CITIZEN: lambda actor: models.Q(owner=actor.user_id)}

    key = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(User, models.PROTECT, related_name="drafts")
    call = models.ForeignKey(Call, models.PROTECT, related_name="+")
    district = models.ForeignKey(District, models.PROTECT, null=True, blank=True, related_name="+")
    payload = EncryptedTextField(label="draft.payload", default="{}")
    step = models.CharField(max_length=20, default="consents")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = ScopedManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "call"], name="one_draft_a_call")]

    def __str__(self) -> str:
        return f"draft {self.key}"

    @property
    def answers(self) -> dict[str, Any]:
        """{"consents": {item id: bool}, "person": {…}, "detail": {…}} as far as they were given."""
        return json.loads(self.payload)

    def remember(self, section: str, values: dict[str, Any]) -> None:
        """Put one section's answers into the payload (not saved)."""
        self.payload = json.dumps(self.answers | {section: values}, ensure_ascii=False, default=str)
        self.updated_at = timezone.now()
