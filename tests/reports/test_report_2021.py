"""The council report of 2 November 2021, rebuilt from the loaded portal: its three files, read back with readers that
did not write them, say what the report said (facts_2021.toml)."""

import io
import json
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import hwpforge
import openpyxl
import pypdfium2
import pytest
from django.core.management import call_command
from django.db import connection
from hwp_hwpx_parser import HWPXReader

from portal.seoul2021.edition import REPORT_2021, REPORT_DEMO
from reports.council.assemble import Assembled, assemble
from reports.document import to_hwpx, to_pdf, to_xlsx
from reports.models import CouncilReport
from tests.reports.document.reading import cell_words, grids, squeezed
from tests.scratch import scratch_copy

pytestmark = pytest.mark.slow  # the load takes ten seconds, the rest two

FACTS = tomllib.loads(Path(__file__).with_name("facts_2021.toml").read_text(encoding="utf-8"), parse_float=Decimal)
MILLION, THOUSAND = 1_000_000, 1_000


@dataclass(frozen=True)
class Loaded:
    """What was made in the loaded database, which is dropped by now."""

    report: Assembled
    demo: Assembled
    hwpx: bytes
    pdf: bytes
    xlsx: bytes
    figure: dict  # as the command prints it
    before: dict[str, tuple]  # every table, before and after it was loaded again
    after: dict[str, tuple]


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker) -> Loaded:
    with django_db_blocker.unblock(), scratch_copy():
        call_command("load_seoul_2021", stdout=io.StringIO())
        before = _contents()
        call_command("load_seoul_2021", stdout=io.StringIO())
        after = _contents()
        out = io.StringIO()
        call_command("figure", "door_guard.applications", "--as-of", "2021-10-22", stdout=out)
        made = [assemble(CouncilReport.objects.get(key=key)) for key in (REPORT_2021, REPORT_DEMO)]
        connection.close()
    document = made[0].document
    return Loaded(
        *made, to_hwpx(document), to_pdf(document), to_xlsx(document), json.loads(out.getvalue()), before, after
    )


def _contents() -> dict[str, tuple]:
    """How many rows each table has, and a hash of them in whatever order."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT count(*), sum(hashtext(t::text)::bigint) FROM "{table}" t')
            found[table] = cursor.fetchone()
    return found


# --- What is printed -----------------------------------------------------------------------------


def money(won: int, unit: int) -> str:
    """In this unit, half-up; less than nothing as △, nothing as "-"."""
    shown = (abs(won) + unit // 2) // unit
    return "-" if not won else f"{'△' if won < 0 else ''}{shown:,}"


def execution() -> list[list[str]]:
    rows = []
    for fact in FACTS["execution"]:
        names = [fact["group"], fact["name"]] if fact["group"] else [fact["name"]]
        budget, spent, committed, balance = (
            money(fact[k], THOUSAND) for k in ("budget", "spent", "committed", "balance")
        )
        rows.append([*map(squeezed, names), budget, f"{spent}({committed})", balance, fact["rate"]])
    return rows


def lines() -> list[list[str]]:
    """A line of the whole and of a group has no detail."""
    return [
        [squeezed(part) for part in (fact["name"], fact["detail"], money(fact["budget"], MILLION)) if part]
        for fact in FACTS["line"]
    ]


def overview() -> list[list[str]]:
    return [
        [squeezed(fact["name"]), "(×-)-", "(×-)-"]
        + [f"(×-){money(fact[key], MILLION)}" for key in ("current", "change")]
        + [fact["growth"]]
        for fact in FACTS["overview"]
    ]


def staffing() -> list[list[str]]:
    def pair(counts: list[int]) -> str:
        return "/".join(map(str, counts)) or "-"

    return [[row["name"], pair(row["total"]), *map(pair, row["cells"])] for row in FACTS["staffing"]["row"]]


def transfer() -> list[list[str]]:
    rows = []
    for fact in FACTS["transfer"]["row"]:
        amounts = (fact["budget"], fact["increase"], -fact["decrease"], fact["after"])
        rows.append([f"{fact['name']}({fact['code']})", *(money(won, THOUSAND) for won in amounts)])
    head = [FACTS["transfer"][level] for level in ("unit_project", "detailed_project")]
    rows[0] = [*map(squeezed, head), *rows[0]]
    return rows


TABLES = {
    "예산집행현황": execution(),
    "주요 예산현황": lines(),
    "예산총괄": overview(),
    "인력 현황": staffing(),
    "안심마을 보안관 예산 전용": transfer(),
}
tables = pytest.mark.parametrize("name", TABLES)


# --- Read back -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def hwpx_grids(loaded) -> list[list[list[str]]]:
    document = hwpforge.Document.from_bytes(loaded.hwpx)
    assert document.validate()["ok"]
    return [[[cell_words(cell) for cell in row] for row in grid] for grid in grids(document)]


@pytest.fixture(scope="module")
def pdf_text(loaded) -> str:
    with pypdfium2.PdfDocument(loaded.pdf) as document:
        return squeezed("".join(page.get_textpage().get_text_range() for page in document))


@pytest.fixture(scope="module")
def hwpx_text(loaded, tmp_path_factory) -> str:
    path = tmp_path_factory.mktemp("hwpx") / "report.hwpx"
    path.write_bytes(loaded.hwpx)
    reader = HWPXReader(str(path))
    text = squeezed(reader.extract_text())
    reader.close()
    return text


@pytest.fixture(scope="module")
def book(loaded) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(loaded.xlsx), data_only=True)


@tables
def test_every_cell_is_in_the_hwpx(hwpx_grids, name):
    assert any(grid[-len(TABLES[name]) :] == TABLES[name] for grid in hwpx_grids)


SPANNED_WIDTH = {"예산집행현황": 5, "안심마을 보안관 예산 전용": 5}  # of a row without the cells that span rows


@tables
def test_every_cell_is_in_the_pdf_row_by_row(pdf_text, name):
    """What spans rows stands in the middle of them, and is read there."""
    for row in TABLES[name]:
        spanning = max(0, len(row) - SPANNED_WIDTH.get(name, len(row)))
        assert "".join(row[spanning:]) in pdf_text
        assert all(cell in pdf_text for cell in row[:spanning])


def body_of(book: openpyxl.Workbook, name: str, rows: int, unit: int = 1) -> list[tuple]:
    """The last rows above the notes; numbers exactly, in base units."""
    page = next(book[title] for title in book.sheetnames if title.endswith(name))
    read = [row for row in page.iter_rows(values_only=True) if not str(row[0] or "").startswith("※")]
    return [
        tuple(round(value * unit) if isinstance(value, int | float) and value >= 1 else value for value in row)
        for row in read[-rows:]
    ]


def test_the_execution_table_of_the_workbook_is_exact(book):
    facts = FACTS["execution"]
    for row, fact in zip(body_of(book, "예산집행현황", len(facts), THOUSAND), facts, strict=True):
        assert row[2:6] == tuple(fact[key] for key in ("budget", "spent", "committed", "balance"))
        printed = f"{Decimal(row[6] * 100).quantize(Decimal('0.1'))}%" if row[6] and row[6] != 1000 else fact["rate"]
        assert printed == fact["rate"]


def test_the_budget_lines_of_the_workbook_are_exact(book):
    facts = FACTS["line"]
    for row, fact in zip(body_of(book, "주요 예산현황", len(facts), MILLION), facts, strict=True):
        assert row[2] == fact["budget"]
        assert squeezed(str(row[1] or "")) == squeezed(fact["detail"])


def test_the_overview_of_the_workbook_is_exact(book):
    facts = FACTS["overview"]
    for row, fact in zip(body_of(book, "예산총괄", len(facts), MILLION), facts, strict=True):
        numbers = [value for value in row[1:-1] if isinstance(value, int)]
        assert numbers == [fact["current"], fact["change"]]
        assert row[-1] == fact["growth"]


def test_the_staffing_of_the_workbook_is_exact(book):
    rows = FACTS["staffing"]["row"]
    for row, fact in zip(body_of(book, "인력 현황", len(rows)), rows, strict=True):
        wanted = [count for counts in (fact["total"], *fact["cells"]) for count in counts or (None, None)]
        assert [value if isinstance(value, int) else None for value in row[1:]] == wanted


def test_the_transfer_of_the_workbook_is_exact(book):
    facts = FACTS["transfer"]["row"]
    for row, fact in zip(body_of(book, "예산 전용", len(facts)), facts, strict=True):
        amounts = (fact["budget"], fact["increase"], -fact["decrease"], fact["after"])
        assert tuple(value * THOUSAND for value in row[3:]) == amounts


@pytest.mark.parametrize("fact", FACTS["figures"], ids=lambda fact: fact["name"])
def test_each_figure_is_printed_where_the_report_says_it(loaded, fact, pdf_text, hwpx_text):
    assert fact["printed"] in pdf_text
    assert fact["printed"] in hwpx_text
    answers = {
        (number.value, number.source.as_of)
        for number in loaded.report.document.numbers()
        if number.source and number.source.name == fact["name"] and "item=" not in number.source.url
    }
    assert (Decimal(fact["value"]), fact["as_of"]) in answers


def test_each_figure_is_in_the_workbook_with_its_source(loaded, book):
    listed = {(row[0], row[4].date()) for row in book["출처"].iter_rows(min_row=5, values_only=True)}
    assert {(fact["name"], fact["as_of"]) for fact in FACTS["figures"]} <= listed


def test_nothing_is_wrong_with_it(loaded):
    assert loaded.report.problems == []
    assert "〔" not in "".join(str(block) for block in loaded.report.document.blocks)


def test_what_was_read_otherwise_is_listed(hwpx_grids):
    listed = next(grid for grid in hwpx_grids if grid[0][0] == "번호")
    assert [row[0] for row in listed[1:]] == [f"I{number:02}" for number in range(1, 22)]


def test_corrected_readings_are_printed(pdf_text):
    body = pdf_text.partition("바로잡은내용")[0] + pdf_text.split("원문표기")[0]
    assert "1153-1179" not in body
    assert body.count("1533-1179") >= 3
    assert "건강가족지원센터" not in body
    assert "행정동신사1동·신사2동" in body


def test_a_demo_edition_of_today_stands_beside_it(loaded):
    assert "시연용" in loaded.demo.document.title
    assert [problem.text for problem in loaded.demo.problems] == []


def test_applications_by_22_october_are_1077(loaded):
    assert (loaded.figure["value"], loaded.figure["rows"]["count"]) == (1077, 1077)


def test_loading_again_changes_nothing(loaded):
    assert {table: rows for table, rows in loaded.after.items() if rows != loaded.before[table]} == {}
