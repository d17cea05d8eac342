"""What one event counts as, in SQL: shared by the roll-up and by the live count of what is not rolled up yet.

A decision (처리) is the event by which a case leaves the open states, other than by withdrawal. A case that left them
after its deadline also counts as two marks, of the days it became and ceased to be overdue: so "overdue as of a day"
is a sum like any other state. During a supplement the clock stands still (민원처리법 시행령 §20): leaving from there
is on time.
"""

from __future__ import annotations

from programs.models.applications import State

OPEN = (State.SUBMITTED.value, State.UNDER_REVIEW.value, State.SUPPLEMENT_REQUESTED.value)
ON_THE_CLOCK = (State.SUBMITTED.value, State.UNDER_REVIEW.value)
OVERDUE = "overdue"  # of the roll-ups only, no state of an application
FELL_DUE, LEFT_OVERDUE = "fell_due", "left_overdue"

SEOUL_DAY = "({} AT TIME ZONE 'Asia/Seoul')::date"

_OPEN = ", ".join(f"'{state}'" for state in OPEN)
_CLOCK = ", ".join(f"'{state}'" for state in ON_THE_CLOCK)

# `{where}` chooses the events, as `e`; `{digest}` is id_hash("e.application_id"), or 0 where nobody asks for it.
FACTS = f"""
SELECT e.program_id AS program, e.call_id AS call, e.district_id AS district, f.*,
       CASE WHEN e.synthetic THEN DATE '0001-01-01' ELSE {SEOUL_DAY.format("e.recorded_at")} END AS known_day,
       {{digest}} AS digest
FROM programs_applicationevent e
LEFT JOIN programs_application a
    ON a.id = e.application_id AND e.from_state IN ({_OPEN}) AND e.to_state NOT IN ({_OPEN})
LEFT JOIN reports_workingday received ON received.day = {SEOUL_DAY.format("a.received_at")}
LEFT JOIN reports_workingday decided ON decided.day = {SEOUL_DAY.format("e.occurred_at")}
CROSS JOIN LATERAL (
    SELECT coalesce(e.from_district_id, '') AS from_district, e.action, e.from_state, e.to_state,
           {SEOUL_DAY.format("e.occurred_at")} AS occurred_day, 1 AS n,
           (a.id IS NOT NULL AND e.to_state <> '{State.WITHDRAWN.value}'
            AND (e.from_state = '{State.SUPPLEMENT_REQUESTED.value}' OR e.occurred_at <= a.due_at))::int AS on_time,
           CASE WHEN a.id IS NULL OR e.to_state = '{State.WITHDRAWN.value}' THEN 0
                ELSE coalesce(decided.number - received.number, 0) END AS working_days
    UNION ALL
    SELECT '', '{FELL_DUE}', '', '{OVERDUE}', {SEOUL_DAY.format("a.due_at")}, 1, 0, 0
    WHERE e.from_state IN ({_CLOCK}) AND e.occurred_at > a.due_at
    UNION ALL
    SELECT '', '{LEFT_OVERDUE}', '{OVERDUE}', '', {SEOUL_DAY.format("e.occurred_at")}, 1, 0, 0
    WHERE e.from_state IN ({_CLOCK}) AND e.occurred_at > a.due_at
) f
WHERE {{where}}
"""

# Cases still open and past their deadline: few, found by an index of the queue. `{digest}` likewise, of a.id.
STILL_OVERDUE = f"""
SELECT m.day, a.program_id AS program, a.call_id AS call, a.district_id AS district, '' AS from_district,
       '{FELL_DUE}' AS action, '' AS from_state, '{OVERDUE}' AS to_state, 1 AS n, 0 AS on_time, 0 AS working_days,
       {{digest}} AS digest
FROM programs_application a
JOIN moment m ON a.due_at < (m.day + 1)::timestamp AT TIME ZONE 'Asia/Seoul'
WHERE a.state IN ({_CLOCK}) AND a.clock_stopped_at IS NULL
"""
