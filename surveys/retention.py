"""A year after, nobody's words and nobody's address are left; answers stay as numbers (개인정보 보호법 §21)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q

from accounts.models import Destruction
from notifications.outbox import destroy_content
from surveys.invitations import message_about
from surveys.models import Comment, Invitation

KEPT = dt.timedelta(days=365)
_BATCH = 1_000


@transaction.atomic
def destroy_comments(now: dt.datetime) -> int:
    """Blank comments written more than a year ago; how many."""
    due = Comment.objects.filter(text__isnull=False, written_at__lt=now - KEPT)
    rows = due.update(text=None, destroyed_at=now)
    _record("만족도 조사 의견", "쓴 지 1년 지남", rows)
    return rows


def forget_recipients(now: dt.datetime) -> int:
    """Cut invitations that expired more than a year ago from whom they went to, messages included; how many."""
    forgotten = 0
    while count := _forget_batch(now):
        forgotten += count
    return forgotten


@transaction.atomic
def _forget_batch(now: dt.datetime) -> int:
    named = Q(recipient__isnull=False) | Q(contact_index__isnull=False)
    due = (
        Invitation.objects.filter(named, expires_at__lt=now - KEPT).order_by("pk").select_for_update(skip_locked=True)
    )
    ids = list(due.values_list("pk", flat=True)[:_BATCH])
    if ids:
        destroy_content([message_about(pk) for pk in ids])
        Invitation.objects.filter(pk__in=ids).update(recipient=None, contact_index=None)
        _record("만족도 조사를 받은 사람", "답할 기간이 끝나고 1년 지남", len(ids))
    return len(ids)


def _record(what: str, rule: str, rows: int) -> None:
    if rows:
        Destruction.objects.create(what=what, rule=rule, rows=rows)
