"""Selections drafted and approved (기안·결재), and objections."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.encryption import EncryptedTextField
from accounts.models import Membership, User
from accounts.roles import Actor, Role
from accounts.scoping import ScopedManager, everything
from programs.models.applications import Application
from programs.models.catalogue import DistrictCall


def _own_district(actor: Actor) -> Q:
    return Q(district_call__district=actor.district_id)


class SelectionBatch(models.Model):
    """A drafted selection. It reserves nothing: approval evaluates order and places again, under the lock."""

    class State(models.TextChoices):
        DRAFTED = "drafted", _("결재 대기")
        APPROVED = "approved", _("결재 완료")
        SENT_BACK = "sent_back", _("반송")
        CANCELLED = "cancelled", _("기안 취소")

    scope = {
        Role.DISTRICT_OFFICER: _own_district,
        Role.DISTRICT_MANAGER: _own_district,
        Role.CITY_OFFICER: everything,
    }

    district_call = models.ForeignKey(DistrictCall, models.PROTECT, related_name="batches")
    state = models.CharField(max_length=10, choices=State, default=State.DRAFTED)
    places = models.PositiveIntegerField(_("선정 인원"))
    waitlist_rest = models.BooleanField(_("나머지는 대기자로"), default=False)
    drafted_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    comment = EncryptedTextField(label="batch.comment", null=True, blank=True)
    changes = models.JSONField(default=list)  # what approval found different from the draft

    objects = ScopedManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="approved") | (Q(decided_by__isnull=False) & ~Q(decided_by=F("drafted_by"))),
                name="drafter_and_approver_differ",
            ),
            models.UniqueConstraint(
                fields=["district_call"], condition=Q(state="drafted"), name="one_draft_selection_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"selection {self.pk}"


class SelectionLine(models.Model):
    """One application of a drafted selection: chosen, waiting, or passed over with a written reason."""

    class Outcome(models.TextChoices):
        SELECT = "select", _("선정")
        WAITLIST = "waitlist", _("대기")
        PASS_OVER = "pass_over", _("제외")

    scope = {
        Role.DISTRICT_OFFICER: lambda a: Q(batch__district_call__district=a.district_id),
        Role.DISTRICT_MANAGER: lambda a: Q(batch__district_call__district=a.district_id),
        Role.CITY_OFFICER: everything,
    }

    batch = models.ForeignKey(SelectionBatch, models.CASCADE, related_name="lines")
    application = models.ForeignKey(Application, models.PROTECT, related_name="+")
    position = models.PositiveIntegerField()
    outcome = models.CharField(max_length=10, choices=Outcome)
    points = models.PositiveIntegerField(null=True, blank=True)  # the total of a scored call
    reason = EncryptedTextField(label="selectionline.reason", null=True, blank=True)

    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "application"], name="one_line_an_application"),
            models.CheckConstraint(
                condition=~Q(outcome="pass_over") | Q(reason__isnull=False), name="passing_over_needs_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.application_id} {self.outcome}"


class Objection(models.Model):
    """An objection to a refusal (이의신청, 행정기본법 §36): decided by someone other than the first decider."""

    class State(models.TextChoices):
        FILED = "filed", _("접수")
        UPHELD = "upheld", _("인용")
        DISMISSED = "dismissed", _("기각")
        WITHDRAWN = "withdrawn", _("취하")

    scope = {
        Role.CITIZEN: lambda a: Q(application__applicant=a.user_id),
        Role.DISTRICT_OFFICER: lambda a: Q(application__district=a.district_id),
        Role.DISTRICT_MANAGER: lambda a: Q(application__district=a.district_id),
        Role.CITY_OFFICER: everything,
    }

    application = models.ForeignKey(Application, models.PROTECT, related_name="objections")
    text = EncryptedTextField(_("이의 내용"), label="objection.text", null=True)
    filed_at = models.DateTimeField()
    due_on = models.DateField(_("결정 기한"))
    extended = models.BooleanField(default=False)
    extension_reason = EncryptedTextField(label="objection.extension_reason", null=True, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.FILED)
    first_decider = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    answer = EncryptedTextField(_("결정 이유"), label="objection.answer", null=True, blank=True)

    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application"], condition=Q(state="filed"), name="one_open_objection"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True)
                | Q(first_decider__isnull=True)
                | ~Q(decided_by=F("first_decider")),
                name="objection_decided_by_another",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["filed", "withdrawn"]) | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="objection_decision_is_signed",
            ),
        ]

    def __str__(self) -> str:
        return f"objection {self.pk}"
