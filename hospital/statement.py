"""A settlement as a workbook, made in memory so that nothing readable touches the disk. Booking numbers only: a
settlement needs no names."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO

from django.utils.translation import gettext as _

from hospital.models import Settlement, SettlementLine


def settlement_workbook(settlement: Settlement, lines: Iterable[SettlementLine], charges: int) -> bytes:
    """One sheet: a line a trip, and the sums in won; below them the cancellation charges collected, which are not
    settled."""
    import xlsxwriter  # noqa: PLC0415 - no process should wait for it at its start

    output = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(output, options) as book:
        bold, won, day = (
            book.add_format(style) for style in ({"bold": True}, {"num_format": "#,##0"}, {"num_format": "yyyy-mm-dd"})
        )
        sheet = book.add_worksheet(f"{settlement.month:%Y-%m}")
        sheet.set_column(0, 11, 16)
        sheet.write_string(0, 0, _("병원 안심동행 정산서"), bold)
        state = settlement.get_state_display()
        sheet.write_string(1, 0, f"{settlement.operator}  {settlement.month:%Y-%m}  {state}")
        heads = (
            _("예약번호"), _("이용일"), _("출발 자치구"), _("시간(분)"), _("이용료를 매긴 시간(분)"), _("운영비(원)"),
            _("부과한 이용료(원)"), _("받은 이용료(원)"), _("시 부담(원)"), _("처리"), _("수행기관 이의 사유"),
            _("시 처리 사유"),
        )  # fmt: skip
        for column, head in enumerate(heads):
            sheet.write_string(3, column, head, bold)
        row = 4
        for line in lines:
            sheet.write_string(row, 0, line.trip.number)
            sheet.write_datetime(row, 1, line.trip.day, day)
            sheet.write_string(row, 2, str(line.trip.district))
            minutes = (line.minutes, line.charged_minutes)
            for column, number in enumerate((*minutes, line.cost, line.fee, line.collected, line.city_share), 3):
                sheet.write_number(row, column, number, won)
            for column, text in enumerate((line.get_state_display(), line.reason, line.resolution), 9):
                sheet.write_string(row, column, str(text or ""))
            row += 1
        sheet.write_string(row, 0, _("합계"), bold)
        sheet.write_number(row, 3, settlement.minutes, won)
        totals = (settlement.cost, settlement.fees, settlement.collected, settlement.city_share)
        for column, number in enumerate(totals, 5):
            sheet.write_number(row, column, number, won)
        sheet.write_string(row + 2, 0, _("이 달에 받은 취소 위약금(원). 정산에 들지 않으며 수행기관이 따로 회계 처리"))
        sheet.write_number(row + 2, 5, charges, won)
    return output.getvalue()
