"""Who is escorted, on what proof free of charge, and who may not book for a time."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.clock import ClockTimestamp
from accounts.encryption import EncryptedDateField, EncryptedTextField, blind_index
from accounts.masking import format_phone, mask_name, mask_phone
from accounts.models import AdminDong, District, Membership, User
from accounts.models.people import person_index
from accounts.roles import Actor, Role
from accounts.scoping import ScopedManager, everything
from programs.models.terms import ConsentText, Dated


def _mine(actor: Actor) -> Q:
    return Q(user=actor.user_id)


class ServiceUser(models.Model):
    """A person who is, or has been, escorted (이용자), with or without an account: callers have none. One row a
    person, found again by the verified CI of their account or by name, birth date and phone (`contact_index`).
    `user` is set where the account's identity is verified: to know three facts of somebody is not to be them."""

    class Language(models.TextChoices):
        KOREAN = "ko", _("한국어")
        ENGLISH = "en", _("영어")

    scope = {
        Role.CITIZEN: _mine,
        Role.CALL_CENTER: everything,
        Role.DISPATCHER: everything,
        Role.CITY_OFFICER: everything,
    }

    user = models.OneToOneField(User, models.PROTECT, null=True, blank=True, related_name="service_user")
    name = EncryptedTextField(_("이름"), label="serviceuser.name", null=True)
    birth_date = EncryptedDateField(_("생년월일"), label="serviceuser.birth_date", null=True)
    phone = EncryptedTextField(_("휴대전화"), label="serviceuser.phone", null=True)
    address = EncryptedTextField(_("도로명주소"), label="serviceuser.address", null=True)
    district = models.ForeignKey(District, models.PROTECT, related_name="+")
    dong = models.ForeignKey(AdminDong, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    person_index = models.BinaryField(max_length=16, null=True, unique=True)
    contact_index = models.BinaryField(max_length=16, null=True, db_index=True)
    phone_index = models.BinaryField(max_length=16, null=True, db_index=True)
    guardian_name = EncryptedTextField(_("보호자"), label="serviceuser.guardian_name", null=True, blank=True)
    guardian_phone = EncryptedTextField(_("보호자 전화"), label="serviceuser.guardian_phone", null=True, blank=True)
    language = models.CharField(max_length=2, choices=Language, default=Language.KOREAN)
    created_at = models.DateTimeField(db_default=ClockTimestamp())
    destroyed_at = models.DateTimeField(null=True, blank=True)
    synthetic = models.BooleanField(default=False)

    objects = ScopedManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(name__isnull=False, birth_date__isnull=False, phone__isnull=False)
                | Q(destroyed_at__isnull=False),
                name="service_user_is_known_or_destroyed",
            )
        ]

    def __str__(self) -> str:
        return f"service user {self.pk}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.index()
        super().save(*args, **kwargs)

    def index(self) -> None:
        """Fill the blind indexes from what is known. Under its first `person_index` a person stays known, until a
        verified one takes its place."""
        if self.phone is None or self.name is None or self.birth_date is None:
            return
        self.phone_index = index_of_phone(self.phone)
        self.contact_index = person_index(name=self.name, birth_date=self.birth_date, phone=self.phone)
        if self.person_index is None:
            self.person_index = self.contact_index

    @property
    def masked_name(self) -> str:
        return mask_name(self.name) or str(_("파기됨"))

    @property
    def masked_phone(self) -> str:
        return mask_phone(self.phone)

    @property
    def phone_display(self) -> str:
        return format_phone(self.phone)

    def age_on(self, day: dt.date) -> int | None:
        """Full years (만 나이)."""
        born = self.birth_date
        return born and day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def index_of_phone(phone: str) -> bytes:
    return blind_index("phone", phone)


class OfServiceUser(models.Model):
    """Something about one service user; seen by whoever sees them."""

    scope = {
        Role.CITIZEN: lambda a: Q(service_user__user=a.user_id),
        Role.CALL_CENTER: everything,
        Role.DISPATCHER: everything,
        Role.CITY_OFFICER: everything,
    }

    service_user = models.ForeignKey(ServiceUser, models.PROTECT, related_name="%(class)ss")

    objects = ScopedManager()

    class Meta:
        abstract = True


@pghistory.track()
class FreeProof(OfServiceUser, Dated):
    """A proof seen by staff, by which trips are free for its days. What was shown is not kept: kind, bracket and who
    looked are (개인정보 보호법 §3, least data)."""

    class Kind(models.TextChoices):
        BASIC_LIVELIHOOD = "basic_livelihood", _("기초생활수급자 증명서")
        NEAR_POOR = "near_poor", _("차상위계층 확인서")
        HEALTH_INSURANCE = "health_insurance", _("건강보험료 납부확인서")
        DOLBOM_SOS = "dolbom_sos", _("돌봄SOS 이용 확인")

    kind = models.CharField(_("증빙"), max_length=20, choices=Kind)
    income_percent = models.PositiveSmallIntegerField(_("기준중위소득 대비(%) 이하"))
    checked_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    checked_at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="one_free_proof_at_a_time",
                expressions=[("service_user", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.valid}"


class Ban(OfServiceUser):
    """No bookings for these days, after no-shows or late cancellations (domain notes §2.3, terms of 2025-04)."""

    class Reason(models.TextChoices):
        NO_SHOWS = "no_shows", _("현장 취소·부재")
        LATE_CANCELS = "late_cancels", _("늦은 취소")

    days = DateRangeField(_("제한 기간"))
    reason = models.CharField(max_length=20, choices=Reason)
    made_at = models.DateTimeField(db_default=ClockTimestamp())
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+")
    lift_reason = models.CharField(max_length=200, blank=True)
    destroyed_at = models.DateTimeField(null=True, blank=True)  # why it was lifted is forgotten with the person

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True)
                | Q(lifted_by__isnull=False) & (~Q(lift_reason="") | Q(destroyed_at__isnull=False)),
                name="a_lifted_ban_says_who_and_why",
            )
        ]

    def __str__(self) -> str:
        return f"ban {self.days}"


@pghistory.track()
class EscortConsent(ConsentText, Dated):
    """The words of one consent asked when a trip is booked; dated, so that a past one can be read as it was."""

    scope = dict.fromkeys(Role, everything)

    kind = models.CharField(max_length=20, choices=ConsentText.Kind)

    objects = ScopedManager()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="one_wording_of_a_consent_at_a_time",
                expressions=[("kind", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
            )
        ]
