"""e-호조 files: cumulative amounts by document, of which only the differences are posted, and those once."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import pytest

from accounts.roles import Actor
from accounts.sheets import UnableToRead
from budget import execution_files as e
from budget.models import BudgetLine, Entry, ExecutionFile, ProjectAlias, Voucher
from budget.posting import approve_voucher, change_voucher, reverse_voucher
from budget.refusals import UnableToPost
from tests.budget.conftest import DAY, YEAR, make_book
from tests.scratch import in_threads

PLACE = ("single 사업", "base 사업", "tailored 사업", "watch 사업", "201-01", "시비")


def sheet(*rows, columns=e.COLUMNS):
    book = openpyxl.Workbook()
    book.active.append(list(columns))
    for row in rows:
        book.active.append(list(row))
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    return file


def row(number, committed, spent, *, on=f"{YEAR}-03-02", place=PLACE):
    return (number, on, *place, committed, spent)


def previewed(book, *rows):
    return e.preview_file(sheet(*rows), filename="3월.xlsx", fiscal_year=YEAR, actor=book.officer)


def imported(book, *rows):
    return approve_voucher(e.draft_from_file(previewed(book, *rows).key, actor=book.officer).pk, actor=book.finance)


@pytest.fixture(autouse=True)
def _budget(request):
    if "book" in request.fixturenames:
        request.getfixturevalue("book").give("watch-office", 1_000)


def test_only_the_differences_of_each_document_are_posted_on_its_own_day(book):
    imported(book, row("가-1", 300, 100), row("가-2", 200, 0, on=f"{YEAR}.4.5."))
    assert book.standing("watch-office")[2:] == (500, 100)
    imported(book, row("가-1", 300, 250, on=f"{YEAR}-05-01"), row("가-2", 150, 0, on=f"{YEAR}-05-02"))
    assert book.standing("watch-office")[2:] == (450, 250)
    posted = Entry.objects.exclude(external_no="").order_by("id").values_list("external_no", "amount", "occurred_on")
    assert set(posted) == {
        ("가-1", 300, dt.date(YEAR, 3, 2)), ("가-1", 100, dt.date(YEAR, 3, 2)), ("가-2", 200, dt.date(YEAR, 4, 5)),
        ("가-1", 150, dt.date(YEAR, 5, 1)), ("가-2", -50, dt.date(YEAR, 5, 2)),
    }  # fmt: skip


def test_the_same_file_twice_changes_nothing(book):
    imported(book, row("가-1", 300, 100))
    assert previewed(book, row("가-1", 300, 100)) is None
    assert ExecutionFile.objects.count() == 1


def test_lines_are_found_by_their_aliases_and_by_the_name_of_the_code(book):
    ProjectAlias.objects.create(project=book.lines["watch-office"].item, name="안심마을 보안관")
    imported(book, row("가-1", 10, 0, place=(*PLACE[:3], "안심마을보안관", "사무관리비(201-01)", "city")))
    assert book.standing("watch-office")[2] == 10


@pytest.mark.parametrize(
    ("wrong", "column", "words"),
    [
        (row("", 1, 0), "문서번호", "60자까지"),
        (row("가-1", 1, 2), "지출액", "원인행위액보다 많습니다"),
        (row("가-1", "백원", 0), "원인행위액", "원 단위 숫자"),
        (row("가-1", -5, 0), "원인행위액", "원 단위 숫자"),
        (row("가-1", 1, 0, on="3월 2일"), "일자", "2026-03-02처럼"),
        (row("가-1", 1, 0, on=f"{YEAR - 1}-12-31"), "일자", f"{YEAR} 회계연도의"),
        (row("가-1", 1, 0, place=(*PLACE[:3], "없는 사업", *PLACE[4:])), "세부항목", "예산에 없는 이름"),
        (row("가-1", 1, 0, place=(*PLACE[:4], "301-01", "시비")), "통계목", "편성된 예산이"),
        (row("가-1", 1, 0, place=(*PLACE[:5], "국비")), "재원", "편성된 예산이"),
        (row("900101-1234567", 1, 0), "문서번호", "주민등록번호"),
    ],
)
def test_one_wrong_row_keeps_the_whole_file_out(book, wrong, column, words):
    file = previewed(book, row("가-0", 100, 0), wrong)
    (problem,) = file.problems
    assert (problem["row"], problem["column"]) == (3, column)
    assert words in problem["message"]
    with pytest.raises(UnableToPost, match="오류가 있는 파일"):
        e.draft_from_file(file.key, actor=book.officer)
    assert not Entry.objects.exclude(external_no="").exists()


def test_a_document_stands_once_on_each_line(book):
    file = previewed(book, row("가-1", 1, 0), row("가-1", 2, 0))
    assert "두 번 있습니다" in file.problems[0]["message"]


def test_what_is_no_such_file_is_refused(book, monkeypatch):
    for file, words in (
        (io.BytesIO(b"PK nothing"), "엑셀"),
        (sheet(row("가-1", 1, 0), columns=("번호", *e.COLUMNS[1:])), "없는 열"),
        (sheet(), "한 건도 없습니다"),
    ):
        with pytest.raises(UnableToRead, match=words):
            e.preview_file(file, filename="x", fiscal_year=YEAR, actor=book.officer)
    monkeypatch.setattr(e, "MAX_ROWS", 1)
    with pytest.raises(UnableToRead, match="1건까지"):
        previewed(book, row("가-1", 1, 0), row("가-2", 1, 0))
    monkeypatch.setattr(e, "MAX_BYTES", 10)
    with pytest.raises(UnableToRead, match="5MB"):
        previewed(book, row("가-1", 1, 0))


def test_its_template_is_read_but_for_the_example(book):
    file = e.template(book.city.pk, YEAR)
    filled = openpyxl.load_workbook(file)
    filled.worksheets[0].append([*row("가-1", 10, 0)])
    again = io.BytesIO()
    filled.save(again)
    again.seek(0)
    reading = e.read(again, book.city.pk, YEAR)
    assert [r["document_no"] for r in reading.rows] == ["가-1"]
    assert reading.errors == []


def test_its_voucher_is_not_edited_but_can_be_taken_back(book):
    voucher = e.draft_from_file(previewed(book, row("가-1", 10, 0)).key, actor=book.officer)
    Voucher.objects.filter(pk=voucher.pk).update(state="draft")
    with pytest.raises(UnableToPost, match="파일에서 만든 문서"):
        change_voucher(
            voucher.pk, actor=book.officer, title="x", occurred_on=DAY, postings=[], document_no="x",
        )  # fmt: skip
    Voucher.objects.filter(pk=voucher.pk).update(state="submitted")
    done = approve_voucher(voucher.pk, actor=book.finance)
    back = reverse_voucher(done.pk, reason="잘못 올림", occurred_on=DAY, actor=book.officer)
    Voucher.objects.filter(pk=back.pk).update(state="submitted")
    approve_voucher(back.pk, actor=book.finance)
    assert book.standing("watch-office")[2] == 0
    assert previewed(book, row("가-1", 10, 0)) is not None  # as if it had never been posted


def test_a_preview_that_something_overtook_is_refused(book):
    first, second = (previewed(book, row("가-1", 10, 0)) for _ in range(2))
    vouchers = [e.draft_from_file(file.key, actor=book.officer) for file in (first, second)]
    late = previewed(book, row("가-1", 10, 5))
    approve_voucher(vouchers[0].pk, actor=book.finance)
    with pytest.raises(UnableToPost, match="미리보기한 뒤에"):
        approve_voucher(vouchers[1].pk, actor=book.finance)
    with pytest.raises(UnableToPost, match="파일을 다시"):
        e.draft_from_file(late.key, actor=book.officer)
    assert book.standing("watch-office")[2] == 10


@pytest.mark.usefixtures("scratch_database")
def test_two_vouchers_of_one_file_never_both_post():
    book = make_book()
    book.give("watch-office", 1_000)
    vouchers = []
    for _ in range(6):
        file = previewed(book, row("가-1", 100, 50), row("가-2", 20, 0))
        vouchers.append(e.draft_from_file(file.key, actor=book.officer).pk)
    results = in_threads(lambda pk: approve_voucher(pk, actor=book.finance), vouchers)
    refused = [result for result in results if isinstance(result, UnableToPost)]
    assert len(refused) == 5, results
    line = BudgetLine.objects.get(pk=book.lines["watch-office"].pk)
    assert (line.committed, line.spent) == (120, 50)


def test_a_neighbour_does_not_find_it(book):
    from accounts.roles import Role
    from tests.factories import cast as c

    file = previewed(book, row("가-1", 10, 0))
    stranger = Actor.of(c.member(Role.DISTRICT_OFFICER, c.GWANAK))
    with pytest.raises(ExecutionFile.DoesNotExist):
        e.draft_from_file(file.key, actor=stranger)
