"""Reads of the staff's pages."""

from __future__ import annotations

from django.db.models import Count, QuerySet

from accounts.roles import Actor
from surveys.models import Comment, Invitation, Survey

State = Comment.State


def was_sent(survey: Survey) -> bool:
    """Whether anybody was ever invited: from then on its questions stay."""
    return Invitation.objects.filter(survey=survey).exists()


def comments_of(actor: Actor, survey: Survey, state: str) -> QuerySet[Comment]:
    """Its comments of one state, the longest waiting first, and of those decided the newest first."""
    order = ("written_at", "pk") if state == State.PENDING else ("-written_at", "-pk")
    rows = Comment.objects.visible_to(actor).filter(invitation__survey=survey, state=state, text__isnull=False)
    return rows.select_related("moderated_by__user").order_by(*order)


def comment_counts(actor: Actor, survey: Survey) -> dict[str, int]:
    """How many comments are in each state, in one statement."""
    rows = Comment.objects.visible_to(actor).filter(invitation__survey=survey, text__isnull=False)
    return dict.fromkeys(State.values, 0) | dict(rows.values_list("state").annotate(n=Count("pk")))
