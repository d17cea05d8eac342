"""Files of paper applications, filled in as an officer would fill in the template."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from programs import import_sheets
from programs.models import DistrictCall


def line(n: int, **changes: Any) -> dict[str, Any]:
    """One application on paper, received n minutes after yesterday's opening."""
    at = timezone.localtime() - dt.timedelta(days=2)
    at = at.replace(hour=9, minute=0, second=0, microsecond=0) + dt.timedelta(minutes=n)
    values: dict[str, Any] = {
        "received_at": at.replace(tzinfo=None),
        "name": f"박종이{n}",
        "birth_date": "1990-03-14",
        "phone": f"010-{2000 + n // 10000:04d}-{n % 10000:04d}",
        "address": f"시험로 {n}, 101호",
        "household_size": 1,
        "tenure": "월세(보증금 있음)",
        "detail:building_type": "오피스텔",
        "detail:has_wifi": "있습니다",
        "detail:deposit": 10_000_000,
        "consent": "동의함",
    }
    return values | changes


def workbook(district_call: DistrictCall, lines: list[dict[str, Any]]) -> openpyxl.Workbook:
    book = openpyxl.load_workbook(import_sheets.template(district_call))
    sheet = book.worksheets[0]
    columns = import_sheets.fields_of(district_call)
    for row, values in enumerate(lines, 3):
        for at, column in enumerate(columns, 1):
            name = "consent" if column.name.startswith("consent:") else column.name
            sheet.cell(row, at, values.get(column.name, values.get(name)))
    return book


def upload_of(book: openpyxl.Workbook, name: str = "신청.xlsx") -> SimpleUploadedFile:
    file = io.BytesIO()
    book.save(file)
    return SimpleUploadedFile(name, file.getvalue())
