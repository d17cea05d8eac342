"""The district's story: from the queue to the letter, with a manager and the citizen at browsers of their own."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from programs.models import Application
from tests.browser.visitor import Visitor
from tests.browser.widths import at_a_desk_first
from tests.programs import files

pytestmark = [pytest.mark.browser, at_a_desk_first]

PAPER = {"name": "등본.pdf", "mimeType": "application/pdf", "buffer": files.pdf()}


def case_of_the_citizen() -> str:
    return Application.objects.get(applicant__email="citizen@demo.invalid").receipt_no


def test_a_case_goes_from_the_queue_to_the_letter(arrive: Callable[..., Visitor]):
    officer, citizen, manager = arrive("officer"), arrive("citizen"), arrive("manager")
    receipt_no = case_of_the_citizen()
    find_in_the_queue(officer, receipt_no)
    open_the_case(officer)
    ask_for_a_paper(officer)
    answer(citizen, receipt_no)
    approve_what_waits(manager)
    confirm(officer, receipt_no)
    draft(officer)
    approve(manager)
    read_the_result(citizen)


def find_in_the_queue(officer: Visitor, receipt_no: str) -> None:
    """By its tabs, by the keyboard, by the filter."""
    page = officer.page
    officer.is_at("내 업무")
    officer.look("work")
    officer.open_menu("심사 대기열")
    officer.look("queue")
    officer.follow(re.compile("^검토 중"), within=page.get_by_role("navigation", name="보기"))
    expect(page.locator(".tabs [aria-current]")).to_contain_text("검토 중")
    if not officer.is_phone:
        page.keyboard.press("j")
        page.keyboard.press("j")
        page.keyboard.press("x")
        expect(page.locator("[data-selected-count]")).to_have_text("1")
        page.keyboard.press("/")
        expect(page.get_by_label("이름·전화·접수번호")).to_be_focused()
        officer.look("queue-by-keyboard")
    else:
        page.get_by_text("조건 바꾸기").click()
    page.get_by_label("이름·전화·접수번호").fill(receipt_no)
    officer.press("조회")
    officer.is_at(receipt_no)


def open_the_case(officer: Visitor) -> None:
    """Masked until it is opened with a purpose; then the papers are pictures in place."""
    page = officer.page
    officer.sees("010-****-0001")
    officer.look("case-masked")
    officer.press("열기")
    officer.sees("010-0000-0001")
    picture = page.locator("img").first
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("complete", value=True)
    assert picture.evaluate("image => image.naturalWidth") > 100
    officer.look("case-open")


def ask_for_a_paper(officer: Visitor) -> None:
    officer.follow("보완 요청")
    officer.press("보완 요청")
    officer.look("supplement-errors")
    officer.tick("주민등록등본")
    officer.fill(**{"보완할 내용": "한 달 안에 발급한 등본을 다시 내 주십시오."})
    officer.press("통지문 미리보기")
    officer.look("supplement-preview")
    officer.press("보완 요청")
    officer.sees("처리했습니다")


def answer(citizen: Visitor, receipt_no: str) -> None:
    page = citizen.page
    citizen.is_at("나의 신청")
    citizen.look("my-applications")
    citizen.go(f"/my/{receipt_no}/")
    citizen.sees("한 달 안에 발급한 등본을 다시 내 주십시오.")
    register = page.get_by_role("region", name="주민등록등본")
    register.locator("input[type=file]").set_input_files(PAPER)
    expect(register.get_by_role("listitem")).to_have_count(1)
    citizen.fill(**{"보완 내용": "어제 발급한 것입니다."})
    citizen.look("supplement")
    citizen.press("보완 내용 내기")
    citizen.sees("보완 내용을 냈습니다.")
    citizen.look("after-supplement")


def confirm(officer: Visitor, receipt_no: str) -> None:
    officer.go(f"/work/cases/{receipt_no}/")
    officer.press("적격 확인")
    officer.sees("‘적격 확인’ 처리했습니다.")


def approve_what_waits(manager: Visitor) -> None:
    """The demo begins with one selection drafted and not yet decided."""
    manager.open_menu("선정")
    manager.look("selection")
    manager.follow("결재 대기 중인 기안")
    manager.look("batch")
    manager.press("결재")
    manager.confirm()
    manager.sees("결정서 인쇄")


def draft(officer: Visitor) -> None:
    """The next in order."""
    officer.open_menu("선정")
    officer.follow("다음 순서 선정")
    officer.fill(**{"선정할 인원": "50"})
    officer.press("순서 보기")
    officer.look("plan")
    officer.press("기안하기")
    officer.confirm()
    officer.is_at("선정 기안")
    officer.look("drafted")


def approve(manager: Visitor) -> None:
    manager.open_menu("선정")
    manager.follow("결재 대기 중인 기안")
    manager.press("결재")
    manager.confirm()
    manager.sees("결정서 인쇄")
    manager.look("approved")


def read_the_result(citizen: Visitor) -> None:
    citizen.page.reload()
    citizen.sees("선정")
    letters = citizen.page.locator("details.card")
    letters.last.locator("summary").click()
    citizen.look("result")


@pytest.mark.slow
def test_a_paper_is_entered_at_the_counter(arrive: Callable[..., Visitor]):
    officer = arrive("officer")
    page = officer.page
    officer.open_menu("창구 접수")
    officer.look("choose")
    officer.follow(re.compile("시연용"))
    officer.press("접수")
    officer.look("errors")
    page.get_by_label("종이 신청서를 받은 때").fill(f"{timezone.localtime():%Y-%m-%dT00:00}")
    officer.fill(이름="최종이(시연)", 생년월일="1961. 2. 3.", 휴대전화="010-2468-1357", 도로명주소="시연로 9")
    officer.fill(세대원="1")
    page.get_by_label("주택 점유형태").select_option(label="전세")
    page.get_by_label("집의 종류").select_option(label="아파트")
    officer.choose("Wi-Fi", "있습니다")
    officer.tick("개인정보 수집·이용")
    officer.tick("개인정보 제3자 제공")
    page.locator("input[type=file]").first.set_input_files(PAPER)
    officer.look("filled")
    officer.press("접수")
    officer.is_at("접수 완료")
    officer.look("done")
    officer.press("접수증")
    officer.sees("최종이(시연)")
    officer.look("receipt")


def test_the_second_of_two_officers_is_told_what_changed(arrive: Callable[..., Visitor]):
    first, second = arrive("officer"), arrive("officer2")
    receipt_no = case_of_the_citizen()
    second.go(f"/work/cases/{receipt_no}/act/note/")
    first.go(f"/work/cases/{receipt_no}/")
    first.press("적격 확인")
    first.sees("‘적격 확인’ 처리했습니다.")
    second.fill(메모="신청인과 통화함(시연용)")
    second.press("내부 메모")
    second.sees("적은 내용은 아래에 그대로 있습니다.")
    expect(second.page.get_by_label("메모")).to_have_value("신청인과 통화함(시연용)")
    second.look("changed-meanwhile")
    second.press("내부 메모")
    second.sees("처리했습니다")
