"""Execution by month, and the forecast of what will lie idle: simple, stated, and silent when there is too little."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from budget.models import EntryKind
from budget.refusals import Posting
from budget.selectors.months import Forecast, ItemMonths, forecast
from tests.budget.conftest import YEAR
from tests.programs.signed_in import client_of

COMMIT, SPEND = EntryKind.COMMITMENT, EntryKind.EXPENDITURE


def months(budget=None, committed=None, spent=None):
    return ItemMonths(None, budget or {1: 1_200}, committed or {}, spent or {})


@pytest.mark.parametrize(
    ("one", "this_month", "expected"),
    [
        (months(spent={1: 50, 2: 100, 3: 300}), 4, Forecast(100, 450 + 9 * 100 - 150, 0)),
        (months(spent={1: 10, 2: 10, 3: 10}), 4, Forecast(10, 120, 1_080)),
        (months(committed={1: 900}, spent={1: 10, 2: 10, 3: 10}), 4, Forecast(10, 900, 300)),
        (months(spent={}), 11, Forecast(0, 0, 1_200)),
        (months(spent={1: 400, 2: 400, 3: 400}), 4, Forecast(400, 1_200, 0)),
        (months(spent={1: 10, 2: 10}), 3, None),
        (months(budget={9: 1_200}, spent={9: 5, 10: 5}), 11, None),
        (months(budget={8: 1_200}, spent={8: 5, 9: 5, 10: 8, 11: 900}), 11, Forecast(5, 918, 282)),
    ],
)
def test_the_rest_of_the_year_goes_at_the_median_pace(one, this_month, expected):
    assert forecast(one, this_month) == expected


amounts = st.dictionaries(st.integers(1, 12), st.integers(-1_000, 1_000_000))


@given(amounts, amounts, st.integers(0, 10_000_000), st.integers(1, 12))
def test_it_never_exceeds_the_budget_nor_forgets_what_is_committed(committed, spent, budget, this_month):
    one = ItemMonths(None, {1: budget}, committed, spent)
    found = forecast(one, this_month)
    if found:
        assert found.spent <= budget
        assert found.idle == budget - found.spent
        assert found.spent >= min(budget, one.total_committed)


def test_the_page_sums_by_month_and_puts_the_most_idle_first(book):
    small, large = book.give("watch-office", 1_000_000), book.give("guard-office", 9_000_000)
    for month, won in ((3, 100_000), (4, 300_000)):
        day = dt.date(YEAR, month, 20)
        book.post("commitment", Posting(small, COMMIT, won), day=day)
        book.post("expenditure", Posting(small, SPEND, won), day=day)
    city = client_of(book.officer)
    response = city.get(reverse("budget:months"), {"year": YEAR})
    assert response.context["series"][1]["values"][2:5] == [100, 300, 0]
    if timezone.localdate() >= dt.date(YEAR, 7, 1) and timezone.localdate().year == YEAR:
        assert next(one.item for one in response.context["items"]) == large.item
        assert "중앙값" in response.content.decode()
    one = city.get(reverse("budget:months"), {"year": YEAR, "item": "guard"})
    assert sum(one.context["series"][1]["values"]) == 0


def test_it_asks_a_fixed_number_of_times(book, django_assert_max_num_queries):
    for name in ("watch-office", "guard-office", "centre-office", "basic-office"):
        book.give(name, 1_000)
    city = client_of(book.officer)
    with django_assert_max_num_queries(14):
        city.get(reverse("budget:months"), {"year": YEAR})
