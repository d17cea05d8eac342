"""Answering by the link of a message, without signing in."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.bulk import insert_many
from accounts.clock import ClockTimestamp
from surveys.invitations import digest
from surveys.models import Answer, Comment, Invitation, OptOut, Question


class UnableToAnswer(Exception):
    """Why the answers were not taken, and what there is to do."""


def invitation_of(token: str) -> Invitation:
    """The invitation of a link, with whether it `is_over`. Raises Invitation.DoesNotExist."""
    return _found(token, Invitation.objects.select_related("survey"))


def _found(token: str, rows: object) -> Invitation:
    found = rows.annotate(now=ClockTimestamp()).get(token_digest=digest(token))  # type: ignore[attr-defined]
    found.is_over = found.now >= found.expires_at
    return found


def questions_of(invitation: Invitation) -> list[Question]:
    return list(Question.objects.filter(survey=invitation.survey_id).order_by("sort"))


def answer(token: str, *, values: dict[int, int], comment: str = "") -> None:
    """Take the answers (question → value) of one person, all or none, once. Of two submissions at one moment the
    second waits for the first and is told. Raises UnableToAnswer; Invitation.DoesNotExist."""
    try:
        with transaction.atomic():
            _answer(token, values, comment)
    except IntegrityError as error:
        raise _refusal(error) from error


def _answer(token: str, values: dict[int, int], comment: str) -> None:
    invitation = Invitation.objects.select_for_update().get(token_digest=digest(token))
    insert_many(Answer(invitation=invitation, question_id=question, value=value) for question, value in values.items())
    if comment:
        Comment.objects.create(invitation=invitation, text=comment)
    Invitation.objects.filter(pk=invitation.pk).update(answered_at=Now())  # the trigger's clock decides


def _refusal(error: IntegrityError) -> Exception:
    """What a trigger's refusal means to whoever answers; anything else stays an error."""
    diag = getattr(error.__cause__, "diag", None)
    texts = {
        "answered_once": _("이미 답하셨습니다. 한 번만 답하실 수 있습니다."),
        "answered_in_time": _("답할 수 있는 기간이 지났습니다."),
        "answered_whole": _("모든 문항에 답해 주십시오."),
    }
    name = diag.constraint_name if diag else None
    return UnableToAnswer(texts[name]) if name in texts else error


@transaction.atomic
def leave_alone(token: str) -> None:
    """Send no survey to this person's address any more. Raises Invitation.DoesNotExist."""
    invitation = Invitation.objects.get(token_digest=digest(token))
    if invitation.contact_index is not None:
        OptOut.objects.get_or_create(contact_index=bytes(invitation.contact_index))
