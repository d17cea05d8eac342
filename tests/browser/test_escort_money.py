"""A month of the escort is settled between operator and city, fees are taken, trips replayed, hospitals kept."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable

import pytest
from django.contrib.auth.hashers import make_password
from django.utils import timezone
from playwright.sync_api import expect

from accounts.clock import SEOUL
from accounts.demo import PASSWORD
from accounts.models import Organisation
from accounts.months import previous_month
from accounts.offices import CITY
from accounts.roles import Actor, Role
from hospital import taps
from hospital.assigning import assign_manager
from hospital.models import Fee, Hospital, HospitalFile, Settlement, Trip
from hospital.planning import own_days
from portal.seoul2021.staff import account, membership
from programs.models import Terms
from tests.browser.test_escort_board import operator, requested, working_day
from tests.browser.visitor import Visitor
from tests.browser.widths import at_a_desk_first
from tests.factories.money import fund
from tests.hospital.test_hospital_import import ROWS, book

pytestmark = [pytest.mark.browser, pytest.mark.slow, at_a_desk_first]
MONTH = previous_month(timezone.localdate())


def served_last_month(count: int = 3) -> list[Trip]:
    """Two hours each, in the middle of last month; nobody has paid."""
    day, dispatcher = working_day(), operator(Role.DISPATCHER)
    made = []
    for number, one in enumerate([one for one in own_days(dispatcher, day) if one.shifts][:count]):
        meets = one.shifts[0][0].astimezone(SEOUL) + dt.timedelta(minutes=90)
        trip = requested(day, f"{meets:%H:%M}", 60 + number, one.manager.base_id)
        assign_manager(trip.pk, one.manager.pk, actor=dispatcher)
        phone = Actor.of(one.manager.membership)
        Trip.objects.filter(pk=trip.pk).update(day=timezone.localdate())
        taps.tap(trip.pk, taps.Tap(uuid.uuid4(), "arrive"), actor=phone)
        Trip.objects.filter(pk=trip.pk).update(met_at=timezone.now() - dt.timedelta(minutes=119))
        taps.tap(trip.pk, taps.Tap(uuid.uuid4(), "finish"), actor=phone)
        middle = timezone.make_aware(dt.datetime.combine(MONTH + dt.timedelta(days=14), dt.time(12)))
        Trip.objects.filter(pk=trip.pk).update(ended_at=middle, day=middle.date())
        made.append(trip)
    Fee.objects.filter(trip__in=made[:1]).update(due_on=timezone.localdate() - dt.timedelta(days=3))
    return made


def another_officer() -> str:
    who = account("city2@demo.invalid", "둘째 담당자(시연)", make_password(PASSWORD))
    membership(who, Role.CITY_OFFICER, CITY)
    return "city2"


def test_a_month_is_disputed_decided_checked_and_approved_by_another(arrive: Callable[..., Visitor], fresh: str):
    trips = served_last_month()
    for year in {MONTH.year, timezone.localdate().year}:
        fund(Organisation.objects.get(code=CITY), "hospital-escort", year)
    dispatcher = arrive("dispatcher")
    dispatcher.open_menu("동행 정산")
    dispatcher.look("none-yet")
    dispatcher.page.locator("main select[name=month]").select_option(MONTH.isoformat())
    dispatcher.press("계산")
    dispatcher.sees("정산을 계산하였습니다.")
    dispatcher.look("computed")
    dispatcher.page.locator("tbody tr", has_text=trips[0].number).get_by_role("link", name="이의").click()
    dispatcher.fill(**{"이의 사유": "한 시간만 걸렸습니다."})
    dispatcher.look("dispute")
    dispatcher.press("저장")
    dispatcher.sees("한 시간만 걸렸습니다.")
    dispatcher.press("확인하여 보내기")
    dispatcher.confirm()
    dispatcher.sees("서울시에 보냈습니다")
    decided_by_the_city(arrive("city"), trips[0])
    approved(arrive(another_officer()))


def decided_by_the_city(city: Visitor, trip: Trip) -> None:
    city.open_menu("동행 정산")
    city.look("to-check")
    city.page.locator("main tbody th a").first.click()
    city.sees("수행기관 이의 1건을 먼저 처리하십시오.")
    city.look("disputed")
    city.page.locator("tbody tr", has_text=trip.number).get_by_role("link", name="처리").click()
    city.press("저장")
    city.look("resolve-errors")
    city.choose("처리", "정산합니다")
    city.fill(**{"인정하는 시간": "60", "처리 사유": "출발 기록과 같습니다."})
    city.press("저장")
    city.sees("출발 기록과 같습니다.")
    city.press("확인 마치기")
    city.sees("직접 확인한 정산은 다른 담당자가 결재하여야 합니다.")
    city.look("checked")


def approved(officer: Visitor) -> None:
    settlement = Settlement.objects.get(month=MONTH)
    officer.go(f"/work/escort/settlements/{settlement.pk}/")
    officer.press("결재")
    officer.confirm()
    officer.sees("예산에 기장한 문서")
    officer.look("approved")
    officer.press("정산서 인쇄")
    officer.look("print")


def test_fees_are_taken_and_trips_replayed(arrive: Callable[..., Visitor]):
    trips = served_last_month()
    caller, city = arrive("callcenter"), arrive("city")
    caller.open_menu("받을 이용료")
    caller.sees(trips[0].number)
    caller.look("fees")
    row = caller.page.locator("tbody tr", has_text=trips[0].number)
    row.get_by_role("button").click()
    caller.look("fee-errors")
    row.locator("select").select_option("transfer")
    row.get_by_role("button").click()
    caller.sees("받은 것을 기록하고 영수증을 보냈습니다.")
    assert Fee.objects.get(trip=trips[0]).state == "paid"
    city.open_menu("다른 조건으로 견주기")
    city.look("replay-asked")
    city.fill(시작일=MONTH.isoformat(), **{"마지막 날": timezone.localdate().isoformat()})
    earliest = Terms.objects.filter(program="hospital-escort").earliest("valid")
    city.page.locator("main select[name=terms]").select_option(str(earliest.pk))
    city.press("견주기")
    city.sees("실제와 견준 결과")
    city.look("replayed")


def test_the_list_of_hospitals_is_kept(arrive: Callable[..., Visitor], fresh: str):
    city = arrive("city")
    city.open_menu("병원 목록")
    city.look("hospitals")
    city.follow("병원 등록")
    city.fill(**{"병원 이름": "새동네병원", "고치는 사유": "목록에 없음"})
    city.press("저장")
    city.sees("자치구를 고르십시오")
    city.look("hospital-errors")
    city.page.locator("main select[name=kind]").select_option("hospital")
    city.page.locator("main select[name=district]").select_option("11590")
    city.press("저장")
    city.go("/work/escort/hospitals/?words=새동네")
    city.follow("새동네병원")
    city.look("hospital")
    city.go("/work/escort/hospitals/files/")
    city.look("files")
    uploaded(city)


def uploaded(city: Visitor) -> None:
    file = {"name": "병원정보서비스.xlsx", "mimeType": "application/octet-stream", "buffer": book(ROWS).getvalue()}
    city.page.locator("main input[type=file]").set_input_files(file)
    city.press("올려서 견주기")
    city.sees("건너뛴 줄")
    city.look("compared")
    city.unfold("바뀌거나 닫는 병원")
    city.press("병원 목록에 반영")
    city.sees("병원 목록에 반영하였습니다")
    city.look("taken-in")
    assert set(Hospital.objects.filter(open=True).values_list("name", flat=True)) == {
        "가나병원",
        "다라의원",
        "새동네병원",
    }
    city.go("/work/escort/hospitals/files/")
    city.sees(HospitalFile.objects.get().filename)
    city.look("files-after")


def test_new_terms_are_set(arrive: Callable[..., Visitor]):
    city = arrive("city")
    city.go("/work/catalogue/hospital-escort/terms/")
    city.look("terms")
    first = timezone.localdate() + dt.timedelta(days=3)
    city.fill(**{"적용 시작일": first.isoformat(), "근거": "방침(시연용)", "월간 횟수": "8"})
    city.press("저장")
    city.sees("이미 예약을 받고 있습니다")
    city.look("terms-refused")
    city.fill(**{"적용 시작일": (first + dt.timedelta(days=30)).isoformat()})
    city.press("저장")
    expect(city.page.locator("main")).to_contain_text("월간 8회")
    city.look("terms-set")
