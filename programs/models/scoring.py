"""Scored calls (마감 후 심사): what is judged, fixed before the call opens, and the points given."""

from __future__ import annotations

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.roles import Actor, Role
from accounts.scoping import ScopedManager, everything
from programs.models.applications import OPEN_STATES, Application
from programs.models.catalogue import PUBLIC, Call

_OPEN = ", ".join(f"'{state.value}'" for state in OPEN_STATES)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class ScoringCriterion(models.Model):
    """One thing a scored call judges, and how many points it is worth. Where totals are equal, the criterion with
    `tie_break` 1 is compared first, then 2 …, then the order of receipt."""

    scope = PUBLIC

    call = models.ForeignKey(Call, models.CASCADE, related_name="criteria")
    title = models.CharField(_("심사 기준"), max_length=80)
    title_en = models.CharField(_("심사 기준(영어)"), max_length=120)
    max_points = models.PositiveSmallIntegerField(_("배점"))
    tie_break = models.PositiveSmallIntegerField(_("동점이면 보는 순서"), null=True, blank=True)
    sort = models.PositiveSmallIntegerField(_("보이는 순서"), default=10)

    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["call", "title"], name="one_criterion_a_title"),
            models.UniqueConstraint(fields=["call", "tie_break"], name="one_criterion_a_tie_break"),
            models.CheckConstraint(condition=Q(max_points__gt=0), name="criterion_is_worth_something"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="criteria_are_fixed",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF EXISTS (SELECT FROM programs_call WHERE id IN (NEW.call_id, OLD.call_id)
                               AND published AND opens_at <= clock_timestamp())
                       OR EXISTS (SELECT FROM programs_application WHERE call_id IN (NEW.call_id, OLD.call_id)) THEN
                        RAISE EXCEPTION 'the criteria are fixed once the call has opened'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'criteria_are_fixed';
                    END IF;
                    RETURN coalesce(NEW, OLD);
                """,
            )
        ]

    def __str__(self) -> str:
        return self.title_en if get_language() == "en" else self.title


def _own_district(actor: Actor) -> Q:
    return Q(application__district=actor.district_id)


class Score(models.Model):
    """Points for one application by one criterion. A correction is a new row; the old one stays, replaced."""

    scope = {
        Role.DISTRICT_OFFICER: _own_district,
        Role.DISTRICT_MANAGER: _own_district,
        Role.CITY_OFFICER: everything,
    }

    application = models.ForeignKey(Application, models.PROTECT, related_name="scores")
    criterion = models.ForeignKey(ScoringCriterion, models.PROTECT, related_name="+")
    points = models.PositiveSmallIntegerField(_("점수"))
    entered_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(default=timezone.now)
    replaced_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application", "criterion"],
                condition=Q(replaced_at__isnull=True),
                name="one_current_score_a_criterion",
            )
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="only_replaced", fields=["application", "criterion", "points", "entered_by", "entered_at"]
            ),
            pgtrigger.Trigger(
                name="score_can_be_given",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                declare=[("judged", "record")],
                func=f"""
                    SELECT a.state, a.call_id = c.call_id AS of_call, c.max_points, EXISTS (
                        SELECT FROM programs_selectionbatch b
                        WHERE b.district_call_id = a.district_call_id AND b.state = 'drafted') AS drafted
                    INTO judged FROM programs_application a, programs_scoringcriterion c
                    WHERE a.id = NEW.application_id AND c.id = NEW.criterion_id;
                    IF NOT judged.of_call OR NEW.points > judged.max_points THEN
                        RAISE EXCEPTION 'not a score by this criterion'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'score_within_its_criterion';
                    END IF;
                    IF judged.drafted OR judged.state NOT IN ({_OPEN}) THEN
                        RAISE EXCEPTION 'scores are fixed from the draft selection on'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'score_before_the_selection';
                    END IF;
                    RETURN NEW;
                """,  # noqa: S608 - our own words
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.criterion_id}: {self.points}"
