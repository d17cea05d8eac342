"""The dispatcher on a day that goes wrong: a manager breaks down, a phone said nothing, a charge is let go."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone
from playwright.sync_api import expect

from accounts.roles import Role
from hospital.assigning import assign_manager
from hospital.cancelling import cancel
from hospital.models import Assignment, Fee, Shift, State, Trip
from hospital.models.managers import monday_of
from hospital.planning import own_days
from tests.browser.test_escort_board import operator, requested, working_day
from tests.browser.visitor import Visitor
from tests.browser.widths import at_a_desk_first

pytestmark = [pytest.mark.browser, pytest.mark.slow, at_a_desk_first]


def brought_to(trip: Trip, meets: dt.datetime, state: State = State.ASSIGNED) -> Trip:
    """As if it were planned for then; nobody waits in a test."""
    Trip.objects.filter(pk=trip.pk).update(
        day=timezone.localdate(meets), meet_at=meets, earliest=meets, latest=meets,
        requested_at=meets - dt.timedelta(days=1),
    )  # fmt: skip
    planned = DateTimeTZRange(meets - dt.timedelta(minutes=10), meets + dt.timedelta(minutes=110))
    Assignment.objects.filter(trip=trip, released_at=None).update(planned=planned)
    return Trip.objects.get(pk=trip.pk)


def planned(number: int) -> Trip:
    """For the first manager at work two days from now who can take it."""
    day, dispatcher = working_day(), operator(Role.DISPATCHER)
    one = next(one for one in own_days(dispatcher, day) if one.shifts and not one.planned and not one.lacking)
    meets = one.shifts[0][0] + dt.timedelta(minutes=120)
    trip = requested(day, f"{timezone.localtime(meets):%H:%M}", number, one.manager.base_id)
    assign_manager(trip.pk, one.manager.pk, actor=dispatcher)
    return trip


def at_work_now(trip: Trip) -> None:
    """The trip's manager and another have a shift around this moment and nothing else to do."""
    now, own = timezone.now(), trip.assignments.get(released_at=None).manager_id
    free = [
        one.manager.pk for one in own_days(operator(Role.DISPATCHER), trip.day) if not one.planned and not one.lacking
    ]
    for pk in (own, next(pk for pk in free if pk != own)):
        Shift.objects.filter(
            manager=pk, span__overlap=(now - dt.timedelta(hours=10), now + dt.timedelta(hours=10))
        ).delete()
        Shift.objects.create(
            manager_id=pk, span=(now - dt.timedelta(hours=5), now + dt.timedelta(hours=5)), break_minutes=0,
            week=monday_of(timezone.localdate()), minutes=600,
        )  # fmt: skip


def test_another_manager_goes_late_and_the_person_is_told(arrive: Callable[..., Visitor]):
    trip = brought_to(planned(1), timezone.now() - dt.timedelta(minutes=15))
    at_work_now(trip)
    dispatcher = arrive("dispatcher")
    dispatcher.go(f"/work/escort/board/{trip.day}/?trip={trip.pk}")
    dispatcher.sees("약속한 때까지 갈 수 있는 매니저가 없습니다.")
    dispatcher.look("late")
    dispatcher.page.locator("[data-suggestions] button").first.click()
    dispatcher.sees("매니저를 배정하고 이용자에게 알렸습니다.")
    dispatcher.go(f"/work/escort/trips/{trip.pk}/")
    dispatcher.sees("매니저가 늦어지고 있습니다")
    dispatcher.unfold("예약 취소")
    dispatcher.sees("지금은 위약금 없이 취소되고")
    dispatcher.look("told")
    assert Trip.objects.get(pk=trip.pk).delay_minutes


def test_a_trip_no_phone_ended_is_found_and_ended(arrive: Callable[..., Visitor]):
    meets = timezone.now() - dt.timedelta(days=3)
    trip = brought_to(planned(1), meets)
    dispatcher = arrive("dispatcher")
    page = dispatcher.page
    dispatcher.go("/work/escort/board/")
    dispatcher.sees("지난 날의 동행 1건이 끝나지 않았습니다.")
    dispatcher.look("board")
    dispatcher.follow("끝나지 않은 동행 보기")
    dispatcher.look("list")
    dispatcher.follow(trip.number)
    dispatcher.unfold("마친 동행 대신 적기")
    act = page.locator("details", has_text="마친 동행 대신 적기")
    dispatcher.press("마친 동행 대신 적기", within=act)
    dispatcher.look("refused")
    began = timezone.localtime(meets)
    act.get_by_label(re.compile("^만난 때")).fill(f"{began:%Y-%m-%dT%H:%M}")
    act.get_by_label(re.compile("^귀가한 때")).fill(f"{began + dt.timedelta(minutes=80):%Y-%m-%dT%H:%M}")
    act.get_by_label(re.compile("^대신 적는 사유")).select_option("no_phone")
    dispatcher.press("마친 동행 대신 적기", within=act)
    dispatcher.sees("마친 동행으로 기록하고 이용료를 계산하였습니다.")
    dispatcher.look("ended")
    assert Trip.objects.get(pk=trip.pk).state == State.COMPLETED


def test_a_charge_is_let_go_with_its_reason(arrive: Callable[..., Visitor]):
    trip = brought_to(planned(1), timezone.now() + dt.timedelta(hours=1))
    cancel(trip.pk, actor=operator(Role.CALL_CENTER), reason="person")
    dispatcher = arrive("dispatcher")
    dispatcher.go("/work/escort/fees/")
    dispatcher.look("fees")
    dispatcher.go(f"/work/escort/trips/{trip.pk}/")
    dispatcher.unfold("이용료 받지 않기")
    dispatcher.fill(**{"받지 않는 사유": "갑자기 입원하셨습니다."})
    dispatcher.look("reason")
    dispatcher.press("이용료 받지 않기")
    dispatcher.confirm()
    expect(dispatcher.page.get_by_text("받지 않기로 함").first).to_be_visible()
    dispatcher.look("waived")
    assert Fee.objects.get(trip=trip).state == Fee.State.WAIVED
