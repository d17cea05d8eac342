"""The numbers and tables that the report of 2 November 2021 states and the portal does not count itself."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from reports.council.tables import GRADES, KINDS, UNITS
from reports.models import Statement

STATEMENTS = Path(__file__).resolve().parent / "statements.toml"
REPORTED = dt.date(2021, 11, 2)
_REPORT = "주요 업무보고(2021. 11. 2.)"


def load_statements() -> None:
    """Each once: whatever stands stated of its name and day is left as it is."""
    known = set(Statement.objects.values_list("name", "as_of"))
    Statement.objects.bulk_create(row for row in rows() if (row.name, row.as_of) not in known)


def rows() -> Iterator[Statement]:
    data = tomllib.loads(STATEMENTS.read_text(encoding="utf-8"), parse_float=Decimal)
    for stated in data["statement"]:
        yield _statement(**stated)
    yield from _staffing(data["staffing"])


def _statement(*, where: str, source: str = "", as_of: dt.date = REPORTED, **values: Any) -> Statement:
    place = f"{_REPORT} {where}"
    return Statement(as_of=as_of, source=f"{source}, {place}" if source else place, synthetic=True, **values)


def _staffing(stated: dict[str, Any]) -> Iterator[Statement]:
    for unit, label in UNITS.items():
        for grade, counts in stated[unit].items():
            name = GRADES[grade].replace("\n", "")
            for kind, kind_label, count in zip(KINDS, ("정원", "현원"), counts, strict=True):
                yield _statement(
                    name=f"staffing.{unit}.{grade}.{kind}", label=f"{label} {name} {kind_label}", value=count,
                    unit="명", as_of=stated["as_of"], where=stated["where"],
                )  # fmt: skip
