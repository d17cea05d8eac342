"""Execution by month, and how much of each item's budget will probably lie idle at the end of the year."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from statistics import median

from django.db import connection
from django.db.models import QuerySet

from budget.models import BudgetLine, Project

FEWEST_MONTHS = 3  # full months an item must have had budget for, before anything is forecast
NEXT_YEAR = 13  # what is posted after the year's end, until 10 February


@dataclass(frozen=True)
class Forecast:
    """What an item will have spent by the end of the year, if it goes on as it did (won)."""

    pace: int
    spent: int
    idle: int


@dataclass
class ItemMonths:
    """An item (None: all of them) and what happened each month, 1 to 12 and NEXT_YEAR (won)."""

    item: Project | None
    budget: dict[int, int] = field(default_factory=dict)
    committed: dict[int, int] = field(default_factory=dict)
    spent: dict[int, int] = field(default_factory=dict)
    forecast: Forecast | None = None

    @property
    def current_budget(self) -> int:
        return sum(self.budget.values())

    @property
    def total_committed(self) -> int:
        return sum(self.committed.values())

    @property
    def total_spent(self) -> int:
        return sum(self.spent.values())


_BY_MONTH = """
SELECT l.item_id, CASE WHEN extract(year FROM d.occurred_on) > %(year)s THEN 13
                       ELSE extract(month FROM d.occurred_on)::int END AS month,
       coalesce(sum(d.won) FILTER (WHERE d.amount = 'current_budget'), 0)::bigint,
       coalesce(sum(d.won) FILTER (WHERE d.amount = 'committed'), 0)::bigint,
       coalesce(sum(d.won) FILTER (WHERE d.amount = 'spent'), 0)::bigint
FROM budget_lineday d JOIN budget_budgetline l ON l.id = d.line_id
WHERE d.line_id = ANY(%(lines)s) GROUP BY 1, 2
"""


def by_month(lines: QuerySet[BudgetLine], fiscal_year: int, today: dt.date) -> list[ItemMonths]:
    """Each item, those that will probably leave most idle first; for past years in the order of the budget book."""
    held = lines.filter(item__fiscal_year=fiscal_year)
    projects = {line.item_id: line.item for line in held.select_related("item").order_by("item__sort", "item_id")}
    items = {pk: ItemMonths(project) for pk, project in projects.items()}
    with connection.cursor() as cursor:
        ids = list(held.values_list("pk", flat=True))
        cursor.execute(_BY_MONTH, {"lines": ids, "year": fiscal_year})
        for pk, month, budget, committed, spent in cursor.fetchall():
            one = items[pk]
            one.budget[month], one.committed[month], one.spent[month] = budget, committed, spent
    if fiscal_year != today.year:
        return list(items.values())
    for one in items.values():
        one.forecast = forecast(one, today.month)
    return sorted(items.values(), key=lambda one: -one.forecast.idle if one.forecast else 1)


def forecast(one: ItemMonths, this_month: int) -> Forecast | None:
    """From this month on each month spends the median of the full months since the item had budget; what is committed
    is spent in any case, and never more than the budget. None where there are too few full months."""
    first = min((month for month, won in one.budget.items() if won > 0), default=this_month)
    full = range(first, this_month)
    if len(full) < FEWEST_MONTHS:
        return None
    pace = int(median(max(0, one.spent.get(month, 0)) for month in full))
    until_now = sum(one.spent.get(month, 0) for month in range(1, this_month))
    expected = until_now + pace * (12 - this_month + 1)
    spent = min(one.current_budget, max(expected, one.total_committed, one.total_spent))
    return Forecast(pace, spent, one.current_budget - spent)


def total_of(items: list[ItemMonths]) -> ItemMonths:
    total = ItemMonths(None)
    for one in items:
        for name in ("budget", "committed", "spent"):
            sums = getattr(total, name)
            for month, won in getattr(one, name).items():
                sums[month] = sums.get(month, 0) + won
    known = [one.forecast for one in items if one.forecast]
    if known:
        total.forecast = Forecast(
            sum(one.pace for one in known), sum(one.spent for one in known), sum(one.idle for one in known)
        )
    return total
