"""Changing a survey's words and, until it was first sent, its questions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.roles import Actor, Role
from surveys.models import Question, Survey


class UnableToEdit(Exception):
    """Why the survey stays as it is, and what to do."""


def edit_survey(
    code: str, *, values: dict[str, Any], questions: Sequence[dict[str, str]] | None, actor: Actor
) -> None:
    """Write the survey's own fields and, unless None, its questions anew in this order, all or nothing.

    Raises UnableToEdit, also when the survey is sent for the first time meanwhile."""
    if actor.role != Role.CITY_OFFICER:
        raise UnableToEdit(_("시 담당자만 조사를 고칩니다."))
    if questions is not None and not questions:
        raise UnableToEdit(_("문항을 하나 이상 적으십시오."))
    try:
        with transaction.atomic():
            survey = Survey.objects.select_for_update().get(pk=code)
            for name, value in values.items():
                setattr(survey, name, value)
            survey.save()
            if questions is not None:
                write_questions(survey, questions)
    except IntegrityError as error:
        if "keeps its questions" not in str(error):
            raise
        raise UnableToEdit(
            _("그사이 조사를 보내기 시작하여 문항을 고칠 수 없습니다. 화면을 새로 여십시오.")
        ) from error


def write_questions(survey: Survey, questions: Sequence[dict[str, str]]) -> None:
    """These questions (kind, text, text_en) in place of the ones there are."""
    Question.objects.filter(survey=survey).delete()
    Question.objects.bulk_create(
        Question(survey=survey, sort=sort, **question) for sort, question in enumerate(questions, 1)
    )
