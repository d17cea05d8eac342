"""Sums and rows agree whatever was asked: as of any day, as known at any moment, rolled up or not."""

import datetime as dt
from dataclasses import replace
from functools import partial
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from programs.deadlines import SEOUL
from programs.models import ApplicationEvent
from programs.models.applications import State
from reports import figures, rollup
from reports.figures import Events, Standing
from reports.models import EventDay, EventMonth, RollupMark
from reports.questions import Question
from reports.rows import page_of, recount, value_and_rows
from tests.factories.cast import DONGJAK, GWANAK, make_cast
from tests.reports.history import History, digest
from tests.scratch import in_threads

COUNTED = (
    "portal.applications", "portal.decided", "portal.open", "portal.overdue", "portal.supplements",
    "portal.places_used", "door_guard.selected", "door_guard.waiting",
)  # fmt: skip


def assert_sums_are_rows(history: History, moments: int) -> None:
    for as_of, known_at in history.moments(moments):
        for district in (None, DONGJAK, GWANAK):
            question = Question(as_of, known_at, district)
            for figure in map(figures.get, COUNTED):
                if figure.name == "portal.overdue" and not figures.overdue_is_answerable(question):
                    continue
                value, rows = value_and_rows(figure, question)
                assert rows == recount(figure, question), (figure.name, question)
                assert value == rows.count
                page = page_of(figure, question, offset=0, limit=1000)
                assert digest(pk for pk, _at in page) == rows.sha256


def replayed(history: History, question: Question, states: tuple[str, ...]) -> int:
    """Cases then standing in `states`, by walking through each one's events."""
    standing = 0
    for case in history.cases:
        known = [
            e for e in case.events
            if e.occurred_at < question.until
            and (question.known_at is None or e.synthetic or e.recorded_at <= question.known_at)
        ]  # fmt: skip
        standing += bool(known) and known[-1].to_state in states
    return standing


@pytest.fixture
def nobody_else(monkeypatch) -> None:
    """Transactions of other databases on the server hold the horizon back; here everything is committed."""
    monkeypatch.setattr(rollup, "HORIZON", "pg_snapshot_xmax(pg_current_snapshot())")


@pytest.fixture
def history(scratch_database) -> History:
    cast = make_cast(quota=500)
    return History(7, [cast.dongjak, cast.gwanak])


def test_sums_equal_rows_before_between_and_after_roll_ups(history, nobody_else):
    history.receive(30)
    history.live(50)
    assert_sums_are_rows(history, 3)  # nothing rolled up
    rollup.roll_up()
    assert EventDay.objects.exists()
    assert EventMonth.objects.exists()
    assert_sums_are_rows(history, 6)
    history.live(60)  # many of these occurred before what is rolled up
    assert_sums_are_rows(history, 6)  # part sums, part live
    rollup.roll_up()
    history.receive(15)
    history.live(30)
    rollup.roll_up()
    assert_sums_are_rows(history, 10)


def test_a_stock_is_what_replaying_every_case_gives(history, nobody_else):
    history.receive(30)
    history.live(60)
    rollup.roll_up()
    history.live(60)
    states = (State.SUBMITTED.value, State.UNDER_REVIEW.value, State.SUPPLEMENT_REQUESTED.value)
    for as_of, known_at in history.moments(25):
        question = Question(as_of, known_at)
        assert figures.value_of(figures.get("portal.open"), question) == replayed(history, question, states)


def waiting_too_long(history: History, question: Question) -> int:
    """Cases then on the clock and past the deadline they then had, by walking through each one's events."""
    late = 0
    for case in history.cases:
        known = [
            e for e in case.events
            if e.occurred_at < question.until
            and (question.known_at is None or e.synthetic or e.recorded_at <= question.known_at)
        ]  # fmt: skip
        on_the_clock = known and known[-1].to_state in (State.SUBMITTED, State.UNDER_REVIEW)
        late += bool(on_the_clock) and dt.datetime.fromisoformat(known[-1].data["due_at"]) < question.until
    return late


def test_overdue_is_what_walking_through_every_case_gives(history, nobody_else):
    history.receive(40)
    history.live(60)
    rollup.roll_up()
    history.live(60)
    seen = set()
    for as_of, known_at in history.moments(40):
        question = Question(as_of, known_at)
        seen.add(value := figures.value_of(figures.get("portal.overdue"), question))
        assert value == waiting_too_long(history, question), question
    assert len(seen) > 5


def test_what_was_known_includes_the_deadline(history, nobody_else):
    """Extended after it had passed: overdue as known before, no longer as known after, still so as of that day."""
    history.receive(1)
    case = history.cases[0]
    ask = partial(figures.value_of, figures.get("portal.overdue"))
    due = case.row.due_at.astimezone(SEOUL).date()
    case.at = case.row.due_at + dt.timedelta(days=2)
    history._event(case, "extend", State.SUBMITTED, State.SUBMITTED)  # a note: nothing moves
    before = max(e.recorded_at for e in case.events)
    case.row.due_at, was = case.row.due_at + dt.timedelta(days=60), case.row.due_at
    case.at = before + dt.timedelta(minutes=1)
    history._event(case, "extend", State.SUBMITTED, State.SUBMITTED, due_was=was)
    case.row.synthetic or rollup.roll_up()
    extended = case.at.astimezone(SEOUL).date()
    assert ask(Question(due)) == 1
    assert ask(Question(due - dt.timedelta(days=1))) == 0
    assert ask(Question(extended)) == 0
    if not case.row.synthetic:
        assert ask(Question(extended, before)) == 1


def test_deadlines_from_before_they_were_recorded(history, nobody_else):
    """Sums still are rows; what was known then is refused as long as such a case waited."""
    history.keeps_deadlines = False
    history.receive(30)
    history.live(30)
    rollup.roll_up()
    history.keeps_deadlines = True
    history.live(90)
    history.receive(10)
    assert_sums_are_rows(history, 6)
    rollup.roll_up()
    history.live(30)
    assert_sums_are_rows(history, 8)
    overdue, old = figures.get("portal.overdue"), min(case.row.received_at for case in history.cases)
    with pytest.raises(figures.NotReproducible, match="처리기한"):
        figures.value_of(overdue, Question(old.astimezone(SEOUL).date(), dt.datetime(2100, 1, 1, tzinfo=SEOUL)))


def test_rolling_up_twice_or_at_once_counts_nothing_twice(history):
    history.receive(20)
    history.live(30)
    in_threads(lambda _: rollup.roll_up(), range(4))
    rollup.roll_up()
    submitted = figures.value_of(figures.get("portal.applications"), Question(dt.date(2026, 1, 1)))
    assert submitted == ApplicationEvent.objects.filter(action="submit").count() == 20


def test_an_event_not_yet_committed_waits_for_the_next_roll_up(history):
    history.receive(3)
    figure, question = figures.get("portal.applications"), Question(dt.date(2026, 1, 1))
    with transaction.atomic():
        history.receive(1)  # its transaction is older than those that commit before it
        in_threads(lambda _: rollup.roll_up(), [0])
        mark = RollupMark.objects.get()
        assert ApplicationEvent.objects.filter(xid__gte=mark.watermark).count() >= 1
        assert figures.value_of(figure, question) == 4
    assert figures.value_of(figure, question) == 4
    rollup.roll_up()
    assert figures.value_of(figure, question) == 4


def test_a_rebuild_gives_the_same_sums(history, nobody_else):
    history.receive(25)
    history.live(40)
    rollup.roll_up()
    history.live(40)
    rollup.roll_up()
    question = Question(dt.date(2025, 6, 15))
    before = {f.name: figures.value_of(f, question) for f in figures.all_figures()}
    rollup.rebuild()
    assert before == {f.name: figures.value_of(f, question) for f in figures.all_figures()}
    assert_sums_are_rows(history, 3)


def test_every_month_between_the_first_and_the_last_has_its_checkpoint(history, nobody_else):
    history.receive(30)
    rollup.roll_up()
    with connection.cursor() as cursor:
        cursor.execute("SELECT first_month, last_month FROM reports_rollupmark")
        first, last = cursor.fetchone()
    months = EventMonth.objects.order_by("month").values_list("month", flat=True).distinct()
    assert len(months) == (last.year - first.year) * 12 + last.month - first.month + 1


def test_an_event_counts_where_it_happened_and_a_case_where_it_stands(history, nobody_else):
    counted = Events(actions=("submit",)), Standing((State.SUBMITTED.value,))
    history.receive(10)
    case = history.cases[0]
    old = case.row.district_id
    case.row.district_call = next(s for s in history.shares if s.district_id != old)
    case.row.district_id = case.row.district_call.district_id
    history._event(case, "transfer", State.SUBMITTED, State.SUBMITTED, from_district_id=old)
    case.row.save()
    rollup.roll_up()
    for district in (DONGJAK, GWANAK):
        question = Question(dt.date(2026, 1, 1), district=district)
        facts = figures.facts_as_of([question.as_of], district=district)
        assert counted[0].count(facts, district) == sum(c.events[0].district_id == district for c in history.cases)
        assert counted[1].count(facts, district) == sum(c.row.district_id == district for c in history.cases)


def test_the_digest_tells_other_rows_of_the_same_number(history, nobody_else):
    history.receive(12)
    figure, question = figures.get("portal.applications"), Question(dt.date(2026, 1, 1))
    rollup.roll_up()
    _value, before = value_and_rows(figure, question)
    with connection.cursor() as cursor:  # what nobody may do: one event is now another case's
        cursor.execute("ALTER TABLE programs_applicationevent DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE programs_applicationevent SET application_id = %s WHERE application_id = %s AND action = 'submit'",
            [history.cases[0].row.pk, history.cases[1].row.pk],
        )
    after = recount(figure, question)
    assert after.count == before.count
    assert after.sha256 != before.sha256
    assert value_and_rows(figure, question)[1] == before
    with pytest.raises(CommandError, match="rebuild_rollups"):
        call_command("figure", figure.name, "--as-of", "2026-01-01", "--recount")
    rollup.rebuild()
    call_command("figure", figure.name, "--as-of", "2026-01-01", "--recount", stdout=StringIO())


def test_the_periods_of_a_flow_add_up_to_the_whole(history, nobody_else):
    history.receive(20)
    history.live(40)
    rollup.roll_up()
    history.live(30)
    first, last, known_at = dt.date(2025, 3, 10), dt.date(2025, 8, 3), dt.datetime(2025, 7, 1, tzinfo=SEOUL)
    for name in ("portal.applications", "portal.decided", "portal.supplements", "door_guard.selected"):
        figure = figures.get(name)
        for district in (None, DONGJAK):
            for known in (None, known_at):
                whole = Question(last, known, district)
                parts = [replace(whole, as_of=first - dt.timedelta(days=1)), replace(whole, since=first)]
                counted = [value_and_rows(figure, part) for part in parts]
                assert sum(value for value, _rows in counted) == figures.value_of(figure, whole)
                assert [rows for _value, rows in counted] == [recount(figure, part) for part in parts]
