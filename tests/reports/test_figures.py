import datetime as dt
import json
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from programs import registry
from programs.models import Objection, QuotaMove
from programs.workflow import perform
from reports import figures
from reports.questions import Question
from tests.factories.cast import DONGJAK, GWANAK, person
from tests.reports.history import digest


def ask(*arguments: str) -> dict:
    out = StringIO()
    call_command("figure", *arguments, stdout=out)
    return json.loads(out.getvalue(), parse_float=pytest.fail)


def value(name: str, **asked) -> object:
    return figures.value_of(figures.get(name), Question(asked.pop("as_of", timezone.localdate()), **asked))


def test_it_prints_a_figure_and_the_rows_it_counted(cast):
    ids = [cast.receive().pk for _ in range(3)]
    today = timezone.localdate().isoformat()
    answered = ask("door_guard.applications", "--as-of", today)
    assert answered["value"] == 3
    assert answered["unit"] == "건"
    assert answered["as_of"] == today
    assert answered["rows"]["count"] == 3
    assert answered["rows"]["sha256"] == digest(ids)
    assert answered["rows"]["url"].startswith("/work/reports/rows/door_guard.applications/?as_of=")
    assert answered["query"]


def test_it_counts_what_happened_since_a_day(cast):
    cast.receive()
    today = timezone.localdate()
    tomorrow = (today + dt.timedelta(days=1)).isoformat()
    assert ask("portal.applications", "--since", today.isoformat(), "--recount")["rows"]["count"] == 1
    answered = ask("portal.applications", "--since", tomorrow, "--as-of", tomorrow, "--recount")
    assert (answered["value"], answered["since"]) == (0, tomorrow)
    assert answered["rows"]["sha256"] == digest([])


def test_yesterday_nothing_had_been_received(cast):
    cast.receive()
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    assert ask("door_guard.applications", "--as-of", yesterday.isoformat())["value"] == 0


def test_it_counts_one_district(cast):
    cast.receive()
    cast.receive(person(GWANAK))
    cast.receive(person(GWANAK))
    assert ask("door_guard.applications", "--district", DONGJAK)["value"] == 1
    answered = ask("door_guard.applications", "--district", GWANAK, "--known-at", "2100-01-01T00:00")
    assert answered["value"] == answered["rows"]["count"] == 2


def test_what_was_not_yet_recorded_is_not_known(cast):
    before = timezone.localtime()
    cast.receive()
    assert ask("portal.applications", "--known-at", before.isoformat())["value"] == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("no.such",), "door_guard.applications"),
        (("portal.applications", "--as-of", "2021-13-45"), "날짜"),
        (("portal.applications", "--as-of", "soon"), "날짜"),
        (("portal.applications", "--known-at", "soon"), "때"),
        (("portal.applications", "--district", "99999"), "자치구"),
        (("portal.applications", "--program", "none"), "door-guard"),
        (("portal.open", "--since", "2021-10-01"), "시작일"),
        (("portal.applications", "--since", "2021-10-23", "--as-of", "2021-10-22"), "시작일"),
    ],
)
def test_it_says_what_it_does_not_understand(cast, arguments, says):
    with pytest.raises(CommandError, match=says):
        ask(*arguments)


@pytest.mark.django_db
def test_every_figure_answers_without_any_data():
    for figure in figures.all_figures():
        answered = ask(figure.name)
        assert answered["value"] in (0, None)
        assert answered["rows"]["count"] == 0


def test_a_transferred_case_stands_in_the_district_it_went_to(cast):
    case = cast.receive()
    perform(case, "transfer", actor=cast.officer, data={"district": GWANAK, "note": "이사"})
    assert value("portal.applications", district=DONGJAK) == 1
    assert value("portal.open", district=DONGJAK) == 0
    assert value("portal.open", district=GWANAK) == 1
    assert value("portal.open") == 1


def test_speed_is_measured_against_the_deadline(cast):
    on_time, late = cast.receive(), cast.receive()
    for case in (on_time, late):
        when = None if case is on_time else case.due_at + dt.timedelta(days=1)
        perform(
            case,
            "reject",
            actor=cast.officer,
            data={"reasons": ["not_single"], "note": "가구원 2인"},
            occurred_at=when,
        )
    later = late.due_at.date() + dt.timedelta(days=3)
    assert value("portal.on_time_rate", as_of=later) == Decimal("50.0")
    assert value("portal.decided", as_of=later) == 2
    assert value("portal.processing_days", as_of=later) > 0
    assert value("portal.overdue", as_of=late.due_at.date()) == 1
    assert value("portal.overdue", as_of=later) == 0


def test_what_was_overdue_is_known_as_it_then_was(cast):
    case = cast.receive()
    due, then = case.due_at.date(), timezone.now()
    perform(case, "extend", actor=cast.officer, data={"note": "사실 확인"}, occurred_at=case.due_at - dt.timedelta(1))
    assert value("portal.overdue", as_of=due, known_at=then) == 1
    assert value("portal.overdue", as_of=due) == 0
    assert ask("portal.overdue", "--as-of", due.isoformat(), "--known-at", then.isoformat(), "--recount")["value"] == 1


def test_it_does_not_guess_a_deadline_nobody_recorded(cast, monkeypatch):
    monkeypatch.setattr("programs.intake.deadline_record", lambda *args, **kwargs: {})  # as it once was
    case = cast.receive()
    later = case.due_at.date() + dt.timedelta(days=1)
    assert value("portal.overdue", as_of=later) == 1
    with pytest.raises(CommandError, match="처리기한"):
        ask("portal.overdue", "--as-of", later.isoformat(), "--known-at", timezone.localtime().isoformat())
    perform(case, "start_review", actor=cast.officer)
    assert value("portal.overdue", as_of=later, known_at=timezone.now()) == 1


def test_places_before_a_move_are_as_they_were(cast):
    moved_at = timezone.now()
    QuotaMove.objects.create(
        source=cast.dongjak, target=cast.gwanak, places=2, reason="수요", moved_by=cast.city.user, moved_at=moved_at
    )
    type(cast.dongjak).objects.filter(pk=cast.dongjak.pk).update(quota=1)
    type(cast.gwanak).objects.filter(pk=cast.gwanak.pk).update(quota=5)
    assert value("portal.places") == 6
    assert value("portal.places", district=DONGJAK) == 1
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    assert value("portal.places", district=DONGJAK, as_of=yesterday) == 3


def test_objections_are_counted_from_the_day_they_were_filed(cast):
    case = cast.receive()
    Objection.objects.create(application=case, filed_at=timezone.now(), due_on=timezone.localdate(), text="이의")
    assert value("portal.objections") == 1
    assert ask("portal.objections")["rows"]["count"] == 1
    assert value("portal.objections", district=GWANAK) == 0


def test_every_programme_s_figures_are_there(db):
    names = [figure.name for figure in figures.all_figures()]
    assert len(names) == len(set(names))
    assert {spec.name for programme in registry.programmes() for spec in programme.figures} <= set(names)
