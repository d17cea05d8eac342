"""What ends by itself when its time is over: drafts, supplement periods, offers, and files made for a short while."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import Destruction
from accounts.roles import Actor
from programs import exports, imports
from programs.deadlines import SEOUL
from programs.documents import delete_files
from programs.models import Application, ApplicationDraft, Document
from programs.models.applications import State
from programs.models.drafts import DRAFT_DAYS
from programs.workflow import UnableToPerform, perform

logger = logging.getLogger(__name__)

_BATCH = 200


def expire_all(now: dt.datetime) -> dict[str, int]:
    """Everything of this module; how many of each."""
    return {
        "drafts": expire_drafts(now),
        "supplements": return_unanswered(now),
        "offers": lapse_offers(now),
        "files": expire_files(now),
    }


def expire_drafts(now: dt.datetime) -> int:
    """Destroy drafts that nobody touched for thirty days, with their files; how many."""
    old = ApplicationDraft.objects.filter(updated_at__lt=now - dt.timedelta(days=DRAFT_DAYS))
    destroyed = 0
    while True:
        with transaction.atomic():
            batch = list(old.order_by("pk").select_for_update(skip_locked=True)[:_BATCH])
            if not batch:
                return destroyed
            files = sum(discard_draft(draft) for draft in batch)
            Destruction.objects.create(
                what="제출하지 않은 신청서", rule=f"{DRAFT_DAYS}일 동안 제출하지 않음", rows=len(batch), files=files
            )
            destroyed += len(batch)


def discard_draft(draft: ApplicationDraft) -> int:
    """Delete a draft and its files; how many files. Call inside a transaction that holds its lock."""
    files = delete_files(Document.objects.filter(draft=draft).prefetch_related("pages"))
    draft.delete()
    return files


def return_unanswered(now: dt.datetime) -> int:
    """Return applications whose supplement period ended without an answer (민원처리법 시행령 §25)."""
    today = now.astimezone(SEOUL).date()
    late = Application.objects.filter(state=State.SUPPLEMENT_REQUESTED, supplement_until__lt=today)
    with override("ko"):
        reason = _("보완 기한까지 보완하지 않아 민원 처리에 관한 법률 시행령 제25조에 따라 되돌려 드립니다.")
    return _perform_each(late.order_by("pk").values_list("pk", flat=True), "return", {"note": reason})


def lapse_offers(now: dt.datetime) -> int:
    """Let offers go that were not accepted in time; the place goes to the next on the waiting list."""
    late = Application.objects.filter(state=State.OFFERED, offer_until__lt=now)
    return _perform_each(late.order_by("offer_until", "pk").values_list("pk", flat=True), "let_offer_lapse", {})


def _perform_each(ids: Iterable[int], name: str, data: dict[str, str]) -> int:
    """Each by itself: one that cannot be done must not hold up the others."""
    done = 0
    for pk in list(ids):
        try:
            perform(pk, name, actor=Actor.system(), data=data)
        except UnableToPerform as error:  # someone acted in between
            logger.info("%s of application %s: %s", name, pk, error)
        else:
            done += 1
    return done


def expire_files(now: dt.datetime) -> int:
    """Destroy the files of exports and imports past their time, and record it; how many."""
    kinds = (
        ("내려받기 파일", f"만들고 {exports.KEEP_HOURS}시간이 지났거나 소속이 끝남", exports.expire_due),
        ("일괄등록 파일", f"올리고 {imports.KEEP_DAYS}일이 지남", imports.expire_due),
    )
    destroyed = 0
    for what, rule, destroy in kinds:
        with transaction.atomic():
            if count := destroy(now):
                Destruction.objects.create(what=what, rule=rule, rows=count, files=count)
                destroyed += count
    return destroyed
