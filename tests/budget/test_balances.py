"""Whatever is posted, a balance as of a day is the sum of its entries up to then, and the chain of amounts holds."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from budget.models import BudgetLine, EntryKind
from budget.models.ledger import Amount
from budget.posting import post_by_event
from budget.refusals import Posting, UnableToPost
from budget.selectors.balances import Amounts, amounts_by_line, percent, recount_by_line, rows_behind, tree
from tests.budget.conftest import DAY, YEAR, make_book

LINES = ("watch-office", "watch-public", "guard-office")
AMOUNTS = [amount.value for amount in Amount]


@st.composite
def histories(draw):
    step = st.tuples(
        st.sampled_from(LINES),
        st.sampled_from(["original_budget", "supplementary_budget", "allotment", "commitment", "expenditure"]),
        st.integers(-500, 1_000).filter(bool),
        st.integers(0, 120),
    )
    return draw(st.lists(step, max_size=25)), draw(st.integers(0, 130))


@pytest.mark.django_db(transaction=False)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(histories())
def test_any_balance_is_the_sum_of_its_entries(django_db_setup, history):
    from django.db import transaction  # each example is rolled back by itself

    steps, asked = history
    with transaction.atomic():
        book = make_book()
        for number, (name, kind, won, day) in enumerate(steps):
            try:
                post_by_event(
                    reference=f"step:{number}", kind="budget", fiscal_year=YEAR, title="x",
                    occurred_on=dt.date(YEAR, 1, 1) + dt.timedelta(days=day),
                    postings=[Posting(book.lines[name], EntryKind(kind), won)],
                    drafted_as=book.officer.membership, approved_as=book.finance.membership, organisation=book.city,
                )  # fmt: skip
            except UnableToPost:
                continue
        ids = [line.pk for line in book.lines.values()]
        for as_of in (dt.date(YEAR, 1, 1) + dt.timedelta(days=asked), dt.date(YEAR + 1, 2, 10)):
            counted = recount_by_line(ids, as_of)
            assert amounts_by_line(ids, as_of) == counted
            assert amounts_by_line(ids, as_of, known_at=timezone.now()) == counted
            assert rows_behind(ids, as_of, AMOUNTS) == rows_behind(ids, as_of, AMOUNTS, known_at=timezone.now())
        for line in BudgetLine.objects.filter(pk__in=ids):
            assert 0 <= line.spent <= line.committed <= line.allotted <= line.current_budget
            final = recount_by_line([line.pk], dt.date.max).get(line.pk, Amounts())
            assert (final.current_budget, final.allotted, final.committed, final.spent) == (
                line.current_budget, line.allotted, line.committed, line.spent
            )  # fmt: skip
        transaction.set_rollback(True)


def test_what_was_recorded_later_was_not_known(book):
    line = book.give("watch-office", 1_000)
    before = timezone.now()
    book.post("commitment", Posting(line, EntryKind.COMMITMENT, 300))
    then = amounts_by_line([line.pk], DAY, known_at=before)[line.pk]
    now = amounts_by_line([line.pk], DAY)[line.pk]
    assert (then.committed, now.committed) == (0, 300)


def test_the_tree_adds_up_in_three_statements(book, django_assert_num_queries):
    book.give("watch-office", 1_000)
    book.give("guard-grant", 500)
    with django_assert_num_queries(3):
        (policy,) = [n for n in tree(BudgetLine.objects.all(), YEAR, DAY) if n.project.code == "single"]
    assert policy.amounts.current_budget == 1_500
    tailored = policy.children[0].children[0]
    assert [(n.project.code, n.amounts.current_budget) for n in tailored.children] == [
        ("watch", 1_000),
        ("guard", 500),
    ]


@pytest.mark.parametrize(
    ("part", "whole", "printed"), [(9_976, 20_000, "49.9"), (614_954, 1_771_120, "34.7"), (1, 0, None)]
)
def test_rates_are_half_up_to_a_tenth(part, whole, printed):
    assert (str(percent(part, whole)) if whole else percent(part, whole)) == printed


def test_the_sums_are_read_by_index(book):
    book.give("watch-office", 1_000)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT sum(won) FROM budget_lineday WHERE line_id = ANY(%s) AND occurred_on <= %s",
            [[1, 2], DAY],
        )
        assert "one_sum_a_line_and_day" in "\n".join(row[0] for row in cursor.fetchall())
