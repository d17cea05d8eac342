"""The document a report is, and the files it becomes. docs/report-files.md shows how to build and extend it.

Pure: it knows no model, no figure query and no Django. Renderers are loaded when a file is asked for: hwpx and
xlsxwriter together take half a second to import, and typst works in a process of its own.
"""

from __future__ import annotations

from pathlib import Path

from .checks import disagreements, without_source
from .printing import day, full_day, growth, month, plain, printed, rate
from .tree import (
    Block,
    Callout,
    Cell,
    Column,
    Contents,
    Cover,
    Flow,
    Heading,
    Item,
    Note,
    PageBreak,
    Paragraph,
    Report,
    Row,
    Step,
    Table,
)
from .words import (
    COUNT,
    COUNT_DASH,
    GROWTH,
    MILLION,
    MILLION_DASH,
    PERCENT,
    PERCENT_DASH,
    THOUSAND,
    THOUSAND_DASH,
    WON,
    Form,
    Formula,
    Link,
    Number,
    Pair,
    Source,
    Strong,
    Unprintable,
    Words,
    balance,
    ratio,
    total,
)

__all__ = [
    "COUNT",
    "COUNT_DASH",
    "GROWTH",
    "MILLION",
    "MILLION_DASH",
    "PERCENT",
    "PERCENT_DASH",
    "THOUSAND",
    "THOUSAND_DASH",
    "WON",
    "Block",
    "Callout",
    "Cell",
    "Column",
    "Contents",
    "Cover",
    "Flow",
    "Form",
    "Formula",
    "Heading",
    "Item",
    "Link",
    "Note",
    "Number",
    "PageBreak",
    "Pair",
    "Paragraph",
    "Report",
    "Row",
    "Source",
    "Step",
    "Strong",
    "Table",
    "Unprintable",
    "Words",
    "balance",
    "day",
    "disagreements",
    "full_day",
    "growth",
    "month",
    "plain",
    "printed",
    "rate",
    "ratio",
    "to_html",
    "to_hwpx",
    "to_pdf",
    "to_xlsx",
    "total",
    "without_source",
    "write",
]


def to_html(report: Report, *, top: int = 2) -> str:
    """An `<article>` for a page that loads css/report.css; its chapters are `h<top>`."""
    from .as_html import render  # noqa: PLC0415 - the portal's start does not pay for files nobody asked for

    return render(report, top=top)


def to_hwpx(report: Report) -> bytes:
    from .as_hwpx import render  # noqa: PLC0415 - hwpx and lxml take 0.3 s to import

    return render(report)


def to_pdf(report: Report) -> bytes:
    from .as_pdf import render  # noqa: PLC0415 - as above

    return render(report)


def to_xlsx(report: Report) -> bytes:
    from .as_xlsx import render  # noqa: PLC0415 - as above

    return render(report)


def write(report: Report, folder: Path) -> dict[str, Path]:
    """The three files, in a folder that exists: report.hwpx, report.pdf, report.xlsx."""
    files = {"hwpx": to_hwpx(report), "pdf": to_pdf(report), "xlsx": to_xlsx(report)}
    paths = {ending: folder / f"report.{ending}" for ending in files}
    for ending, data in files.items():
        paths[ending].write_bytes(data)
    return paths
