"""The rows behind a figure: how many, their digest, and the rows themselves, found one by one from the events."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from accounts.digests import id_hash
from programs.models import Application, DistrictCall, Program
from reports.facts import DEADLINES, ENTERS, LEAVES, OPEN, OVERDUE
from reports.figures import (
    Counted,
    Events,
    Figure,
    Standing,
    check_overdue,
    district_calls,
    facts_of,
    narrowed,
    objections,
)
from reports.questions import Kept, Number, Question

_ON_THE_CLOCK = "('submitted', 'under_review')"


_DIGESTS = 2**256


@dataclass(frozen=True)
class Rows:
    """`count` rows and the digest of their ids.

    `sha256` is the SHA-256 of each row's id (its decimal digits), read as a whole number, all of them added up modulo
    2^256, in 64 hexadecimal digits; of no rows it is 0. Ids are of applications, once for each event counted, or of
    the districts' shares of calls. Order plays no part: digests of days and months add up like their counts, so this
    one costs no more than the number itself. One row more, one less or another one gives another digest. It tells
    whether the same rows were counted, not who tampered with them: whoever may choose ids at will could forge a sum
    (docs/decisions/digest-of-rows.md)."""

    count: int
    sha256: str
    url: str


def rows_url(name: str, question: Question) -> str:
    """The page of the rows behind the figure of this name."""
    return f"{reverse('reports:rows', args=[name])}?{urlencode(question.in_words())}"


def value_and_rows(figure: Figure, question: Question) -> tuple[Number, Rows]:
    """The number and what stands behind it, both from the roll-ups. Raises Unanswerable."""
    asked, counted = narrowed(figure, question), figure.counted
    if isinstance(counted, Kept):
        value, count, digest = counted.answer(asked, with_digest=True)
        return value, _rows(count, digest, figure, question)
    facts = facts_of(asked, with_digest=True)
    value = figure.measure(facts, asked)
    if not isinstance(counted, Counted):
        return value, recount(figure, question)
    count, digest = counted.count(facts, asked.district), counted.digest(facts, asked.district)
    return value, _rows(count, digest, figure, question)


def recount(figure: Figure, question: Question) -> Rows:
    """The same without any roll-up: row by row, from the events themselves. Seconds, at a million applications.
    Raises Unanswerable."""
    statement, parameters = ids_statement(figure, question)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*), coalesce(sum({id_hash('id')}), 0) FROM ({statement}) rows", parameters)
        count, digest = cursor.fetchone()
    return _rows(count, int(digest), figure, question)


def _rows(count: int, digest: int, figure: Figure, question: Question) -> Rows:
    return Rows(count, f"{digest % _DIGESTS:064x}", rows_url(figure.name, question))


def page_of(figure: Figure, question: Question, *, offset: int, limit: int) -> list[tuple[int, dt.datetime | None]]:
    """(id, when) of some of the rows, the latest first."""
    statement, parameters = _latest(figure, narrowed(figure, question))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, at FROM ({statement}) rows ORDER BY at DESC, id DESC OFFSET %(offset)s LIMIT %(limit)s",
            parameters | {"offset": offset, "limit": limit, "upto": offset + limit},
        )
        return cursor.fetchall()


def _latest(figure: Figure, question: Question) -> tuple[str, dict[str, Any]]:
    """At least the latest `upto` rows. Events lie in an index by programme and time, so that few are read."""
    counted = figure.counted
    if isinstance(counted, Events):
        conditions, parameters = _flow(counted, question)
    elif isinstance(counted, Standing) and counted.states != (OVERDUE,) and not _is_now(question):
        conditions, parameters = _moment(question)
        came, went = _crossings(question, "e")
        later_came, later_went = _crossings(question, "l")
        known = "AND (l.synthetic OR l.recorded_at <= %(known_at)s)" if question.known_at else ""
        later = (
            "l.application_id = e.application_id AND (l.occurred_at, l.id) > (e.occurred_at, e.id) "
            f"AND l.occurred_at < %(until)s {known} AND ({later_came}) <> ({later_went})"
        )
        conditions += [
            f"({came}) AND NOT ({went})",
            f"NOT EXISTS (SELECT FROM programs_applicationevent l WHERE {later})",
        ]
        parameters["states"] = list(counted.states)
    else:
        return ids_statement(figure, question)
    where = " AND ".join(conditions)
    return (
        "SELECT id, at FROM unnest(%(programs)s::text[]) program CROSS JOIN LATERAL ("
        "SELECT e.application_id AS id, e.occurred_at AS at FROM programs_applicationevent e "
        f"WHERE e.program_id = program AND {where} ORDER BY e.occurred_at DESC, e.id DESC LIMIT %(upto)s) latest"
    ), parameters


def ids_statement(figure: Figure, question: Question) -> tuple[str, dict[str, Any]]:
    """SQL of columns (id, at) and its parameters. Raises Unanswerable."""
    question = narrowed(figure, question)
    if isinstance(figure.counted, Events):
        return _events(figure.counted, question)
    if isinstance(figure.counted, Standing):
        return _overdue(question) if figure.counted.states == (OVERDUE,) else _standing(figure.counted, question)
    if isinstance(figure.counted, Kept):
        return figure.counted.ids(question)
    if figure.counted == "objections":
        ids = objections(question).values_list("application_id", flat=True)
    else:
        ids = DistrictCall.objects.filter(district_calls(question)).values_list("pk", flat=True)
    return "SELECT id, NULL::timestamptz AS at FROM unnest(%(ids)s::bigint[]) id", {"ids": list(ids)}


def _moment(question: Question) -> tuple[list[str], dict[str, Any]]:
    """Conditions on an event `e` that hold for every figure."""
    programs = [question.program] if question.program else list(Program.objects.values_list("pk", flat=True))
    conditions = ["e.program_id = ANY(%(programs)s)", "e.occurred_at < %(until)s"]
    parameters: dict[str, Any] = {"programs": programs, "until": question.until, "district": question.district}
    if question.begins:
        conditions.append("e.occurred_at >= %(begins)s")
        parameters["begins"] = question.begins
    if question.known_at:
        conditions.append("(e.synthetic OR e.recorded_at <= %(known_at)s)")
        parameters["known_at"] = question.known_at
    return conditions, parameters


def _flow(counted: Events, question: Question) -> tuple[list[str], dict[str, Any]]:
    conditions, parameters = _moment(question)
    for column, name, operator, values in (
        ("action", "actions", "= ANY", counted.actions),
        ("from_state", "from_states", "= ANY", counted.from_states),
        ("to_state", "not_to_states", "<> ALL", counted.not_to_states),
    ):
        if values:
            conditions.append(f"e.{column} {operator}(%({name})s)")
            parameters[name] = list(values)
    if question.district:
        conditions.append("e.district_id = %(district)s")
    return conditions, parameters


def _events(counted: Events, question: Question) -> tuple[str, dict[str, Any]]:
    conditions, parameters = _flow(counted, question)
    where = " AND ".join(conditions)
    return (
        f"SELECT e.application_id AS id, e.occurred_at AS at FROM programs_applicationevent e WHERE {where}",
        parameters,
    )


def _is_now(question: Question) -> bool:
    return question.known_at is None and question.as_of >= timezone.localdate()


def _crossings(question: Question, event: str) -> tuple[str, str]:
    """Conditions: the event brings a case into the states (of the district), or takes it out of them."""
    came, went = f"{event}.to_state = ANY(%(states)s)", f"{event}.from_state = ANY(%(states)s)"
    if question.district:
        came += f" AND {event}.district_id = %(district)s"
        went += f" AND coalesce({event}.from_district_id, {event}.district_id) = %(district)s"
    return came, went


def _standing(counted: Standing, question: Question) -> tuple[str, dict[str, Any]]:
    if _is_now(question):
        return _standing_now(counted, question)
    conditions, parameters = _moment(question)
    came, went = _crossings(question, "e")
    where = " AND ".join((*conditions, f"({came}) <> ({went})"))
    statement = (
        f"SELECT e.application_id AS id, max(e.occurred_at) AS at FROM programs_applicationevent e WHERE {where} "
        f"GROUP BY e.application_id HAVING sum(({came})::int - ({went})::int) > 0"
    )
    return statement, parameters | {"states": list(counted.states)}


def _standing_now(counted: Standing, question: Question) -> tuple[str, dict[str, Any]]:
    """The same by the applications' own state, which the database keeps equal to their last event's."""
    rows = Application.objects.filter(state__in=counted.states)
    if question.program:
        rows = rows.filter(program=question.program)
    if question.district:
        rows = rows.filter(district=question.district)
    statement, parameters = rows.values("id", at=F("received_at")).query.sql_with_params()
    names = {f"p{number}": value for number, value in enumerate(parameters)}
    return statement % tuple(f"%({name})s" for name in names), names


def _overdue(question: Question) -> tuple[str, dict[str, Any]]:
    """Cases then waiting past the deadline they then had, each with that deadline."""
    check_overdue(question)
    return _overdue_now(question) if _is_now(question) else _overdue_then(question)


def _overdue_now(question: Question) -> tuple[str, dict[str, Any]]:
    """By the applications themselves: every event that moves a deadline leaves it on its row."""
    _conditions, parameters = _moment(question)
    scope = ["a.due_at < %(until)s", "a.program_id = ANY(%(programs)s)", f"a.state IN {_ON_THE_CLOCK}"]
    if question.district:
        scope.append("a.district_id = %(district)s")
    return f"SELECT a.id, a.due_at AS at FROM programs_application a WHERE {' AND '.join(scope)}", parameters


# Whoever was on the clock then still waits, or was decided by an event that is not among those asked for.
_MAY_HAVE_WAITED = """
SELECT id FROM programs_application
WHERE program_id = ANY(%(programs)s) AND received_at < %(until)s AND state = ANY(%(open)s)
UNION SELECT e.application_id FROM programs_applicationevent e JOIN programs_application a ON a.id = e.application_id
WHERE e.program_id = ANY(%(programs)s) AND a.received_at < %(until)s
  AND e.from_state = ANY(%(open)s) AND e.to_state <> ALL(%(open)s) AND ({unseen})
"""


def _overdue_then(question: Question) -> tuple[str, dict[str, Any]]:
    """What came on the clock with a deadline that has passed, less what left it. OFFSET 0: case by case, through the
    index; the planner expects many more to have waited and would read every event."""
    conditions, parameters = _moment(question)
    came, went = f"({ENTERS} AND d.due < %(until)s)", f"({LEAVES} AND d.was < %(until)s)"
    if question.district:
        came += " AND e.district_id = %(district)s"
        went += " AND coalesce(e.from_district_id, e.district_id) = %(district)s"
    unseen = "e.occurred_at >= %(until)s"
    if question.known_at:
        unseen += " OR (NOT e.synthetic AND e.recorded_at > %(known_at)s)"
    statement = (
        f"SELECT e.application_id AS id, max(d.due) FILTER (WHERE {came}) AS at "
        f"FROM ({_MAY_HAVE_WAITED.format(unseen=unseen)}) waited CROSS JOIN LATERAL ("
        "SELECT * FROM programs_applicationevent e WHERE e.application_id = waited.id "
        f"AND {' AND '.join(conditions)} OFFSET 0) e {DEADLINES} "
        f"GROUP BY e.application_id HAVING sum(({came})::int - ({went})::int) > 0"
    )
    return statement, parameters | {"open": list(OPEN)}
