"""The city's story: figures and what is behind them, calls, quota, catalogue and terms; and the privacy officer's."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.utils import timezone

from tests.browser.visitor import Visitor
from tests.browser.widths import at_a_desk_first

pytestmark = [pytest.mark.browser, at_a_desk_first]


def test_a_figure_is_followed_to_its_rows(arrive: Callable[..., Visitor]):
    city = arrive("city")
    city.look("work")
    city.open_menu("현황판")
    city.look("dashboard")
    if city.is_phone:
        city.page.locator(".filter summary").click()
    city.page.get_by_label("기준일").fill(f"{timezone.localdate() - timezone.timedelta(days=10)}")
    city.press("조회")
    city.look("dashboard-ten-days-ago")
    city.page.locator(".stats a").first.click()
    city.sees("검증값")
    city.look("rows")
    city.go("/work/reports/?district=11590")
    city.look("one-district")


@pytest.mark.slow
def test_places_are_moved_and_a_call_is_closed_and_opened(arrive: Callable[..., Visitor]):
    city = arrive("city")
    page = city.page
    city.open_menu("모집 관리")
    city.look("calls")
    city.follow(re.compile("시연용"))
    city.look("call")
    page.get_by_label("내놓는 자치구").select_option(label="동작구 (150)")
    target = page.get_by_label("받는 자치구").locator("option", has_text="관악구").inner_text()
    page.get_by_label("받는 자치구").select_option(label=target)
    city.fill(within=page.locator("#move"), **{"옮길 인원": "10", "사유": "신청이 적은 구에서 옮김(시연용)"})
    city.press("옮기기")
    city.confirm()
    city.sees("신청이 적은 구에서 옮김(시연용)")
    city.look("moved")
    page.locator(".toolbar").get_by_role("button", name="조기 마감").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("사유").fill("예산이 다함(시연용)")
    city.look("close-dialog")
    city.press("조기 마감", within=dialog)
    city.sees("조기 마감")
    page.locator(".toolbar").get_by_role("button", name="다시 열기").click()
    dialog.get_by_label("사유").fill("추가 예산(시연용)")
    city.press("다시 열기", within=dialog)
    city.look("opened-again")


@pytest.mark.slow
def test_the_catalogue_and_the_terms_are_edited(arrive: Callable[..., Visitor]):
    city = arrive("city")
    city.open_menu("사업 안내")
    city.look("catalogue")
    city.follow("1인가구 안전 도어지킴이")
    city.look("edit")
    city.fill(**{"한 줄 소개": "현관 앞 카메라를 달마다 1,000원에 이용합니다.", "고치는 사유": "알기 쉽게(시연용)"})
    city.press("저장")
    city.sees("고쳤습니다.")
    city.follow("1인가구 안전 도어지킴이")
    city.sees("알기 쉽게(시연용)")
    city.look("edited")
    city.go("/work/catalogue/door-guard/terms/")
    city.look("terms")


@pytest.mark.slow
def test_the_privacy_officer_reviews_and_answers(arrive: Callable[..., Visitor]):
    citizen, city, privacy = arrive("citizen"), arrive("city"), arrive("privacy")
    city.go("/work/queue/")  # a list that was read, for the log
    privacy.page.reload()
    citizen.go("/profile/requests/")
    citizen.look("requests")
    citizen.page.locator("main label").get_by_text("열람").first.click()
    citizen.fill(**{"요구 내용": "올해 제 신청서를 누가 보았는지 알려 주십시오."})
    citizen.page.locator("main form [type=submit]").last.click()
    citizen.sees("올해 제 신청서를 누가 보았는지 알려 주십시오.")
    citizen.look("requested")
    privacy.look("log-review")
    privacy.page.locator("tbody a").first.click()
    privacy.look("month")
    privacy.open_menu("개인정보 요구")
    privacy.look("requests")
    privacy.page.locator("tbody a").first.click()
    privacy.look("request")
    for entry in ("다운로드 사유", "파기 기록"):
        privacy.open_menu(entry)
        privacy.look(entry.replace(" ", "-"))
