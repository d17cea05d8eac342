"""Publishing and hiding comments."""

from __future__ import annotations

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.roles import Actor, Role
from surveys.models import Comment


class UnableToModerate(Exception):
    """Why a comment stays as it is, and what to do."""


@transaction.atomic
def moderate(comment_id: int, *, publish: bool, reason: str = "", actor: Actor) -> Comment:
    """Show a comment beside the results, or hide it and say why; either may be undone by the other.

    Raises UnableToModerate; Comment.DoesNotExist."""
    comment = Comment.objects.select_for_update().get(pk=comment_id)
    if actor.role != Role.CITY_OFFICER:
        raise UnableToModerate(_("시 담당자만 의견을 검토합니다."))
    if comment.destroyed_at:
        raise UnableToModerate(_("보관 기간이 지나 파기한 의견입니다. 목록을 다시 여십시오."))
    if not publish and reason not in Comment.Reason:
        raise UnableToModerate(_("비공개 사유를 고르십시오."))
    comment.state = Comment.State.PUBLISHED if publish else Comment.State.HIDDEN
    comment.reason = "" if publish else reason
    Comment.objects.filter(pk=comment.pk).update(
        state=comment.state, reason=comment.reason, moderated_by=actor.membership, moderated_at=Now()
    )
    return comment
