"""How much of a limit each person has used: counters that a trigger keeps, so that no race passes a limit.

A use is a `TripUse`; inserting it takes from the counter of its person and period or fails (`limit_is_kept`). Giving
it back and settling it with what happened change the counter too. What happened is never refused: minutes beyond the
estimate go to `over`, which counts against the next booking.
"""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.scoping import ScopedManager
from hospital.models.people import OfServiceUser, ServiceUser
from hospital.models.trips import Trip, TripConsent


class Measure(models.TextChoices):
    USES = "uses", _("이용 횟수")
    MINUTES = "minutes", _("이용 시간")
    FREE_USES = "free_uses", _("무료 이용 횟수")


class Per(models.TextChoices):
    YEAR = "year", _("연간")
    MONTH = "month", _("월간")
    WEEK = "week", _("주간")


class UsageCounter(OfServiceUser):
    """Used of one limit in one period. Written by the trigger of TripUse alone."""

    measure = models.CharField(max_length=10, choices=Measure)
    per = models.CharField(max_length=5, choices=Per)
    starts_on = models.DateField()
    used = models.PositiveIntegerField(default=0)
    over = models.PositiveIntegerField(default=0)
    allowed = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["service_user", "measure", "per", "starts_on"], name="one_counter_a_limit_and_period"
            ),
            models.CheckConstraint(condition=Q(used__lte=F("allowed")), name="used_is_within_the_limit"),
        ]

    def __str__(self) -> str:
        return f"{self.measure} per {self.per} {self.used}/{self.allowed}"


class TripUse(models.Model):
    """What one trip takes of one limit: reserved at booking, given back when cancelled in time, settled at its end."""

    scope = TripConsent.scope

    trip = models.ForeignKey(Trip, models.PROTECT, related_name="uses")
    service_user = models.ForeignKey(ServiceUser, models.PROTECT, related_name="+", db_index=False)
    measure = models.CharField(max_length=10, choices=Measure)
    per = models.CharField(max_length=5, choices=Per)
    starts_on = models.DateField()
    amount = models.PositiveIntegerField()
    allowed = models.PositiveIntegerField()  # by the terms of the trip's day
    settled = models.PositiveIntegerField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["trip", "measure", "per"], name="one_use_a_trip_and_limit"),
            models.CheckConstraint(
                condition=Q(settled__isnull=True) | Q(released_at__isnull=True), name="a_use_is_settled_or_given_back"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="take_from_the_limit",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NEW.amount <= NEW.allowed THEN
                        INSERT INTO hospital_usagecounter AS c
                            (service_user_id, measure, per, starts_on, used, over, allowed)
                        VALUES (NEW.service_user_id, NEW.measure, NEW.per, NEW.starts_on, NEW.amount, 0, NEW.allowed)
                        ON CONFLICT (service_user_id, measure, per, starts_on) DO UPDATE
                            SET used = c.used + NEW.amount, allowed = greatest(c.allowed, NEW.allowed)
                            WHERE c.used + c.over + NEW.amount <= NEW.allowed;
                        IF FOUND THEN
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'the limit of % per % is reached', NEW.measure, NEW.per
                        USING ERRCODE = 'check_violation', CONSTRAINT = 'limit_is_kept';
                """,
            ),
            pgtrigger.Trigger(
                name="give_back_or_settle",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                declare=[("less", "integer"), ("more", "integer")],
                func="""
                    IF (NEW.trip_id, NEW.service_user_id, NEW.measure, NEW.per, NEW.starts_on, NEW.amount)
                       IS DISTINCT FROM
                          (OLD.trip_id, OLD.service_user_id, OLD.measure, OLD.per, OLD.starts_on, OLD.amount)
                       OR OLD.released_at IS NOT NULL THEN
                        RAISE EXCEPTION 'use % cannot be changed so', OLD.id USING ERRCODE = 'check_violation',
                            CONSTRAINT = 'use_stays';
                    END IF;
                    less := least(OLD.amount, coalesce(OLD.settled, OLD.amount))
                            - CASE WHEN NEW.released_at IS NOT NULL THEN 0
                                   ELSE least(NEW.amount, coalesce(NEW.settled, NEW.amount)) END;
                    more := CASE WHEN NEW.released_at IS NOT NULL THEN 0
                                 ELSE greatest(coalesce(NEW.settled, NEW.amount) - NEW.amount, 0) END
                            - greatest(coalesce(OLD.settled, OLD.amount) - OLD.amount, 0);
                    UPDATE hospital_usagecounter SET used = used - less, over = over + more
                    WHERE (service_user_id, measure, per, starts_on) =
                          (NEW.service_user_id, NEW.measure, NEW.per, NEW.starts_on);
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="use_is_never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.trip_id} {self.measure} per {self.per}"
