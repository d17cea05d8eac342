"""Many more entries of the city's budget, for benchmarks: spread over five fiscal years and every line.

Posting them one by one would update each line's row thousands of times in one transaction. So the trigger rests while
they are written, and its work — the lines' amounts, the sums by day — is done for all of them at once. Needs the
tables' owner. The lines' CHECKs hold as ever."""

from __future__ import annotations

import datetime as dt

from django.db import connection, transaction

from accounts.digests import id_hash
from accounts.models import Membership, Organisation
from accounts.offices import CITY
from budget.history import post_history
from budget.models import EntryKind
from budget.refusals import Posting
from portal.seoul2021.budget_book import Book, Staff, load_object_codes

YEARS, OPEN_FROM = 5, 2022
A_VOUCHER = 10  # entries
_TABLES = ("budget_entry", "budget_budgetline", "budget_lineday", "budget_voucher")

_VOUCHERS = """
INSERT INTO budget_voucher (organisation_id, fiscal_year, kind, document_no, title, occurred_on, state, drafted_by_id,
    drafted_as_id, drafted_at, approved_by_id, approved_as_id, approved_at, sent_back, version, synthetic)
SELECT %(city)s, year, 'execution', 'V-' || year || '-' || %(seed)s || '-' || n, '대량 시험 자료', day, 'posted',
    %(drafter)s, %(drafted_as)s, day, %(approver)s, %(approved_as)s, day, '', 3, true
FROM (SELECT n, %(first)s + n %% %(years)s AS year FROM generate_series(1, %(vouchers)s) n) v,
    LATERAL (SELECT greatest(1, least(make_date(year, 12, 31), %(today)s) - make_date(year, 1, 1))) span (days),
    LATERAL (SELECT make_date(year, 1, 1) + floor(random() * days)::int) d (day)
ORDER BY day
RETURNING id, fiscal_year, occurred_on
"""
_ENTRIES = f"""
CREATE TEMPORARY TABLE new_entry ON COMMIT DROP AS
WITH voucher AS ({_VOUCHERS}),
line AS (
    SELECT l.id, p.fiscal_year, row_number() OVER (PARTITION BY p.fiscal_year ORDER BY l.id) AS n,
           count(*) OVER (PARTITION BY p.fiscal_year) AS lines
    FROM budget_budgetline l JOIN budget_project p ON p.id = l.item_id
    WHERE l.organisation_id = %(city)s AND p.fiscal_year >= %(first)s),
added AS (
    INSERT INTO budget_entry (voucher_id, line_id, kind, amount, occurred_on, note, external_no, synthetic)
    SELECT voucher.id, line.id, CASE WHEN part.n %% 2 = 0 THEN 'commitment' ELSE 'expenditure' END,
           CASE WHEN part.n %% 2 = 0 THEN 2000 ELSE 1000 END, voucher.occurred_on, '', '', true
    FROM voucher CROSS JOIN generate_series(1, %(parts)s) part (n)
    JOIN line ON line.fiscal_year = voucher.fiscal_year AND line.n = 1 + (voucher.id + (part.n + 1) / 2) %% line.lines
    RETURNING id, line_id, kind, amount, occurred_on)
SELECT * FROM added
"""  # noqa: S608 - our own words
_SUMS = f"""
INSERT INTO budget_lineday AS day (line_id, occurred_on, known_on, amount, won, n, digest)
SELECT line_id, occurred_on, DATE '0001-01-01', CASE kind WHEN 'commitment' THEN 'committed' ELSE 'spent' END,
       sum(amount), count(*), sum({id_hash("id")})
FROM new_entry GROUP BY line_id, occurred_on, kind
ON CONFLICT (line_id, occurred_on, amount, known_on)
    DO UPDATE SET won = day.won + excluded.won, n = day.n + excluded.n, digest = day.digest + excluded.digest
"""  # noqa: S608
_LINES = """
UPDATE budget_budgetline l SET committed = l.committed + added.committed, spent = l.spent + added.spent
FROM (SELECT line_id, coalesce(sum(amount) FILTER (WHERE kind = 'commitment'), 0) AS committed,
             coalesce(sum(amount) FILTER (WHERE kind = 'expenditure'), 0) AS spent
      FROM new_entry GROUP BY line_id) added WHERE added.line_id = l.id
"""


def load_entries(count: int, *, today: dt.date) -> int:
    """So many entries more, half commitments and half expenditures; the number written."""
    load_object_codes()
    city = Organisation.objects.get(code=CITY)
    staff: Staff = {
        (CITY, name): Membership.objects.get(user__email=f"{name}@history.invalid")
        for name in ("city-officer", "finance-officer", "disbursing-officer")
    }
    first = max(today.year - YEARS + 1, OPEN_FROM)  # the books of 2021 are closed
    _give_budget(city, staff, range(first, today.year + 1), count)
    drafted_as, approved_as = staff[CITY, "city-officer"], staff[CITY, "finance-officer"]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0; SET LOCAL work_mem = '256MB'")
        cursor.execute("SELECT count(*) FROM budget_voucher")
        seed = cursor.fetchone()[0]  # a second run makes other document numbers
        for table in _TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        asked = {
            "city": city.pk, "seed": seed, "first": first, "years": today.year - first + 1, "today": today,
            "vouchers": -(-count // A_VOUCHER), "parts": A_VOUCHER, "drafter": drafted_as.user_id,
            "drafted_as": drafted_as.pk, "approver": approved_as.user_id, "approved_as": approved_as.pk,
        }  # fmt: skip
        cursor.execute(_ENTRIES, asked)
        cursor.execute(_SUMS)
        cursor.execute(_LINES)
        cursor.execute("SELECT count(*) FROM new_entry")
        written = cursor.fetchone()[0]
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in _TABLES:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("VACUUM (ANALYZE) budget_entry, budget_voucher, budget_lineday, budget_budgetline")
    return written


def _give_budget(city: Organisation, staff: Staff, years: range, count: int) -> None:
    """A book of each year, with room on every line for all that comes."""
    for year in years:
        day = dt.date(year, 1, 1)
        book = Book(year, city, staff, supplementary_on=day, allotted_on=day)
        book.load()
        rooms = {"budget": EntryKind.SUPPLEMENTARY, "allotment": EntryKind.ALLOTMENT}
        post_history(
            book.decided(
                kind, "대량 시험 자료", day, *(Posting(line, entry, count * 2_000) for line in book.lines.values())
            )
            for kind, entry in rooms.items()
        )
