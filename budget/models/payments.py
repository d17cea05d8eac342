"""Advances and what they were settled at; revenue; and the files of e-호조 that tell what was executed elsewhere."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.clock import ClockTimestamp
from accounts.encryption import EncryptedTextField
from accounts.models import Membership, Organisation, User
from accounts.scoping import ScopedManager
from accounts.triggers import append_only
from budget.models.ledger import Voucher
from budget.models.structure import BudgetLine, Project, own_lines


class Advance(models.Model):
    """An advance payment (선금, 지방회계법 §35), in won: expenditure when it is paid. Settling it at the actual cost
    posts only what is above it, or returns what is left."""

    scope = own_lines("line__")

    line = models.ForeignKey(BudgetLine, models.PROTECT, related_name="advances")
    payee = EncryptedTextField(_("채주(받는 사람)"), label="advance.payee", null=True)
    purpose = models.CharField(_("내용"), max_length=120)
    amount = models.PositiveBigIntegerField(_("선금(원)"))
    paid_by = models.OneToOneField(Voucher, models.PROTECT, related_name="advance_paid")
    due_on = models.DateField(_("정산 기한"), null=True, blank=True)
    actual_cost = models.PositiveBigIntegerField(_("실제 비용(원)"), null=True, blank=True)
    settled_on = models.DateField(_("정산일"), null=True, blank=True)
    settled_by = models.OneToOneField(Voucher, models.PROTECT, null=True, blank=True, related_name="advance_settled")

    objects = ScopedManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="an_advance_is_paid"),
            models.CheckConstraint(
                condition=Q(settled_on__isnull=True, actual_cost__isnull=True)
                | Q(settled_on__isnull=False, actual_cost__isnull=False),
                name="settled_advance_has_its_cost",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.amount:,}"


class Revenue(models.Model):
    """Money that came in, in won: append-only, signed. `reference` is the key of the event that made it by itself."""

    class Kind(models.TextChoices):
        USER_FEE = "user_fee", _("이용료")
        GRANT_RETURN = "grant_return", _("보조금 반환")
        OTHER = "other", _("그 밖의 수입")

    scope = own_lines()

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    item = models.ForeignKey(Project, models.PROTECT, related_name="revenues")
    kind = models.CharField(max_length=20, choices=Kind)
    amount = models.BigIntegerField(_("금액(원)"))
    occurred_on = models.DateField(_("기준일"))
    document_no = models.CharField(_("문서번호"), max_length=60)
    note = models.CharField(max_length=120, blank=True)
    drafted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    reference = models.CharField(max_length=100, unique=True, null=True, blank=True)
    reverses = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="reversed_by")
    recorded_at = models.DateTimeField(db_default=ClockTimestamp())
    synthetic = models.BooleanField(default=False)

    objects = ScopedManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="revenue_is_not_zero"),
            models.CheckConstraint(
                condition=~Q(drafted_by=models.F("approved_by")), name="revenue_drafter_and_approver_differ"
            ),
        ]
        indexes = [models.Index(fields=["item", "occurred_on", "id"], name="revenue_by_day")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount:,}"


class ExecutionFile(models.Model):
    """One file of e-호조, read: cumulative commitments and expenditures by document. Only what differs from what is
    posted goes into its voucher, so that the same file twice changes nothing."""

    class State(models.TextChoices):
        PREVIEWED = "previewed", _("미리보기")
        DRAFTED = "drafted", _("결재 올림")
        DISCARDED = "discarded", _("그만둠")

    scope = own_lines()

    key = models.UUIDField(primary_key=True, default=uuid.uuid4)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    fiscal_year = models.PositiveSmallIntegerField(_("회계연도"))
    filename = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    rows = models.JSONField(default=list)  # documents as read, with what is already posted; no persons
    problems = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=State, default=State.PREVIEWED)
    uploaded_as = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(default=timezone.now)
    voucher = models.OneToOneField(Voucher, models.PROTECT, null=True, blank=True, related_name="execution_file")

    objects = ScopedManager()

    def __str__(self) -> str:
        return self.filename


class VoucherFile(models.Model):
    """A document attached to a voucher or a transfer; kept sealed, given out only as a download."""

    scope = own_lines("voucher__")

    key = models.UUIDField(primary_key=True, default=uuid.uuid4)
    voucher = models.ForeignKey(Voucher, models.PROTECT, related_name="files")
    filename = models.CharField(max_length=200)
    file = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(default=timezone.now)

    objects = ScopedManager()

    def __str__(self) -> str:
        return self.filename
