"""The escort's figures by purpose, district and month: the same statements as the figures' own, grouped."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

from django.db import connection

from hospital.figures import REQUESTS, SAME_DAY, SERVED, UNMET_DEMAND, rate
from programs.own_figures import Asked, Number, Statement

MEASURES = ("requests", "served", "within_3h_rate", "unmet")
MONTHS = 12
_COUNTED = {
    "requests": REQUESTS,
    "served": SERVED,
    "unmet": UNMET_DEMAND,
    "same_day": SAME_DAY.wanted,
    "in_time": SAME_DAY.in_time,
}


@dataclass(frozen=True)
class Grouped:
    """How many of each, by (purpose, district); an empty text where it was not said."""

    counts: dict[str, Counter[tuple[str, str]]]

    def values(self, *, purpose: str | None = None, district: str | None = None) -> dict[str, Number]:
        """The measures of one purpose or district, or of all."""
        n = {
            name: sum(
                count
                for (why, where), count in counter.items()
                if purpose in (None, why) and district in (None, where)
            )
            for name, counter in self.counts.items()
        }
        return {
            "requests": n["requests"],
            "served": n["served"],
            "within_3h_rate": rate(n["in_time"], n["same_day"]),
            "unmet": n["unmet"],
        }


def grouped(asked: Asked) -> Grouped:
    return Grouped({name: _counter(statement, asked) for name, statement in _COUNTED.items()})


def _counter(statement: Callable[[Asked], Statement], asked: Asked) -> Counter[tuple[str, str]]:
    sql, parameters = statement(asked)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT purpose, coalesce(district, ''), count(*) FROM ({sql}) counted GROUP BY 1, 2",  # noqa: S608
            parameters,
        )
        return Counter({(purpose, district): count for purpose, district, count in cursor.fetchall()})


def months_of(asked: Asked) -> list[Asked]:
    """The last twelve months up to the as-of day, whatever day is asked `since`."""
    months, last = [], asked.as_of
    for _n in range(MONTHS):
        months.append(replace(asked, since=last.replace(day=1), as_of=last))
        last = last.replace(day=1) - dt.timedelta(days=1)
    return months[::-1]


def by_month(name: str, months: list[Asked]) -> list[int]:
    """How many in each of these months, in one statement."""
    sql, parameters = _COUNTED[name](replace(months[-1], since=months[0].since))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT date_trunc('month', at AT TIME ZONE 'Asia/Seoul')::date, count(*) "  # noqa: S608 - our own words
            f"FROM ({sql}) counted GROUP BY 1",
            parameters,
        )
        found = dict(cursor.fetchall())
    return [found.get(month.since, 0) for month in months]
