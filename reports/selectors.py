"""Counting events as of a moment: month-end checkpoint + days since + what is not rolled up yet, in one statement."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection

from accounts.digests import id_hash
from programs.deadlines import SEOUL
from reports.facts import ENTERS, FACTS
from reports.models import KEYS, RollupMark

_COLUMNS = ", ".join(KEYS)
_SUMMED = ("n", "on_time", "working_days")

# Watermark and days are written as values, not looked up in the statement, so that the planner knows how few rows they
# choose; the last column tells whether a roll-up moved the watermark in between.
_MOMENTS = """
WITH moment AS MATERIALIZED (SELECT * FROM unnest(%(days)s::date[], %(bases)s::date[]) moments (day, base)),
live AS MATERIALIZED (SELECT * FROM ({live}) facts WHERE {scope})
"""
# `{{values}}` is what is summed.
_CHECKPOINT = (
    f"SELECT m.day, {_COLUMNS}, {{values}} FROM moment m JOIN reports_eventmonth f ON f.month = m.base WHERE "
)
_DAYS = f"""SELECT %(day_{{n}})s::date, {_COLUMNS}, {{values}} FROM reports_eventday f
            WHERE f.occurred_day BETWEEN %(since_{{n}})s AND %(day_{{n}})s AND """
_LIVE = f"SELECT m.day, {_COLUMNS}, {{values}} FROM moment m JOIN live f ON f.occurred_day <= m.day WHERE "
# What became known on the day of `known_at` or later is taken off; what came earlier that very day is in `live`.
_KNOWN_LATER = f"""SELECT m.day, {_COLUMNS}, {{negated}} FROM moment m
                   JOIN reports_eventday f ON f.occurred_day <= m.day AND f.known_day >= %(known_day)s WHERE """
_TAIL = "e.xid >= %(watermark)s"
_TAIL_KNOWN = f"{_TAIL} AND (e.synthetic OR e.recorded_at <= %(known_at)s)"
_BOUNDARY = """NOT e.synthetic AND e.xid < %(watermark)s
               AND e.recorded_at >= %(known_day)s::timestamp AT TIME ZONE 'Asia/Seoul'
               AND e.recorded_at <= %(known_at)s"""


@dataclass(frozen=True, slots=True)
class Fact:
    """A number of like events, up to the end of `day`. Keys and a digest that were not asked for are empty."""

    day: dt.date
    n: int
    on_time: int
    working_days: int
    program: str = ""
    call: int | None = None
    district: str = ""
    from_district: str = ""
    action: str = ""
    from_state: str = ""
    to_state: str = ""
    digest: int = 0

    def negated(self) -> Fact:
        return replace(self, n=-self.n, on_time=-self.on_time, working_days=-self.working_days, digest=-self.digest)


def facts_as_of(
    days: Iterable[dt.date],
    *,
    known_at: dt.datetime | None = None,
    by: tuple[str, ...] = KEYS,
    programs: Iterable[str] | None = None,
    district: str | None = None,
    with_digest: bool = False,
) -> list[Fact]:
    """Everything that had occurred by the end (24:00 in Seoul) of each day, as far as it was recorded by `known_at`.

    `by` chooses the keys told apart; `district` keeps events that came into or left that district.
    `with_digest` adds the digest of the rows (reports.rows.Rows)."""
    days = list(days)
    while True:
        watermark, last_month = _mark()
        statement, parameters = _statement(
            days,
            watermark,
            last_month,
            known_at=known_at,
            by=by,
            programs=programs,
            district=district,
            with_digest=with_digest,
        )
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            rows = cursor.fetchall()
        if all(row[-1] == watermark for row in rows):
            return [
                Fact(day, n, on_time, worked, **dict(zip(by, keys, strict=True)), digest=int(digest))
                for day, *keys, n, on_time, worked, digest, _watermark in rows
            ]


def _mark() -> tuple[int, dt.date | None]:
    mark = RollupMark.objects.values_list("watermark", "last_month").first()
    return mark or (0, None)


def _statement(
    days: list[dt.date],
    watermark: int,
    last_month: dt.date | None,
    *,
    known_at: dt.datetime | None,
    by: tuple[str, ...],
    programs: Iterable[str] | None,
    district: str | None,
    with_digest: bool,
) -> tuple[str, dict[str, Any]]:
    names = (*_SUMMED, "digest") if with_digest else _SUMMED
    values, negated = ", ".join(names), ", ".join(f"-{name}" for name in names)
    of_event = id_hash("e.application_id") if with_digest else "0"
    bases = [_checkpoint(day, last_month) for day in days]
    parameters: dict[str, Any] = {"days": days, "bases": bases, "watermark": watermark}
    scope = ["true"]
    if programs is not None:
        parameters["programs"] = list(programs)
        scope.append("program = ANY(%(programs)s)")
    if district is not None:
        parameters["district"] = district
        scope.append("(district = %(district)s OR from_district = %(district)s)")
    live, parts = (
        FACTS.format(where=_TAIL, digest=of_event),
        [_CHECKPOINT.format(values=values), _LIVE.format(values=values)],
    )
    for number, (day, base) in enumerate(zip(days, bases, strict=True)):
        since = _next_month(base) if base else dt.date.min
        if since <= day:  # else the checkpoint is of that very day
            parameters |= {f"day_{number}": day, f"since_{number}": since}
            parts.append(_DAYS.format(n=number, values=values))
    if known_at is not None:
        parameters |= {"known_at": known_at, "known_day": known_at.astimezone(SEOUL).date()}
        live = " UNION ALL ".join(FACTS.format(where=where, digest=of_event) for where in (_TAIL_KNOWN, _BOUNDARY))
        parts.append(_KNOWN_LATER.format(negated=negated))
    condition, keys = " AND ".join(scope), ", ".join(("day", *by))
    union = " UNION ALL ".join(f"({part} {condition})" for part in parts)
    digest = "sum(digest)" if with_digest else "0"
    return (
        f"{_MOMENTS.format(live=live, scope=condition)} "
        f"SELECT {keys}, sum(n)::bigint, sum(on_time)::bigint, sum(working_days)::bigint, "
        f"{digest}, coalesce((SELECT watermark FROM reports_rollupmark), 0) FROM ({union}) facts "
        f"GROUP BY {keys} HAVING sum(n) <> 0"
    ), parameters


_KNOWN = "{0}.occurred_at < %(until)s AND ({0}.synthetic OR {0}.recorded_at <= %(known_at)s)"
_UNRECORDED = f"""
SELECT EXISTS (
    SELECT FROM programs_applicationevent e
    WHERE {ENTERS} AND NOT (e.data ? 'due_at') AND {_KNOWN.format("e")}
      AND (%(program)s IS NULL OR e.program_id = %(program)s)
      AND (%(district)s IS NULL OR e.district_id = %(district)s)
      AND NOT EXISTS (SELECT FROM programs_applicationevent l
                      WHERE l.application_id = e.application_id AND l.id > e.id AND {_KNOWN.format("l")}))
"""


def deadlines_were_recorded(
    *, until: dt.datetime, known_at: dt.datetime, program: str | None, district: str | None
) -> bool:
    """Whether the last known event of every case then waiting says its deadline. Events once did not; of such a case
    only the deadline it had later is known."""
    asked = {"until": until, "known_at": known_at, "program": program, "district": district}
    with connection.cursor() as cursor:
        cursor.execute(_UNRECORDED, asked)
        return not cursor.fetchone()[0]


def _checkpoint(day: dt.date, last_month: dt.date | None) -> dt.date | None:
    """The last month that had ended by 24:00 of the day, as far as months are rolled up."""
    if last_month is None:
        return None
    following = day + dt.timedelta(days=1)
    return min((following.replace(day=1) - dt.timedelta(days=1)).replace(day=1), last_month)


def _next_month(month: dt.date) -> dt.date:
    return (month + dt.timedelta(days=31)).replace(day=1)
