"""Destruction when the retention period is over (개인정보 보호법 §21): personal columns are blanked and files deleted.
Application and event rows stay as skeletons, so that no past figure changes."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts.models import Destruction
from notifications.outbox import destroy_content
from programs import registry
from programs.documents import delete_files
from programs.models import (
    Application,
    Call,
    Document,
    DocumentPage,
    Note,
    Objection,
    SelectionLine,
    Supplement,
)

_BATCH = 500
BLANK = {
    "applicant": None,
    "name": None,
    "birth_date": None,
    "phone": None,
    "address": None,
    "dong": None,
    "household_size": None,
    "tenure": "",
    "proxy_name": None,
    "proxy_phone": None,
    "name_index": None,
    "phone_index": None,
    "phone4_index": None,
    "person_index": None,
    "address_index": None,
}


def destroy_due(now: dt.datetime) -> int:
    """Destroy what was closed longer ago than its call keeps it; how many applications."""
    destroyed = 0
    for call in Call.objects.order_by("pk"):
        while count := _destroy_batch(call, now):
            destroyed += count
    return destroyed


@transaction.atomic
def _destroy_batch(call: Call, now: dt.datetime) -> int:
    due = (
        Application.objects.filter(call=call, destroyed_at__isnull=True, closed_at__isnull=False)
        .filter(closed_at__lt=years_before(now, call.retention_years))
        .order_by("pk")
        .select_for_update(skip_locked=True)
    )
    ids = list(due.values_list("pk", flat=True)[:_BATCH])
    if ids:
        files = destroy_applications(ids, call.program_id, now)
        Destruction.objects.create(
            what=f"신청 개인정보({call.code})",
            rule=f"처리가 끝나고 {call.retention_years}년 지남",
            rows=len(ids),
            files=files,
        )
    return len(ids)


def years_before(now: dt.datetime, years: int) -> dt.datetime:
    """The same day and time `years` earlier; 28 February for a 29th that was not."""
    try:
        return now.replace(year=now.year - years)
    except ValueError:
        return now.replace(year=now.year - years, day=28)


def destroy_applications(ids: list[int], program: str, now: dt.datetime) -> int:
    """Blank what is personal in these applications of one programme and delete their files; how many files."""
    documents = Document.objects.filter(application__in=ids, destroyed_at__isnull=True)
    files = delete_files(documents.prefetch_related("pages"))
    DocumentPage.objects.filter(document__in=documents).delete()
    documents.update(filename="", file="", sha256="", destroyed_at=now)
    Note.objects.filter(application__in=ids).update(text=None, destroyed_at=now)
    Supplement.objects.filter(application__in=ids).update(text=None, answer=None)
    Objection.objects.filter(application__in=ids).update(text=None, extension_reason=None, answer=None)
    SelectionLine.objects.filter(application__in=ids, reason__isnull=False).update(reason="")
    if hook := registry.get(program).destroy_detail:
        hook(ids)
    destroy_content([f"application:{pk}" for pk in ids])
    Application.objects.filter(pk__in=ids).update(**BLANK, destroyed_at=now)
    return files
