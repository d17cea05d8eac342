"""Finding the lines a programme spends from."""

from __future__ import annotations

import datetime as dt

from budget.models import BudgetLine, Closing, Fund

_BOOKS_OPEN_UNTIL = (2, 10)  # of the next year (지방회계법 §8)


def lines_of_programme(organisation_id: int, fiscal_year: int, programme: str) -> dict[str, BudgetLine]:
    """The lines this holder spends a programme's money from, by fund. With several object codes the first is taken."""
    rows = (
        BudgetLine.objects.filter(
            organisation=organisation_id, item__fiscal_year=fiscal_year, item__programme=programme
        )
        .select_related("item", "object_code", "organisation")
        .order_by("-object_code", "-id")
    )
    return {str(Fund(row.fund)): row for row in rows}


def year_to_post(organisation_id: int, fiscal_year: int, day: dt.date) -> int:
    """The fiscal year in whose books this day's posting for that year goes: that year's until they are closed, else
    the day's own."""
    over = day > dt.date(fiscal_year + 1, *_BOOKS_OPEN_UNTIL)
    closed = Closing.objects.filter(organisation=organisation_id, fiscal_year=fiscal_year, month__isnull=True).exists()
    return day.year if over or closed else fiscal_year
