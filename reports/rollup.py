"""Compacting events into daily sums and month-end checkpoints, each event exactly once."""

from __future__ import annotations

import datetime as dt

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from accounts.digests import id_hash
from programs.deadlines import SEOUL, WorkingCalendar
from reports import working_days
from reports.facts import FACTS
from reports.models import KEYS

MANY = 10_000
_LOCK = 7002  # one roll-up at a time
_COLUMNS = ", ".join(KEYS)
_ADDED = ("n", "on_time", "working_days", "digest")
_VALUES = ", ".join(_ADDED)
_SUMS = ", ".join(f"sum({name}) AS {name}" for name in _ADDED)
_ADD = ", ".join(f"{name} = {{t}}.{name} + excluded.{name}" for name in _ADDED)

# The oldest transaction of the server that may still write; all below it have ended, and every one is seen.
HORIZON = "pg_snapshot_xmin(pg_current_snapshot())"

_DELTA = f"""
CREATE TEMPORARY TABLE rollup_delta ON COMMIT DROP AS
SELECT {_COLUMNS}, occurred_day, known_day, {_SUMS}
FROM ({FACTS.format(where="e.xid >= %s AND e.xid < %s", digest=id_hash("e.application_id"))}) facts
GROUP BY {_COLUMNS}, occurred_day, known_day
"""
_ADD_DAYS = f"""
INSERT INTO reports_eventday (occurred_day, known_day, {_COLUMNS}, {_VALUES})
SELECT occurred_day, known_day, {_COLUMNS}, {_VALUES} FROM rollup_delta
ON CONFLICT ON CONSTRAINT one_sum_a_day_and_kind DO UPDATE SET {_ADD.format(t="reports_eventday")}
"""
_CARRY_FORWARD = f"""
INSERT INTO reports_eventmonth (month, {_COLUMNS}, {_VALUES})
SELECT next, {_COLUMNS}, {_VALUES}
FROM reports_eventmonth, generate_series(%(last)s::date + interval '1 month', %(new_last)s::date, '1 month') next
WHERE month = %(last)s
"""
_ADD_MONTHS = f"""
INSERT INTO reports_eventmonth (month, {_COLUMNS}, {_VALUES})
SELECT later, {_COLUMNS}, {_SUMS}
FROM (SELECT date_trunc('month', occurred_day)::date AS first, {_COLUMNS}, {_SUMS}
      FROM rollup_delta GROUP BY 1, {_COLUMNS}) delta,
     generate_series(first, %s::date, '1 month') later
GROUP BY later, {_COLUMNS}
ON CONFLICT ON CONSTRAINT one_sum_a_month_and_kind DO UPDATE SET {_ADD.format(t="reports_eventmonth")}
"""


@transaction.atomic
def roll_up() -> int:
    """Add the events of every finished transaction since the last run; the number of sums that changed.

    Does nothing while another roll-up runs. Events of transactions still open, and all younger ones, wait for the
    next run: until then figures count them live."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        return _roll_up(cursor) if cursor.fetchone()[0] else 0


@transaction.atomic
def rebuild() -> int:
    """Forget every sum and make them again from the events; the number of daily sums made. Waits for its turn."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        cursor.execute("DELETE FROM reports_eventday")
        cursor.execute("DELETE FROM reports_eventmonth")
        cursor.execute("DELETE FROM reports_rollupmark")
        return _roll_up(cursor)


def _roll_up(cursor: CursorWrapper) -> int:
    cursor.execute("SET LOCAL statement_timeout = 0")  # the first one after a load reads every event
    working_days.refresh(WorkingCalendar(), dt.datetime.now(SEOUL).date())
    cursor.execute("INSERT INTO reports_rollupmark (id, watermark) VALUES (1, 0) ON CONFLICT (id) DO NOTHING")
    cursor.execute(
        f"SELECT watermark, first_month, last_month, {HORIZON}::text::bigint FROM reports_rollupmark WHERE id = 1"
    )
    watermark, first, last, xmin = cursor.fetchone()
    cursor.execute(_DELTA, [watermark, xmin])
    cursor.execute(
        "SELECT date_trunc('month', min(occurred_day))::date, date_trunc('month', max(occurred_day))::date "
        "FROM rollup_delta"
    )
    delta_first, delta_last = cursor.fetchone()
    changed = 0
    if delta_first is not None:
        new_last = max(delta_last, last or delta_last)
        cursor.execute(_ADD_DAYS)
        changed = cursor.rowcount
        if last is not None and new_last > last:
            cursor.execute(_CARRY_FORWARD, {"last": last, "new_last": new_last})
        cursor.execute(_ADD_MONTHS, [new_last])
        first, last = min(delta_first, first or delta_first), new_last
    cursor.execute(
        "UPDATE reports_rollupmark "
        "SET watermark = %s, first_month = %s, last_month = %s, rolled_at = clock_timestamp()",
        [xmin, first, last],
    )
    cursor.execute("DROP TABLE rollup_delta")
    if changed > MANY:  # the planner must know before autovacuum comes round
        cursor.execute("ANALYZE reports_eventday, reports_eventmonth")
    return changed
