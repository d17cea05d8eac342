"""Workbooks: read back as they were written, by another library."""

import datetime as dt
import io

import openpyxl

from accounts import workbooks
from accounts.clock import SEOUL
from accounts.workbooks import Column, workbook


def read(rows, columns=3, **options):
    content = b"".join(
        workbook(title="시험", columns=[Column(f"열{n}", "x") for n in range(columns)], rows=rows, **options)
    )
    return openpyxl.load_workbook(io.BytesIO(content))


def values(sheet):
    return list(sheet.iter_rows(values_only=True))


def test_values_keep_their_kinds():
    moment = dt.datetime(2026, 11, 22, 23, 59, 0, tzinfo=SEOUL)
    sheet = read([(moment.astimezone(dt.UTC), dt.date(1990, 3, 14), 8900), (1.5, None, "")]).worksheets[0]
    assert values(sheet)[1] == (moment.replace(tzinfo=None), dt.datetime(1990, 3, 14), 8900)  # noqa: DTZ001
    assert values(sheet)[2] == (1.5, None, None)
    assert sheet["A2"].number_format.endswith("hh:mm")


def test_text_is_text_whatever_it_holds():
    odd = ["=1+1", '<&>"', " 앞뒤 ", "줄\n바꿈", "나쁜\x00글자\x0b", "가" * 40_000]
    (_head, row) = values(read([odd], columns=6).worksheets[0])
    assert row[:4] == tuple(odd[:4])
    assert row[4] == "나쁜글자"
    assert len(row[5]) == workbooks.MAX_TEXT


def test_a_full_sheet_goes_on_in_the_next(monkeypatch):
    monkeypatch.setattr(workbooks, "ROWS_A_SHEET", 2)
    book = read([(n, n, n) for n in range(5)], about=[("사유", "점검")])
    assert book.sheetnames == ["시험", "시험 2", "시험 3", "내려받기 기록"]
    assert [len(values(sheet)) for sheet in book.worksheets] == [3, 3, 2, 1]


def test_more_columns_than_letters():
    sheet = read([tuple(range(30))], columns=30).worksheets[0]
    assert sheet["AD2"].value == 29


def test_no_rows_make_a_file_too():
    assert len(values(read([]).worksheets[0])) == 1
