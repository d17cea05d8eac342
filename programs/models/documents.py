"""Uploaded documents and the pictures of their pages."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.encryption import EncryptedTextField
from accounts.models import User
from accounts.roles import Role
from accounts.scoping import ScopedManager, everything
from programs.models.applications import Application
from programs.models.drafts import ApplicationDraft


def _path(document: Document | DocumentPage, filename: str) -> str:
    name = uuid.uuid4().hex
    return f"documents/{name[:2]}/{name}"


class Document(models.Model):
    """One file, of a draft until it is submitted and of the application after that. Partners never see documents."""

    class Pictures(models.TextChoices):
        WAITING = "waiting"
        READY = "ready"
        NONE = "none"  # a format no picture can be made of (HWP)
        FAILED = "failed"

    scope = {
        Role.CITIZEN: lambda a: Q(draft__owner=a.user_id) | Q(application__applicant=a.user_id),
        Role.DISTRICT_OFFICER: lambda a: Q(application__district=a.district_id),
        Role.DISTRICT_MANAGER: lambda a: Q(application__district=a.district_id),
        Role.CITY_OFFICER: lambda a: Q(application__isnull=False),
    }

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    application = models.ForeignKey(Application, models.PROTECT, null=True, blank=True, related_name="documents")
    draft = models.ForeignKey(ApplicationDraft, models.CASCADE, null=True, blank=True, related_name="documents")
    kind = models.CharField(max_length=40)
    filename = EncryptedTextField(label="document.filename")
    file = models.FileField(upload_to=_path, max_length=100)
    content_type = models.CharField(max_length=80)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(default=timezone.now)
    has_resident_number = models.BooleanField(default=False)
    pictures = models.CharField(max_length=10, choices=Pictures, default=Pictures.WAITING)
    destroyed_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(application__isnull=True, draft__isnull=False)
                | Q(application__isnull=False, draft__isnull=True),
                name="document_has_one_owner",
            )
        ]

    def __str__(self) -> str:
        return f"document {self.pk}"


class DocumentPage(models.Model):
    """A picture of one page, made by a worker, which is all that an officer's browser is given."""

    scope = {
        Role.DISTRICT_OFFICER: lambda a: Q(document__application__district=a.district_id),
        Role.DISTRICT_MANAGER: lambda a: Q(document__application__district=a.district_id),
        Role.CITY_OFFICER: everything,
        Role.CITIZEN: lambda a: Q(document__draft__owner=a.user_id) | Q(document__application__applicant=a.user_id),
    }

    document = models.ForeignKey(Document, models.CASCADE, related_name="pages")
    number = models.PositiveSmallIntegerField()
    image = models.FileField(upload_to=_path, max_length=100)
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()

    objects = ScopedManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "number"], name="one_picture_a_page")]

    def __str__(self) -> str:
        return f"page {self.number} of {self.document_id}"
