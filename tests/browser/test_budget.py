"""The budget's stories: the tree and its ledger, a voucher, a transfer from draft to report, a file of e-호조."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import openpyxl
import pytest

from budget.execution_files import COLUMNS
from tests.browser.budget_world import Books
from tests.browser.visitor import Visitor
from tests.browser.widths import at_a_desk_first

pytestmark = [pytest.mark.browser, at_a_desk_first]


@pytest.fixture
def books(fresh: str) -> Books:
    return Books()


def pick(visitor: Visitor, field: str, words: str) -> None:
    """Choose the option that holds these words, in the field of this name."""
    select = visitor.page.locator(f"select[name={field}]")
    select.select_option(value=select.locator("option", has_text=words).first.get_attribute("value"))


@pytest.mark.slow
def test_the_tree_is_read_down_to_an_entry(arrive: Callable[..., Visitor], books: Books):
    city = arrive("city")
    city.open_menu("예산")
    city.is_at("예산 현황")
    city.sees("실집행률")
    city.look("tree")
    city.follow("통계목까지 펼치기")
    city.look("unfolded")
    city.page.locator(".leaf a", has_text="사무관리비").first.click()
    city.look("ledger")
    city.page.locator("tbody tr td a").first.click()
    city.look("voucher")
    city.go("/work/budget/months/")
    city.look("months")
    city.go("/work/budget/grants/")
    city.sees("35.9%")
    city.look("grants")
    city.page.locator("tbody th a").first.click()
    city.look("grant")


def test_a_voucher_is_written_and_approved(arrive: Callable[..., Visitor], books: Books):
    city, finance = arrive("city"), arrive("finance")
    city.go("/work/budget/vouchers/")
    city.look("vouchers")
    city.follow("지출원인행위", within=city.page.get_by_role("navigation", name="새 문서"))
    pick(city, "rows-0-line", "사무관리비(201-01)")
    city.fill(제목="순찰 물품 구매", 채주="든든상사")
    city.look("form")
    city.press("저장하고 결재 올리기")
    city.look("errors")
    city.fill(금액="1,500,000")
    city.press("저장하고 결재 올리기")
    city.sees("결재를 올렸습니다")
    city.look("submitted")
    finance.go("/work/budget/waiting/")
    finance.look("waiting")
    finance.follow(re.compile("순찰 물품 구매"))
    finance.look("to-approve")
    finance.press("결재")
    finance.confirm()
    finance.sees("장부에 기장하였습니다")
    finance.press("이름 보기")
    finance.sees("든든상사")
    finance.look("opened")
    finance.press("인쇄")
    finance.look("print")


@pytest.mark.slow
def test_a_transfer_from_draft_to_report(arrive: Callable[..., Visitor], books: Books):
    city, second, finance = arrive("city"), arrive("city2"), arrive("finance")
    city.go("/work/budget/transfers/")
    city.look("empty")
    city.follow("전용 기안")
    pick(city, "moves-0-source", "기간제근로자등보수")
    pick(city, "moves-0-target", "사무관리비")
    city.page.locator("[name=moves-0-amount]").fill("345,000,000")
    city.press("미리 보기")
    city.sees("인건비에서는 전용할 수 없습니다(지방재정법 시행령 제55조)")
    city.look("refused")
    pick(city, "moves-0-source", "사무관리비")
    pick(city, "moves-0-target", "기간제근로자등보수")
    pick(city, "moves-1-source", "사무관리비")
    pick(city, "moves-1-target", "공공운영비")
    city.page.locator("[name=moves-1-amount]").fill("4,800,000")
    city.press("미리 보기")
    city.sees("변경사용")
    city.look("preview")
    city.fill(제목="안심마을보안관 운영 방식 변경", 전용사유="민간위탁에서 시 직접 운영으로 바꿈(시연용)")
    city.press("저장하고 검토 요청")
    city.sees("검토를 요청하였습니다")
    city.look("submitted")
    second.go("/work/budget/waiting/")
    second.follow(re.compile("안심마을보안관 운영 방식 변경"))
    second.look("to-review")
    second.press("검토 완료")
    finance.go("/work/budget/waiting/")
    finance.follow(re.compile("안심마을보안관 운영 방식 변경"))
    finance.press("승인하기")
    finance.look("to-post")
    finance.press("기장하기")
    finance.confirm()
    finance.sees("의회에 보고할 기한이 정해졌습니다")
    city.go("/work/budget/transfers/due/")
    city.look("due")
    city.page.locator("tbody th a").first.click()
    city.fill(**{"보고한 문서": "4분기 예산전용 보고(시연용)"})
    city.look("to-report")
    city.press("보고 완료")
    city.confirm()
    city.sees("의회 보고 완료")
    city.look("reported")


@pytest.mark.slow
def test_a_file_of_the_accounting_system_is_brought_in(arrive: Callable[..., Visitor], books: Books, tmp_path):
    city = arrive("city")
    city.go("/work/budget/execution-files/")
    city.look("files")
    line = books.lines["paper/201-01"]
    place = ["행정운영경비", "기본경비", "부서 기본경비", "사무용품", "201-01", "시비"]

    def upload(*documents):
        book = openpyxl.Workbook()
        book.active.append(COLUMNS)
        for number, committed, spent in documents:
            book.active.append([number, f"{books.year}-01-20", *place, committed, spent])
        data = io.BytesIO()
        book.save(data)
        path = tmp_path / "1월 집행.xlsx"
        path.write_bytes(data.getvalue())
        city.go("/work/budget/execution-files/")
        city.page.locator("input[type=file]").set_input_files(path)
        city.press("올려서 미리 보기")

    upload(("복지-1", 500_000, 900_000))
    city.sees("지출액이 원인행위액보다 많습니다")
    city.look("wrong")
    upload(("복지-1", 500_000, 400_000), ("복지-2", 90_000, 0))
    city.look("preview")
    city.press("차액을 결재 올리기")
    city.sees("결재를 올렸습니다")
    finance = arrive("finance")
    finance.go("/work/budget/waiting/")
    finance.follow(re.compile("1월 집행"))
    finance.press("결재")
    finance.confirm()
    finance.sees("장부에 기장하였습니다")
    upload(("복지-1", 500_000, 400_000), ("복지-2", 90_000, 0))
    city.sees("바뀐 것이 없습니다")
    city.look("same-again")
    line.refresh_from_db()
    assert line.committed >= 590_000


def test_a_district_sees_its_own_budget(arrive: Callable[..., Visitor], books: Books):
    officer = arrive("officer")
    officer.open_menu("예산")
    officer.sees("안전 도어지킴이 지원")
    officer.look("tree")
    officer.go("/work/budget/grants/apply/")
    officer.look("apply")
    officer.go("/work/budget/closing/")
    officer.look("closing")
    officer.go("/work/budget/advances/")
    officer.look("advances")
