"""The ledger: vouchers say what is to be posted and who decided it; entries are what was posted, for ever."""

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.clock import ClockTimestamp, CurrentXid
from accounts.digests import id_hash
from accounts.encryption import EncryptedTextField
from accounts.models import Membership, Organisation, User
from accounts.scoping import ScopedManager, Unscoped
from accounts.triggers import append_only
from budget.models.structure import BudgetLine, own_lines


class EntryKind(models.TextChoices):
    """What an entry does. The first six change the current budget (예산현액)."""

    ORIGINAL = "original_budget", _("본예산")
    SUPPLEMENTARY = "supplementary_budget", _("추가경정예산")
    CARRY_OVER = "carry_over", _("전년도 이월")
    RESERVE = "reserve_fund", _("예비비 사용")
    TRANSFER = "transfer", _("전용·변경사용·이용·이체")
    GRANT = "grant", _("보조금 교부")
    RE_ALLOTMENT = "re_allotment", _("재배정")  # budget and allotment together, to another holder
    ALLOTMENT = "allotment", _("배정")
    COMMITMENT = "commitment", _("지출원인행위")
    EXPENDITURE = "expenditure", _("지출")


BUDGET_KINDS = (
    EntryKind.ORIGINAL, EntryKind.SUPPLEMENTARY, EntryKind.CARRY_OVER, EntryKind.RESERVE, EntryKind.TRANSFER,
    EntryKind.GRANT, EntryKind.RE_ALLOTMENT,
)  # fmt: skip
ALLOTMENT_KINDS = (EntryKind.ALLOTMENT, EntryKind.RE_ALLOTMENT)
# Postings of one line go in this order where amounts come in, and in the other where they go out.
STAGES = dict.fromkeys(BUDGET_KINDS, 0) | {
    EntryKind.ALLOTMENT: 1,
    EntryKind.COMMITMENT: 2,
    EntryKind.EXPENDITURE: 3,
}


class Voucher(models.Model):
    """One document that posts (원인문서): drafted by one person, approved by another, then unchangeable.

    `reference` is the key of the event that made it by itself, so that it is posted once whatever is retried.
    `reverses` is the voucher a correction takes back whole."""

    class Kind(models.TextChoices):
        BUDGET = "budget", _("예산 편성")
        ALLOTMENT = "allotment", _("예산 배정")
        RE_ALLOTMENT = "re_allotment", _("예산 재배정")
        COMMITMENT = "commitment", _("지출원인행위")
        EXPENDITURE = "expenditure", _("지출")
        EXECUTION = "execution", _("원인행위·지출")
        TRANSFER = "transfer", _("예산 전용 등")
        GRANT = "grant", _("보조금 교부")
        CORRECTION = "correction", _("정정")

    class State(models.TextChoices):
        DRAFT = "draft", _("작성 중")
        SUBMITTED = "submitted", _("결재 대기")
        POSTED = "posted", _("기장")
        DISCARDED = "discarded", pgettext_lazy("document", "폐기")

    scope = own_lines()

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="vouchers")
    fiscal_year = models.PositiveSmallIntegerField(_("회계연도"))
    kind = models.CharField(_("종류"), max_length=20, choices=Kind)
    document_no = models.CharField(_("문서번호"), max_length=60)
    title = models.CharField(_("제목"), max_length=120)
    payee = EncryptedTextField(_("채주(받는 사람)"), label="voucher.payee", null=True, blank=True)
    occurred_on = models.DateField(_("기준일"))
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    drafted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    drafted_as = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField(default=timezone.now)
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    approved_as = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    sent_back = models.CharField(_("반송 사유"), max_length=300, blank=True)
    reference = models.CharField(max_length=100, null=True, blank=True, unique=True)
    reverses = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="reversed_by")
    version = models.PositiveIntegerField(default=1)
    synthetic = models.BooleanField(default=False)

    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "fiscal_year", "document_no"], name="one_voucher_a_document_no"
            ),
            models.CheckConstraint(
                condition=~Q(state="posted") | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="posted_voucher_was_approved",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("drafted_by")),
                name="voucher_drafter_and_approver_differ",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "drafted_at", "id"], condition=Q(state="submitted"), name="voucher_waiting"
            ),
            models.Index(fields=["organisation", "fiscal_year", "occurred_on", "id"], name="voucher_by_day"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="posted_voucher_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__state="posted"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document_no} {self.title}"


class VoucherItem(models.Model):
    """One posting a voucher asks for; signed, in won. It changes only while the voucher is a draft."""

    scope = own_lines("voucher__")

    voucher = models.ForeignKey(Voucher, models.CASCADE, related_name="items")
    line = models.ForeignKey(BudgetLine, models.PROTECT, related_name="+")
    kind = models.CharField(_("종류"), max_length=20, choices=EntryKind)
    amount = models.BigIntegerField(_("금액(원)"))
    note = models.CharField(_("적요"), max_length=120, blank=True)
    external_no = models.CharField(_("e-호조 문서번호"), max_length=60, blank=True)
    occurred_on = models.DateField(_("기준일"), null=True, blank=True)  # where it is not the voucher's

    objects = ScopedManager()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(amount=0), name="voucher_item_is_not_zero")]
        triggers = [
            pgtrigger.Trigger(
                name="item_of_a_draft",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                declare=[("item", "budget_voucheritem%ROWTYPE")],
                func="""
                    IF TG_OP = 'DELETE' THEN item := OLD; ELSE item := NEW; END IF;
                    IF EXISTS (SELECT FROM budget_voucher WHERE id = item.voucher_id AND state <> 'draft') THEN
                        RAISE EXCEPTION 'voucher % is no draft', item.voucher_id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'item_of_a_draft';
                    END IF;
                    RETURN item;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount:,}"


_POST = f"""
    SELECT * INTO voucher FROM budget_voucher WHERE id = NEW.voucher_id;
    SELECT l.organisation_id, p.fiscal_year INTO holder, budget_year
        FROM budget_budgetline l JOIN budget_project p ON p.id = l.item_id WHERE l.id = NEW.line_id;
    IF voucher.state <> 'posted' OR voucher.fiscal_year <> budget_year THEN
        RAISE EXCEPTION 'voucher % does not post to line %', NEW.voucher_id, NEW.line_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_of_a_posted_voucher';
    END IF;
    IF NEW.occurred_on NOT BETWEEN make_date(budget_year, 1, 1) AND make_date(budget_year + 1, 2, 10) THEN
        RAISE EXCEPTION 'day % is not of fiscal year %', NEW.occurred_on, budget_year
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_in_its_fiscal_year';
    END IF;
    PERFORM pg_advisory_xact_lock_shared(7201, holder::int);
    IF EXISTS (SELECT FROM budget_closing WHERE organisation_id = holder AND (
            fiscal_year = budget_year AND month IS NULL
            OR month IS NOT NULL AND (fiscal_year, month)
               = (extract(year FROM NEW.occurred_on)::int, extract(month FROM NEW.occurred_on)::int))) THEN
        RAISE EXCEPTION 'the books of % are closed for %', holder, NEW.occurred_on
            USING ERRCODE = 'check_violation', CONSTRAINT = 'no_entry_into_closed_books';
    END IF;
    to_budget := CASE WHEN NEW.kind IN ({", ".join(f"'{kind.value}'" for kind in BUDGET_KINDS)}) THEN NEW.amount ELSE 0 END;
    to_allotted := CASE WHEN NEW.kind IN ('allotment', 're_allotment') THEN NEW.amount ELSE 0 END;
    to_committed := CASE WHEN NEW.kind = 'commitment' THEN NEW.amount ELSE 0 END;
    to_spent := CASE WHEN NEW.kind = 'expenditure' THEN NEW.amount ELSE 0 END;
    UPDATE budget_budgetline SET current_budget = current_budget + to_budget, allotted = allotted + to_allotted,
        committed = committed + to_committed, spent = spent + to_spent WHERE id = NEW.line_id;
    INSERT INTO budget_lineday AS day (line_id, occurred_on, known_on, amount, won, n, digest)
    SELECT NEW.line_id, NEW.occurred_on,
        CASE WHEN NEW.synthetic THEN DATE '0001-01-01' ELSE (NEW.recorded_at AT TIME ZONE 'Asia/Seoul')::date END,
        changed.amount, changed.won, 1, {id_hash("NEW.id")}
    FROM (VALUES ('current_budget', to_budget), ('allotted', to_allotted), ('committed', to_committed),
          ('spent', to_spent)) changed (amount, won) WHERE changed.won <> 0
    ON CONFLICT (line_id, occurred_on, amount, known_on)
        DO UPDATE SET won = day.won + excluded.won, n = day.n + 1, digest = day.digest + excluded.digest;
    RETURN NULL;
"""  # noqa: E501, S608 - our own words


class Entry(models.Model):
    """One signed posting to one line, in won: append-only. A mistake is taken back by another entry (`reverses`).

    `occurred_on` is the business day; `recorded_at` is the database's clock. Inserting it moves the line's amounts
    and its sums by day, in the same statement and under the line's lock."""

    scope = own_lines("line__")

    voucher = models.ForeignKey(Voucher, models.PROTECT, related_name="entries")
    line = models.ForeignKey(BudgetLine, models.PROTECT, related_name="entries", db_index=False)
    kind = models.CharField(max_length=20, choices=EntryKind)
    amount = models.BigIntegerField()
    occurred_on = models.DateField()
    recorded_at = models.DateTimeField(db_default=ClockTimestamp())
    xid = models.BigIntegerField(db_default=CurrentXid())
    reverses = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="reversed_by")
    note = models.CharField(max_length=120, blank=True)
    external_no = models.CharField(max_length=60, blank=True)  # the e-호조 document, whose files are cumulative
    synthetic = models.BooleanField(default=False)  # the loader's history: known from the start

    objects = ScopedManager()

    class Meta:
        verbose_name_plural = "entries"
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="entry_is_not_zero"),
            models.CheckConstraint(
                condition=~Q(kind__in=["original_budget", "carry_over", "reserve_fund"])
                | Q(amount__gt=0)
                | Q(reverses__isnull=False),
                name="what_is_granted_is_positive",
            ),
        ]
        indexes = [
            models.Index(fields=["line", "occurred_on", "id"], name="entry_of_line"),
            models.Index(fields=["line", "external_no"], condition=~Q(external_no=""), name="entry_external"),
            BrinIndex(
                fields=["recorded_at"], condition=Q(synthetic=False), name="entry_recorded", pages_per_range=16,
                autosummarize=True,
            ),
        ]  # fmt: skip
        triggers = [
            *append_only(),
            pgtrigger.Trigger(
                name="post_to_the_line",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                declare=[
                    ("voucher", "budget_voucher%ROWTYPE"),
                    ("holder", "bigint"),
                    ("budget_year", "int"),
                    ("to_budget", "bigint"),
                    ("to_allotted", "bigint"),
                    ("to_committed", "bigint"),
                    ("to_spent", "bigint"),
                ],
                func=_POST,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount:,}"


class Amount(models.TextChoices):
    """The four amounts of a line; each entry changes one of them, a re-allotment two."""

    BUDGET = "current_budget", _("예산현액")
    ALLOTTED = "allotted", _("배정액")
    COMMITTED = "committed", _("원인행위액")
    SPENT = "spent", _("지출액")


KINDS_OF = {
    Amount.BUDGET: BUDGET_KINDS,
    Amount.ALLOTTED: ALLOTMENT_KINDS,
    Amount.COMMITTED: (EntryKind.COMMITMENT,),
    Amount.SPENT: (EntryKind.EXPENDITURE,),
}


class LineDay(models.Model):
    """By how much one amount of one line changed on one business day, as far as it became known on one day (both in
    Seoul): what figures as of a date read instead of entries. `n` entries did it; `digest` adds up the hashes of
    their ids (accounts.digests). Written by the trigger of `Entry` alone."""

    scope = Unscoped("sums by line; selectors apply the line's scope")

    line = models.ForeignKey(BudgetLine, models.PROTECT, related_name="days", db_index=False)
    occurred_on = models.DateField()
    known_on = models.DateField()
    amount = models.CharField(max_length=20, choices=Amount)
    won = models.BigIntegerField()
    n = models.BigIntegerField()
    digest = models.DecimalField(max_digits=100, decimal_places=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["line", "occurred_on", "amount", "known_on"], name="one_sum_a_line_and_day"
            )
        ]
        triggers = [
            pgtrigger.Trigger(
                name="written_by_entries",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF pg_trigger_depth() < 2 THEN
                        RAISE EXCEPTION 'sums of budget lines are written by entries only'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'written_by_entries';
                    END IF;
                    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.occurred_on}"


class Closing(models.Model):
    """The books of one holder are closed: for one calendar month, or (`month` null) for the whole fiscal year.

    Nothing is posted into them again; a mistake found later is corrected in the current month."""

    scope = own_lines()

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    fiscal_year = models.PositiveSmallIntegerField(_("회계연도"))
    month = models.PositiveSmallIntegerField(_("월"), null=True, blank=True)
    closed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(db_default=ClockTimestamp())

    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "fiscal_year", "month"], name="closed_once", nulls_distinct=False
            ),
            models.CheckConstraint(condition=Q(month__isnull=True) | Q(month__range=(1, 12)), name="month_is_a_month"),
        ]
        triggers = [
            *append_only(),
            pgtrigger.Trigger(
                name="closing_waits_for_postings",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="PERFORM pg_advisory_xact_lock(7201, NEW.organisation_id::int); RETURN NEW;",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fiscal_year}-{self.month:02}" if self.month else f"{self.fiscal_year}"
