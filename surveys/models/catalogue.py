"""A survey and its questions."""

from __future__ import annotations

import pgtrigger
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.scoping import ScopedManager
from surveys.access import readable

SATISFIED = 4  # from this answer of a scale on somebody counts as satisfied


class Survey(models.Model):
    """A short survey, sent once about each thing that it asks of (a trip, a household's year)."""

    scope = readable("code")

    code = models.SlugField(primary_key=True, max_length=40)
    programme = models.CharField(max_length=40)  # its code; this app knows no programme
    title = models.CharField(_("제목"), max_length=80)
    title_en = models.CharField(_("제목(영어)"), max_length=120)
    intro = models.CharField(_("안내"), max_length=300)
    intro_en = models.CharField(_("안내(영어)"), max_length=400)
    valid_days = models.PositiveSmallIntegerField(
        _("답할 수 있는 날수"), default=14, validators=[MinValueValidator(1), MaxValueValidator(90)],
        help_text=_("보낸 다음 날부터 세고, 마지막 날 24시에 링크가 닫힙니다."),
    )  # fmt: skip
    min_shown = models.PositiveSmallIntegerField(
        _("결과를 보이는 가장 적은 답 수"), default=5, validators=[MinValueValidator(3), MaxValueValidator(100)],
        help_text=_("답이 이보다 적은 칸은 누가 답했는지 짐작할 수 있어 가립니다."),
    )  # fmt: skip
    active = models.BooleanField(_("보내는 중"), default=True, help_text=_("끄면 새로 보내지 않습니다."))

    objects = ScopedManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(valid_days__range=(1, 90)), name="survey_valid_for_days"),
            models.CheckConstraint(condition=Q(min_shown__range=(3, 100)), name="survey_shows_no_single_answer"),
        ]

    def __str__(self) -> str:
        return self.localised("title")

    def localised(self, field: str) -> str:
        """The field in the reader's language."""
        return getattr(self, f"{field}_en" if get_language() == "en" else field)


class Question(models.Model):
    """One question. A scale is a statement somebody agrees with from 1 (not at all) to 5 (very much)."""

    class Kind(models.TextChoices):
        SCALE = "scale", _("1–5점")
        YES_NO = "yes_no", _("예·아니요")

    scope = readable("survey")

    survey = models.ForeignKey(Survey, models.PROTECT, related_name="questions")
    sort = models.PositiveSmallIntegerField(_("순서"))
    kind = models.CharField(_("답하는 방식"), max_length=10, choices=Kind, default=Kind.SCALE)
    text = models.CharField(_("문항"), max_length=120)
    text_en = models.CharField(_("문항(영어)"), max_length=160)

    objects = ScopedManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["survey", "sort"], name="one_question_a_place")]
        triggers = [
            pgtrigger.Trigger(
                name="questions_are_fixed",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                # The lock waits for invitations being written: their foreign key holds the survey's row.
                func="""
                    PERFORM FROM surveys_survey WHERE code IN (NEW.survey_id, OLD.survey_id) FOR UPDATE;
                    IF EXISTS (SELECT FROM surveys_invitation WHERE survey_id IN (NEW.survey_id, OLD.survey_id)) THEN
                        RAISE EXCEPTION 'a survey that was sent keeps its questions'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'questions_are_fixed';
                    END IF;
                    RETURN coalesce(NEW, OLD);
                """,
            )
        ]

    def __str__(self) -> str:
        return self.text_en if get_language() == "en" else self.text
