"""What money is budgeted for: the tree of projects, the object codes, and the line of one holder where they cross."""

from __future__ import annotations

from typing import cast

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.roles import DISTRICT_STAFF, SPENDING_CHAIN, Actor, Role
from accounts.scoping import ScopedManager, everything

# Whoever may see budgets at all sees how they are divided; the amounts have rules of their own.
READERS = (*DISTRICT_STAFF, Role.CITY_OFFICER, *SPENDING_CHAIN, Role.COUNCIL_READER)
STRUCTURE = dict.fromkeys(READERS, everything)


def own_lines(prefix: str = "") -> dict[Role, object]:
    """The city's staff and the council's readers see every holder's money; a district's staff their own."""

    def rule(actor: Actor) -> Q:
        if actor.district_id is None:
            return Q()
        return Q(**{f"{prefix}organisation": actor.organisation_id})

    return dict.fromkeys(READERS, rule)


@pghistory.track()
class Project(models.Model):
    """One node of a fiscal year's budget (지방재정법 §41): 정책사업 → 단위사업 → 세부사업 → 세부항목.

    `code` is the same over the years and whatever the name is. `programme` is the code of the programme that spends
    it, where there is one. `generated` marks a node that its source does not print."""

    class Level(models.IntegerChoices):
        POLICY = 1, _("정책사업")
        UNIT = 2, _("단위사업")
        DETAILED = 3, _("세부사업")
        ITEM = 4, _("세부항목")

    scope = STRUCTURE

    fiscal_year = models.PositiveSmallIntegerField(_("회계연도"))
    level = models.PositiveSmallIntegerField(choices=Level)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    code = models.SlugField(max_length=60)
    name = models.CharField(_("이름"), max_length=80)
    name_en = models.CharField(_("영어 이름"), max_length=120, blank=True)
    programme = models.SlugField(_("지원사업"), max_length=50, blank=True)
    generated = models.BooleanField(default=False)
    sort = models.PositiveSmallIntegerField(default=10)

    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["fiscal_year", "code"], name="one_project_a_code_and_year"),
            models.CheckConstraint(
                condition=Q(level=1, parent__isnull=True) | Q(level__gt=1, parent__isnull=False),
                name="only_policy_projects_have_no_parent",
            ),
        ]
        indexes = [models.Index(fields=["programme", "fiscal_year"], name="project_programme")]
        triggers = [
            pgtrigger.Trigger(
                name="one_level_below_its_parent",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("parent_id", "level", "fiscal_year"),
                condition=pgtrigger.Q(new__parent__isnull=False),
                func="""
                    IF NOT EXISTS (SELECT FROM budget_project WHERE id = NEW.parent_id
                                   AND level = NEW.level - 1 AND fiscal_year = NEW.fiscal_year) THEN
                        RAISE EXCEPTION 'project % is not one level below its parent', NEW.code
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'one_level_below_its_parent';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return (get_language() == "en" and self.name_en) or self.name


class ProjectAlias(models.Model):
    """Another name under which a document calls the same project: the report names one item four ways."""

    scope = STRUCTURE

    project = models.ForeignKey(Project, models.CASCADE, related_name="aliases")
    name = models.CharField(max_length=80)
    source = models.CharField(_("쓰인 곳"), max_length=120, blank=True)

    objects = ScopedManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "name"], name="one_alias_a_name")]

    def __str__(self) -> str:
        return self.name


class ObjectCode(models.Model):
    """An object code (통계목) of its class (목), as the budget compilation guideline numbers them: 201-01.

    `restriction` is what the law says of moving budget out of its class or into it (지방재정법 시행령 §55)."""

    class Restriction(models.TextChoices):
        NONE = "", _("없음")
        PERSONNEL = "personnel", _("인건비")
        REPAYMENT = "repayment", _("상환금")
        BUSINESS = "business", _("업무추진비")

    scope = STRUCTURE

    code = models.CharField(primary_key=True, max_length=6)
    name = models.CharField(max_length=40)
    name_en = models.CharField(max_length=60)
    object_class = models.CharField(max_length=3)
    class_name = models.CharField(max_length=40)
    class_name_en = models.CharField(max_length=60)
    restriction = models.CharField(max_length=10, choices=Restriction, default=Restriction.NONE, blank=True)

    objects = ScopedManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(code__startswith=F("object_class")), name="object_code_begins_with_its_class"
            )
        ]

    def __str__(self) -> str:
        return f"{(get_language() == 'en' and self.name_en) or self.name}({self.code})"


class Fund(models.TextChoices):
    """Whose money it is; a district accounts for each apart (지방보조금법 §24②)."""

    CITY = "city", _("시비")
    DISTRICT = "district", _("구비")
    NATIONAL = "national", _("국비")


class BudgetLine(models.Model):
    """Where one organisation holds budget: item × object code × fund, in won.

    The four amounts are what its entries add up to. The trigger of `Entry` alone writes them, under the line's row
    lock, so that the CHECKs below hold however many post at once. `cut_by_council`: the council struck this spending
    out, so nothing may be moved to it (지방재정법 §49②)."""

    scope = own_lines()

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="budget_lines")
    item = models.ForeignKey(Project, models.PROTECT, related_name="lines")
    object_code = models.ForeignKey(ObjectCode, models.PROTECT, related_name="lines")
    fund = models.CharField(_("재원"), max_length=10, choices=Fund, default=Fund.CITY)
    current_budget = models.BigIntegerField(_("예산현액"), default=0)
    allotted = models.BigIntegerField(_("배정액"), default=0)
    committed = models.BigIntegerField(_("원인행위액"), default=0)
    spent = models.BigIntegerField(_("지출액"), default=0)
    cut_by_council = models.BooleanField(_("의회 삭감"), default=False)
    generated = models.BooleanField(default=False)  # its source prints no split into object codes

    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "item", "object_code", "fund"], name="one_budget_line_a_holder_and_code"
            ),
            models.CheckConstraint(condition=Q(spent__gte=0), name="spent_is_not_negative"),
            models.CheckConstraint(condition=Q(spent__lte=F("committed")), name="spent_within_committed"),
            models.CheckConstraint(condition=Q(committed__lte=F("allotted")), name="committed_within_allotted"),
            models.CheckConstraint(condition=Q(allotted__lte=F("current_budget")), name="allotted_within_budget"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="amounts_follow_the_entries",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("current_budget", "allotted", "committed", "spent"),
                func="""
                    IF pg_trigger_depth() < 2 THEN
                        RAISE EXCEPTION 'amounts of budget line % change by entries only', NEW.id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'amounts_follow_the_entries';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="held_by_an_item",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("item_id"),
                func="""
                    IF (TG_OP = 'INSERT'
                        AND (NEW.current_budget, NEW.allotted, NEW.committed, NEW.spent) <> (0, 0, 0, 0))
                       OR NOT EXISTS (SELECT FROM budget_project WHERE id = NEW.item_id AND level = 4) THEN
                        RAISE EXCEPTION 'a budget line begins empty and belongs to an item'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'held_by_an_item';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.object_code_id} {self.get_fund_display()}"

    @property
    def projects(self) -> tuple[Project, Project, Project, Project]:
        """Policy, unit and detailed project, and the item: triggers see to it that an item has its three ancestors."""
        detailed = cast("Project", self.item.parent)
        unit = cast("Project", detailed.parent)
        return cast("Project", unit.parent), unit, detailed, self.item

    @property
    def unspent(self) -> int:
        """집행잔액: current budget less expenditure; commitments are not taken off (the report's formula)."""
        return self.current_budget - self.spent
