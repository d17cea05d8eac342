"""A survey in the access matrix's world: one link not yet used, and two comments, one waiting and one published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from accounts.roles import Actor
from surveys.answering import answer
from surveys.models import Comment
from surveys.moderation import moderate
from tests.surveys.conftest import Surveyed, make_survey

if TYPE_CHECKING:
    from tests.access.world import Side


def make_survey_rows(side: Side, city: Actor) -> dict[str, list[Any]]:
    """Each side has a survey of its own, about its person's case, with a day of service that nobody else may read."""
    surveyed = make_survey(f"survey-{side.district}")
    comments = [_answered(surveyed, side, n) for n in (1, 2)]
    moderate(comments[1].pk, publish=True, actor=city)
    _invitation, token = _invite(surveyed, side, 3)
    code = surveyed.survey.pk
    return {"survey_link": [token], "survey": [code], "survey_comment": [code, comments[0].pk]}


def _invite(surveyed: Surveyed, side: Side, number: int) -> Any:
    return surveyed.invite(
        f"{side.secret('동행')}:{number}", district_id=side.district, occurred_on=timezone.localdate(),
        to=f"0109999{number}{side.district[1:4]}", recipient_id=side.owner.pk, variables={"서비스": "병원 동행"},
    )  # fmt: skip


def _answered(surveyed: Surveyed, side: Side, number: int) -> Comment:
    invitation, token = _invite(surveyed, side, number)
    answer(token, values=surveyed.values(), comment=side.secret(f"의견 {number}"))
    return Comment.objects.get(invitation=invitation)
