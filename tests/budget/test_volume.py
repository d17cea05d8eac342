"""Volume data keep every promise of the ledger although its trigger rests while they are written."""

from __future__ import annotations

import datetime as dt

from django.db import connection

from budget.models import BudgetLine, Entry, EntryKind, Voucher
from budget.posting import post_by_event
from budget.refusals import Posting
from budget.selectors.balances import Amounts, amounts_by_line, recount_by_line
from portal.seoul2021 import reference, staff
from portal.seoul2021.volume_ledger import load_entries

TODAY = dt.date(2026, 6, 30)


def test_many_entries_keep_the_lines_and_their_sums_true(scratch_database):
    reference.load_organisations()
    people = staff.load_history_staff()
    assert load_entries(400, today=TODAY) == 400
    load_entries(100, today=TODAY)
    lines = list(BudgetLine.objects.all())
    ids = [line.pk for line in lines]
    for day in (dt.date(2024, 3, 1), dt.date.max):
        assert amounts_by_line(ids, day) == recount_by_line(ids, day)
    counted = recount_by_line(ids, dt.date.max)
    for line in lines:
        amounts = Amounts(line.current_budget, line.allotted, line.committed, line.spent)
        assert amounts == counted.get(line.pk, Amounts())
    assert Voucher.objects.values("organisation", "fiscal_year", "document_no").distinct().count() == (
        Voucher.objects.count()
    )
    before = Entry.objects.count()
    line = BudgetLine.objects.select_related("item", "object_code", "organisation").get(
        item__fiscal_year=2026, item__code="survey"
    )
    post_by_event(
        reference="after", kind="execution", fiscal_year=2026, title="x", occurred_on=TODAY,
        postings=[Posting(line, EntryKind(kind), 10) for kind in ("commitment", "expenditure")],
        drafted_as=people["seoul", "city-officer"], approved_as=people["seoul", "finance-officer"],
        organisation=line.organisation,
    )  # fmt: skip
    assert Entry.objects.count() == before + 2
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_trigger WHERE tgenabled = 'D'")
        assert cursor.fetchone()[0] == 0
