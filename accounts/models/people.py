"""People: the sign-in account, the citizen's profile, and tokens of partner systems."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from typing import Any

import pghistory
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.encryption import EncryptedDateField, EncryptedTextField, SealedEmailField, blind_index
from accounts.masking import mask_email
from accounts.models.organisations import AdminDong, District, Membership
from accounts.roles import Actor, Role
from accounts.scoping import ScopedManager, ScopedQuerySet, Unscoped, everything


class UserManager(BaseUserManager.from_queryset(ScopedQuerySet)):  # type: ignore[misc]
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=email.lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, email: str) -> User:
        return self.get(email=email.lower())


class Language(models.TextChoices):
    """In which language a person is written to."""

    KOREAN = "ko", _("한국어")
    ENGLISH = "en", _("영어")


class User(AbstractBaseUser):
    """An account. Anonymised when its owner leaves, never deleted: events and ledgers refer to it."""

    scope = Unscoped("reached only through a membership or a profile, which have row rules")

    email = SealedEmailField(_("전자우편"), unique=True)
    name = EncryptedTextField(label="user.name", blank=True, default="")
    language = models.CharField(
        _("알림을 받을 언어"), max_length=2, choices=Language, default=Language.KOREAN, db_default=Language.KOREAN
    )
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=timezone.now)
    anonymised_at = models.DateTimeField(null=True, blank=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    def __str__(self) -> str:
        return self.name or mask_email(self.email)


class Tenure(models.TextChoices):
    """Housing tenure (주택 점유형태)."""

    OWNED = "owned", _("자가")
    JEONSE = "jeonse", _("전세")
    MONTHLY = "monthly", _("월세(보증금 있음)")
    MONTHLY_NO_DEPOSIT = "monthly_no_deposit", _("월세(보증금 없음)")
    FREE = "free", _("무상 거주")


RENTING = (Tenure.JEONSE, Tenure.MONTHLY, Tenure.MONTHLY_NO_DEPOSIT)


def _own(actor: Actor) -> models.Q:
    return models.Q(user=actor.user_id)


@pghistory.track()
class CitizenProfile(models.Model):
    """Answered once, reused by every programme. Never a resident registration number (개인정보 보호법 §24의2)."""

    scope = {Role.CITIZEN: _own}

    user = models.OneToOneField(User, models.PROTECT, primary_key=True, related_name="profile")
    name = EncryptedTextField(_("이름"), label="profile.name")
    birth_date = EncryptedDateField(_("생년월일"), label="profile.birth_date")
    phone = EncryptedTextField(_("휴대전화"), label="profile.phone")
    district = models.ForeignKey(District, models.PROTECT, verbose_name=_("사는 자치구"))
    dong = models.ForeignKey(AdminDong, models.PROTECT, null=True, blank=True, verbose_name=_("행정동"))
    address = EncryptedTextField(_("도로명주소"), label="profile.address")
    household_size = models.PositiveSmallIntegerField(_("세대원 수(본인 포함)"), default=1)
    tenure = models.CharField(_("주택 점유형태"), max_length=20, choices=Tenure)
    # CI of a verified identity (본인확인기관), and the index by which the same person is recognised.
    ci = EncryptedTextField(label="profile.ci", null=True, blank=True)
    person_index = models.BinaryField(max_length=16)
    identity_verified_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ScopedManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ci__isnull=True, identity_verified_at__isnull=True)
                | models.Q(ci__isnull=False, identity_verified_at__isnull=False),
                name="verified_profile_has_a_ci",
            ),
            models.UniqueConstraint(
                fields=["person_index"],
                condition=models.Q(identity_verified_at__isnull=False),
                name="one_account_a_verified_person",
            ),
        ]

    def __str__(self) -> str:
        return f"profile {self.pk}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.person_index = person_index(name=self.name, birth_date=self.birth_date, phone=self.phone, ci=self.ci)
        super().save(*args, **kwargs)

    def facts(self) -> dict[str, Any]:
        """What eligibility rules read."""
        return {
            "district": self.district_id,
            "birth_date": self.birth_date,
            "household_size": self.household_size,
            "tenure": self.tenure,
        }


def person_index(*, name: str, birth_date: dt.date | str, phone: str, ci: str | None = None) -> bytes:
    """Index of one natural person: CI where identity was verified, else name + birth date + phone."""
    if ci:
        return blind_index("ci", ci)
    return blind_index("person", f"{''.join(name.split())}\0{birth_date}\0{phone}")


class IdentityAttempt(models.Model):
    """A person on the way to the identity provider and back (accounts.identity); gone as soon as it is used."""

    scope = Unscoped("read only by accounts.identity, for the person themselves; never shown")

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="+")
    state_digest = models.BinaryField(max_length=32)
    nonce = models.CharField(max_length=64)
    started_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"identity attempt {self.pk}"


class PartnerToken(models.Model):
    """A partner system's API token; only its SHA-256 is kept. It acts as the membership it was made for."""

    scope = {Role.CITY_OFFICER: everything}

    name = models.CharField(max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="tokens")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager()

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def digest_of(token: str) -> str:
        return hashlib.sha256(token.encode()).hexdigest()

    @classmethod
    def issue(cls, *, name: str, membership: Membership, expires_at: dt.datetime) -> tuple[PartnerToken, str]:
        """A new token and, this once, its secret."""
        secret = secrets.token_urlsafe(32)
        row = cls.objects.create(name=name, membership=membership, expires_at=expires_at, digest=cls.digest_of(secret))
        return row, secret
