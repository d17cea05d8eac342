"""Moving budget between lines: 전용, 변경사용, 이용, 이체 (지방재정법 §47의2, §49; 시행령 §55)."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Membership, Organisation, User
from accounts.scoping import ScopedManager
from budget.models.ledger import Voucher
from budget.models.structure import BudgetLine, own_lines


class MoveKind(models.TextChoices):
    """What the law calls a move; where it goes decides, but for 이체, which follows a reorganisation."""

    OBJECT_CODE_CHANGE = "object_code_change", _("변경사용")  # within one 단위사업 and one 목
    BUDGET_TRANSFER = "budget_transfer", _("전용")  # within one 정책사업
    INTER_PROGRAMME = "inter_programme_transfer", _("이용")  # between 정책사업
    REORGANISATION = "reorganisation_transfer", _("이체")


class Transfer(models.Model):
    """One document that moves budget; it may mix 전용 and 변경사용.

    Three different people draft, review and approve it. Once posted it has to be reported to the council by the end
    of the month after the quarter (지방재정법 §49③). `corrects` is an erroneously posted transfer that this one takes
    back; it is exempt from the rules on sources and targets."""

    class State(models.TextChoices):
        DRAFTED = "drafted", _("작성 중")
        SUBMITTED = "submitted", _("검토 대기")
        REVIEWED = "reviewed", _("승인 대기")
        APPROVED = "approved", _("기장 대기")
        POSTED = "posted", _("의회 보고 대기")
        REPORTED = "reported", _("의회 보고 완료")
        DISCARDED = "discarded", pgettext_lazy("document", "폐기")

    scope = own_lines()

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="transfers")
    fiscal_year = models.PositiveSmallIntegerField(_("회계연도"))
    document_no = models.CharField(_("문서번호"), max_length=60)
    title = models.CharField(_("제목"), max_length=120)
    background = models.TextField(_("추진배경"), blank=True)
    reason = models.TextField(_("전용사유"))
    council_vote_on = models.DateField(_("의회 의결일"), null=True, blank=True)  # 이용 needs it (§47의2①)
    reorganisation = models.CharField(_("기구 개편 근거"), max_length=200, blank=True)  # 이체 needs it (§47의2②)
    corrects = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="corrected_by")
    state = models.CharField(max_length=10, choices=State, default=State.DRAFTED)
    drafted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    drafted_as = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField(default=timezone.now)
    reviewed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    approved_as = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    sent_back = models.CharField(_("반송 사유"), max_length=300, blank=True)
    voucher = models.OneToOneField(Voucher, models.PROTECT, null=True, blank=True, related_name="transfer")
    posted_on = models.DateField(_("기장일"), null=True, blank=True)
    report_due_on = models.DateField(_("의회 보고 기한"), null=True, blank=True)
    reported_on = models.DateField(_("의회 보고일"), null=True, blank=True)
    reported_in = models.CharField(_("보고한 문서"), max_length=120, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "fiscal_year", "document_no"], name="one_transfer_a_document_no"
            ),
            models.CheckConstraint(
                condition=(Q(reviewed_by__isnull=True) | ~Q(reviewed_by=F("drafted_by")))
                & (Q(approved_by__isnull=True) | ~Q(approved_by=F("drafted_by")) & ~Q(approved_by=F("reviewed_by"))),
                name="transfer_has_three_pairs_of_eyes",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "posted", "reported"])
                | Q(reviewed_by__isnull=False, approved_by__isnull=False, approved_as__isnull=False),
                name="approved_transfer_was_reviewed",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["posted", "reported"])
                | Q(voucher__isnull=False, posted_on__isnull=False, report_due_on__isnull=False),
                name="posted_transfer_has_its_voucher",
            ),
            models.CheckConstraint(
                condition=Q(posted_on__isnull=True) | Q(posted_on__year=F("fiscal_year")),
                name="no_transfer_after_year_end",  # 시행령 §55
            ),
            models.CheckConstraint(
                condition=~Q(state="reported") | Q(reported_on__isnull=False), name="reported_transfer_says_when"
            ),
        ]
        indexes = [
            models.Index(fields=["report_due_on", "id"], condition=Q(state="posted"), name="transfer_to_report")
        ]
        triggers = [
            pgtrigger.Protect(
                name="reported_transfer_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__state="reported"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document_no} {self.title}"


_LAWFUL = """
    SELECT t.* INTO transfer FROM budget_transfer t WHERE t.id = NEW.transfer_id;
    IF transfer.state <> 'drafted' THEN
        RAISE EXCEPTION 'transfer % is no draft', transfer.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'move_of_a_drafted_transfer';
    END IF;
    SELECT l.organisation_id, i.fiscal_year, u.id AS unit, u.parent_id AS policy, o.object_class, o.restriction
        INTO source FROM budget_budgetline l JOIN budget_project i ON i.id = l.item_id
        JOIN budget_project d ON d.id = i.parent_id JOIN budget_project u ON u.id = d.parent_id
        JOIN budget_objectcode o ON o.code = l.object_code_id WHERE l.id = NEW.source_id;
    SELECT l.organisation_id, i.fiscal_year, u.id AS unit, u.parent_id AS policy, o.object_class, o.restriction
        INTO target FROM budget_budgetline l JOIN budget_project i ON i.id = l.item_id
        JOIN budget_project d ON d.id = i.parent_id JOIN budget_project u ON u.id = d.parent_id
        JOIN budget_objectcode o ON o.code = l.object_code_id WHERE l.id = NEW.target_id;
    IF (source.organisation_id, source.fiscal_year) <> (transfer.organisation_id, transfer.fiscal_year)
       OR (target.organisation_id, target.fiscal_year) <> (transfer.organisation_id, transfer.fiscal_year) THEN
        RAISE EXCEPTION 'a transfer stays within one holder and one fiscal year'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_within_one_holder';
    END IF;
    IF NEW.kind <> 'reorganisation_transfer' AND NEW.kind <> (CASE
            WHEN source.policy <> target.policy THEN 'inter_programme_transfer'
            WHEN source.unit = target.unit AND source.object_class = target.object_class THEN 'object_code_change'
            ELSE 'budget_transfer' END) THEN
        RAISE EXCEPTION 'the move from % to % is no %', NEW.source_id, NEW.target_id, NEW.kind
            USING ERRCODE = 'check_violation', CONSTRAINT = 'move_is_what_it_is_called';
    END IF;
    IF transfer.corrects_id IS NULL AND NEW.kind IN ('budget_transfer', 'inter_programme_transfer') AND (
            source.restriction = 'personnel' OR target.restriction = 'business'
            OR source.restriction = 'repayment' AND target.restriction <> 'repayment') THEN
        RAISE EXCEPTION 'no transfer from % to %', source.object_class, target.object_class
            USING ERRCODE = 'check_violation', CONSTRAINT = 'restricted_object_class';
    END IF;
    RETURN NEW;
"""


class TransferMove(models.Model):
    """One amount (won) from one line to another, so that a transfer always sums to zero."""

    scope = own_lines("transfer__")

    transfer = models.ForeignKey(Transfer, models.CASCADE, related_name="moves")
    kind = models.CharField(_("구분"), max_length=30, choices=MoveKind)
    source = models.ForeignKey(BudgetLine, models.PROTECT, related_name="+", verbose_name=_("감액 과목"))
    target = models.ForeignKey(BudgetLine, models.PROTECT, related_name="+", verbose_name=_("증액 과목"))
    amount = models.PositiveBigIntegerField(_("금액(원)"))

    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["transfer", "source", "target"], name="one_move_a_pair"),
            models.CheckConstraint(condition=Q(amount__gt=0) & ~Q(source=F("target")), name="a_move_moves_something"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="move_is_lawful",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                declare=[("transfer", "budget_transfer%ROWTYPE"), ("source", "record"), ("target", "record")],
                func=_LAWFUL,
            ),
            pgtrigger.Trigger(
                name="moves_of_a_decision_stay",
                when=pgtrigger.Before,
                operation=pgtrigger.Delete,
                func="""
                    IF EXISTS (SELECT FROM budget_transfer WHERE id = OLD.transfer_id AND state <> 'drafted') THEN
                        RAISE EXCEPTION 'transfer % is no draft', OLD.transfer_id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'move_of_a_drafted_transfer';
                    END IF;
                    RETURN OLD;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount:,}"
