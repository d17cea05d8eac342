"""The one door through which an application's state changes.

A workflow is a table of transitions. `perform()` locks the row, re-checks source, role and guard, writes the event,
applies the effect, saves and queues the letters — in one transaction. A guard returns the reason why not, or None; so
buttons, refusals and the API say the same thing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.bulk import insert_many, update_many
from accounts.roles import Actor, Role
from programs import letters, registry
from programs.deadlines import WorkingCalendar
from programs.models import Application, ApplicationEvent, Note
from programs.models.applications import OPEN_STATES
from programs.transitions import Act, ChangedMeanwhile, StateInfo, Transition, UnableToPerform, Workflow


def workflow_of(application: Application) -> Workflow:
    return registry.get(application.program_id).workflow


def state_info(application: Application) -> StateInfo:
    return workflow_of(application).states[application.state]


def database_now() -> dt.datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


_LOCKS = {"shared": "pg_advisory_xact_lock_shared", "exclusive": "pg_advisory_xact_lock"}
DISTRICT_CALL_SPACE = 7001


def lock_district_call(district_call_id: int, mode: str) -> dt.datetime:
    """Take the district call's lock until the transaction ends, and only then read the database's clock.

    Receiving takes it shared and selecting exclusive, so that a selection never passes over a receipt in flight."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH taken AS MATERIALIZED (SELECT {_LOCKS[mode]}(%s, %s)) SELECT clock_timestamp() FROM taken",  # noqa: S608
            [DISTRICT_CALL_SPACE, district_call_id],
        )
        return cursor.fetchone()[0]


def why_not(
    transition: Transition,
    application: Application,
    actor: Actor,
    now: dt.datetime,
    data: dict[str, Any] | None = None,
) -> str | None:
    """The reason why this actor cannot do this now, or None."""
    if not transition.leaves(application.state):
        label = workflow_of(application).states[application.state].label
        return _("‘%(state)s’ 상태에서는 할 수 없습니다.") % {"state": label}
    if actor.role not in transition.roles:
        return _("%(role)s은(는) 할 수 없는 처리입니다.") % {"role": actor.role.label}
    return transition.guard(application, actor, now, data or {}) if transition.guard else None


def refusals(
    applications: Iterable[Application], name: str, actor: Actor, now: dt.datetime, data: dict[str, Any] | None = None
) -> list[tuple[Application, str]]:
    """Which of these refuse this act now, each with its reason; for saying so before all or none are done."""
    found = []
    for application in applications:
        transition = workflow_of(application).transitions.get(name)
        reason = (
            why_not(transition, application, actor, now, data) if transition else _("이 사업에는 없는 처리입니다.")
        )
        if reason:
            found.append((application, reason))
    return found


def offered_actions(application: Application, actor: Actor, now: dt.datetime) -> list[tuple[Transition, str | None]]:
    """The acts this role has on this application, each with the reason when it is not possible."""
    return [
        (transition, why_not(transition, application, actor, now))
        for transition in workflow_of(application).transitions.values()
        if actor.role in transition.roles and not transition.hidden and transition.leaves(application.state)
    ]


def perform(
    application: Application | int,
    name: str,
    *,
    actor: Actor,
    data: dict[str, Any] | None = None,
    expected_version: int | None = None,
    occurred_at: dt.datetime | None = None,
) -> Application:
    """Do one act. `data` holds the transition's `needs` (and `note`, free text kept apart from the event).

    Raises Application.DoesNotExist for a row the actor may not see, ChangedMeanwhile when `expected_version` is old,
    UnableToPerform with the reason otherwise."""
    pk = application if isinstance(application, int) else application.pk
    return perform_many(
        [pk], name, actor=actor, data={pk: data or {}}, versions={pk: expected_version}, occurred_at=occurred_at
    )[0]


@transaction.atomic
def perform_many(
    ids: Iterable[int],
    name: str,
    *,
    actor: Actor,
    data: dict[int, dict[str, Any]] | None = None,
    versions: dict[int, int | None] | None = None,
    occurred_at: dt.datetime | None = None,
) -> list[Application]:
    """The same act on many applications of one programme, all or none, in a constant number of statements."""
    ids = list(ids)
    now = _lock_places_first(ids, name)
    rows = {row.pk: row for row in _lock_rows(ids, actor)}
    if len(rows) != len(set(ids)):
        raise Application.DoesNotExist
    calendar = WorkingCalendar()
    acts = [Act(rows[pk], actor, occurred_at or now, (data or {}).get(pk, {}), calendar) for pk in ids]
    for act in acts:
        _check_version(act.application, (versions or {}).get(act.application.pk))
        transition = _transition(act.application, name)
        if reason := why_not(transition, act.application, actor, act.now, act.data):
            raise UnableToPerform(reason)
    _carry_out([(act, _transition(act.application, name)) for act in acts])
    return [act.application for act in acts]


def _lock_places_first(ids: list[int], name: str) -> dt.datetime:
    """Locks in one order everywhere: district calls by id, then rows by id. Else two officers could deadlock."""
    keys = Application.objects.filter(pk__in=ids).values_list("program_id", "district_call_id").distinct()
    moving = sorted({call for program, call in keys if _moves_places(program, name)})
    for district_call_id in moving:
        now = lock_district_call(district_call_id, "exclusive")
    return now if moving else database_now()


def _moves_places(program: str, name: str) -> bool:
    transition = registry.get(program).workflow.transitions.get(name)
    return bool(transition and transition.moves_places)


def _lock_rows(ids: list[int], actor: Actor) -> Iterable[Application]:
    rows = Application.objects.all() if actor.role == Role.SYSTEM else Application.objects.visible_to(actor)
    return (
        rows.filter(pk__in=ids)
        .select_related("call", "program", "district", "district_call", "applicant")
        .order_by("pk")
        .select_for_update(of=("self",))
    )


def _transition(application: Application, name: str) -> Transition:
    transition = workflow_of(application).transitions.get(name)
    if transition is None:
        raise UnableToPerform(_("이 사업에는 없는 처리입니다."))
    return transition


def _check_version(application: Application, expected: int | None) -> None:
    if expected is not None and application.version != expected:
        behind = max(application.version - expected, 1)
        latest = application.events.select_related("actor", "membership__organisation").order_by("-id")[:behind]
        raise ChangedMeanwhile(list(reversed(latest)))


def _carry_out(acts: list[tuple[Act, Transition]]) -> None:
    """Effects, events, rows, letters — in this order: the database refuses a state without its event."""
    befores = []
    for act, transition in acts:
        row = act.application
        befores.append((row.state, row.district_id, row.due_at, _place_kept(row)))
        act.target = transition.target or act.application.state
        if transition.effect:
            transition.effect(act)
    notes = _write_notes(acts)
    events = []
    for (act, transition), (state, district, due_at, _kept), note in zip(acts, befores, notes, strict=True):
        act.record |= deadline_record(state, act.target, due_at=act.application.due_at, due_was=due_at)
        events.append(event_for(act, transition.name, state, district, note))
        _enter(act)
    insert_many(events)
    _save([act.application for act, _transition in acts])
    letters.queue([(act.application, transition.letter, act.data) for act, transition in acts if transition.letter])
    kept = {before for *_others, before in befores if before}
    freed = {district_call for district_call, pk in kept - {_place_kept(act.application) for act, _transition in acts}}
    for district_call_id in sorted(freed):
        promote_waiting(district_call_id)


def _place_kept(application: Application) -> tuple[int, int] | None:
    """(district call, application) where it has a place, or keeps one free as long as nobody has decided on it."""
    keeps = application.holds_place or application.state in OPEN_STATES
    return (application.district_call_id, application.pk) if keeps else None


def _write_notes(acts: list[tuple[Act, Transition]]) -> list[Note | None]:
    notes = [
        Note(
            application=act.application,
            text=act.data["note"],
            internal=bool(act.data.get("internal")),
            written_by=act.actor.user,
            written_at=act.now,
        )
        if act.data.get("note")
        else None
        for act, _transition in acts
    ]
    Note.objects.bulk_create([note for note in notes if note])
    return notes


def deadline_record(
    from_state: str, to_state: str, *, due_at: dt.datetime, due_was: dt.datetime | None = None
) -> dict[str, str]:
    """What the event of an undecided case says of its deadline: the one it led to, and the one before where it moved.
    So what was overdue as of a day, as known at a moment, can be told from the events alone (reports.facts)."""
    if not {from_state, to_state} & set(OPEN_STATES):
        return {}
    moved = due_was is not None and due_was != due_at
    return {"due_at": due_at.isoformat()} | ({"due_was": due_was.isoformat()} if due_was and moved else {})


def event_for(
    act: Act, action: str, from_state: str, from_district: str | None, note: Note | None
) -> ApplicationEvent:
    """The event of an act, not yet saved."""
    application = act.application
    return ApplicationEvent(
        application=application,
        program_id=application.program_id,
        call_id=application.call_id,
        district_id=application.district_id,
        from_district_id=from_district if from_district != application.district_id else None,
        action=action,
        from_state=from_state,
        to_state=act.target,
        occurred_at=act.now,
        actor=act.actor.user,
        membership=act.actor.membership,
        role=act.actor.role.value,
        note=note,
        data=act.record,
        synthetic=application.synthetic,
    )


def _enter(act: Act) -> None:
    """Put the application into its target state, with what that state means."""
    application = act.application
    application.version += 1
    if act.target == application.state:
        return
    info = workflow_of(application).states[act.target]
    application.state = act.target
    application.holds_place = info.holds_place
    application.closed_at = (application.closed_at or act.now) if info.closes else None


_SAVED = [
    "state", "holds_place", "closed_at", "version", "assignee", "handed_to", "due_at", "extended_days", "order_at",
    "supplement_until", "clock_stopped_at", "checked_at", "waitlist_no", "offer_until", "decided_at", "reject_reasons",
    "district", "district_call",
]  # fmt: skip


def _save(applications: list[Application]) -> None:
    if len(applications) == 1:
        applications[0].save(update_fields=_SAVED)
    else:
        update_many(applications, _SAVED)


def promote_waiting(district_call_id: int) -> int:
    """Offer freed places to the waiting list in its order; the number offered. The caller holds the exclusive lock."""
    offered = 0
    while (pk := _next_waiting(district_call_id)) is not None:
        perform(pk, "offer", actor=Actor.system())
        offered += 1
    return offered


# As in a selection (programs.selection), whoever is ahead and undecided keeps a place; an upheld objection (number 0)
# has the next free one.
_NEXT_WAITING = """
WITH head AS (
    SELECT id, order_at, waitlist_no FROM programs_application
    WHERE district_call_id = %(call)s AND state = 'waitlisted' ORDER BY waitlist_no, id LIMIT 1)
SELECT head.id FROM head
WHERE (SELECT quota FROM programs_districtcall WHERE id = %(call)s)
    - (SELECT count(*) FROM programs_application WHERE district_call_id = %(call)s AND holds_place)
    > CASE WHEN head.waitlist_no = 0 THEN 0 ELSE (
        SELECT count(*) FROM programs_application AS ahead
        WHERE ahead.district_call_id = %(call)s AND ahead.state = ANY(%(undecided)s)
          AND ((ahead.order_at, ahead.id) < (head.order_at, head.id)
               OR EXISTS (SELECT FROM programs_call c WHERE c.id = ahead.call_id AND c.selection = 'scored'))) END
"""


def _next_waiting(district_call_id: int) -> int | None:
    """The first on the waiting list, if a place is free for it."""
    with connection.cursor() as cursor:
        cursor.execute(_NEXT_WAITING, {"call": district_call_id, "undecided": [str(state) for state in OPEN_STATES]})
        row = cursor.fetchone()
        return row[0] if row else None
