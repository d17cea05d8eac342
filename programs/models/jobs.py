"""Work that takes longer than a request: imports and exports; and each officer's saved queue filter."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.models.access import Purpose
from accounts.roles import Actor, Role
from accounts.scoping import ScopedManager
from programs.models.catalogue import Call


def _mine(actor: Actor) -> Q:
    return Q(membership=actor.membership)


STAFF_OWN = {
    Role.DISTRICT_OFFICER: _mine,
    Role.DISTRICT_MANAGER: _mine,
    Role.CITY_OFFICER: _mine,
    Role.COMPANY_STAFF: _mine,
    Role.COUNCIL_READER: _mine,
}


def _export_path(job: ExportJob, filename: str) -> str:
    return f"exports/{uuid.uuid4().hex}"


def _import_path(job: ImportJob, filename: str) -> str:
    return f"imports/{uuid.uuid4().hex}"


class JobState(models.TextChoices):
    WAITING = "waiting", _("대기")
    RUNNING = "running", _("진행 중")
    READY = "ready", _("준비됨")
    DONE = "done", _("완료")
    FAILED = "failed", _("실패")
    EXPIRED = "expired", _("기한 지남")


class ExportJob(models.Model):
    """A download of many rows, with its stated purpose and reason; the file expires. A worker that runs it holds an
    advisory lock, so a job left running by one that died is known and taken up again, at most `attempts` times."""

    scope = STAFF_OWN | {Role.PRIVACY_OFFICER: lambda a: Q(membership__organisation=a.organisation_id)}

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="exports")
    what = models.CharField(max_length=40)
    filter = models.JSONField(default=dict)
    purpose = models.CharField(_("업무 목적"), max_length=20, choices=Purpose, default=Purpose.REPORTING)
    reason = models.CharField(_("내려받는 사유"), max_length=300)
    unmasked = models.BooleanField(default=False)  # names and phones whole: district staff, their own district only
    state = models.CharField(max_length=10, choices=JobState, default=JobState.WAITING)
    total = models.PositiveIntegerField(default=0)
    written = models.PositiveIntegerField(default=0)
    file = models.FileField(upload_to=_export_path, max_length=100, blank=True)
    error = models.CharField(max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    requested_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    taken = models.PositiveIntegerField(default=0)  # how often the file was downloaded

    objects = ScopedManager()

    def __str__(self) -> str:
        return f"export {self.pk}"


class ImportJob(models.Model):
    """A district's offline applications from one XLSX file: previewed, then taken in whole or not at all.

    waiting → running → ready (or failed, with `errors`) → confirmed_at set: waiting → running → done. The file is
    destroyed on completion, on failure and when it expires."""

    scope = STAFF_OWN

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="imports")
    call = models.ForeignKey(Call, models.PROTECT, related_name="+")
    file = models.FileField(upload_to=_import_path, max_length=100, blank=True)
    filename = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)  # of the file as it was uploaded
    state = models.CharField(max_length=10, choices=JobState, default=JobState.WAITING)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    errors = models.JSONField(default=list)  # [{row, column, message}], no personal data
    summary = models.JSONField(default=dict)  # of the preview: times of receipt, a few masked rows; emptied when done
    attempts = models.PositiveSmallIntegerField(default=0)
    uploaded_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager()

    def __str__(self) -> str:
        return f"import {self.pk}"


class SavedFilter(models.Model):
    """How one officer likes the queue: filters, order and keys, kept between sessions."""

    scope = STAFF_OWN

    membership = models.OneToOneField(Membership, models.PROTECT, primary_key=True, related_name="saved_filter")
    query = models.CharField(max_length=500, blank=True)
    keyboard = models.BooleanField(default=True)

    objects = ScopedManager()

    def __str__(self) -> str:
        return self.query
