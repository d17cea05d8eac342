"""The report's tables as a workbook: numbers as numbers, totals as formulas, and a sheet of where each number is from.

A formula is written with its value, so that a reader without a calculating engine sees it. Text is always text: no
cell of a title or a name can become a formula, not even when the sheet is saved as CSV (`quote_prefix`).
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterator
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from .printing import full_day, in_printed_unit, normalised, plain
from .sheet_grid import SheetCell, sheet_cells, sheet_widths
from .tree import Report, Table
from .words import Form, Number, Source

_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")
_MAX_NAME = 31
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
_HEADER_ROW = 3  # below name, basis and an empty row
_LOOKS: dict[str, dict[str, Any]] = {
    "base": {"font_name": "맑은 고딕", "font_size": 10, "valign": "vcenter", "text_wrap": True},
    "head": {"bold": True, "bg_color": "#E6EDF6", "font_color": "#16386B", "align": "center", "border": 1},
    "cell": {"border": 1, "border_color": "#8A99AD"},
    "title": {"bold": True, "font_size": 14, "font_color": "#16386B", "text_wrap": False},
    "quiet": {"font_color": "#4A5563", "text_wrap": False},
    "strong": {"bold": True},
    "subtotal": {"bold": True, "bg_color": "#F3F6FB"},
    "total": {"bold": True, "bg_color": "#E6EDF6"},
    "link": {"font_color": "#3D6AA8", "underline": 1, "text_wrap": False},
    "day": {"num_format": "yyyy-mm-dd", "align": "center"},
}


def render(report: Report) -> bytes:
    made = io.BytesIO()
    book = _Book(made, report)
    names = _sheet_names(report)
    book.contents(names)
    for table, name in zip(report.tables(), names, strict=True):
        _Sheet(book, table, name).write()
    book.sources()
    book.close()
    return made.getvalue()


def _sheet_names(report: Report) -> list[str]:
    """Numbered, so that no two are the same after what Excel refuses is gone."""
    plain_names = (_NOT_IN_NAMES.sub(" ", normalised(table.name)).split() for table in report.tables())
    return [" ".join((str(number), *words))[:_MAX_NAME].strip() for number, words in enumerate(plain_names, start=1)]


def number_format(number: Number) -> str:
    """Excel's words for a form: △ before what is negative, - for nothing."""
    form = number.form
    digits = "#,##0" + ("." + "0" * form.decimals if form.decimals else "")
    if form.percent:
        exact = number.value is not None and in_printed_unit(number.value, form) % 1 == 0
        digits = digits.partition(".")[0] if exact else digits
        digits = digits.replace("#,##0", "0") + "%"
    unit = f'"{number.unit}"' if number.unit else ""
    zero = f'"{form.zero}"' if form.zero else digits.replace("#,##0", "0") + unit
    return f"{digits}{unit};△{digits}{unit};{zero}"


def sheet_value(number: Number) -> int | float | str:
    """In the unit that is printed: the exact value, which its format rounds for show."""
    if number.value is None:
        return number.form.none
    value = number.value if number.form.percent else in_printed_unit(number.value, number.form)
    return int(value) if value == int(value) else float(value)


class _Book:
    def __init__(self, made: io.BytesIO, report: Report) -> None:
        self.report = report
        self.book = xlsxwriter.Workbook(made, {"in_memory": True})
        self.book.set_properties(
            {
                "title": normalised(report.title),
                "author": normalised(report.unit),
                "created": dt.datetime.combine(report.date, dt.time()),
            }
        )
        self._formats: dict[tuple[tuple[str, ...], tuple[tuple[str, Any], ...]], Any] = {}

    def close(self) -> None:
        self.book.close()

    def format(self, *looks: str, **more: Any) -> Any:
        key = looks, tuple(sorted(more.items()))
        if key not in self._formats:
            merged: dict[str, Any] = dict(_LOOKS["base"])
            for look in looks:
                merged |= _LOOKS.get(look, {})
            self._formats[key] = self.book.add_format(merged | more)
        return self._formats[key]

    def sheet(self, name: str, title: str, note: str) -> Any:
        sheet = self.book.add_worksheet(name)
        sheet.hide_gridlines(2)
        sheet.set_paper(9)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&C- &P -")
        self.text(sheet, 0, 0, title, "title")
        self.text(sheet, 1, 0, note, "quiet")
        return sheet

    def text(self, sheet: Any, row: int, column: int, text: str, *looks: str, **more: Any) -> None:
        sheet.write_string(row, column, *self.shown(text, *looks, **more))

    def shown(self, text: str, *looks: str, **more: Any) -> tuple[str, Any]:
        words = normalised(text)
        if words != "-" and words.startswith(_DANGEROUS):
            more["quote_prefix"] = True
        return words, self.format(*looks, **more)

    def contents(self, names: list[str]) -> None:
        report = self.report
        sheet = self.sheet("목차", report.title, f"{report.unit}  {full_day(report.date)}")
        sheet.set_column(0, 0, 6)
        sheet.set_column(1, 1, 44)
        sheet.set_column(2, 2, 44)
        for column, heading in enumerate(("번호", "표", "기준 / 단위")):
            self.text(sheet, _HEADER_ROW, column, heading, "head")
        for number, (table, name) in enumerate(zip(report.tables(), names, strict=True), start=1):
            row = _HEADER_ROW + number
            sheet.write_number(row, 0, number, self.format("cell", align="center"))
            sheet.write_url(row, 1, f"internal:'{name}'!A1", self.format("cell", "link"), normalised(table.name))
            self.text(sheet, row, 2, plain(table.basis), "cell")
        row = _HEADER_ROW + len(names) + 1
        sheet.write_url(row, 1, "internal:'출처'!A1", self.format("link"), "출처")

    def sources(self) -> None:
        sheet = self.sheet("출처", "출처", "보고서에 실린 수치와 그 근거")
        columns = (
            ("이름", 34), ("항목", 26), ("값", 16), ("단위", 9), ("기준일", 12), ("기록 시점", 26),
            ("조회 내용", 50), ("행 수", 9), ("행의 SHA-256", 68), ("주소", 50),
        )  # fmt: skip
        for column, (heading, width) in enumerate(columns):
            sheet.set_column(column, column, width)
            self.text(sheet, _HEADER_ROW, column, heading, "head")
        sheet.freeze_panes(_HEADER_ROW + 1, 0)
        for row, (number, source) in enumerate(self._sourced(), start=_HEADER_ROW + 1):
            self._source(sheet, row, number, source)

    def _sourced(self) -> Iterator[tuple[Number, Source]]:
        """Each number once, however often the report prints it."""
        seen = set()
        for number in self.report.numbers():
            if number.source and (number.source, number.value, number.form) not in seen:
                seen.add((number.source, number.value, number.form))
                yield number, number.source

    def _source(self, sheet: Any, row: int, number: Number, source: Source) -> None:
        self.text(sheet, row, 0, source.name, "cell")
        self.text(sheet, row, 1, source.label, "cell")
        self.number(sheet, row, 2, number, "cell", align="right")
        self.text(sheet, row, 3, number.unit or unit_of(number.form), "cell", align="center")
        sheet.write_datetime(row, 4, source.as_of, self.format("cell", "day"))
        self.text(sheet, row, 5, source.known_at.isoformat(timespec="seconds"), "cell")
        self.text(sheet, row, 6, source.query, "cell")
        if source.rows is None:
            self.text(sheet, row, 7, "-", "cell", align="right")
        else:
            sheet.write_number(row, 7, source.rows, self.format("cell", num_format="#,##0"))
        self.text(sheet, row, 8, source.sha256, "cell")
        self.text(sheet, row, 9, source.url, "cell")

    def number(self, sheet: Any, row: int, column: int, number: Number, *looks: str, **more: Any) -> None:
        value = sheet_value(number)
        if isinstance(value, str):
            self.text(sheet, row, column, value, *looks, **more)
        else:
            sheet.write_number(row, column, value, self.format(*looks, num_format=number_format(number), **more))


def unit_of(form: Form) -> str:
    return "%" if form.percent else {1_000: "천원", 1_000_000: "백만원"}.get(form.scale, "")


class _Sheet:
    """One table on one sheet."""

    def __init__(self, book: _Book, table: Table, name: str) -> None:
        self.book, self.table = book, table
        self.sheet = book.sheet(name, table.name, plain(table.basis))
        self.cells = sheet_cells(table)
        self.places = {
            cell.content.key: xl_rowcol_to_cell(cell.row + _HEADER_ROW, cell.column)
            for cell in self.cells
            if isinstance(cell.content, Number) and cell.content.key
        }

    def write(self) -> None:
        for column, width in enumerate(sheet_widths(self.table)):
            self.sheet.set_column(column, column, width)
        for cell in self.cells:
            self._cell(cell)
        below_header = _HEADER_ROW + max((cell.row + cell.rowspan for cell in self.cells if cell.heading), default=0)
        if below_header > _HEADER_ROW:
            self.sheet.freeze_panes(below_header, 0)
            self.sheet.repeat_rows(_HEADER_ROW, below_header - 1)
        below = max(cell.row + cell.rowspan for cell in self.cells) + _HEADER_ROW
        for number, note in enumerate(self.table.notes):
            self.book.text(self.sheet, below + number, 0, f"※ {plain(note)}", "quiet")

    def _cell(self, cell: SheetCell) -> None:
        row, column = cell.row + _HEADER_ROW, cell.column
        looks = ("cell", "head") if cell.heading else ("cell", cell.emphasis)
        if cell.rowspan > 1 or cell.colspan > 1:
            below, beside = row + cell.rowspan - 1, column + cell.colspan - 1
            self.sheet.merge_range(row, column, below, beside, "", self.book.format(*looks, align=cell.align))
        if not isinstance(cell.content, Number):
            self.book.text(self.sheet, row, column, plain(cell.content), *looks, align=cell.align)
        elif cell.content.formula:
            number = cell.content
            looks_of_number = self.book.format(*looks, align=cell.align, num_format=number_format(number))
            self.sheet.write_formula(row, column, self._formula(number), looks_of_number, sheet_value(number))
        else:
            self.book.number(self.sheet, row, column, cell.content, *looks, align=cell.align)

    def _formula(self, number: Number) -> str:
        """N() counts the dash of a cell without a value as nothing."""
        formula = number.formula
        assert formula is not None  # noqa: S101 - for types: only cells with a formula come here
        places = [self.places[key] for key in formula.of]
        if formula.kind == "sum":
            return f"=SUM({','.join(places)})"
        first, second = (f"N({place})" for place in places)
        if formula.kind == "difference":
            return f"={first}-{second}"
        return f'=IF({second}=0,"{number.form.none}",{first}/{second})'
