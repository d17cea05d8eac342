"""Figures of the budget, of terms, and those that staff state: each with its rows, each as it was known."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from budget.models import Entry, EntryKind
from budget.refusals import Posting
from programs.models import Terms
from reports import figures, questions
from reports.models import Statement
from reports.questions import Question
from reports.rows import recount, value_and_rows
from tests.budget.conftest import DAY, YEAR, make_book
from tests.programs.signed_in import client_of
from tests.reports.history import digest


@pytest.fixture
def book(db):
    made = make_book()
    line = made.give("watch-office", 1_000)
    made.post("commitment", Posting(line, EntryKind.COMMITMENT, 700))
    made.post("expenditure", Posting(line, EntryKind.EXPENDITURE, 333))
    made.give("guard-office", 500)
    return made


def value(name, **asked):
    return figures.value_of(figures.get(name), Question(asked.pop("as_of", DAY), **asked))


@pytest.mark.parametrize(
    ("name", "item", "expected"),
    [
        ("budget.current_budget", None, 1_500), ("budget.current_budget", "watch", 1_000),
        ("budget.committed", "tailored", 700), ("budget.spent", "single", 333), ("budget.unspent", "watch", 667),
        ("budget.execution_rate", "watch", Decimal("33.3")), ("budget.execution_rate", "centre", None),
        ("budget.granted", None, 0),
    ],
)  # fmt: skip
def test_a_budget_figure_is_of_any_project(book, name, item, expected):
    assert value(name, item=item) == expected


def test_its_rows_are_the_entries_counted(book):
    figure, question = figures.get("budget.spent"), Question(DAY, item="watch")
    _value, rows = value_and_rows(figure, question)
    ids = Entry.objects.filter(line=book.lines["watch-office"], kind="expenditure").values_list("pk", flat=True)
    assert (rows.count, rows.sha256) == (1, digest(list(ids)))
    assert recount(figure, question) == rows
    moment = timezone.now()
    known = Question(DAY, item="watch", known_at=moment)
    assert value_and_rows(figure, known)[1].sha256 == recount(figure, known).sha256 == rows.sha256


def test_then_and_now_differ_by_what_came_late(book):
    before = timezone.now()
    book.post("expenditure", Posting(book.lines["watch-office"], EntryKind.EXPENDITURE, 100))
    assert (value("budget.spent", known_at=before), value("budget.spent")) == (333, 433)


def test_the_command_asks_for_an_item(book):
    out = StringIO()
    call_command("figure", "budget.spent", "--as-of", str(DAY), "--item", "watch", "--recount", stdout=out)
    answered = json.loads(out.getvalue())
    assert (answered["value"], answered["unit"], answered["item"]) == (333, "원", "watch")
    with pytest.raises(CommandError, match="예산 사업이 없습니다"):
        call_command("figure", "budget.spent", "--item", "nothing")
    with pytest.raises(CommandError, match="네 자리"):
        call_command("figure", "budget.spent", "--fiscal-year", "21")


def test_each_drills_to_its_rows(book, cast):
    stated_entries = {"label": "접수", "value": 622, "unit": "건", "as_of": DAY, "source": "보고서"}
    Statement.objects.create(name="idea_contest.entries", **stated_entries)
    client = client_of(book.officer)
    page = client.get(f"/work/reports/rows/budget.spent/?as_of={DAY}&item=watch").content.decode()
    assert page.count(Entry.objects.filter(kind="expenditure").get().voucher.document_no) == 1
    assert "622" in client.get(f"/work/reports/rows/idea_contest.entries/?as_of={DAY}").content.decode()
    assert "보고서" in client.get(f"/work/reports/rows/idea_contest.entries/?as_of={DAY}").content.decode()


def stated(number, day, **more):
    return Statement.objects.create(
        name="mentoring.mentees", label="멘티", value=number, unit="명", as_of=day, source="센터 보고", **more
    )


def test_a_statement_holds_from_its_day_until_the_next(db):
    stated(45, dt.date(2021, 10, 31))
    stated(44, dt.date(2021, 12, 31))
    assert value("mentoring.mentees", as_of=dt.date(2021, 11, 2)) == 45
    assert value("mentoring.mentees", as_of=dt.date(2022, 1, 1)) == 44
    assert value("mentoring.mentees", as_of=dt.date(2021, 10, 30)) is None


def test_stated_again_it_is_then_and_now(db):
    stated(45, dt.date(2021, 10, 31), synthetic=True)
    moment = timezone.now()
    stated(44, dt.date(2021, 10, 31))
    assert value("mentoring.mentees", as_of=dt.date(2021, 11, 2), known_at=moment) == 45
    assert value("mentoring.mentees", as_of=dt.date(2021, 11, 2)) == 44


def test_a_statement_is_never_changed_and_names_its_source(db):
    row = stated(45, DAY)
    for attempt in (lambda: Statement.objects.update(value=1), row.delete):
        with pytest.raises(Exception, match=r"append_only|Cannot"), transaction.atomic():
            attempt()
    with pytest.raises(IntegrityError, match="names_its_source"), transaction.atomic():
        Statement.objects.create(name="a.b", label="x", value=1, as_of=DAY, source="")
    with pytest.raises(IntegrityError, match="number_or_a_table"), transaction.atomic():
        Statement.objects.create(name="a.b", label="x", value=1, rows=[["x"]], as_of=DAY, source="x")


def test_a_programme_s_own_figure_stands_before_a_statement_of_its_name(cast):
    cast.receive()
    Statement.objects.create(name="door_guard.applications", label="x", value=9, as_of=DAY, source="x")
    assert value("door_guard.applications", as_of=timezone.localdate()) == 1


def test_terms_are_figures_of_their_day(cast):
    for first, last, fee in ((2021, 2022, 8_900), (2022, None, 9_100)):
        Terms.objects.create(
            program=cast.program, values={"subsidy": fee}, basis="협약",
            valid=DateRange(dt.date(first, 1, 1), dt.date(last, 1, 1) if last else None),
        )  # fmt: skip
    assert value("terms.door_guard.subsidy", as_of=dt.date(2021, 10, 1)) == 8_900
    assert value("terms.door_guard.subsidy", as_of=dt.date(2022, 1, 1)) == 9_100


def test_an_unknown_name_lists_what_there_is(db):
    with pytest.raises(questions.UnknownFigure, match=r"budget\.spent"):
        figures.get("nothing.there")


def test_the_fiscal_year_may_be_asked_after_it_is_over(book):
    assert value("budget.spent", as_of=dt.date(YEAR + 1, 2, 10)) == 0
    assert value("budget.spent", as_of=dt.date(YEAR + 1, 2, 10), fiscal_year=YEAR) == 333
