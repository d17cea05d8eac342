import pytest

from reports.document import Report, to_html, to_hwpx, to_pdf, to_xlsx
from tests.reports.document import sample


@pytest.fixture(scope="session")
def report() -> Report:
    return sample.report()


@pytest.fixture(scope="session")
def html(report) -> str:
    return to_html(report)


@pytest.fixture(scope="session")
def hwpx(report) -> bytes:
    return to_hwpx(report)


@pytest.fixture(scope="session")
def pdf(report) -> bytes:
    return to_pdf(report)


@pytest.fixture(scope="session")
def xlsx(report) -> bytes:
    return to_xlsx(report)
