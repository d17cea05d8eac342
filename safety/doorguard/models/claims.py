"""The company's monthly claim on a district for the subsidised service months of its households."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.encryption import EncryptedTextField
from accounts.models import District, Membership, Organisation
from accounts.roles import Role
from accounts.scoping import ScopedManager, everything
from safety.doorguard.models.services import Service


class Claim(models.Model):
    """One company, one district, one month. `households` and `total` (won) count the lines to be paid. Once closed,
    neither it nor its lines change."""

    class State(models.TextChoices):
        DRAFT = "draft", _("작성 중")
        COMPUTED = "computed", _("업체 확인 대기")
        COMPANY_CONFIRMED = "company_confirmed", _("자치구 확인 대기")
        DISTRICT_CHECKED = "district_checked", _("결재 대기")
        CLOSED = "closed", _("확정")

    scope = {
        Role.DISTRICT_OFFICER: lambda a: Q(district=a.district_id),
        Role.DISTRICT_MANAGER: lambda a: Q(district=a.district_id),
        Role.CITY_OFFICER: everything,
        Role.COMPANY_STAFF: lambda a: Q(company=a.organisation_id),
    }

    company = models.ForeignKey(Organisation, models.PROTECT, related_name="claims", db_index=False)
    district = models.ForeignKey(District, models.PROTECT, related_name="+")
    month = models.DateField(_("청구 월"))  # its first day
    state = models.CharField(max_length=20, choices=State, default=State.DRAFT)
    households = models.PositiveIntegerField(_("가구·월 수"), default=0)
    total = models.PositiveBigIntegerField(_("청구액(원)"), default=0)
    computed_at = models.DateTimeField(default=timezone.now)
    confirmed_by = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    checked_by = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+")
    checked_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    synthetic = models.BooleanField(default=False)

    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "district", "month"], name="one_claim_a_month"),
            models.CheckConstraint(condition=Q(month__day=1), name="claim_month_is_a_first_day"),
            models.CheckConstraint(
                condition=~Q(state="closed")
                | Q(confirmed_at__isnull=False, checked_at__isnull=False, closed_at__isnull=False),
                name="closed_claim_went_all_the_way",
            ),
            models.CheckConstraint(
                condition=~Q(state="closed")
                | Q(synthetic=True)
                | Q(closed_by__isnull=False, checked_by__isnull=False) & ~Q(closed_by=F("checked_by")),
                name="checker_and_approver_differ",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="closed_claim_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__state="closed"),
            ),
            pgtrigger.Trigger(
                name="closed_claim_adds_up",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(new__state="closed"),
                func="""
                    IF EXISTS (SELECT FROM doorguard_claimline WHERE claim_id = NEW.id AND state = 'disputed')
                       OR NOT EXISTS (
                           SELECT FROM (SELECT count(*) AS lines, coalesce(sum(amount), 0) AS won
                                        FROM doorguard_claimline WHERE claim_id = NEW.id AND state = 'ok') AS paid
                           WHERE paid.lines = NEW.households AND paid.won = NEW.total) THEN
                        RAISE EXCEPTION 'claim % does not add up', NEW.id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'closed_claim_adds_up';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.company_id} {self.district_id} {self.month:%Y-%m}"


class ClaimLine(models.Model):
    """One service month of one household. Amount in won, the subsidy of that household's terms."""

    class State(models.TextChoices):
        OK = "ok", _("청구")
        DISPUTED = "disputed", _("이의")
        POSTPONED = "postponed", _("다음 달로 미룸")
        REFUSED = "refused", _("지급하지 않음")

    scope = {
        Role.DISTRICT_OFFICER: lambda a: Q(claim__district=a.district_id),
        Role.DISTRICT_MANAGER: lambda a: Q(claim__district=a.district_id),
        Role.CITY_OFFICER: everything,
        Role.COMPANY_STAFF: lambda a: Q(claim__company=a.organisation_id),
    }

    claim = models.ForeignKey(Claim, models.CASCADE, related_name="lines", db_index=False)
    service = models.ForeignKey(Service, models.PROTECT, related_name="claim_lines", db_index=False)
    service_month_no = models.PositiveSmallIntegerField(_("서비스 월차"))
    starts_on = models.DateField()
    ends_on = models.DateField()
    amount = models.PositiveIntegerField(_("금액(원)"))
    state = models.CharField(max_length=10, choices=State, default=State.OK)
    reason = EncryptedTextField(_("업체 이의 사유"), label="claimline.reason", null=True, blank=True)
    resolution = EncryptedTextField(_("자치구 처리 사유"), label="claimline.resolution", null=True, blank=True)

    objects = ScopedManager()

    class Meta:
        constraints = [
            # A postponed month comes again in a later claim; any other month never does.
            models.UniqueConstraint(
                fields=["service", "service_month_no"],
                condition=~Q(state="postponed"),
                name="a_service_month_is_claimed_once",
            ),
            models.UniqueConstraint(fields=["claim", "service", "service_month_no"], name="one_line_a_month"),
            models.CheckConstraint(
                condition=~Q(state="disputed") | Q(reason__isnull=False), name="a_dispute_has_its_reason"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["postponed", "refused"]) | Q(resolution__isnull=False),
                name="taking_a_line_out_has_its_reason",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="line_agrees_with_its_service",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert
                | pgtrigger.UpdateOf("claim_id", "service_id", "service_month_no", "amount"),
                declare=[("agreed", "doorguard_service%ROWTYPE"), ("claim", "doorguard_claim%ROWTYPE")],
                func="""
                    SELECT * INTO agreed FROM doorguard_service WHERE application_id = NEW.service_id;
                    SELECT * INTO claim FROM doorguard_claim WHERE id = NEW.claim_id;
                    IF NEW.service_month_no NOT BETWEEN 1 AND agreed.subsidy_months
                       OR NEW.amount <> agreed.subsidy
                       OR claim.company_id <> agreed.company_id OR claim.district_id <> agreed.district_id THEN
                        RAISE EXCEPTION 'month % of service % is not claimable so',
                            NEW.service_month_no, NEW.service_id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'line_agrees_with_its_service';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="line_of_a_closed_claim_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                declare=[("line", "doorguard_claimline%ROWTYPE")],
                func="""
                    IF TG_OP = 'DELETE' THEN line := OLD; ELSE line := NEW; END IF;
                    IF EXISTS (SELECT FROM doorguard_claim WHERE state = 'closed'
                               AND (id = line.claim_id OR TG_OP = 'UPDATE' AND id = OLD.claim_id)) THEN
                        RAISE EXCEPTION 'claim % is closed', line.claim_id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'line_of_a_closed_claim_stays';
                    END IF;
                    RETURN line;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service_id} month {self.service_month_no}"
