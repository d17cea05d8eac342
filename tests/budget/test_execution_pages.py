"""Bringing in a file of e-호조 on its pages: template, preview, errors by row, approval, and the same file again."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from budget.models import ExecutionFile, Voucher
from tests.budget.conftest import YEAR
from tests.budget.test_execution_files import PLACE, row, sheet
from tests.programs.signed_in import client_of

LIST = "budget:execution_files"


@pytest.fixture
def officer(book):
    book.give("watch-office", 1_000)
    return client_of(book.officer)


def upload(client, *rows):
    file = SimpleUploadedFile("3월 집행.xlsx", sheet(*rows).getvalue())
    return client.post(reverse(LIST), {"fiscal_year": YEAR, "file": file}, follow=True)


def test_a_file_is_previewed_submitted_approved_and_then_changes_nothing(book, officer):
    page = upload(officer, row("가-1", 300, 100)).content.decode()
    assert "single" not in page.split("기장할 차액")[0]
    assert "가-1" in page
    file = ExecutionFile.objects.get()
    officer.post(reverse("budget:execution_file_draft", args=[file.key]))
    voucher = Voucher.objects.get(kind="execution")
    client_of(book.finance).post(reverse("budget:voucher_act", args=[voucher.pk, "approve"]))
    assert book.standing("watch-office")[2:] == (300, 100)
    assert "바뀐 것이 없습니다" in upload(officer, row("가-1", 300, 100)).content.decode()
    assert ExecutionFile.objects.count() == 1
    assert "가-1" in officer.get(reverse("budget:voucher", args=[voucher.pk])).content.decode()


def test_errors_are_shown_by_row_and_nothing_is_offered(book, officer):
    page = upload(officer, row("가-1", 1, 0), row("가-2", 1, 9), row("가-3", 1, 0, place=("없음", *PLACE[1:])))
    text = page.content.decode()
    assert "3번째 줄" in text
    assert "지출액이 원인행위액보다 많습니다" in text
    assert "예산에 없는 이름" in text
    assert "결재 올리기" not in text.split("<h1>")[1]


def test_what_would_not_fit_is_said_in_the_preview(book, officer):
    assert "남은 배정액 1,000원" in upload(officer, row("가-1", 1_001, 0)).content.decode()


def test_a_wrong_file_is_refused_at_its_field(book, officer):
    file = SimpleUploadedFile("x.xlsx", b"nonsense")
    page = officer.post(reverse(LIST), {"fiscal_year": YEAR, "file": file})
    assert "엑셀(.xlsx) 파일이 아닙니다" in page.content.decode()


def test_given_up_it_cannot_be_submitted(book, officer):
    upload(officer, row("가-1", 1, 0))
    file = ExecutionFile.objects.get()
    officer.post(reverse("budget:execution_file_give_up", args=[file.key]))
    page = officer.post(reverse("budget:execution_file_draft", args=[file.key]), follow=True).content.decode()
    assert "이미 처리한 파일입니다" in page
    assert not Voucher.objects.filter(kind="execution").exists()


def test_the_template_is_a_workbook_of_the_columns(book, officer):
    answer = officer.get(reverse("budget:execution_template"), {"year": YEAR})
    first, second = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets
    assert [cell.value for cell in first[1]][:2] == ["문서번호", "일자"]
    assert second.max_row == 1 + 9


def test_the_list_asks_a_fixed_number_of_times(book, officer, django_assert_max_num_queries):
    for n in range(5):
        upload(officer, row(f"가-{n}", 1, 0))
    with django_assert_max_num_queries(14):
        officer.get(reverse(LIST))
