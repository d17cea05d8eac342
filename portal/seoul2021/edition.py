"""The council report of 2 November 2021 as an edition of the portal, in editing; and one of today for the demo."""

from __future__ import annotations

import datetime as dt
import tomllib
import uuid
from pathlib import Path
from typing import Any

from reports.models import CouncilReport, ReportSection, SectionVersion

FOLDER = Path(__file__).resolve().parent / "council_report"
REPORT_2021 = uuid.uuid5(uuid.NAMESPACE_OID, "seoul-2021-council-report")
REPORT_DEMO = uuid.uuid5(uuid.NAMESPACE_OID, "seoul-demo-council-report")


def load_council_report() -> CouncilReport:
    """Once: what people made of it since is left as it is."""
    index = tomllib.loads((FOLDER / "index.toml").read_text(encoding="utf-8"))
    report, made = CouncilReport.objects.get_or_create(
        key=REPORT_2021,
        defaults={
            "title": index["title"], "unit": index["unit"], "as_of": index["as_of"],
            "cutoffs": {name: day.isoformat() for name, day in index["cutoffs"].items()},
        },
    )  # fmt: skip
    if made:
        _write_sections(report, index)
    return report


def load_demo_report(today: dt.date) -> None:
    """The same sections with the figures of the day of loading, so that the pages of editing have something alive;
    and at their end what was not yet to be told in 2021 (council_report/live)."""
    first = load_council_report()
    report, made = CouncilReport.objects.get_or_create(
        key=REPORT_DEMO,
        defaults={
            "title": f"{first.title}(시연용)", "unit": first.unit, "as_of": today, "copied_from": first,
            "cutoffs": dict.fromkeys(first.cutoffs, today.isoformat()),
        },
    )  # fmt: skip
    if made:
        _write_sections(report, tomllib.loads((FOLDER / "index.toml").read_text(encoding="utf-8")), live=True)


def _write_sections(report: CouncilReport, index: dict[str, Any], *, live: bool = False) -> None:
    sections = ReportSection.objects.bulk_create(
        _section(report, sort, index, **row) for sort, row in enumerate(index["section"], 1)
    )
    SectionVersion.objects.bulk_create(
        SectionVersion(section=section, number=1, body=_body(section.code, live=live)) for section in sections
    )


def _body(code: str, *, live: bool) -> str:
    text, more = (FOLDER / f"{code}.txt").read_text(encoding="utf-8"), FOLDER / "live" / f"{code}.txt"
    return text + more.read_text(encoding="utf-8") if live and more.exists() else text


def _section(
    report: CouncilReport, sort: int, index: dict[str, Any], *, chapter: str, group: str = "", **values: Any
) -> ReportSection:
    return ReportSection(
        report=report, sort=sort, chapter_no=chapter, chapter=index["chapters"][chapter], group_no=group,
        group=index["groups"][group] if group else "", version=1, **values,
    )  # fmt: skip
