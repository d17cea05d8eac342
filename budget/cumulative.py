"""Documents of e-호조 state cumulative amounts: what of each is posted, and that it is still what was previewed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from budget.models import Entry, EntryKind, ExecutionFile, Voucher
from budget.refusals import UnableToPost

Row = dict[str, Any]


def lock_documents(organisation_id: int) -> None:
    """One at a time compares and posts the documents of an organisation, until its transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(7202, %s)", [organisation_id])


def posted_by_document(lines: Iterable[int], documents: Iterable[str]) -> dict[tuple[int, str], tuple[int, int]]:
    """Commitment and expenditure (won) posted for each line and document."""
    found = (
        Entry.objects.filter(line__in=set(lines), external_no__in=set(documents))
        .values_list("line", "external_no")
        .order_by()
        .annotate(
            committed=Sum("amount", filter=Q(kind=EntryKind.COMMITMENT), default=0),
            spent=Sum("amount", filter=Q(kind=EntryKind.EXPENDITURE), default=0),
        )
    )
    return {(line, document): (int(committed), int(spent)) for line, document, committed, spent in found}


def is_as_previewed(rows: list[Row]) -> bool:
    posted = posted_by_document([row["line"] for row in rows], [row["document_no"] for row in rows])
    return all(
        posted.get((row["line"], row["document_no"]), (0, 0)) == (row["was_committed"], row["was_spent"])
        for row in rows
    )


def expect_as_previewed(voucher: Voucher) -> None:
    """Raises UnableToPost where another voucher has posted some of the file's documents meanwhile."""
    file = ExecutionFile.objects.filter(voucher=voucher).first()
    if file is None:
        return
    lock_documents(voucher.organisation_id)
    if not is_as_previewed(file.rows):
        raise UnableToPost(
            _("이 파일의 문서 가운데 미리보기한 뒤에 기장된 것이 있습니다. 반송하고 파일을 다시 올리게 하십시오.")
        )
