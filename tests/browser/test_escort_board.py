"""The dispatcher's day: assigning by keys and by hand, all at once, and through a hub that takes a trip."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.clock import SEOUL
from accounts.models import District, Membership, Organisation
from accounts.roles import Actor, Role
from hospital.assigning import assign_manager
from hospital.booking import Booking, book
from hospital.models import Absence, Assignment, Credential, EscortManager, Hospital, State, Trip
from hospital.planning import own_days
from hospital.possible import Wish
from hospital.service_users import Person
from programs.deadlines import WorkingCalendar
from tests.browser.visitor import Visitor
from tests.browser.widths import at_a_desk_first

pytestmark = [pytest.mark.browser, pytest.mark.slow, at_a_desk_first]

CONSENTS = {"collection": True, "third_party": True, "sensitive": True}


def operator(role: Role) -> Actor:
    return Actor.of(Membership.objects.filter(role=role, organisation__code="escort-operator").order_by("pk")[0])


def working_day() -> dt.date:
    """The next but one, so that it may be reserved for and everybody has a shift."""
    calendar, day = WorkingCalendar(), timezone.localdate() + dt.timedelta(days=2)
    while not calendar.is_working_day(day):
        day += dt.timedelta(days=1)
    return day


def requested(day: dt.date, clock: str, number: int, district: str = "11590", purpose: str = "treatment") -> Trip:
    """Somebody who called, to be met at that time."""
    place = District.objects.get(pk=district)
    where = Hospital.objects.get_or_create(
        code="browser-1",
        defaults={"name": "시연대학교병원", "kind": "general", "district_id": "11590", "source": "시연"},
    )[0]
    person = Person(f"이용자{number}", dt.date(1950, 1, 1), f"0100000{number:04}", "시연로 1", place)
    wanted = dt.datetime.combine(day, dt.time.fromisoformat(clock), SEOUL)
    wish = Wish(kind="reserved", wanted_at=wanted, district=place, hospital=where, purpose=purpose)
    booking = Booking(key=uuid.uuid4(), person=person, wish=wish, pickup="시연로 1, 정문", consents=dict(CONSENTS))
    return book(booking, actor=operator(Role.CALL_CENTER))


def busy_day() -> dt.date:
    """Some of the day is planned, one manager is away, one lacks insurance, and four people wait."""
    day, dispatcher = working_day(), operator(Role.DISPATCHER)
    days = [one for one in own_days(dispatcher, day) if one.shifts]
    for number, one in enumerate(days[:3]):
        meets = one.shifts[0][0].astimezone(SEOUL) + dt.timedelta(minutes=90)
        trip = requested(day, f"{meets:%H:%M}", number, one.manager.base_id)
        assign_manager(trip.pk, one.manager.pk, actor=dispatcher)
    away = days[-1]
    begins, _ends = away.shifts[0]
    Absence.objects.create(manager=away.manager, reason="leave", span=(begins, begins + dt.timedelta(hours=3)))
    Credential.objects.filter(manager=days[-2].manager, kind="insurance").update(
        valid_until=day - dt.timedelta(days=1)
    )
    for number, (clock, district, purpose) in enumerate(
        [("13:00", "11590", "treatment"), ("14:00", "11620", "test"), ("14:30", "11680", "treatment"),
         ("15:00", "11440", "rehabilitation")], start=10,
    ):  # fmt: skip
        requested(day, clock, number, district, purpose)
    return day


def test_a_dispatcher_assigns_by_keys_and_by_hand(arrive: Callable[..., Visitor]):
    day = busy_day()
    dispatcher = arrive("dispatcher")
    dispatcher.go(f"/work/escort/board/{day}/")
    dispatcher.look("board")
    if dispatcher.is_phone:
        by_button(dispatcher)
        return
    by_keys(dispatcher)
    by_dragging(dispatcher)
    by_form(dispatcher)


def by_button(dispatcher: Visitor) -> None:
    dispatcher.page.locator("[data-waiting] a").first.click()
    expect(dispatcher.page.locator("[data-suggestions] button").first).to_be_focused()
    dispatcher.look("chosen")
    dispatcher.page.locator("[data-suggestions] button").first.click()
    dispatcher.sees("매니저를 배정하고 이용자에게 알렸습니다.")
    dispatcher.look("assigned")


def by_keys(dispatcher: Visitor) -> None:
    page = dispatcher.page
    lines = page.locator("[data-waiting] a")
    lines.first.focus()
    page.keyboard.press("ArrowDown")
    expect(lines.nth(1)).to_be_focused()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    dispatcher.look("help")
    page.keyboard.press("Escape")
    lines.nth(1).focus()
    page.keyboard.press("ArrowUp")
    chosen = int(lines.first.get_attribute("id").removeprefix("waiting-"))
    page.keyboard.press("Enter")
    suggested = page.locator("[data-suggestions] button")
    expect(suggested.first).to_be_focused()
    dispatcher.look("chosen")
    page.keyboard.press("ArrowDown")
    expect(suggested.nth(1)).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(f"#waiting-{chosen}")).to_be_focused()
    page.keyboard.press("Enter")
    expect(suggested.first).to_be_focused()
    page.keyboard.press("Enter")
    dispatcher.sees("매니저를 배정하고 이용자에게 알렸습니다.")
    assert Trip.objects.get(pk=chosen).state == State.ASSIGNED


def by_dragging(dispatcher: Visitor) -> None:
    """Onto the line of somebody who can go, and then from there onto another's."""
    page = dispatcher.page
    item = page.locator("[data-waiting] li").first
    pk = int(item.locator("a").get_attribute("id").removeprefix("waiting-"))
    page.goto(f"{page.url.split('?')[0]}?trip={pk}")
    free = page.locator("[data-suggestions] input[name=manager]")
    first, second = (free.nth(n).get_attribute("value") for n in (0, 1))
    page.locator("[data-waiting] li").first.drag_to(page.locator(f"[data-manager='{first}'] .lane-line"))
    dispatcher.sees("매니저를 배정하고 이용자에게 알렸습니다.")
    assert Assignment.objects.get(trip=pk, released_at=None).manager_id == int(first)
    block = page.locator(f"a.block[href$='trip={pk}']")
    block.drag_to(page.locator(f"[data-manager='{second}'] .lane-head"))
    expect(page.locator(f"[data-manager='{second}'] a.block[href$='trip={pk}']")).to_be_visible()
    assert Assignment.objects.get(trip=pk, released_at=None).manager_id == int(second)
    dispatcher.look("reassigned")


def by_form(dispatcher: Visitor) -> None:
    """What is refused comes back with what was typed; a delay is told; the assignment is undone."""
    page = dispatcher.page
    page.locator("[data-waiting] a").first.click()
    dispatcher.unfold("매니저와 때를 골라 배정")
    the_refresh_waits(dispatcher)
    lacking = EscortManager.objects.get(credentials__valid_until__isnull=False)
    page.get_by_label(re.compile("^동행매니저")).select_option(str(lacking.pk))
    dispatcher.press("매니저 배정")
    dispatcher.sees("유효하지 않은 자격이 있습니다")
    dispatcher.look("refused")
    page.locator("a.block[draggable=true]").first.click()
    dispatcher.unfold("지연 알림")
    dispatcher.fill(**{"늦어지는 시간": "20"})
    dispatcher.press("지연 알림")
    dispatcher.sees("20분 지연")
    page.locator("a.block[draggable=true]").first.click()
    dispatcher.unfold("배정 해제")
    dispatcher.press("배정 해제")
    dispatcher.sees("배정을 풀었습니다.")


def the_refresh_waits(dispatcher: Visitor) -> None:
    """Until the hand is off the form; what was typed stays in either case."""
    page, number = dispatcher.page, page_count(dispatcher)
    clock = page.get_by_label(re.compile("^만나는 때")).first
    clock.fill("15:10")
    requested(dt.date.fromisoformat(page.url.split("/board/")[1][:10]), "15:30", 40)
    page.evaluate("() => htmx.trigger('#lanes', 'wake')")
    page.wait_for_timeout(500)
    assert page_count(dispatcher) == number
    clock.blur()
    page.evaluate("() => htmx.trigger('#lanes', 'wake')")
    expect(page.locator("[data-waiting] li")).to_have_count(number + 1)
    expect(clock).to_have_value("15:10")
    clock.fill("")


def page_count(dispatcher: Visitor) -> int:
    return dispatcher.page.locator("[data-waiting] li").count()


def test_all_are_assigned_at_once_and_the_rest_goes_to_a_hub(arrive: Callable[..., Visitor]):
    day = busy_day()
    for number in range(20, 34):
        requested(day, "11:00", number)
    dispatcher = arrive("dispatcher")
    dispatcher.go(f"/work/escort/board/{day}/")
    dispatcher.press("한꺼번에 배정하기")
    dispatcher.sees("아직 아무것도 배정하지 않았습니다.")
    dispatcher.look("plan")
    someone = Trip.objects.filter(pk=first_of(dispatcher)).get()
    spoil(someone)
    dispatcher.press("적용")
    dispatcher.sees("그사이 달라진 1건은 배정하지 않았습니다.")
    dispatcher.look("applied")
    dispatcher.press("제안하기")
    dispatcher.sees("기관에 제안하였습니다.")
    dispatcher.look("offered")
    taken_by_the_hub(arrive("hub"))
    dispatcher.go(f"/work/escort/board/{day}/")
    dispatcher.sees("협력기관이 맡은 동행 1건")


def first_of(dispatcher: Visitor) -> int:
    link = dispatcher.page.locator("main tbody th a").first.get_attribute("href")
    return int(link.rstrip("/").rsplit("/", 1)[1])


def spoil(trip: Trip) -> None:
    """Meanwhile the person cancels."""
    from hospital.cancelling import cancel

    cancel(trip.pk, actor=operator(Role.CALL_CENTER))


def taken_by_the_hub(hub: Visitor) -> None:
    page = hub.page
    hub.go("/work/escort/offers/")
    hub.look("offers")
    hub.unfold("맡지 못합니다")
    hub.press("거절하기", within=page.locator(".offer-list .card").first)
    hub.look("decline-errors")
    page.get_by_label(re.compile("^맡지 못하는 사유")).first.select_option("nobody_free")
    hub.press("거절하기", within=page.locator(".offer-list .card").first)
    hub.sees("맡지 않겠다고 답하였습니다.")
    page.get_by_role("button", name="맡겠습니다").first.click()
    hub.sees("동행을 맡았습니다.")
    hub.look("ours")
    hub.press("연락처와 주소 열기")
    hub.sees("시연로 1, 정문")
    hub.look("ours-open")
    hub.follow("배차판에서 보기")
    hub.look("own-board")
    page.locator("[data-suggestions] button").first.click()
    hub.sees("매니저를 배정하고 이용자에게 알렸습니다.")
    hub.look("own-board-assigned")
    hub.open_menu("맡은 동행")
    hub.look("own-trips")
    assert Assignment.objects.filter(manager__organisation=Organisation.objects.get(code="escort-hub-1")).exists()


def test_trips_are_found_read_and_acted_upon(arrive: Callable[..., Visitor]):
    day = busy_day()
    dispatcher = arrive("dispatcher")
    dispatcher.open_menu("동행 목록")
    dispatcher.look("trips")
    trip = Trip.objects.filter(day=day, state=State.ASSIGNED).earliest("pk")
    dispatcher.follow(trip.number)
    dispatcher.look("trip")
    dispatcher.press("연락처와 주소 열기")
    dispatcher.sees("시연로 1, 정문")
    dispatcher.look("trip-open")
    dispatcher.unfold("예약 취소")
    dispatcher.press("예약 취소")
    dispatcher.confirm()
    dispatcher.sees("비어 있습니다.")
    dispatcher.look("cancel-errors")
    dispatcher.page.get_by_label(re.compile("^취소 사유")).select_option("hospital")
    dispatcher.press("예약 취소")
    dispatcher.confirm()
    dispatcher.sees("예약을 취소하고 이용자에게 알렸습니다.")
    give_up(dispatcher, day)
    dispatcher.open_menu("미제공 수요")
    dispatcher.look("unmet")


def give_up(dispatcher: Visitor, day: dt.date) -> None:
    waiting = Trip.objects.filter(day=day, state=State.REQUESTED).earliest("pk")
    dispatcher.go(f"/work/escort/trips/{waiting.pk}/")
    dispatcher.unfold("제공하지 못함")
    dispatcher.page.get_by_label(re.compile("^제공하지 못하는 사유")).select_option("no_manager")
    dispatcher.press("제공하지 못함")
    dispatcher.confirm()
    dispatcher.sees("제공하지 못한 수요로 기록하고")
