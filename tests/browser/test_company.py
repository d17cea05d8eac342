"""The security company's story: a household is handed over, visited, installed; a month is claimed and closed."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Organisation
from safety.doorguard.models import Claim
from tests.browser.visitor import Visitor
from tests.browser.widths import at_a_desk_first
from tests.browser.world import DONGJAK
from tests.factories.money import fund

pytestmark = [pytest.mark.browser, at_a_desk_first]


@pytest.mark.slow
def test_a_household_is_handed_over_and_installed(arrive: Callable[..., Visitor]):
    officer, company = arrive("officer"), arrive("company")
    officer.open_menu("업체 이관")
    receipt_no = officer.page.locator("tbody th[scope=row]").first.inner_text()
    officer.page.get_by_label(f"{receipt_no} 고르기").check()
    officer.look("hand-over")
    officer.press("이관")
    officer.confirm()
    officer.sees("에 이관하였습니다.")  # the title says the word too, before it is done
    company.is_at("설치·이용")
    company.page.reload()
    company.look("households")
    company.follow(receipt_no)
    company.look("household-masked")
    company.press("연락처와 주소 열기")
    company.sees("시연로")
    company.look("household-open")
    visit(company)
    install(company)


def visit(company: Visitor) -> None:
    company.unfold("방문 일시 정하기")
    company.fill(**{"방문 일시": f"{timezone.localtime() + timezone.timedelta(days=1):%Y-%m-%dT10:00}"})
    company.press("방문 일시 정하기")
    company.sees("방문 일시를 저장하고 신청인에게 알렸습니다.")


def install(company: Visitor) -> None:
    company.unfold("설치 완료")
    company.press("설치 완료")
    company.look("install-errors")
    company.fill(**{"기기 일련번호": "sy 11590 9001"})
    company.press("설치 완료")
    company.sees("설치를 기록하고 신청인에게 알렸습니다.")
    company.sees("SY115909001")
    company.look("installed")


def test_a_month_is_claimed_disputed_and_closed(arrive: Callable[..., Visitor]):
    company, officer, manager = arrive("company"), arrive("officer"), arrive("manager")
    office = Organisation.objects.get(kind="district", district=DONGJAK)
    for year in {(timezone.localdate() - timezone.timedelta(days=100)).year, timezone.localdate().year}:
        fund(office, "door-guard", year)
    claim(company)
    resolve(officer)
    manager.open_menu("이용료 청구")
    manager.page.locator("tbody th a").first.click()
    manager.look("to-approve")
    manager.press("결재")
    manager.confirm()
    manager.sees("청구를 확정하였습니다.")
    manager.look("closed")
    assert Claim.objects.get().state == Claim.State.CLOSED
    company.page.reload()
    company.look("closed")


def claim(company: Visitor) -> None:
    """The system computes, the company disputes one line and confirms the others."""
    page = company.page
    company.open_menu("이용료 청구")
    company.look("claims")
    page.get_by_label("자치구").select_option(label="동작구")
    company.press("계산")
    company.sees("청구를 계산하였습니다.")
    company.look("computed")
    page.locator("main a[href*='/lines/']").first.click()
    company.fill(**{"이의 사유": "이 달에는 카메라가 꺼져 있었습니다(시연용)."})
    company.look("dispute")
    company.press("저장")
    company.press("확인하여 보내기")
    company.confirm()
    company.sees("청구를 확인하여 자치구에 보냈습니다.")
    company.look("confirmed")


def resolve(officer: Visitor) -> None:
    officer.open_menu("이용료 청구")
    officer.look("claims-of-the-district")
    officer.page.locator("tbody th a").first.click()
    expect(officer.page.get_by_role("button", name="확인 마치기")).to_be_disabled()
    officer.look("disputed")
    officer.follow(re.compile("이의 1$"), within=officer.page.get_by_role("navigation", name="처리 상태"))
    officer.page.locator("main a[href*='/lines/']").first.click()
    officer.choose("처리", "지급하지 않습니다")
    officer.fill(**{"처리 사유": "업체 의견이 맞음(시연용)"})
    officer.look("resolve")
    officer.press("저장")
    officer.press("확인 마치기")
    officer.sees("확인을 마쳤습니다.")
