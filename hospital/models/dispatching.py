"""Who goes: assignments of managers, and offers to hubs and partner agencies."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Deferrable, Q
from django.utils.translation import gettext_lazy as _

from accounts.clock import ClockTimestamp
from accounts.models import Membership, Organisation
from accounts.roles import Role
from accounts.scoping import ScopedManager, everything
from hospital.models.managers import EscortManager
from hospital.models.trips import Trip


class Assignment(models.Model):
    """One manager planned for one trip. `planned` runs from setting out to the estimated end; two live ones of one
    manager never overlap. Written behind the manager's advisory lock (hospital.assigning)."""

    scope = {
        Role.CITIZEN: lambda a: (
            Q(trip__service_user__user=a.user_id) | Q(trip__booked_by=a.user_id)
        ) & Q(released_at__isnull=True),
        Role.CALL_CENTER: lambda a: Q(trip__operator=a.organisation_id),
        Role.DISPATCHER: lambda a: Q(trip__operator=a.organisation_id),
        Role.AGENCY_STAFF: lambda a: Q(manager__organisation=a.organisation_id),
        Role.ESCORT_MANAGER: lambda a: Q(manager__membership=a.membership and a.membership.pk),
        Role.CITY_OFFICER: everything,
    }  # fmt: skip

    trip = models.ForeignKey(Trip, models.PROTECT, related_name="assignments")
    manager = models.ForeignKey(EscortManager, models.PROTECT, related_name="assignments")
    planned = DateTimeRangeField()
    travel_minutes = models.PositiveSmallIntegerField()
    assigned_at = models.DateTimeField(db_default=ClockTimestamp())
    assigned_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    released_at = models.DateTimeField(null=True, blank=True)
    release_reason = models.CharField(max_length=30, blank=True)

    objects = ScopedManager()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="no_manager_is_booked_twice",
                expressions=[("manager", RangeOperators.EQUAL), ("planned", RangeOperators.OVERLAPS)],
                condition=Q(released_at__isnull=True),
                deferrable=Deferrable.IMMEDIATE,
            ),
            models.UniqueConstraint(fields=["trip"], condition=Q(released_at__isnull=True), name="one_manager_a_trip"),
        ]

    def __str__(self) -> str:
        return f"{self.trip_id} by {self.manager_id}"


class Offer(models.Model):
    """A trip beyond the operator's own capacity, offered to a hub or partner for a time (report, page 25)."""

    class State(models.TextChoices):
        OPEN = "open", _("답 기다림")
        ACCEPTED = "accepted", _("맡음")
        DECLINED = "declined", _("맡지 않음")
        LAPSED = "lapsed", _("시간 지남")
        WITHDRAWN = "withdrawn", _("거둠")

    class Decline(models.TextChoices):
        NOBODY_FREE = "nobody_free", _("가능한 매니저 없음")
        TOO_FAR = "too_far", _("거리가 멂")
        OTHER = "other", _("그 밖")

    scope = {
        Role.DISPATCHER: lambda a: Q(trip__operator=a.organisation_id),
        Role.CALL_CENTER: lambda a: Q(trip__operator=a.organisation_id),
        Role.AGENCY_STAFF: lambda a: Q(organisation=a.organisation_id),
        Role.CITY_OFFICER: everything,
    }

    trip = models.ForeignKey(Trip, models.PROTECT, related_name="offers")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="escort_offers")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    offered_at = models.DateTimeField(db_default=ClockTimestamp())
    expires_at = models.DateTimeField(_("답할 기한"))
    offered_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+")
    decline_reason = models.CharField(max_length=12, choices=Decline, blank=True)

    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["trip", "organisation"], condition=Q(state="open"), name="one_open_offer_a_trip_and_agency"
            ),
            models.UniqueConstraint(fields=["trip"], condition=Q(state="accepted"), name="one_agency_takes_a_trip"),
            models.CheckConstraint(
                condition=Q(state="open", answered_at__isnull=True) | ~Q(state="open") & Q(answered_at__isnull=False),
                name="an_answered_offer_has_its_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="declined") | ~Q(decline_reason=""), name="a_declined_offer_says_why"
            ),
        ]
        indexes = [models.Index(fields=["expires_at"], condition=Q(state="open"), name="offer_open")]

    def __str__(self) -> str:
        return f"{self.trip_id} to {self.organisation_id}"
