"""Grants of the city to its districts (자치단체경상보조금), from application to the return of what is left
(지방보조금법 §7–§31)."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.roles import Actor
from accounts.scoping import ScopedManager
from budget.models.structure import READERS, BudgetLine


def _of_my_district(actor: Actor) -> Q:
    return Q() if actor.district_id is None else Q(district_line__organisation=actor.organisation_id)


@pghistory.track()
class Grant(models.Model):
    """One grant from a line of the city to a line of a district. Amounts in won.

    What the city disburses is its expenditure and the district's budget. The district's own spending (실집행) stands
    in its own line; the amount is fixed from it (§19) and the rest goes back (§31)."""

    class State(models.TextChoices):
        APPLIED = "applied", _("교부신청")
        DECIDED = "decided", _("교부결정")
        REFUSED = "refused", _("교부하지 않음")
        DISBURSED = "disbursed", _("교부")
        REPORTED = "reported", _("실적보고")
        FIXED = "fixed", _("금액 확정")
        SETTLED = "settled", _("정산 완료")

    scope = dict.fromkeys(READERS, _of_my_district)

    city_line = models.ForeignKey(BudgetLine, models.PROTECT, related_name="grants_given")
    district_line = models.ForeignKey(BudgetLine, models.PROTECT, related_name="grants_received")
    state = models.CharField(max_length=10, choices=State, default=State.APPLIED)
    applied_amount = models.PositiveBigIntegerField(_("신청액(원)"))
    applied_on = models.DateField(_("신청일"))
    applied_as = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+")
    plan = models.TextField(_("사업계획"), blank=True)
    decided_amount = models.PositiveBigIntegerField(_("교부결정액(원)"), default=0)
    decided_on = models.DateField(_("교부결정일"), null=True, blank=True)
    decided_as = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+")
    conditions = models.TextField(_("교부조건"), blank=True)
    disbursed_amount = models.PositiveBigIntegerField(_("교부액(원)"), default=0)
    disbursements = models.PositiveSmallIntegerField(default=0)
    reported_amount = models.PositiveBigIntegerField(_("실적보고 집행액(원)"), default=0)
    reported_on = models.DateField(_("실적보고일"), null=True, blank=True)
    reported_as = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+")
    report = models.TextField(_("실적보고 내용"), blank=True)
    fixed_amount = models.PositiveBigIntegerField(_("확정액(원)"), default=0)
    fixed_on = models.DateField(_("확정일"), null=True, blank=True)
    fixed_as = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+")
    returned_amount = models.PositiveBigIntegerField(_("반환액(원)"), default=0)
    returned_on = models.DateField(_("반환일"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["city_line", "district_line"], condition=~Q(state="refused"), name="one_grant_a_line"
            ),
            models.CheckConstraint(condition=Q(applied_amount__gt=0), name="grant_applies_for_something"),
            models.CheckConstraint(
                condition=Q(disbursed_amount__lte=F("decided_amount")), name="disbursed_within_the_decision"
            ),
            models.CheckConstraint(
                condition=Q(reported_amount__lte=F("disbursed_amount")), name="reported_within_the_disbursed"
            ),
            models.CheckConstraint(
                condition=Q(fixed_amount__lte=F("reported_amount"))
                & Q(returned_amount__lte=F("disbursed_amount") - F("fixed_amount")),
                name="fixed_and_returned_add_up",
            ),
            models.CheckConstraint(
                condition=~Q(state="settled")
                | Q(returned_amount=F("disbursed_amount") - F("fixed_amount"), fixed_on__isnull=False),
                name="settled_grant_is_returned",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.city_line_id} → {self.district_line_id}"

    @property
    def to_return(self) -> int:
        """What the district has still to give back once the amount is fixed (won)."""
        return self.disbursed_amount - self.fixed_amount - self.returned_amount if self.fixed_on else 0
