"""Escort managers (동행매니저): qualifications, shifts and absences. What they are planned for is in `dispatching`."""

from __future__ import annotations

import datetime as dt

import pghistory
import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.clock import ClockTimestamp
from accounts.models import District, Membership, Organisation
from accounts.roles import Actor, Role
from accounts.scoping import ScopedManager, everything
from accounts.storage import EncryptedFileSystemStorage


def _of_my_organisation(actor: Actor) -> Q:
    return Q(organisation=actor.organisation_id)


def _the_operators(actor: Actor) -> Q:
    """An operator answers for the whole service: its own managers and those of the agencies."""
    return Q()


@pghistory.track()
class EscortManager(models.Model):
    """One manager: the membership says who and for which organisation. `base` is where a shift begins and ends."""

    scope = {
        Role.CITY_OFFICER: everything,
        Role.CALL_CENTER: _the_operators,
        Role.DISPATCHER: _the_operators,
        Role.AGENCY_STAFF: _of_my_organisation,
        Role.ESCORT_MANAGER: lambda a: Q(membership=a.membership and a.membership.pk),
    }

    membership = models.OneToOneField(Membership, models.PROTECT, related_name="escort_manager")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="escort_managers")
    base = models.ForeignKey(District, models.PROTECT, related_name="+", verbose_name=_("출발 자치구"))
    qualification = models.CharField(_("자격"), max_length=80)
    phone = models.CharField(_("업무용 전화"), max_length=12)
    photo = models.FileField(upload_to="escort/photos", storage=EncryptedFileSystemStorage(), blank=True)
    active = models.BooleanField(default=True)
    synthetic = models.BooleanField(default=False)

    objects = ScopedManager()

    class Meta:
        triggers = [
            pgtrigger.Trigger(
                name="manager_is_of_the_memberships_organisation",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("membership_id", "organisation_id"),
                func="""
                    IF NOT EXISTS (SELECT FROM accounts_membership WHERE id = NEW.membership_id
                                   AND organisation_id = NEW.organisation_id AND role = 'escort_manager') THEN
                        RAISE EXCEPTION 'membership % is no escort manager there', NEW.membership_id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'manager_is_of_their_organisation';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return str(self.membership.user)


class OfManager(models.Model):
    """Something of one manager; seen by whoever sees the manager."""

    scope = {
        Role.CITY_OFFICER: everything,
        Role.CALL_CENTER: everything,
        Role.DISPATCHER: everything,
        Role.AGENCY_STAFF: lambda a: Q(manager__organisation=a.organisation_id),
        Role.ESCORT_MANAGER: lambda a: Q(manager__membership=a.membership and a.membership.pk),
    }

    manager = models.ForeignKey(EscortManager, models.PROTECT, related_name="%(class)ss")

    objects = ScopedManager()

    class Meta:
        abstract = True


@pghistory.track()
class Credential(OfManager):
    """What a manager must hold to be sent out, each until a day: a certificate, the training, liability insurance
    (report, page 25: the operator trains, and insures against accidents)."""

    class Kind(models.TextChoices):
        CERTIFICATE = "certificate", _("자격증")
        TRAINING = "training", _("동행 교육")
        INSURANCE = "insurance", _("책임배상보험")

    kind = models.CharField(_("종류"), max_length=12, choices=Kind)
    title = models.CharField(_("이름"), max_length=80)
    valid_from = models.DateField(_("시작일"))
    valid_until = models.DateField(_("만료일"), null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="credential_ends_after_it_begins",
            )
        ]
        indexes = [models.Index(fields=["manager", "kind", "valid_until"], name="credential_of_manager")]

    def __str__(self) -> str:
        return f"{self.kind} {self.valid_until}"


@pghistory.track()
class Shift(OfManager):
    """Working time on a roster: waiting between trips is working time too (근로기준법 §50③), so the limits of a day
    and a week are those of shifts. `minutes` is the span less the break."""

    span = DateTimeRangeField(_("근무 시간"))
    break_minutes = models.PositiveSmallIntegerField(_("휴게(분)"), default=60)
    week = models.DateField()  # Monday of the week in which it begins, in Seoul
    minutes = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="one_shift_at_a_time",
                expressions=[("manager", RangeOperators.EQUAL), ("span", RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(condition=Q(week__iso_week_day=1), name="shift_week_is_a_monday"),
        ]
        indexes = [models.Index(fields=["manager", "week"], name="shift_of_week")]
        triggers = [
            pgtrigger.Trigger(
                name="no_week_beyond_the_law",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                declare=[("planned", "integer")],
                # 52 hours, 근로기준법 §50 and §53: 40, and at most 12 more by agreement.
                func="""
                    PERFORM pg_advisory_xact_lock(hashtextextended('hospital.shifts:' || NEW.manager_id, 0));
                    SELECT coalesce(sum(minutes), 0) INTO planned FROM hospital_shift
                    WHERE manager_id = NEW.manager_id AND week = NEW.week AND id <> coalesce(NEW.id, 0);
                    IF planned + NEW.minutes > 3120 THEN
                        RAISE EXCEPTION 'manager % would work % minutes that week', NEW.manager_id,
                            planned + NEW.minutes
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'no_week_beyond_the_law';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"shift {self.span}"


@pghistory.track()
class Absence(OfManager):
    """Days off, leave, sickness: no trip is planned in it."""

    class Reason(models.TextChoices):
        DAY_OFF = "day_off", _("휴무")
        LEAVE = "leave", _("연차")
        SICK = "sick", _("병가")
        TRAINING = "training", _("교육")

    span = DateTimeRangeField(_("기간"))
    reason = models.CharField(_("사유"), max_length=10, choices=Reason)
    recorded_at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="one_absence_at_a_time",
                expressions=[("manager", RangeOperators.EQUAL), ("span", RangeOperators.OVERLAPS)],
            )
        ]

    def __str__(self) -> str:
        return f"absence {self.span}"


def monday_of(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())
