"""The council report of 2021 and vouchers one tap before they are approved."""

from __future__ import annotations

import datetime as dt
import time
from itertools import cycle, islice

from django.utils import timezone

from accounts.bulk import insert_many
from accounts.models import Membership, Organisation
from accounts.offices import CITY
from bench.models import BareLine
from budget.models import BudgetLine, EntryKind, Voucher, VoucherItem
from budget.posting import post_by_event
from budget.refusals import Posting
from reports import document
from reports.council.assemble import assemble
from reports.models import CouncilReport

_LINES = 20
_EDITION = dt.date(2021, 11, 2)


def report(*, rounds: int) -> list[tuple[float, float]]:
    """(seconds for every figure and table, seconds for the three files) of the edition of 2021, after a warm-up."""
    edition = CouncilReport.objects.get(as_of=_EDITION)
    _files(assemble(edition).document)
    times = []
    for _round in range(rounds):
        started = time.perf_counter()
        made = assemble(edition)
        counted = time.perf_counter()
        _files(made.document)
        times.append((counted - started, time.perf_counter() - counted))
    return times


def _files(made: document.Report) -> None:
    for write in (document.to_hwpx, document.to_pdf, document.to_xlsx):
        write(made)


def vouchers(*, count: int) -> dict[str, list[int]]:
    """`vouchers`: so many expenditures that wait for the disbursing officer, spread over twenty lines; `lines`: as
    many lines of the bare view."""
    today, city = timezone.localdate(), Organisation.objects.get(code=CITY)
    officer = Membership.objects.get(user__email="city-officer@history.invalid")
    finance = Membership.objects.get(user__email="finance-officer@history.invalid")
    held = BudgetLine.objects.filter(organisation=city, item__fiscal_year=today.year).order_by("pk")[:_LINES]
    lines = list(held.select_related("item", "object_code", "organisation"))
    for line in lines:
        kinds = (EntryKind.SUPPLEMENTARY, EntryKind.ALLOTMENT, EntryKind.COMMITMENT)
        post_by_event(
            reference=f"bench:{line.pk}", kind=Voucher.Kind.BUDGET, fiscal_year=today.year, title="성능 측정",
            occurred_on=today, postings=[Posting(line, kind, count * 1_000) for kind in kinds], drafted_as=officer,
            approved_as=finance, organisation=city,
        )  # fmt: skip
    made = insert_many(
        Voucher(
            organisation=city, fiscal_year=today.year, kind=Voucher.Kind.EXPENDITURE, document_no=f"B-{n}",
            title="성능 측정", occurred_on=today, drafted_by_id=officer.user_id, drafted_as=officer,
        )
        for n in range(count)
    )  # fmt: skip
    insert_many(
        VoucherItem(voucher=voucher, line=line, kind=EntryKind.EXPENDITURE, amount=1_000)
        for voucher, line in zip(made, islice(cycle(lines), count), strict=True)
    )
    Voucher.objects.filter(pk__in=[voucher.pk for voucher in made]).update(state=Voucher.State.SUBMITTED)
    bare = BareLine.objects.bulk_create(BareLine(committed=count * 1_000) for _line in lines)
    return {"vouchers": [voucher.pk for voucher in made], "lines": [line.pk for line in bare]}
