"""A claim as a workbook, made in memory so that nothing readable touches the disk. Receipt numbers and serials only: a
payment needs no names."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from safety.doorguard.models import Claim, ClaimLine

if TYPE_CHECKING:
    import xlsxwriter


def claim_workbook(claim: Claim, lines: Iterable[ClaimLine]) -> bytes:
    """One sheet: a line a service month, and the sum to be paid in won."""
    import xlsxwriter  # noqa: PLC0415 - as in programs.import_sheets: no process should wait for it at its start

    output = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(output, options) as book:
        bold, won, day = (
            book.add_format(style) for style in ({"bold": True}, {"num_format": "#,##0"}, {"num_format": "yyyy-mm-dd"})
        )
        sheet = book.add_worksheet(f"{claim.month:%Y-%m}")
        sheet.set_column(0, 1, 20)
        sheet.set_column(2, 8, 14)
        sheet.write_string(0, 0, _("도어지킴이 이용료 보조 청구서"), bold)
        sheet.write_string(
            1, 0, f"{claim.company} → {claim.district}  {claim.month:%Y-%m}  {claim.get_state_display()}"
        )
        heads = (
            _("접수번호"), _("기기 일련번호"), _("서비스 월차"), _("시작일"), _("종료일"), _("금액(원)"), _("처리"),
            _("업체 이의 사유"), _("자치구 처리 사유"),
        )  # fmt: skip
        for column, head in enumerate(heads):
            sheet.write_string(3, column, head, bold)
        row = 4
        for line in lines:
            _write_line(sheet, row, line, won, day)
            row += 1
        sheet.write_string(row, 0, _("지급할 금액"), bold)
        sheet.write_number(row, 2, claim.households)
        sheet.write_number(row, 5, claim.total, won)
    return output.getvalue()


def _write_line(
    sheet: xlsxwriter.worksheet.Worksheet,
    row: int,
    line: ClaimLine,
    won: xlsxwriter.format.Format,
    day: xlsxwriter.format.Format,
) -> None:
    sheet.write_string(row, 0, line.service.application.receipt_no)
    sheet.write_string(row, 1, line.service.serial or "")
    sheet.write_number(row, 2, line.service_month_no)
    sheet.write_datetime(row, 3, line.starts_on, day)
    sheet.write_datetime(row, 4, line.ends_on, day)
    sheet.write_number(row, 5, line.amount, won)
    sheet.write_string(row, 6, str(line.get_state_display()))
    sheet.write_string(row, 7, line.reason or "")
    sheet.write_string(row, 8, line.resolution or "")
