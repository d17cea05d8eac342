"""The workbook, read with openpyxl."""

import io

import openpyxl
import pytest

from reports.document import COUNT, Cell, Column, Number, Report, Table, plain, to_xlsx
from tests.reports.document import sample
from tests.reports.document.reading import squeezed


def opened(data: bytes, *, values: bool = False):
    return openpyxl.load_workbook(io.BytesIO(data), data_only=values)


@pytest.fixture(scope="module")
def values(xlsx):
    return opened(xlsx, values=True)


@pytest.fixture(scope="module")
def formulas(xlsx):
    return opened(xlsx)


def sheet(book, name: str):
    return next(book[title] for title in book.sheetnames if name in title)


def rows(book, name: str, first: str) -> list[tuple]:
    """From the row that begins so."""
    read = list(sheet(book, name).iter_rows(values_only=True))
    return read[next(at for at, row in enumerate(read) if row[0] == first) :]


def test_there_is_a_sheet_for_each_table_between_contents_and_sources(report, values):
    assert values.sheetnames[0] == "목차"
    assert values.sheetnames[-1] == "출처"
    assert len(values.sheetnames) == len(report.tables()) + 2
    assert all(len(name) <= 31 for name in values.sheetnames)


def test_contents_lead_to_the_sheets(values):
    first = values["목차"]
    assert [first.cell(5, column).value for column in (1, 2)] == [1, "주요기능"]
    assert first.cell(5, 2).hyperlink.location == "'1 주요기능'!A1"


def test_every_text_of_a_table_is_on_its_sheet(report, values):
    for table, name in zip(report.tables(), values.sheetnames[1:], strict=False):
        read = {squeezed(str(value)) for row in values[name].iter_rows(values_only=True) for value in row if value}
        wanted = {
            squeezed(plain(cell.content))
            for row in (*table.header, *table.body)
            for cell in row
            if isinstance(cell.content, str) and cell.content
        }
        assert wanted <= read


def test_numbers_are_numbers_in_the_unit_that_is_printed(values):
    total, first, second, third = rows(values, "예산집행현황", "합계")[:4]
    assert total[2:] == (4_061_519, 2_203_538, 3_118_932, 1_857_981, pytest.approx(0.54254036))
    assert first[1:6] == ("소계", 1_771_120, 614_954, 1_039_250, 1_156_166)
    assert second[1:6] == ("안심마을보안관 운영", 1_001_520, 14_160, 422_160, 987_360)
    assert third[1:6] == ("안전도어지킴이 설치 지원", 380_000, 379_750, 379_750, 250)


def test_a_pair_has_two_columns_with_their_names(values):
    heading = rows(values, "예산집행현황", "세부사업")[:3]
    assert heading[1][2:] == ("예산현액", "지출액", None, "집행잔액", "집행률")
    assert heading[2][3:5] == ("지출액", "원인행위액")
    staffing = rows(values, "직급별 인력", "계")
    assert [row[:3] for row in staffing[:3]] == [("계", 32, 31), ("특별대책1반", 17, 18), ("특별대책2반", 15, 13)]


def test_merged_cells_tile_as_the_table_does(values):
    merged = {str(area) for area in sheet(values, "예산집행현황").merged_cells.ranges}
    assert {"A4:A6", "B4:B6", "C4:G4", "C5:C6", "D5:E5", "F5:F6", "G5:G6", "A7:B7", "A8:A12"} <= merged


def test_formats_print_the_marks(values):
    page = sheet(values, "예산 전용")
    row = next(row for row in page.iter_rows() if row[0].value and "사회구성원" in str(row[0].value))
    less = row[5]
    assert (less.value, less.number_format) == (-349_800, '#,##0;△#,##0;"-"')
    assert (row[4].value, row[4].number_format) == (0, '#,##0;△#,##0;"-"')
    assert sheet(values, "예산집행현황").cell(7, 7).number_format == '0.0%;△0.0%;"-"'


def test_totals_balances_and_rates_are_formulas(formulas):
    total = rows(formulas, "예산집행현황", "합계")[0]
    assert total[2:] == (
        "=SUM(C8,C13,C19,C20,C23)",
        "=SUM(D8,D13,D19,D20,D23)",
        "=SUM(E8,E13,E19,E20,E23)",
        "=N(C7)-N(D7)",
        '=IF(N(C7)=0,"-",N(D7)/N(C7))',
    )


def evaluated(formula: str, page) -> float | str:
    """What the few formulas we write come to, reckoned anew from the cells."""

    def cell(place: str) -> float:
        value = page[place].value
        if isinstance(value, str) and value.startswith("="):
            value = evaluated(value, page)
        return value if isinstance(value, int | float) else 0

    if formula.startswith("=SUM("):
        return sum(cell(place) for place in formula[5:-1].split(","))
    if formula.startswith("=IF("):
        part, whole = formula.rpartition(",")[2][2:-2].split(")/N(")
        return cell(part) / cell(whole) if cell(whole) else "-"
    first, second = formula[3:-1].split(")-N(")
    return cell(first) - cell(second)


def test_each_formula_comes_to_the_value_stored_with_it(values, formulas):
    checked = 0
    for page in formulas:
        for row in page.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    stored = values[page.title][cell.coordinate].value
                    assert stored == pytest.approx(evaluated(cell.value, page), abs=1e-9), (
                        page.title,
                        cell.coordinate,
                    )
                    checked += 1
    assert checked > 50


def test_every_sourced_number_is_on_the_last_sheet(report, values):
    read = list(values["출처"].iter_rows(min_row=5, values_only=True))
    sources = {number.source for number in report.numbers() if number.source}
    assert {row[0] for row in read} == {source.name for source in sources}
    applications = next(row for row in read if row[0] == "door_guard.applications")
    source = sample.APPLICATIONS.source
    assert applications[1:4] == ("도어지킴이 신청", 1077, "건")
    assert applications[4].date() == source.as_of
    assert applications[5:] == ("2021-11-01T09:00:00+09:00", source.query, 1077, source.sha256, source.url)
    money = next(row for row in read if row[0] == "budget.current")
    assert money[2:4] == (4061.519, "백만원")


def test_text_is_never_a_formula(report):
    words = ("=1+1", "+82-2-1", "-1+1|cmd", "@SUM(A1)", "-")
    risky = Table(
        name="=HYPERLINK('x')[:]*?/",
        columns=(Column(),) * len(words),
        header=(tuple(Cell(word) for word in words),),
        body=(tuple(Cell(word) for word in words), (Cell(Number(-5, COUNT)), *(Cell(""),) * 4)),
    )
    book = opened(to_xlsx(Report(title="=2+2", date=report.date, unit="@u", blocks=(risky, risky))))
    assert len(set(book.sheetnames)) == 4
    for page in book:
        for row in page.iter_rows():
            for cell in row:
                assert cell.data_type != "f"
                if isinstance(cell.value, str) and cell.value in words[:4]:
                    assert cell.quotePrefix
