"""A manager walks one trip at the phone, over a line that comes and goes: nothing is lost, nothing is done twice."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.utils import timezone
from playwright.sync_api import Error, Page, expect

from accounts.models import District, Membership
from accounts.roles import Actor, Role
from hospital.assigning import assign_manager
from hospital.booking import Booking, book
from hospital.cancelling import cancel
from hospital.models import EscortManager, Hospital, Incident, Payment, Shift, State, Trip, TripEvent
from hospital.possible import Wish
from hospital.service_users import Person
from hospital.taps import Tap, tap
from programs.deadlines import WorkingCalendar
from tests.browser.visitor import Visitor
from tests.browser.widths import on_a_phone_first

pytestmark = [pytest.mark.browser, pytest.mark.slow, on_a_phone_first]

CONSENTS = {"collection": True, "third_party": True, "sensitive": True}
LOST = "ERR_INTERNET_DISCONNECTED"
STEPS = ("start", "arrive", "consult", "wait", "finish")


def operator(role: Role) -> Actor:
    return Actor.of(Membership.objects.filter(role=role, organisation__code="escort-operator").order_by("pk")[0])


def todays_trip() -> Trip:
    """Of the demo's manager, now; booked for a day on which they work, since today may be a holiday."""
    manager = EscortManager.objects.get(membership__user__email="escort@demo.invalid")
    calendar, today = WorkingCalendar(), timezone.localdate()
    coming = Shift.objects.filter(manager=manager, span__startswith__gt=timezone.now()).order_by("span")
    begins = next(
        span.lower
        for span in coming.values_list("span", flat=True)
        if calendar.is_working_day(timezone.localdate(span.lower)) and timezone.localdate(span.lower) > today
    )
    place = District.objects.get(pk="11590")
    where = Hospital.objects.get_or_create(
        code="browser-1",
        defaults={"name": "시연대학교병원", "kind": "general", "district_id": "11590", "source": "시연"},
    )[0]
    wish = Wish(
        kind="reserved", wanted_at=begins + dt.timedelta(hours=3), district=place, hospital=where, purpose="treatment"
    )
    booking = Booking(
        key=uuid.uuid4(), person=Person("김이용", dt.date(1950, 1, 1), "01000000001", "시연로 1", place), wish=wish,
        pickup="시연로 1, 101동 정문", consents=dict(CONSENTS), mobility="aided", notes="귀가 어두우십니다.",
    )  # fmt: skip
    trip = book(booking, actor=operator(Role.CALL_CENTER))
    assign_manager(trip.pk, manager.pk, actor=operator(Role.DISPATCHER))
    now = timezone.now()
    Trip.objects.filter(pk=trip.pk).update(day=today, meet_at=now, earliest=now, latest=now)
    return trip


@contextmanager
def without_a_line(manager: Visitor) -> Iterator[None]:
    manager.meant.append(LOST)  # the page tries again and again, and Chromium calls every lost line an error
    manager.context.set_offline(True)
    yield
    manager.context.set_offline(False)


def next_button(page: Page, name: str) -> None:
    button = page.locator("[data-next] button:visible")
    expect(button).to_have_text(name)
    expect(button).to_be_enabled()
    button.click()


def waiting(page: Page, count: int) -> None:
    banner = page.locator("[data-taps-waiting]")
    if count:
        expect(banner).to_contain_text(f"보내는 중인 기록이 {count}건")
    else:
        expect(banner).to_be_hidden()


def recorded(trip: Trip) -> list[str]:
    return list(TripEvent.objects.filter(trip=trip, action__in=STEPS).order_by("pk").values_list("action", flat=True))


def at_the_trip(arrive: Callable[..., Visitor], trip: Trip) -> Visitor:
    manager = arrive("escort")
    manager.go(f"/work/escort/my/{trip.pk}/")
    return manager


def test_a_trip_is_walked_over_a_bad_line(arrive: Callable[..., Visitor]):
    trip = todays_trip()
    manager = arrive("escort")
    page = manager.page
    manager.go("/work/escort/my/")
    manager.look("day")
    page.locator(".phone-item a").first.click()
    manager.look("closed")
    manager.press("이용자 정보 열기")
    manager.sees("김이용")
    manager.sees("귀가 어두우십니다.")
    manager.look("opened")
    next_button(page, "출발")
    manager.sees("매니저 출발")
    with without_a_line(manager):
        pressed_at = timezone.now()
        next_button(page, "도착·만남")
        waiting(page, 1)
        expect(page.locator("[data-taps-list]")).to_contain_text("도착·만남")
        next_button(page, "진료 시작")
        waiting(page, 2)
        manager.look("waiting")
    waiting(page, 0)
    expect(page.locator("h1")).to_contain_text("진료 중")
    assert recorded(trip) == ["start", "arrive", "consult"]
    met = Trip.objects.get(pk=trip.pk)
    assert abs(met.met_at - pressed_at) < dt.timedelta(seconds=5)
    assert not met.flagged
    manager.sees("김이용")  # still open
    signs(manager)
    next_button(page, "대기·수납")
    next_button(page, "귀가 완료")
    manager.sees("이용료")
    manager.look("completed")
    manager.choose("결제 방법", "카드")
    page.get_by_role("button", name=re.compile("받음$")).click()
    manager.sees("영수증을 보냈습니다")
    manager.look("paid")
    assert Payment.objects.get(fee__trip=trip).method == "card"
    assert recorded(trip) == list(STEPS)


def signs(manager: Visitor) -> None:
    page = manager.page
    pad = page.locator("[data-sign]")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    page.mouse.move(box["x"] + 40, box["y"] + 60)
    page.mouse.down()
    for n in range(1, 12):
        page.mouse.move(box["x"] + 40 + 16 * n, box["y"] + 60 + (25 if n % 2 else -25))
    page.mouse.up()
    manager.look("signing")
    manager.press("확인 저장")
    expect(page.get_by_role("img", name="저장된 서명")).to_be_visible()


def test_what_waits_outlives_a_reload_and_a_lost_page(arrive: Callable[..., Visitor]):
    """The page comes, what is sent does not; then nothing comes at all; then everything is sent once and in order."""
    trip = todays_trip()
    manager = at_the_trip(arrive, trip)
    page = manager.page
    manager.meant.append(LOST)
    page.route("**/tap/", lambda route: route.abort("internetdisconnected"))
    next_button(page, "출발")
    waiting(page, 1)
    page.reload()
    waiting(page, 1)
    next_button(page, "도착·만남")
    waiting(page, 2)
    with without_a_line(manager):
        page.unroute("**/tap/")  # only now, or it would be sent at the next try
        with pytest.raises(Error, match=LOST):
            page.reload()
        assert recorded(trip) == []
    manager.go("/work/escort/my/")  # on any of the manager's pages
    waiting(page, 0)
    expect(page.locator(".phone-item").first).to_contain_text("만남")
    assert recorded(trip) == ["start", "arrive"]
    kept = page.evaluate("() => Object.keys(localStorage).map((key) => localStorage.getItem(key)).join()")
    assert "김이용" not in kept


def test_a_double_tap_and_two_tabs_do_each_step_once(arrive: Callable[..., Visitor]):
    trip = todays_trip()
    manager = at_the_trip(arrive, trip)
    page, second = manager.page, manager.context.new_page()
    manager.listen_to(second)
    second.goto(page.url)
    with without_a_line(manager):
        page.locator("[data-next] button:visible").dblclick()
        waiting(page, 1)
        waiting(second, 1)
        next_button(second, "도착·만남")
        waiting(page, 2)
    waiting(page, 0)
    waiting(second, 0)
    for tab in (page, second):
        expect(tab.locator("h1")).to_contain_text("만남")
    assert recorded(trip) == ["start", "arrive"]


def test_a_refusal_is_read_and_what_was_pressed_upon_it_goes_with_it(arrive: Callable[..., Visitor]):
    """The manager has met the person, and said so at another phone."""
    trip = todays_trip()
    manager = at_the_trip(arrive, trip)
    page = manager.page
    with without_a_line(manager):
        next_button(page, "출발")
        next_button(page, "도착·만남")
        waiting(page, 2)
        there = Membership.objects.get(user__email="escort@demo.invalid", role=Role.ESCORT_MANAGER)
        tap(trip.pk, Tap(uuid.uuid4(), "arrive"), actor=Actor.of(there))
    expect(page.locator("[data-taps-refused]")).to_contain_text("이어서 누른 1건도 보내지 않았습니다")
    expect(page.locator("h1")).to_contain_text("만남")
    manager.look("refused")
    waiting(page, 0)
    assert recorded(trip) == ["arrive"]


def test_a_trip_that_was_called_off_meanwhile_leads_back_to_the_day(arrive: Callable[..., Visitor]):
    trip = todays_trip()
    manager = at_the_trip(arrive, trip)
    page = manager.page
    with without_a_line(manager):
        next_button(page, "출발")
        waiting(page, 1)
        cancel(trip.pk, actor=operator(Role.CALL_CENTER))
    manager.is_at("나의 동행")
    expect(page.locator("[data-taps-refused]")).to_contain_text("이제 맡고 있지 않은 동행")
    waiting(page, 0)
    manager.look("called-off")


def test_a_step_that_comes_again_without_a_line_is_another_one(arrive: Callable[..., Visitor]):
    """Back to the doctor with a picture: 진료 시작, 대기, and 진료 시작 once more."""
    trip = todays_trip()
    manager = at_the_trip(arrive, trip)
    page = manager.page
    with without_a_line(manager):
        for name in ("출발", "도착·만남", "진료 시작", "대기·수납"):
            next_button(page, name)
        manager.unfold("다른 단계")
        again = page.locator("[data-other-steps]").get_by_role("button", name="진료 시작")
        expect(again).to_be_enabled()
        again.click()
        waiting(page, 5)
    waiting(page, 0)
    assert recorded(trip) == ["start", "arrive", "consult", "wait", "consult"]
    keys = TripEvent.objects.filter(trip=trip, key__isnull=False).values_list("key", flat=True)
    assert {key.version for key in keys} == {4}
    assert len(set(keys)) == 5


def test_a_phone_that_keeps_nothing_sends_the_form(arrive: Callable[..., Visitor]):
    trip = todays_trip()
    manager = arrive("escort")
    manager.page.add_init_script("Storage.prototype.setItem = () => { throw new Error('full'); }")
    manager.go(f"/work/escort/my/{trip.pk}/")
    next_button(manager.page, "출발")
    manager.sees("매니저 출발")
    assert recorded(trip) == ["start"]


def test_taps_wait_for_their_manager_to_sign_in_again(arrive: Callable[..., Visitor]):
    trip = todays_trip()
    manager = at_the_trip(arrive, trip)
    page = manager.page
    cookies = manager.context.cookies()
    manager.context.clear_cookies()
    next_button(page, "출발")
    expect(page.locator("[data-taps-sign-in]")).to_be_visible()
    manager.look("signed-out")
    assert recorded(trip) == []
    manager.context.add_cookies(cookies)
    manager.go("/work/escort/my/")
    waiting(page, 0)
    expect(page.locator(".phone-item").first).to_contain_text("매니저 출발")
    assert recorded(trip) == ["start"]


def test_late_a_fall_and_nobody_at_the_door(arrive: Callable[..., Visitor]):
    trip = todays_trip()
    manager = at_the_trip(arrive, trip)
    page = manager.page
    manager.unfold("늦어진다고 알리기")
    manager.look("late")
    manager.choose("늦어지는 시간", "약 20분")
    manager.press("이용자에게 알리기")
    manager.sees("이용자에게 늦어진다고 알렸습니다.")
    manager.unfold("사고 보고")
    manager.press("사고 보고하기")
    manager.look("incident-refused")
    page.get_by_label(re.compile("^종류")).select_option("fall")
    manager.fill(내용="정문 계단에서 넘어지셨습니다. 의식은 있으십니다.")
    manager.tick("119에 신고하였습니다")
    next_button(page, "출발")  # what was being written stays
    manager.sees("기록되었습니다. 적던 것을 보낸 뒤")
    manager.press("사고 보고하기")
    manager.sees("사고를 보고하였습니다.")
    assert Incident.objects.get().called_119
    manager.unfold("다른 단계")
    manager.press("현장 취소·부재")
    manager.confirm()
    manager.is_at("나의 동행")
    manager.sees("만나지 못한 것으로 기록하였습니다.")
    manager.look("nobody")
    assert Trip.objects.get(pk=trip.pk).state == State.NO_SHOW
    closes(arrive)


def closes(arrive: Callable[..., Visitor]) -> None:
    dispatcher = arrive("dispatcher")
    dispatcher.open_menu("사고 보고")
    dispatcher.look("incidents")
    dispatcher.fill(조치="가족에게 알리고 응급실로 모셨습니다.")
    dispatcher.press("마무리")
    dispatcher.sees("조치를 기록하고 마무리하였습니다.")
    dispatcher.look("closed")
