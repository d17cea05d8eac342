"""Synthetic invitations and answers of the past, for the loaders: with stated times, marked, no message sent."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction

from accounts.bulk import insert_many
from accounts.models import Membership
from surveys.invitations import expiry
from surveys.models import Answer, Comment, Invitation, Question, Survey


@dataclass(frozen=True, kw_only=True)
class SeedResponse:
    """One invitation; with `answered_at` its answers, a value a question in their order, and perhaps a comment."""

    about: str
    district_id: str | None
    occurred_on: dt.date
    sent_at: dt.datetime
    answered_at: dt.datetime | None = None
    values: Sequence[int] = ()
    comment: str = ""


@transaction.atomic
def seed_responses(
    survey: str, rows: Iterable[SeedResponse], *, published_by: Membership | None = None
) -> list[Invitation]:
    """Write them in a constant number of statements a thousand; comments are published by this member, or await
    moderation. Raises Survey.DoesNotExist, and IntegrityError for what was seeded before."""
    of = Survey.objects.get(pk=survey)
    questions = list(Question.objects.filter(survey=of).order_by("sort"))
    pairs = [(_invitation(of, row), row) for row in rows]
    insert_many(invitation for invitation, _row in pairs)
    answered = [(invitation, row) for invitation, row in pairs if row.answered_at]
    insert_many(
        Answer(invitation=invitation, question=question, value=value)
        for invitation, row in answered
        for question, value in zip(questions, row.values, strict=True)
    )
    insert_many(_comment(invitation, row, published_by) for invitation, row in answered if row.comment)
    return [invitation for invitation, _row in pairs]


def _invitation(survey: Survey, row: SeedResponse) -> Invitation:
    return Invitation(
        survey=survey, about=row.about, token_digest=os.urandom(32), district_id=row.district_id,
        occurred_on=row.occurred_on, created_at=row.sent_at, expires_at=expiry(row.sent_at, survey.valid_days),
        answered_at=row.answered_at, synthetic=True,
    )  # fmt: skip


def _comment(invitation: Invitation, row: SeedResponse, published_by: Membership | None) -> Comment:
    comment = Comment(invitation=invitation, text=row.comment, written_at=invitation.answered_at or row.sent_at)
    if published_by:
        comment.state, comment.moderated_by = Comment.State.PUBLISHED, published_by
        comment.moderated_at = invitation.answered_at
    return comment
