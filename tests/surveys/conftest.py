"""One survey of three scales and a yes-or-no, and people to ask."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

import pytest
from django.utils import timezone

from notifications.models import Message
from surveys.editing import write_questions
from surveys.invitations import invite
from surveys.models import Invitation, Question, Survey
from tests.factories import cast as c

LINK = re.compile(r"/s/([\w-]+)/")
PHONE = "01012345678"


@dataclass
class Surveyed:
    """What the `surveyed` fixture gives."""

    survey: Survey
    questions: list[Question]

    def invite(self, about: str = "trip:1", **overrides: Any) -> tuple[Invitation, str]:
        """Somebody's invitation, and the token of their link."""
        values: dict[str, Any] = {
            "survey": self.survey.pk, "about": about, "district_id": c.DONGJAK, "occurred_on": timezone.localdate(),
            "to": PHONE, "recipient_id": None, "language": "ko", "variables": {"서비스": "병원 동행"},
        }  # fmt: skip
        made = invite(**(values | overrides))
        assert made
        return made, self.token_of(made)

    def token_of(self, invitation: Invitation) -> str:
        return LINK.search(Message.objects.get(key=f"survey:{invitation.pk}").body)[1]

    def values(self, *given: int) -> dict[int, int]:
        return dict(zip([question.pk for question in self.questions], given or (5, 4, 3, 1), strict=True))

    def data(self, *given: int, **more: Any) -> dict[str, Any]:
        """The same as posted."""
        return {f"q{pk}": value for pk, value in self.values(*given).items()} | more


def make_survey(code: str = "escort") -> Surveyed:
    survey = Survey.objects.create(
        code=code, programme="hospital-escort", title="병원 동행 조사", title_en="Escort survey",
        intro="짧은 조사입니다.", intro_en="A short survey.", min_shown=3,
    )  # fmt: skip
    texts = ("편리했다", "시간을 지켰다", "친절했다")
    questions = [{"kind": "scale", "text": text, "text_en": f"Statement {n}"} for n, text in enumerate(texts, 1)]
    write_questions(survey, [*questions, {"kind": "yes_no", "text": "또 쓰겠습니까?", "text_en": "Again?"}])
    return Surveyed(survey, list(survey.questions.order_by("sort")))


@pytest.fixture
def surveyed(db: None) -> Surveyed:
    return make_survey()


@pytest.fixture
def expired(surveyed: Surveyed, monkeypatch: pytest.MonkeyPatch) -> str:
    """The token of an invitation that expired a moment ago."""
    monkeypatch.setattr(
        "surveys.invitations.expiry", lambda sent_at, days: sent_at + dt.timedelta(microseconds=1)
    )  # fmt: skip
    return surveyed.invite("trip:expired")[1]
