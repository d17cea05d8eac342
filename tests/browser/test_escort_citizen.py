"""The escort booked: by a citizen on a phone, for family, again; and by a caller, at a desk with the keyboard."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import District
from accounts.roles import Role
from hospital import taps
from hospital.assigning import assign_manager
from hospital.models import Ban, CallRecord, EscortManager, ServiceUser, Trip
from hospital.planning import own_days
from hospital.trip_links import token_of
from programs.workflow import UnableToPerform
from tests.browser.test_escort_board import operator, working_day
from tests.browser.visitor import Visitor
from tests.browser.widths import at_a_desk_first, on_a_phone_first
from tests.programs import files

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def fill_trip(visitor: Visitor, clock: str = "10:00") -> None:
    page = visitor.page
    page.get_by_label("이용일").select_option(value=f"{working_day()}")
    page.get_by_label("매니저와 만날 시각").fill(clock)
    page.get_by_label("병원 찾기").press_sequentially("보라매")
    expect(page.locator("#hospital-results")).to_contain_text("보라매")
    page.locator("#hospital-results label").first.click()
    page.get_by_label("가시는 까닭").select_option(label="진료")
    visitor.choose("휠체어에 앉을 수 있고", "예")
    visitor.choose("다른 돌봄서비스", "아니요")


def agree(visitor: Visitor) -> None:
    for text in ("개인정보 수집·이용", "개인정보 제3자 제공"):
        visitor.page.get_by_role("group", name=re.compile(text)).locator("label").last.click()


def a_manager(trip: Trip) -> EscortManager:
    """Somebody who can take it, with a photo."""
    dispatcher = operator(Role.DISPATCHER)
    for one in own_days(dispatcher, trip.day):
        with contextlib.suppress(UnableToPerform):
            assign_manager(trip.pk, one.manager.pk, actor=dispatcher)
            one.manager.photo.save("photo.jpg", ContentFile(files.image(size=(96, 120))))
            return one.manager
    raise AssertionError("nobody is free")


@on_a_phone_first
def test_a_citizen_books_and_cancels(arrive: Callable[..., Visitor]):
    visitor = arrive("citizen")
    page = visitor.page
    visitor.go("/programs/hospital-escort/")
    visitor.look("programme")
    visitor.follow("동행 예약하기")
    visitor.is_at("병원 동행 예약")
    visitor.look("form")
    visitor.press("확인")
    visitor.look("form-errors")
    fill_trip(visitor)
    expect(page.locator("#answer")).to_contain_text("예약할 수 있습니다")
    page.get_by_label("매니저와 만날 시각").fill("19:30")
    expect(page.locator("#answer")).to_contain_text("이용 시간은")
    visitor.look("answer-no")
    page.get_by_label("매니저와 만날 시각").fill("10:00")
    agree(visitor)
    page.get_by_role("group", name=re.compile("민감정보")).locator("label", has_text="동의합니다").click()
    page.get_by_label("진료과").fill("이비인후과")
    page.get_by_label("건강상 알릴 것").fill("귀가 어둡습니다")
    expect(page.locator("#answer")).to_contain_text("예약할 수 있습니다")
    page.evaluate("() => document.activeElement.blur()")  # a whole page's picture leaves a focused text area scrolled
    visitor.look("answer-yes")
    visitor.press("확인")
    visitor.is_at("예약 확인")
    visitor.look("review")
    page.get_by_role("button", name="예약하기").dblclick()
    visitor.sees("예약하였습니다")
    visitor.look("booked")
    trip = Trip.objects.get()
    assert trip.notes == "귀가 어둡습니다"
    manager = a_manager(trip)
    taps.report_delay(trip.pk, minutes=15, actor=operator(Role.DISPATCHER))
    page.reload()
    visitor.sees(str(manager))
    visitor.look("assigned")
    visitor.go(f"/escort/t/{token_of(trip)}/")
    visitor.look("shared")
    visitor.go("/escort/t/nonsense/")
    visitor.look("shared-gone")
    visitor.go("/escort/")
    visitor.look("list")
    visitor.follow(re.compile("10:00"))
    visitor.press("예약 취소")
    visitor.confirm()
    visitor.sees("예약을 취소하였습니다")
    visitor.look("cancelled")
    visitor.follow("이 예약처럼 다시 예약")
    expect(page.locator("#hospital-results input:checked")).to_have_count(1)
    visitor.go("/my/")
    visitor.look("my-applications")


@on_a_phone_first
def test_a_daughter_books_for_her_mother(arrive: Callable[..., Visitor]):
    visitor = arrive("citizen")
    page = visitor.page
    visitor.go("/escort/book/")
    visitor.choose("누가 가십니까", "가족이 갑니다")
    visitor.fill(이름="박어머", 생년월일="1949-05-06", 휴대전화="010-7777-1234")
    page.get_by_label("신청인과의 관계").fill("어머니")
    page.get_by_label("사는 곳의 도로명주소").fill("관악로 1")
    page.get_by_label("사는 자치구").select_option(label="관악구")
    fill_trip(visitor)
    agree(visitor)
    visitor.look("family")
    visitor.press("확인")
    visitor.press("예약하기")
    visitor.sees("박*머 님의 동행")
    assert Trip.objects.select_related("service_user").get().service_user.name == "박어머"


@at_a_desk_first
def test_a_caller_is_booked_by_the_keyboard_alone(arrive: Callable[..., Visitor]):
    visitor = arrive("callcenter")
    page, keys = visitor.page, visitor.page.keyboard
    visitor.go("/work/escort/calls/")
    visitor.look("calls-none")
    keys.type("010-4444-3333")
    keys.press("Enter")
    visitor.sees("이 번호로 아는 이용자가 없습니다")
    visitor.look("unknown")
    keys.press("Enter")  # the focus is on it
    visitor.is_at("전화 예약")
    visitor.look("form")
    first_booking(visitor)
    visitor.sees("예약번호")
    visitor.look("booked")
    assert CallRecord.objects.get().result == "booked"
    keys.press("Enter")  # the next call
    visitor.is_at("전화 상담")
    keys.type("01044443333")
    keys.press("Enter")
    visitor.sees("최전화")
    visitor.look("known")
    keys.press("Enter")  # the same trip again
    visitor.is_at("전화 예약")
    page.get_by_label("이용일").select_option(value=f"{working_day()}")
    page.get_by_label("매니저와 만날 시각").fill("11:00")
    visitor.choose("휠체어에 앉을 수 있고", "예")
    visitor.choose("다른 돌봄서비스", "아니요")
    agree(visitor)
    visitor.press("예약하고 통화 끝내기")
    visitor.sees("같은 때에 이미 예약이 있습니다")
    visitor.look("refused")
    visitor.follow("돌아가기")
    visitor.choose("통화 결과", "이용할 수 없음")
    visitor.fill(**{"통화 메모": "시간이 겹침"})
    visitor.press("통화 끝내기")
    visitor.sees("통화를 기록하였습니다")
    visitor.look("calls")


def first_booking(visitor: Visitor) -> None:
    """Somebody new, by Tab, arrows, Space and Enter."""
    page, keys = visitor.page, visitor.page.keyboard
    page.get_by_label("이름").first.focus()
    for words in ("최전화", "1950-02-03"):
        keys.type(words)
        keys.press("Tab")
    keys.press("Tab")  # the phone is known
    keys.press("ArrowDown")  # the first district
    keys.press("Tab")
    keys.type("전화로 3")
    for _n in range(4):  # no guardian, no family: to the kind of the trip
        keys.press("Tab")
    expect(page.get_by_label("날을 정해 예약")).to_be_focused()
    keys.press("Tab")
    page.locator(":focus").select_option(value=f"{working_day()}")
    keys.press("Tab")
    keys.type("1000AM")
    page.get_by_label("병원 찾기").focus()
    keys.type("보라매")
    keys.press("Enter")
    expect(page.locator("#hospital-results input:checked")).to_be_focused()
    keys.press("Tab")
    keys.press("ArrowDown")  # treatment
    page.get_by_role("group", name=re.compile("휠체어")).get_by_label("예", exact=True).focus()
    keys.press("Space")
    keys.press("Tab")
    keys.press("ArrowRight")
    for text in ("개인정보 수집·이용", "개인정보 제3자 제공"):
        page.get_by_role("group", name=re.compile(text)).get_by_role("checkbox").focus()
        keys.press("Space")
    expect(page.locator("#answer")).to_contain_text("예약할 수 있습니다")
    visitor.look("answer")
    page.get_by_label("통화 메모").focus()
    keys.press("Tab")
    keys.press("Enter")


@at_a_desk_first
def test_the_card_of_a_service_user(arrive: Callable[..., Visitor]):
    person = ServiceUser.objects.create(
        name="최전화", birth_date=dt.date(1950, 2, 3), phone="01044443333", address="전화로 3",
        district=District.objects.get(pk="11590"),
    )  # fmt: skip
    today = timezone.localdate()
    Ban.objects.create(service_user=person, days=(today, today + dt.timedelta(days=20)), reason="late_cancels")
    visitor = arrive("dispatcher")
    visitor.go(f"/work/escort/people/{person.pk}/")
    visitor.look("masked")
    visitor.press("연락처와 주소 열기")
    visitor.sees("전화로 3")
    visitor.look("opened")
    visitor.page.get_by_label("증빙").first.select_option(label="차상위계층 확인서")
    visitor.press("증빙 기록")
    visitor.sees("증빙을 기록하였습니다")
    visitor.press("제한 풀기")
    visitor.look("errors")
    visitor.fill(**{"제한을 푸는 사유": "입원해 있었음"})
    visitor.press("제한 풀기")
    visitor.sees("이용 제한을 풀었습니다")
    visitor.look("lifted")
