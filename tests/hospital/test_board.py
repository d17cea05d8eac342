"""The dispatch board: who may look, what it shows, and what is done from it."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AccessLog
from hospital.assigning import assign_manager
from hospital.models import Absence, Assignment, Offer, State, Trip, UnmetDemand
from hospital.selectors.board import board_of, in_hours, place_of, stretch_of, suggestions
from tests.factories.escort import at, manager, shift
from tests.programs.signed_in import client_of

MOST_QUERIES = 24  # of the whole board, its session and its log included


def url(escort, **query):
    asked = "&".join(f"{key}={value}" for key, value in query.items())
    return f"/work/escort/board/{escort.day}/" + (f"?{asked}" if asked else "")


def act_url(trip, code):
    return f"/work/escort/trips/{trip.pk}/{code}/"


def text(response):
    return response.content.decode()


@pytest.fixture
def desk(escort):
    return client_of(escort.dispatcher)


# --- Looking -------------------------------------------------------------------------------
def test_it_is_for_the_operator_and_the_agencys_own_for_the_agency(escort, desk):
    assert desk.get(url(escort)).status_code == 200
    assert client_of(escort.caller).get(url(escort)).status_code == 200
    agency = client_of(escort.agency)
    assert agency.get(url(escort)).status_code == 403
    own = text(agency.get(f"/work/escort/agency/board/{escort.day}/"))
    assert "박거점" in own
    assert "김동행" not in own


def test_a_day_that_is_none_is_not_there(escort, desk):
    assert desk.get("/work/escort/board/2026-02-31/").status_code == 404
    assert desk.get("/work/escort/board/soon/").status_code == 404


def test_it_shows_who_waits_and_who_goes_and_names_nobody(escort, desk):
    waiting = escort.booked("10:00", person=escort.person())
    going = escort.booked("14:00", person=escort.person())
    assign_manager(going.pk, escort.managers[0].pk, actor=escort.dispatcher)
    page = text(desk.get(url(escort)))
    assert f'id="waiting-{waiting.pk}"' in page
    assert "14:00 동작구 → 동작큰병원" in page
    assert going.service_user.name not in page
    assert going.service_user.phone not in page.replace("-", "")
    log = AccessLog.objects.get(about="trips", action="list")
    assert set(log.ids) == {waiting.pk, going.pk}


def test_its_own_refresh_is_not_logged_again(escort, desk):
    escort.booked()
    desk.get(url(escort), headers={"HX-Request": "true", "HX-Target": "lanes"})
    assert not AccessLog.objects.filter(about="trips").exists()


def test_a_missing_credential_and_an_absence_are_seen(escort, desk):
    lacking = manager(escort.operator, name="무자격", lacking="insurance")
    shift(lacking, escort.day)
    Absence.objects.create(
        manager=escort.managers[0], reason="leave", span=(at(escort.day, "09:00"), at(escort.day, "12:00"))
    )
    page = text(desk.get(url(escort)))
    assert "자격 없음: 책임배상보험" in page
    assert 'fill="url(#absent)"' in page


def test_the_filter_narrows_who_waits(escort, desk):
    trip = escort.booked()
    assert f'id="waiting-{trip.pk}"' in text(desk.get(url(escort, district=trip.district_id, kind="reserved")))
    assert f'id="waiting-{trip.pk}"' not in text(desk.get(url(escort, kind="now")))
    assert f'id="waiting-{trip.pk}"' in text(desk.get(url(escort, kind="nonsense")))


def test_it_asks_as_much_with_many_as_with_few(escort, desk):
    def count():
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert desk.get(url(escort)).status_code == 200
        return len(asked)

    escort.booked("08:00", person=escort.person())
    first = escort.booked("09:00", person=escort.person())
    assign_manager(first.pk, escort.managers[0].pk, actor=escort.dispatcher)
    count()
    few = count()
    for clock in ("12:00", "16:00"):
        trip = escort.booked(clock, person=escort.person())
        assign_manager(trip.pk, escort.managers[0].pk, actor=escort.dispatcher)
        escort.booked(clock, person=escort.person())
        shift(manager(escort.operator), escort.day)
    assert count() == few
    assert few <= MOST_QUERIES


def test_the_clock_counts_down_and_says_when_it_is_over():
    assert in_hours(125) == "2시간 5분 남음"
    assert in_hours(120) == "2시간 남음"
    assert in_hours(59) == "59분 남음"
    assert in_hours(0) == "0분 지남"
    assert in_hours(-61) == "1시간 1분 지남"
    assert in_hours(60 * 49) == "2일 1시간 남음"


def test_the_most_urgent_wait_first_and_are_marked(escort):
    now = timezone.now()
    later, soon, over = (escort.booked(clock, person=escort.person()) for clock in ("09:00", "10:00", "11:00"))
    for trip, minutes in ((later, 100), (soon, 30), (over, -5)):
        moment = now + dt.timedelta(minutes=minutes)
        Trip.objects.filter(pk=trip.pk).update(earliest=moment, latest=moment)
    found = board_of(escort.dispatcher, escort.day, now).waiting
    assert [(one.trip.pk, one.tone) for one in found] == [
        (over.pk, "danger"), (soon.pk, "warning"), (later.pk, "neutral"),
    ]  # fmt: skip


def test_a_stretch_is_cut_at_the_hours_shown(escort):
    day = escort.day
    assert stretch_of(at(day, "05:00"), at(day, "07:30"), day).x == "0.00%"
    assert stretch_of(at(day, "05:00"), at(day, "07:30"), day).width == "10.00%"
    assert stretch_of(at(day, "22:00"), at(day, "23:00"), day) is None
    assert place_of(at(day, "13:30"), day) == "50.00%"
    assert place_of(at(day, "23:30"), day) is None


def test_today_has_its_line_of_now(escort):
    noon = at(timezone.localdate(), "12:00")
    assert place_of(noon, timezone.localdate()) == "40.00%"
    assert place_of(noon, escort.day) is None


# --- Choosing ------------------------------------------------------------------------------
def test_a_chosen_request_gets_suggestions_the_nearest_first(escort, desk):
    trip = escort.booked("10:00")
    page = text(desk.get(url(escort, trip=trip.pk)))
    assert page.index("<strong>김동행</strong>") < page.index("<strong>이동행</strong>")
    assert "10:00에 만남" in page
    assert "박거점" not in page


def test_nobody_is_suggested_who_cannot_go(escort):
    trip, other = escort.booked("10:00"), escort.booked("11:00", person=escort.person())
    assign_manager(other.pk, escort.managers[0].pk, actor=escort.dispatcher)
    days = board_of(escort.dispatcher, escort.day, timezone.now()).days
    assert [one.manager.pk for one in suggestions(trip, days, timezone.now())] == [escort.managers[1].pk]


def test_nobody_is_suggested_once_it_is_too_late(escort):
    trip = escort.booked("10:00")
    days = board_of(escort.dispatcher, escort.day, timezone.now()).days
    assert suggestions(trip, days, trip.latest + dt.timedelta(minutes=6)) == []


@pytest.mark.parametrize("trip", ["0", "x"])
def test_a_trip_that_is_none_is_not_there(escort, desk, trip):
    assert desk.get(url(escort, trip=trip)).status_code == 404


def test_a_trip_of_another_day_is_not_on_this_board(escort, desk):
    trip = escort.booked()
    assert desk.get(f"/work/escort/board/2026-01-05/?trip={trip.pk}").status_code == 404


def test_the_call_centre_reads_only(escort):
    trip = escort.booked()
    caller = client_of(escort.caller)
    page = text(caller.get(url(escort, trip=trip.pk)))
    assert "data-suggestions" not in page
    assert "한꺼번에 배정하기" not in page
    assert caller.post(act_url(trip, "assign"), {"manager": escort.managers[0].pk}).status_code == 403


# --- Acting --------------------------------------------------------------------------------
def test_a_suggestion_is_assigned_with_one_button(escort, desk):
    trip = escort.booked()
    done = desk.post(act_url(trip, "assign"), {"manager": escort.managers[0].pk, "back": "board"})
    assert done.headers["Location"] == url(escort)
    assert Assignment.objects.get(trip=trip).manager == escort.managers[0]


def test_a_time_is_kept_within_the_promise(escort, desk):
    trip = escort.booked("10:00")
    now = at(escort.day, "09:00")
    Trip.objects.filter(pk=trip.pk).update(kind="now", earliest=now, latest=now + dt.timedelta(hours=3))
    wrong = desk.post(act_url(trip, "assign"), {"manager": escort.managers[0].pk, "meet_at": "15:00", "back": "board"})
    assert wrong.status_code == 422
    assert "약속한 시간 안에" in text(wrong)
    assert not trip.assignments.exists()
    desk.post(act_url(trip, "assign"), {"manager": escort.managers[0].pk, "meet_at": "11:30", "back": "board"})
    assert Trip.objects.get(pk=trip.pk).meet_at == at(escort.day, "11:30")


def test_wrong_input_comes_back_to_the_board_with_its_errors(escort, desk):
    trip = escort.booked()
    wrong = desk.post(act_url(trip, "assign"), {"manager": "", "back": "board"})
    assert wrong.status_code == 422
    assert "error-summary" in text(wrong)
    assert f'href="{url(escort, trip=trip.pk)}"' in text(wrong)  # wherever the form was sent to


def test_it_is_reassigned_and_unassigned(escort, desk):
    trip = escort.booked()
    for one in escort.managers[:2]:
        desk.post(act_url(trip, "assign"), {"manager": one.pk, "back": "board"})
    assert trip.assignments.get(released_at=None).manager == escort.managers[1]
    desk.post(act_url(trip, "unassign"), {"back": "board"})
    assert Trip.objects.get(pk=trip.pk).state == State.REQUESTED


def test_a_delay_is_told_once_though_sent_twice(escort, desk):
    trip = escort.booked()
    assign_manager(trip.pk, escort.managers[0].pk, actor=escort.dispatcher)
    given = {"key": uuid.uuid4(), "minutes": 20, "back": "board"}
    for _ in range(2):
        assert desk.post(act_url(trip, "delay"), given).status_code == 302
    assert Trip.objects.get(pk=trip.pk).delay_minutes == 20
    assert trip.events.filter(action="delay").count() == 1


def test_it_is_offered_to_all_hubs_or_to_some_who_have_not_said_no(escort, desk):
    trip = escort.booked()
    desk.post(act_url(trip, "offer"), {"whom": "hubs", "back": "board"})
    assert [one.organisation for one in trip.offers.all()] == [escort.hub]
    again = desk.post(act_url(trip, "offer"), {"whom": "some", "to": [escort.hub.pk], "back": "board"})
    assert again.status_code == 422
    desk.post(act_url(trip, "offer"), {"whom": "some", "to": [escort.partner.pk], "back": "board"})
    assert trip.offers.filter(state=Offer.State.OPEN).count() == 2


def test_offering_to_nobody_is_refused(escort, desk):
    trip = escort.booked()
    assert "제안할 기관을 고르십시오" in text(desk.post(act_url(trip, "offer"), {"whom": "some", "back": "board"}))


def test_giving_up_says_why(escort, desk):
    trip = escort.booked()
    assert desk.post(act_url(trip, "give-up"), {"reason": "", "back": "board"}).status_code == 422
    desk.post(act_url(trip, "give-up"), {"reason": "no_manager", "back": "board"})
    assert UnmetDemand.objects.get(trip=trip).reason == "no_manager"


def test_an_unknown_act_or_trip_is_not_there(escort, desk):
    trip = escort.booked()
    assert desk.post(act_url(trip, "explode")).status_code == 404
    trip.pk = 0
    assert desk.post(act_url(trip, "unassign")).status_code == 404
