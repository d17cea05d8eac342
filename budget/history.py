"""Posting many vouchers that were decided elsewhere or long ago: for loaders, with stated days and deciders."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from accounts.bulk import insert_many
from accounts.models import Membership, Organisation
from budget.models import Entry, Voucher
from budget.posting import document_number
from budget.refusals import Posting, in_order


@dataclass(frozen=True)
class Decided:
    """A voucher as it was decided; synthetic. `approved_at` is the end of the day unless stated."""

    kind: str
    fiscal_year: int
    title: str
    occurred_on: dt.date
    postings: tuple[Posting, ...]
    organisation: Organisation
    drafted_as: Membership
    approved_as: Membership
    approved_at: dt.datetime
    reference: str | None = None
    payee: str | None = None
    document_no: str = ""


@transaction.atomic
def post_history(decided: Iterable[Decided]) -> list[Voucher]:
    """Vouchers and entries in order of their days, in two statements a thousand rows. Raises IntegrityError where one
    breaks a promise of the ledger; then none is posted."""
    rows = sorted(decided, key=lambda row: row.occurred_on)
    vouchers = insert_many(
        Voucher(
            organisation=row.organisation, fiscal_year=row.fiscal_year, kind=row.kind, title=row.title[:120],
            document_no=row.document_no or document_number(row.fiscal_year), payee=row.payee,
            occurred_on=row.occurred_on, state=Voucher.State.POSTED, drafted_by_id=row.drafted_as.user_id,
            drafted_as=row.drafted_as, drafted_at=row.approved_at, approved_by_id=row.approved_as.user_id,
            approved_as=row.approved_as, approved_at=row.approved_at, reference=row.reference, synthetic=True,
        )
        for row in rows
    )  # fmt: skip
    insert_many(
        Entry(
            voucher=voucher, line=p.line, kind=p.kind, amount=p.amount, occurred_on=row.occurred_on, note=p.note,
            external_no=p.external_no, synthetic=True,
        )
        for voucher, row in zip(vouchers, rows, strict=True)
        for p in in_order(row.postings)
    )  # fmt: skip
    return vouchers
