"""The citizen's story, from the front page to a receipt and beyond."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from accounts.access_log import Action, record_access
from accounts.models import Membership
from accounts.roles import Actor
from programs.models import Application
from programs.workflow import perform
from tests.browser.visitor import Visitor
from tests.browser.widths import on_a_phone_first
from tests.programs import files

pytestmark = [pytest.mark.browser, on_a_phone_first]

EMAIL, SECRET = "haneul@example.com", "a long and quiet evening"


def test_a_stranger_finds_and_applies(arrive: Callable[..., Visitor]):
    visitor = arrive()
    find(visitor)
    sign_up(visitor)
    fill_profile(visitor)
    receipt_no = apply(visitor)
    go_back(visitor, receipt_no)
    assert [row.receipt_no for row in Application.objects.filter(applicant__email=EMAIL)] == [receipt_no]


def find(visitor: Visitor) -> None:
    """Search, a programme's page, the self-check."""
    page = visitor.page
    visitor.go("/")
    visitor.look("home")
    page.get_by_role("searchbox").fill("현관 카메라")
    visitor.press("검색")
    visitor.is_at("통합검색")
    visitor.look("search")
    visitor.follow(re.compile("도어지킴이"))
    visitor.look("programme")
    visitor.follow("자가진단 하기")
    visitor.press("결과 보기")
    visitor.sees("사는 자치구를 고르십시오.")
    visitor.look("finder-errors")
    page.get_by_label("사는 자치구").select_option(label="동작구")
    visitor.fill(태어난="1996", 함께="1", 보증금="30000000", 월세="450000")
    page.get_by_label("주택 점유형태").select_option(label="월세(보증금 있음)")
    visitor.choose("Wi-Fi", "예")
    visitor.press("결과 보기")
    visitor.is_at("자가진단 결과")
    visitor.look("finder-result")


def sign_up(visitor: Visitor) -> None:
    """The address is proved by the mail; what the self-check was told is not asked again."""
    page = visitor.page
    visitor.follow("가입하고 신청하기")
    visitor.look("sign-up")
    visitor.fill(이메일=EMAIL)
    for field in page.locator("main input[type=password]").all():
        field.fill(SECRET)
    visitor.tick("만 14세 이상입니다")
    visitor.press("가입하기")
    visitor.is_at("이메일 확인")
    visitor.fill(**{"확인 번호": "000000"})
    visitor.press("확인")
    visitor.look("code-errors")
    visitor.go("/demo/mailbox/")
    visitor.look("mailbox")
    code = re.search(r"^\d{6}$", page.locator("main").inner_text(), re.MULTILINE)
    assert code
    visitor.go("/accounts/confirm-email/")
    visitor.look("code")
    visitor.fill(**{"확인 번호": code[0]})
    visitor.press("확인")
    visitor.is_at("내 정보")


def fill_profile(visitor: Visitor) -> None:
    page = visitor.page
    expect(page.get_by_label("자치구")).to_have_value("11590")
    visitor.fill(이름="박하늘", 생년월일="1996-03-14", 휴대전화="010-9876-5432", 도로명주소="시연로 12, 302호")
    page.get_by_label("행정동").select_option(label="상도제1동")
    visitor.look("profile")
    visitor.press("저장하고 계속하기")
    visitor.look("home-with-district")
    visitor.follow(re.compile("모집\\(시연용\\)"))
    visitor.follow("신청하기")
    visitor.is_at("안전 도어지킴이 신청")


def apply(visitor: Visitor) -> str:
    """Consents, details, conditions and documents, review; the receipt number."""
    page = visitor.page
    visitor.look("apply-start")
    visitor.press("신청 시작")
    visitor.press("다음")
    visitor.look("consents-errors")
    for card in page.locator("[role=group].card").all():
        card.locator("label").get_by_text("동의합니다", exact=True).click()
    visitor.press("다음")
    visitor.look("person")
    visitor.press("맞습니다, 다음")
    conditions(visitor)
    visitor.look("review")
    page.get_by_role("button", name="제출하기").dblclick()
    visitor.is_at("신청서가 접수되었습니다")
    visitor.look("receipt")
    return page.locator(".stat-value").inner_text()


def conditions(visitor: Visitor) -> None:
    """Two papers are sent, one of them is taken back; what was typed in between is kept."""
    page = visitor.page
    page.get_by_label("집의 종류").select_option(label="빌라·연립·다세대")
    expect(page.get_by_label("보증금")).to_have_value(re.compile("30,?000,?000"))  # as the self-check was told
    register = page.get_by_role("region", name="주민등록등본")
    register.locator("input[type=file]").set_input_files(
        [
            {"name": "등본.pdf", "mimeType": "application/pdf", "buffer": files.pdf()},
            {"name": "다른 종이.jpg", "mimeType": "image/jpeg", "buffer": files.image(size=(620, 877))},
        ]
    )
    expect(register.get_by_role("listitem")).to_have_count(2)
    visitor.press("다른 종이.jpg 지우기", within=register)
    expect(register.get_by_role("listitem")).to_have_count(1)
    lease = page.get_by_role("region", name="임대차계약서")
    photo = {"name": "계약서.jpg", "mimeType": "image/jpeg", "buffer": files.image(size=(620, 877))}
    lease.locator("input[type=file]").set_input_files(photo)
    expect(lease.get_by_role("listitem")).to_have_count(1)
    visitor.look("conditions")
    page.get_by_label("보증금").press("Enter")


def go_back(visitor: Visitor, receipt_no: str) -> None:
    """The way back leads to what was sent, and not to sending it once more."""
    visitor.page.go_back()
    visitor.sees("이미 신청하셨습니다.")
    visitor.look("gone-back")
    visitor.follow("내 신청 보기")
    visitor.sees(receipt_no)


def test_a_citizen_withdraws(arrive: Callable[..., Visitor]):
    citizen = arrive("citizen")
    citizen.follow("1인가구 안전 도어지킴이")
    citizen.press("신청 취하")
    citizen.confirm()
    citizen.sees("신청을 취하하였습니다.")
    citizen.look("withdrawn")
    citizen.go("/letters/")
    citizen.look("letters")
    mine = Application.objects.get(applicant__email="citizen@demo.invalid")
    officer = Actor.of(
        Membership.objects.select_related("user", "organisation").get(user__email="officer@demo.invalid")
    )
    for _ in range(3):
        record_access(officer, Action.LIST, about="applications", ids=[mine.pk], purpose="screening")
    record_access(
        officer, Action.READ, about=f"application:{mine.pk}", subject_id=mine.applicant_id, purpose="inquiry"
    )
    citizen.go("/profile/seen/")
    citizen.sees("이름과 연락처를 가린 목록에서 봄")
    citizen.look("seen")


def test_a_citizen_proves_who_they_are(arrive: Callable[..., Visitor]):
    citizen = arrive("citizen")
    citizen.go("/profile/")
    citizen.look("profile")
    citizen.press("본인확인하기")
    citizen.is_at("모의 본인확인")
    citizen.press("확인하고 돌아가기")
    citizen.look("identity-errors")
    citizen.fill(이름="김안심", 생년월일="1990-01-15", 휴대전화="010-2222-3333")
    citizen.press("확인하고 돌아가기")
    citizen.is_at("본인확인 마치기")
    citizen.look("identity-return")
    citizen.press("본인확인 마치기")
    citizen.sees("본인확인을 마쳤습니다.")
    citizen.look("profile-verified")


@pytest.mark.slow
def test_a_refused_citizen_objects_and_another_decides(arrive: Callable[..., Visitor]):
    citizen, other = arrive("citizen"), arrive("officer2")
    mine = Application.objects.get(applicant__email="citizen@demo.invalid")
    officer = Actor.of(Membership.objects.get(user__email="officer@demo.invalid"))
    reason = {"reasons": ["not_single"], "note": "등본에 세대원이 두 명입니다(시연용)."}
    perform(mine, "reject", actor=officer, data=reason)
    citizen.go(f"/my/{mine.receipt_no}/")
    citizen.press("이의신청하기")
    citizen.look("objection-errors")
    citizen.fill(**{"이의 내용": "동생은 지난달에 이사하였습니다."})
    citizen.press("이의신청하기")
    citizen.sees("이의신청을 접수하였습니다.")
    other.open_menu("이의신청")
    other.look("objections")
    other.follow(mine.receipt_no)
    other.press("인용")
    other.page.get_by_role("dialog").get_by_label("결정 이유").fill("새 등본으로 확인하였습니다(시연용).")
    other.look("uphold-dialog")
    other.press("인용", within=other.page.get_by_role("dialog"))
    other.sees("인용")
    other.look("upheld")
    citizen.page.reload()
    citizen.sees("새 등본으로 확인하였습니다(시연용).")
    citizen.look("objection-upheld")
