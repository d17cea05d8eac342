"""Calls to the call centre (1533-1179), and incidents on a trip."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.clock import ClockTimestamp
from accounts.encryption import EncryptedTextField
from accounts.models import Membership, Organisation
from accounts.roles import Role
from accounts.scoping import ScopedManager, everything
from hospital.models.people import ServiceUser
from hospital.models.trips import Trip


class CallRecord(models.Model):
    """One call: looking a person up by phone begins it, and whatever is read of them is logged with it."""

    class Result(models.TextChoices):
        OPEN = "open", _("통화 중")
        BOOKED = "booked", _("예약함")
        REFUSED = "refused", _("이용할 수 없음")
        CHANGED = "changed", _("예약 변경·취소")
        INQUIRY = "inquiry", _("문의")
        COMPLAINT = "complaint", _("불편 신고")

    scope = {
        Role.CALL_CENTER: lambda a: Q(operator=a.organisation_id),
        Role.DISPATCHER: lambda a: Q(operator=a.organisation_id),
        Role.CITY_OFFICER: everything,
    }

    operator = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    taken_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    phone = EncryptedTextField(label="callrecord.phone", null=True)
    phone_index = models.BinaryField(max_length=16, null=True, db_index=True)
    service_user = models.ForeignKey(ServiceUser, models.PROTECT, null=True, blank=True, related_name="calls")
    trip = models.ForeignKey(Trip, models.PROTECT, null=True, blank=True, related_name="calls")
    result = models.CharField(max_length=10, choices=Result, default=Result.OPEN)
    note = EncryptedTextField(_("통화 메모"), label="callrecord.note", null=True, blank=True)
    began_at = models.DateTimeField(db_default=ClockTimestamp())
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager()

    class Meta:
        indexes = [models.Index(fields=["operator", "-began_at"], name="call_of_operator")]
        constraints = [
            models.CheckConstraint(
                condition=Q(result="open") | Q(ended_at__isnull=False), name="a_finished_call_has_its_end"
            )
        ]

    def __str__(self) -> str:
        return f"call {self.pk}"


class Incident(models.Model):
    """Something that went wrong on a trip, reported by its manager and closed by the operator."""

    class Kind(models.TextChoices):
        FALL = "fall", _("넘어짐·부상")
        WORSE = "worse", _("상태 악화·응급")
        TRAFFIC = "traffic", _("교통사고")
        LOST = "lost", _("분실")
        DISPUTE = "dispute", _("다툼·폭언")
        OTHER = "other", _("그 밖")

    scope = {
        Role.DISPATCHER: lambda a: Q(trip__operator=a.organisation_id),
        Role.CALL_CENTER: lambda a: Q(trip__operator=a.organisation_id),
        Role.AGENCY_STAFF: lambda a: Q(trip__agency=a.organisation_id),
        Role.ESCORT_MANAGER: lambda a: Q(reported_by=a.membership and a.membership.pk),
        Role.CITY_OFFICER: everything,
    }

    trip = models.ForeignKey(Trip, models.PROTECT, related_name="incidents")
    key = models.UUIDField(unique=True)
    kind = models.CharField(_("종류"), max_length=10, choices=Kind)
    text = EncryptedTextField(_("내용"), label="incident.text", null=True)
    called_119 = models.BooleanField(_("119에 신고함"), default=False)
    reported_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=ClockTimestamp())
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+")
    resolution = EncryptedTextField(_("조치"), label="incident.resolution", null=True, blank=True)

    objects = ScopedManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(closed_by__isnull=False), name="closed_incident_says_who"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} on {self.trip_id}"
