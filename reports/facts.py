"""What one event counts as, in SQL: shared by the roll-up and by the live count of what is not rolled up yet.

A decision (처리) is the event by which a case leaves the open states, other than by withdrawal. During a supplement
the clock stands still (민원처리법 시행령 §20): leaving from there is on time.

"Overdue as of a day" is a sum like any other state. An event that puts a case on the clock, or moves its deadline,
also counts as a mark of the day from which the case is overdue by it; the event that ends this, as a mark that takes
it off again. Of a case decided in time both fall on the day of its deadline and come to nothing.

Events say which deadline they led to (programs.workflow.deadline_record). Those recorded before they did so count with
the deadline that the next event says was in force until it, or else with their case's own.
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

# `e` is an event that came into or left a state on the clock.
DEADLINE = """coalesce((e.data->>'due_at')::timestamptz, (
    SELECT coalesce(l.data->>'due_was', l.data->>'due_at')::timestamptz FROM programs_applicationevent l
    WHERE l.application_id = e.application_id AND l.id > e.id AND l.data ? 'due_at' ORDER BY l.id LIMIT 1
), (SELECT due_at FROM programs_application WHERE id = e.application_id))"""
ENTERS, LEAVES = f"e.to_state IN ({_CLOCK})", f"e.from_state IN ({_CLOCK})"
# `d.due` and `d.was`: the deadline the event led to, and the one before. OFFSET 0: read from the JSON once, not
# wherever they are named.
DEADLINES = f"""
CROSS JOIN LATERAL (SELECT CASE WHEN {ENTERS} OR {LEAVES} THEN {DEADLINE} END AS due OFFSET 0) later
CROSS JOIN LATERAL (SELECT later.due, coalesce((e.data->>'due_was')::timestamptz, later.due) AS was OFFSET 0) d
"""
MOVES = f"NOT ({ENTERS} AND {LEAVES} AND e.from_district_id IS NULL AND d.due = d.was)"

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
{DEADLINES}
CROSS JOIN LATERAL (
    SELECT coalesce(e.from_district_id, '') AS from_district, e.action, e.from_state, e.to_state,
           {SEOUL_DAY.format("e.occurred_at")} AS occurred_day, 1 AS n,
           (a.id IS NOT NULL AND e.to_state <> '{State.WITHDRAWN.value}'
            AND (e.from_state = '{State.SUPPLEMENT_REQUESTED.value}' OR e.occurred_at <= d.due))::int AS on_time,
           CASE WHEN a.id IS NULL OR e.to_state = '{State.WITHDRAWN.value}' THEN 0
                ELSE coalesce(decided.number - received.number, 0) END AS working_days
    UNION ALL
    SELECT '', '{FELL_DUE}', '', '{OVERDUE}', {SEOUL_DAY.format("greatest(e.occurred_at, d.due)")}, 1, 0, 0
    WHERE {ENTERS} AND {MOVES}
    UNION ALL
    SELECT coalesce(e.from_district_id, ''), '{LEFT_OVERDUE}', '{OVERDUE}', '',
           {SEOUL_DAY.format("greatest(e.occurred_at, d.was)")}, 1, 0, 0
    WHERE {LEAVES} AND {MOVES}
) f
WHERE {{where}}
"""
