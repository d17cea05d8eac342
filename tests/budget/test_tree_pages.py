"""The budget tree and a line's ledger: right amounts, both rates, marks, few questions to the database, and XLSX."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import pytest
from django.urls import reverse

from accounts.roles import Actor, Role
from budget import grants
from budget.models import BudgetLine, EntryKind, Project
from budget.posting import post_by_event
from budget.refusals import Posting
from budget.selectors import ledger
from tests.budget.conftest import DAY, YEAR
from tests.factories import cast as c
from tests.programs.signed_in import client_of

COMMIT, SPEND = EntryKind.COMMITMENT, EntryKind.EXPENDITURE
LATER = DAY + dt.timedelta(days=30)


@pytest.fixture
def city(book):
    return client_of(book.officer)


def text(response):
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def tree(client, **asked):
    return text(client.get(reverse("budget:tree"), {"year": YEAR, **asked}))


def rows_of(response):
    return list(openpyxl.load_workbook(io.BytesIO(response.content)).worksheets[0].values)


def grant_and_spend(book, granted, spent):
    """The city pays all of it out; the district spends part."""
    officer = Actor.of(c.member(Role.DISTRICT_OFFICER, c.DONGJAK))
    book.give("guard-grant", granted)
    grant = grants.apply_for_grant(
        city_line=book.lines["guard-grant"], district_line=book.lines["district-guard"], amount=granted,
        applied_on=DAY, plan="설치", actor=officer,
    )  # fmt: skip
    grants.decide_grant(grant.pk, amount=granted, decided_on=DAY, conditions="", actor=book.officer)
    grants.disburse_grant(grant.pk, amount=granted, disbursed_on=DAY, actor=book.finance)
    post_by_event(
        reference="claim", kind="execution", fiscal_year=YEAR, title="청구", occurred_on=LATER,
        postings=[Posting(book.lines["district-guard"], kind, spent) for kind in (COMMIT, SPEND)],
        drafted_as=officer.membership, approved_as=c.member(Role.DISTRICT_MANAGER, c.DONGJAK),
        organisation=book.district,
    )  # fmt: skip


def test_it_shows_what_was_executed_by_the_day_asked(book, city):
    line = book.give("watch-office", 1_000_000)
    book.post("commitment", Posting(line, COMMIT, 600_000))
    book.post("expenditure", Posting(line, SPEND, 249_000), day=LATER)
    page = tree(city, as_of=LATER)
    assert "24.9%" in page
    assert "751,000" in page  # not spent
    assert "24.9%" not in tree(city, as_of=DAY)


def test_a_day_outside_the_fiscal_year_is_drawn_into_it(book, city):
    book.give("watch-office", 1_000)
    response = city.get(reverse("budget:tree"), {"year": YEAR, "as_of": f"{YEAR - 3}-01-01"})
    assert response.context["as_of"] == dt.date(YEAR, 1, 1)
    assert city.get(reverse("budget:tree"), {"year": "x", "as_of": "x", "holder": "x"}).status_code == 200


def test_money_paid_out_and_not_spent_is_seen_at_once(book, city):
    grant_and_spend(book, 1_000, 359)
    page = tree(city, as_of=LATER, open="all")
    assert "100.0%" in page
    assert "실집행률 <strong>35.9%" in page
    assert "실집행률 <strong>0.0%" in tree(city, as_of=DAY)


def test_what_the_source_does_not_print_is_marked(book, city):
    book.give("watch-office", 10)
    BudgetLine.objects.filter(pk=book.lines["watch-office"].pk).update(generated=True, cut_by_council=True)
    page = tree(city, open="all")
    assert "생성한 구분" in page
    assert "의회 삭감" in page


def test_the_city_chooses_a_holder_and_a_district_sees_its_own(book, city):
    grant_and_spend(book, 1_000, 300)
    assert "동작구청" in tree(city, holder=book.district.code)
    assert city.get(reverse("budget:tree"), {"holder": "districts"}).context["total"].amounts.current_budget == 1_000
    district = client_of(Actor.of(c.member(Role.DISTRICT_OFFICER, c.DONGJAK)))
    response = district.get(reverse("budget:tree"), {"holder": book.city.code, "as_of": LATER})
    assert response.context["total"].amounts.spent == 300
    assert district.get(reverse("budget:line", args=[book.lines["watch-office"].pk])).status_code == 404


def test_the_councils_reader_reads_tree_and_lines_alone(book):
    council = client_of(Actor.of(c.member(Role.COUNCIL_READER)))
    line = book.give("watch-office", 1_000)
    page = text(council.get(reverse("budget:tree")))
    assert "원인문서" not in page
    assert "/vouchers/" not in text(council.get(reverse("budget:line", args=[line.pk])))
    assert council.get(reverse("budget:vouchers")).status_code == 403


def test_the_tree_as_a_workbook(book, city):
    grant_and_spend(book, 1_000, 359)
    rows = rows_of(city.get(reverse("budget:tree_export"), {"year": YEAR, "as_of": LATER}))
    assert rows[0][:6] == ("정책사업", "단위사업", "세부사업", "세부항목", "통계목·재원", "예산현액")
    leaf = next(row for row in rows if row[4] and "308-01" in row[4])
    assert leaf[5:12] == (1_000, 1_000, 1_000, 1_000, 0, 100, 35.9)


def test_few_statements_whatever_the_number_of_lines(book, city, django_assert_max_num_queries):
    grant_and_spend(book, 1_000, 300)
    parent = Project.objects.get(fiscal_year=YEAR, code="tailored")
    for n in range(20):
        item = Project.objects.create(fiscal_year=YEAR, code=f"item-{n}", level=4, parent=parent, name=f"항목 {n}")
        BudgetLine.objects.create(organisation=book.city, item=item, object_code_id="201-01")
    with django_assert_max_num_queries(17):
        tree(city, open="all")


# --- A line's ledger ----------------------------------------------------------------------
def line_page(client, line, **asked):
    return client.get(reverse("budget:line", args=[line.pk]), asked)


def test_each_entry_stands_beside_what_the_line_was_after_it(book, city):
    line = book.give("watch-office", 1_000)
    book.post("commitment", Posting(line, COMMIT, 600))
    book.post("expenditure", Posting(line, SPEND, 250), day=LATER)
    rows = line_page(city, line).context["rows"]
    assert [(r.entry.kind, r.current_budget, r.allotted, r.committed, r.spent) for r in rows] == [
        ("expenditure", 1_000, 1_000, 600, 250), ("commitment", 1_000, 1_000, 600, 0),
        ("allotment", 1_000, 1_000, 0, 0), ("original_budget", 1_000, 0, 0, 0),
    ]  # fmt: skip
    only = line_page(city, line, kind="expenditure", since=LATER, until=LATER).context["rows"]
    assert [(r.entry.amount, r.committed, r.spent) for r in only] == [(250, 600, 250)]


def test_it_is_paged_by_key_in_both_directions(book, city, monkeypatch):
    line = book.give("watch-office", 1_000)
    for n in range(1, 8):
        book.post("commitment", Posting(line, COMMIT, n), day=DAY + dt.timedelta(days=n % 3))
    monkeypatch.setattr(ledger, "PAGE", 4)
    seen, pages, response = [], 0, line_page(city, line)
    while True:
        pages += 1
        seen += [row.entry.pk for row in response.context["rows"]]
        if not response.context["older_url"]:
            break
        response = city.get(reverse("budget:line", args=[line.pk]) + response.context["older_url"])
    assert (pages, len(seen), len(set(seen))) == (3, 9, 9)
    back = city.get(reverse("budget:line", args=[line.pk]) + response.context["newer_url"])
    assert [row.entry.pk for row in back.context["rows"]] == seen[4:8]
    assert line_page(city, line, older="nonsense").context["rows"] == []


def test_the_ledger_as_a_workbook_leaves_payees_out(book, city):
    line = book.give("watch-office", 1_000)
    book.post("commitment", Posting(line, COMMIT, 600), payee="김채주")
    response = city.get(reverse("budget:line_export", args=[line.pk]))
    rows = rows_of(response)
    assert [row[5:10] for row in rows[1:]] == [
        (1_000, 1_000, 0, 0, 0), (1_000, 1_000, 1_000, 0, 0), (600, 1_000, 1_000, 600, 0)
    ]  # fmt: skip
    assert "김채주" not in str(rows)


def test_the_ledger_asks_a_fixed_number_of_times(book, city, django_assert_max_num_queries):
    line = book.give("watch-office", 1_000)
    for n in range(12):
        book.post("commitment", Posting(line, COMMIT, 1), day=DAY + dt.timedelta(days=n))
    with django_assert_max_num_queries(14):
        text(line_page(city, line))
