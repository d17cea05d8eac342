"""A proposed assignment of all open requests of a day, and what became of it when it was applied."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.clock import ClockTimestamp
from accounts.models import Membership, Organisation
from accounts.roles import Role
from accounts.scoping import ScopedManager, everything
from hospital.models.managers import EscortManager
from hospital.models.trips import Trip


class DispatchPlan(models.Model):
    """What the solver proposed at a moment. It reserves nothing: applying checks each line again under the locks."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("제안")
        APPLIED = "applied", _("적용함")
        DISCARDED = "discarded", _("버림")

    scope = {
        Role.DISPATCHER: lambda a: Q(operator=a.organisation_id),
        Role.CITY_OFFICER: everything,
    }

    operator = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    day = models.DateField(_("이용일"))
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    open_requests = models.PositiveSmallIntegerField()
    served = models.PositiveSmallIntegerField()
    travel_minutes = models.PositiveIntegerField()
    bound = models.FloatField()  # no plan serves more than this many
    seconds = models.FloatField()
    made_at = models.DateTimeField(db_default=ClockTimestamp())
    made_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    applied_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager()

    def __str__(self) -> str:
        return f"plan {self.pk} for {self.day}"


class PlanLine(models.Model):
    """One proposed assignment; `outcome` says what became of it, empty until the plan is applied."""

    class Outcome(models.TextChoices):
        ASSIGNED = "assigned", _("배정함")
        REFUSED = "refused", _("배정하지 못함")

    scope = {
        Role.DISPATCHER: lambda a: Q(plan__operator=a.organisation_id),
        Role.CITY_OFFICER: everything,
    }

    plan = models.ForeignKey(DispatchPlan, models.CASCADE, related_name="lines", db_index=False)
    trip = models.ForeignKey(Trip, models.PROTECT, related_name="+")
    manager = models.ForeignKey(EscortManager, models.PROTECT, related_name="+")
    meet_at = models.DateTimeField()
    travel_minutes = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    why = models.CharField(max_length=200, blank=True)

    objects = ScopedManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "trip"], name="one_line_a_plan_and_trip")]

    def __str__(self) -> str:
        return f"{self.trip_id} by {self.manager_id}"
