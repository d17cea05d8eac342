"""The HWPX file, read by its own library's validators and by two parsers that did not write it."""

import io
import zipfile

import hwpforge
import pytest
from hwp_hwpx_parser import HWPXReader
from hwpx import HwpxDocument
from hwpx.tools.package_validator import validate_package

from reports.document import Flow, Item, PageBreak, Report, to_hwpx
from tests.reports.document.reading import cell_words, grids, squeezed, tables, texts


@pytest.fixture(scope="module")
def file(hwpx, tmp_path_factory):
    path = tmp_path_factory.mktemp("hwpx") / "report.hwpx"
    path.write_bytes(hwpx)
    return path


@pytest.fixture(scope="module")
def forged(hwpx) -> hwpforge.Document:
    return hwpforge.Document.from_bytes(hwpx)


def test_it_passes_the_validators(file):
    assert HwpxDocument.open(file).validate().issues == ()
    assert [issue for issue in validate_package(file).issues if issue.level == "error"] == []


def test_a_stricter_reader_takes_it(forged):
    report = forged.validate()
    assert (report["ok"], report["errors"], report["warnings"]) == (True, [], [])


def test_every_text_is_there(report, file):
    reader = HWPXReader(str(file))
    read = squeezed(reader.extract_text()).replace("|", "").replace("\\", "")
    reader.close()
    wanted = [text.replace("|", "").replace("\\", "") for text in texts(report)]
    assert [text for text in wanted if text not in read] == []


def test_every_cell_is_there_with_its_spans(report, forged):
    read = [
        [[(cell_words(cell), cell["row_span"], cell["col_span"]) for cell in row] for row in grid]
        for grid in grids(forged)
    ]
    wanted = tables(report)
    assert [table for table in wanted if table not in read] == []
    flows = [block for block in report.blocks if isinstance(block, Flow)]
    assert len(read) >= len(wanted) + len(flows)


def test_no_row_is_lower_than_its_text(forged):
    """Viewers that do not lay out anew take a row's height at its word; python-hwpx's own rows are 282 high."""
    assert min(cell["height"] for grid in grids(forged) for row in grid for cell in row) > 1000


def test_its_outline_is_the_headings_in_their_levels(report, forged):
    read = [(heading["level"], squeezed(heading["text"])) for heading in forged.outline()["outline"]["headings"]]
    wanted = [
        (heading.level, squeezed(heading.line if heading.level == 2 else heading.number + heading.text))
        for heading in report.headings()
    ]
    assert read == wanted


def test_page_breaks_stand_before_what_follows_them(report, hwpx):
    with zipfile.ZipFile(io.BytesIO(hwpx)) as archive:
        section = archive.read("Contents/section0.xml").decode()
    breaks = [
        block for block, after in zip(report.blocks, report.blocks[1:], strict=False) if isinstance(block, PageBreak)
    ]
    assert section.count('pageBreak="1"') == len(breaks)


def test_head_and_page_number_stand_once_and_not_on_the_cover(hwpx):
    with zipfile.ZipFile(io.BytesIO(hwpx)) as archive:
        section = archive.read("Contents/section0.xml").decode()
    assert (section.count("<hp:pageNum "), section.count("<hp:header "), section.count("<hp:pageHiding ")) == (1, 1, 1)


def test_without_a_cover_nothing_is_hidden(report):
    made = to_hwpx(Report(title="보고", date=report.date, unit="추진단", blocks=(Item(1, "줄 & <표>"),)))
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        section = archive.read("Contents/section0.xml").decode()
    assert "pageHiding" not in section
    assert "줄 &amp; &lt;표&gt;" in section


def test_it_names_who_reports_and_nobody_else(report, hwpx):
    with zipfile.ZipFile(io.BytesIO(hwpx)) as archive:
        described = archive.read("Contents/content.hpf").decode()
    assert report.title in described
    assert report.unit in described
    assert "synthetic" not in described
