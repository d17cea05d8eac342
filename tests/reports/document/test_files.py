"""The three files together."""

import time

import pytest

from reports.document import to_html, to_hwpx, to_pdf, to_xlsx, write
from tests.reports.document import sample


@pytest.mark.parametrize("render", [to_html, to_hwpx, to_pdf, to_xlsx])
def test_one_tree_gives_one_file(render):
    assert render(sample.report()) == render(sample.report())


def test_the_three_files_are_written(report, tmp_path, hwpx, pdf, xlsx):
    paths = write(report, tmp_path)
    assert {ending: path.read_bytes() for ending, path in paths.items()} == {"hwpx": hwpx, "pdf": pdf, "xlsx": xlsx}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report.hwpx", "report.pdf", "report.xlsx"]


@pytest.mark.slow
def test_a_report_of_thirty_pages_takes_less_than_three_seconds(tmp_path):
    long = sample.report(tasks=9)
    write(sample.report(), tmp_path)  # what is imported is imported once a worker
    began = time.perf_counter()
    write(long, tmp_path)
    assert time.perf_counter() - began < 3
