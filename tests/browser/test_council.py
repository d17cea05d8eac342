"""The report's story: from its list to what the council reads, and two people at one section."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pypdfium2
import pytest
from playwright.sync_api import expect

from accounts.models import Membership
from accounts.roles import Actor
from portal.seoul2021 import budget, edition, staff, statements
from programs.models.jobs import JobState
from reports.council.writing import save_section
from reports.models import CouncilReport, ReportFile, ReportSection, Statement
from tests.browser.visitor import SHOTS, Visitor
from tests.browser.widths import at_a_desk_first

pytestmark = [pytest.mark.browser, at_a_desk_first]

AS_OF = dt.date(2021, 11, 2)
EXECUTION = """□ 예산현액 {budget.current_budget as_of=@budget form=million unit=백만원} 가운데 \
{budget.spent as_of=@budget form=million unit=백만원} 지출\
(집행률 {budget.execution_rate as_of=@budget form=percent unit=%})
[표 예산집행현황]
"""
GUARD = """> 혼자 사는 시민의 현관을 지킨다

□ 추진 현황
○ 신청 {portal.applications as_of=@applications unit=건}
  - 선정 {portal.places_used as_of=@applications unit=명}
※ 접수는 자치구에서 함

[흐름 처리 절차]
신청 | 시민 | 포털에서 신청 | 상시
심사 | 자치구 | 서류 확인 | 10일 안
설치 | 업체 | 카메라 설치 | 14일 안

|구분|내용|
|---|---|
|대상|서울에 혼자 사는 시민|
|부담|월 1,000원|
"""
SAFE = ("1", "범죄로부터 안전한 생활")
SECTIONS = (
    ("staff", "Ⅰ", "일 반 현 황", ("", ""), "1", "인력", "[표 자료 staffing.units]"),
    ("execution", "Ⅰ", "일 반 현 황", ("", ""), "2", "예산집행현황", EXECUTION),
    ("guard", "Ⅲ", "주요 업무", SAFE, "1", "1인가구 안전 도어지킴이", GUARD),
    ("media", "Ⅲ", "주요 업무", SAFE, "2", "홍보", ""),
)


def actor(email: str) -> Actor:
    return Actor.of(Membership.objects.get(user__email=email))


def prepare() -> CouncilReport:
    """The budget of 2021, and last month's report with one section not written yet."""
    budget.load_budget_2021(staff.load_history_staff())
    city = actor("city@demo.invalid")
    table = [["구분", "정원", "현원"], ["특별대책1반", "9", "8"], ["특별대책2반", "8", "7"]]
    Statement.objects.create(
        name="staffing.units", label="반별 인원", rows=table, as_of=dt.date(2021, 10, 15), source="조직담당관",
        stated_by=city.user,
    )  # fmt: skip
    report = CouncilReport.objects.create(
        title="주요 업무보고", unit="1인가구 특별대책추진단", as_of=AS_OF, made_by=city.user,
        cutoffs={"budget": "2021-10-31", "applications": "2021-10-22"},
    )  # fmt: skip
    for sort, (code, no, chapter, group, number, title, body) in enumerate(SECTIONS):
        section = ReportSection.objects.create(
            report=report, code=code, sort=sort, chapter_no=no, chapter=chapter, group_no=group[0], group=group[1],
            number=number, title=title,
        )  # fmt: skip
        if body:
            save_section(section.pk, body=body, written_on=0, actor=city)
    return report


def test_a_report_goes_from_edit_to_published(arrive: Callable[..., Visitor]):
    report = prepare()
    city, council = arrive("city"), arrive("council")
    council.is_at("의회 보고서")
    council.sees("발행한 보고서가 없습니다")
    council.look("nothing-yet")
    copy(city)
    state_a_number(city)
    write(city)
    set_days(city)
    preview(city)
    publish(city)
    read(council)
    watch_files(city)
    compare(city, report)


def copy(city: Visitor) -> None:
    city.open_menu("의회 보고서")
    city.look("list")
    city.follow("베껴 만들기 주요 업무보고 2021년 11월 2일(화)")
    city.fill(제목="주요 업무보고(정례회)", 보고일="2021-11-16")
    city.look("copy")
    city.press("저장")
    city.sees("보고서를 만들었습니다.")
    city.sees("아직 쓰지 않은 절입니다.")
    city.look("report")
    city.follow("발행")
    city.sees("발행할 수 없습니다")
    city.look("not-yet")
    city.follow("점검 보기")


def state_a_number(city: Visitor) -> None:
    city.open_menu("의회 보고서")
    city.follow("입력 자료")
    city.look("statements")
    city.follow("새로 입력")
    city.press("저장")
    city.look("statement-errors")
    city.fill(**{"지표 이름": "media.reports", "이름": "언론 보도", "값": "39", "단위": "건", "기준일": "2021-11-10"})
    city.fill(출처="홍보담당관 2021. 11. 11. 제출")
    city.press("저장")
    city.sees("입력하였습니다.")
    city.look("statement")
    city.follow("지표로 보기")
    city.sees("홍보담당관 2021. 11. 11. 제출")
    city.look("statement-rows")


def write(city: Visitor) -> None:
    """A figure is put in by a click; the preview says what is wrong before it is saved."""
    page = city.page
    city.open_menu("의회 보고서")
    city.follow("주요 업무보고(정례회)")
    city.follow("2 홍보")
    city.look("editor-empty")
    box = page.get_by_role("textbox", name="본문")
    box.fill("□ 보도 ")
    if city.is_phone:
        city.unfold("지표")
    page.get_by_label("지표 찾기").fill("언론 보도")
    city.press("넣기 언론 보도")
    expect(box).to_have_value("□ 보도 {media.reports unit=건}")
    city.sees("저장하지 않은 글이 있습니다")
    page.get_by_label("지표 찾기").fill("")
    box.press_sequentially(" {no.such}")
    city.press("미리보기")
    city.sees("‘no.such’ 지표가 없습니다.")
    city.look("editor-problem")
    page.once("dialog", lambda dialog: dialog.dismiss())
    city.follow("앞 절 1인가구 안전 도어지킴이")
    expect(box).to_have_value("□ 보도 {media.reports unit=건} {no.such}")
    box.fill("□ 보도 {media.reports unit=건}\n○ 옥외 전광판 등에 **이어서** 알림")
    city.press("저장")
    city.sees("제1판으로 저장하였습니다.")
    expect(page.locator("#section-preview")).to_contain_text("39건")
    city.look("editor-saved")


def set_days(city: Visitor) -> None:
    city.open_menu("의회 보고서")
    city.follow("주요 업무보고(정례회)")
    city.follow("고치기 기준일")
    city.fill(**{"@budget": "2021-10-31", "@applications": "2021-10-22"})
    city.look("days")
    city.press("저장")
    city.sees("빠진 절도, 출처 없는 수도, 맞지 않는 합계도 없습니다.")
    city.look("checked")


def preview(city: Visitor) -> None:
    city.follow("미리보기")
    city.look("preview")
    on_paper(city)
    city.page.locator("a.report-number").first.click()
    city.sees("검증값")
    city.page.go_back()
    city.follow("보고서로")


def on_paper(city: Visitor) -> None:
    """The document alone, each chapter on a page of its own."""
    printed = SHOTS / f"{city.story}-{city.width}-print.pdf"
    city.page.pdf(path=printed, prefer_css_page_size=True)
    with pypdfium2.PdfDocument(printed) as pages:
        texts = [page.get_textpage().get_text_range() for page in pages]
    assert len(texts) >= 3
    assert "주요 업무보고(정례회)" in texts[0]
    assert "로그아웃" not in "".join(texts)


def publish(city: Visitor) -> None:
    city.follow("발행")
    city.press("발행하기")
    city.look("publish-errors")
    city.tick("미리보기로 내용을 확인하였습니다.")
    city.press("발행하기")
    city.sees("발행하였습니다.")
    city.sees("얼려 둔 지표")
    city.look("published")
    city.follow("다시 계산해 보기")
    city.sees("다른 것이 없습니다")
    city.look("recomputed")
    made = CouncilReport.objects.get(title="주요 업무보고(정례회)")
    assert made.state == CouncilReport.State.PUBLISHED


def read(council: Visitor) -> None:
    page = council.page
    page.reload()
    council.look("list")
    council.follow("주요 업무보고(정례회)")
    council.sees("내용 해시")
    council.look("published")
    with page.expect_download() as taken:
        page.get_by_role("link", name="PDF").first.click()
    assert taken.value.suggested_filename == "주요업무보고정례회_20211116.pdf"
    council.follow("보고서 읽기")
    council.look("preview")
    page.locator("a.report-number").first.click()
    council.sees("지금 알려진 대로")
    council.look("rows-then-and-now")


def watch_files(city: Visitor) -> None:
    """The page of a job follows it to its end by itself."""
    job = ReportFile.objects.get()
    ReportFile.objects.filter(pk=job.pk).update(state=JobState.RUNNING, progress=47)
    city.go(f"/work/reports/council/files/{job.key}/")
    city.sees("파일을 만들고 있습니다.")
    city.look("files-running")
    ReportFile.objects.filter(pk=job.pk).update(state=JobState.DONE)
    city.sees("파일이 준비되었습니다")
    city.look("files-ready")


def compare(city: Visitor, report: CouncilReport) -> None:
    city.open_menu("의회 보고서")
    city.follow("주요 업무보고(정례회)")
    city.follow("다른 보고서와 비교")
    city.sees("언론 보도")
    city.look("compare")
    if city.is_phone:
        city.page.locator(".filter summary").click()
    city.tick("같은 지표도 보기")
    city.press("견주기")
    city.sees("예산현액")
    city.look("compare-all")


@pytest.mark.slow
def test_the_second_of_two_editors_loses_nothing(arrive: Callable[..., Visitor]):
    report = prepare()
    section = ReportSection.objects.get(report=report, code="guard")
    first, second = arrive("city"), arrive("city")
    address = f"/work/reports/council/{report.pk}/sections/guard/"
    for visitor in (first, second):
        visitor.go(address)
    mine = section.versions.get().body.replace("월 1,000원", "월 1천원")
    first.page.get_by_role("textbox", name="본문").fill(section.versions.get().body.replace("10일 안", "7일 안"))
    first.press("저장")
    first.sees("제2판으로 저장하였습니다.")
    second.page.get_by_role("textbox", name="본문").fill(mine)
    second.press("저장")
    second.sees("저장하지 않았습니다")
    expect(second.page.get_by_role("textbox", name="본문")).to_have_value(mine)
    second.look("written-meanwhile")
    second.press("저장")
    second.sees("제3판으로 저장하였습니다.")
    second.follow("이력")
    second.look("history")
    second.press("이 판으로 되돌리기 2")
    second.confirm()
    second.sees("제2판의 글을 제4판으로 저장하였습니다.")
    assert "7일 안" in section.versions.get(number=4).body


@pytest.mark.slow
def test_text_that_was_not_saved_is_offered_again(arrive: Callable[..., Visitor]):
    """The session ends while somebody writes; the text comes back after signing in again."""
    report = prepare()
    city = arrive("city")
    address = f"/work/reports/council/{report.pk}/sections/media/"
    city.go(address)
    city.page.get_by_role("textbox", name="본문").fill("□ 오래 쓴 글")
    city.context.clear_cookies()
    city.press("저장")
    city.sign_in("city")
    city.go(address)
    city.sees("이 창에서 저장하지 못한 글이 있습니다.")
    city.look("offered-again")
    city.press("되살리기")
    city.press("저장")
    city.sees("제1판으로 저장하였습니다.")


@pytest.mark.slow
def test_the_report_of_2021_is_read(arrive: Callable[..., Visitor]):
    """The whole of it, as a page: nothing wider than the screen, nothing that axe finds."""
    budget.load_budget_2021(staff.load_history_staff())
    statements.load_statements()
    report = edition.load_council_report()
    city = arrive("city")
    city.go(f"/work/reports/council/{report.pk}/")
    city.look("report")
    city.go(f"/work/reports/council/{report.pk}/preview/")
    city.look("preview")
    city.go(f"/work/reports/council/{report.pk}/sections/{report.sections.order_by('-sort')[0].code}/")
    city.look("section")
    city.go("/work/reports/council/statements/")
    city.look("statements")
