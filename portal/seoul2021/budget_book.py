"""The budget book of budget.toml for one fiscal year: object codes, tree, lines, and what was posted to them when."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from accounts.models import Membership, Organisation
from budget.history import Decided
from budget.models import BudgetLine, EntryKind, ObjectCode, Project, ProjectAlias
from budget.refusals import Posting
from portal.seoul2021.staff import CITY
from programs.deadlines import SEOUL

DATA = Path(__file__).with_name("budget.toml")
SOURCE = "주요 업무보고(2021. 11. 2.)"
GRANT_CODE = "308-01"
DISTRICT_CODE = "301-01"  # what districts pay from; the report prints none
_LEVELS = ("policy", "unit", "detailed", "item")
Staff = dict[tuple[str, str], Membership]
LineKey = tuple[str, str]  # codes of the item and of the object


@cache
def _data() -> dict[str, Any]:
    with DATA.open("rb") as file:
        return tomllib.load(file)


def load_object_codes() -> None:
    for row in _data()["object_code"]:
        code = row["code"]
        ObjectCode.objects.get_or_create(code=code, defaults=row | {"object_class": code[:3]})


def items() -> Iterator[dict[str, Any]]:
    """Every item of the book, with the path of nodes above it as `path`."""
    yield from _below(_data(), 0, [])


def _below(node: dict[str, Any], depth: int, path: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    if depth == len(_LEVELS):
        yield node | {"path": path}
        return
    for child in node[_LEVELS[depth]]:
        yield from _below(child, depth + 1, [*path, child])


@dataclass
class Book:
    """One year's book of the city. `supplementary_on` is the day the supplementary budget came into force."""

    fiscal_year: int
    city: Organisation
    staff: Staff
    supplementary_on: dt.date
    allotted_on: dt.date
    lines: dict[LineKey, BudgetLine] = field(default_factory=dict)

    def load(self) -> None:
        """Tree, aliases and lines; amounts come by postings."""
        for sort, item in enumerate(items(), 1):
            project = self._project(item["path"], sort * 10)
            for line in item["line"]:
                made, _new = BudgetLine.objects.get_or_create(
                    organisation=self.city, item=project, object_code_id=line["code"],
                    defaults={"generated": line.get("generated", False)},
                )  # fmt: skip
                made.item = project
                self.lines[item["code"], line["code"]] = made

    def load_item(self, code: str) -> Project:
        """One item and what it lies under, without lines."""
        sort, path = next((n, item["path"]) for n, item in enumerate(items(), 1) if item["code"] == code)
        return self._project(path, sort * 10)

    def _project(self, path: list[dict[str, Any]], sort: int) -> Project:
        parent: Project | None = None
        for level, node in enumerate(path, 1):
            project, new = Project.objects.get_or_create(
                fiscal_year=self.fiscal_year, code=node["code"],
                defaults={
                    "level": level, "parent": parent, "name": node["name"], "name_en": node["name_en"], "sort": sort,
                    "programme": node.get("programme", ""), "generated": node.get("generated", False),
                },
            )  # fmt: skip
            if new:
                ProjectAlias.objects.bulk_create(
                    ProjectAlias(project=project, name=name, source=SOURCE) for name in node.get("aliases", ())
                )
            parent = project
        if parent is None:
            raise ValueError("an item lies below a policy project")
        return parent

    def day(self, month: int, day: int) -> dt.date:
        return dt.date(self.fiscal_year, month, day)

    def decided(self, kind: str, title: str, day: dt.date, *postings: Posting, **more: Any) -> Decided:
        """A voucher of the city, drafted by its officer and approved by whose office it is."""
        approver = "disbursing-officer" if kind == "expenditure" else "finance-officer"
        return Decided(
            kind=kind, fiscal_year=self.fiscal_year, title=title, occurred_on=day, postings=postings,
            organisation=self.city, drafted_as=self.staff[CITY, "city-officer"],
            approved_as=self.staff[CITY, approver],
            approved_at=dt.datetime.combine(day, dt.time(17), SEOUL), **more,
        )  # fmt: skip

    def budgets(self) -> Iterator[Decided]:
        """The original budget on 1 January, the supplementary one on its day, each by what it was compiled for."""
        original, supplementary = [], []
        for item in items():
            kind = EntryKind.SUPPLEMENTARY if item.get("supplementary") else EntryKind.ORIGINAL
            into = supplementary if item.get("supplementary") else original
            for line in item["line"]:
                held = self.lines[item["code"], line["code"]]
                into += [Posting(held, kind, won, note=part) for part, won in line.get("parts", ())]
        yield self.decided("budget", f"{self.fiscal_year}년 본예산", self.day(1, 1), *original)
        yield self.decided("budget", f"{self.fiscal_year}년 추가경정예산", self.supplementary_on, *supplementary)

    def allotments(self) -> Iterator[Decided]:
        """All of it, but where the book says how much."""
        for item in items():
            day = self.allotted_on if item.get("supplementary") else self.day(1, 4)
            postings = [
                Posting(self.lines[item["code"], line["code"]], EntryKind.ALLOTMENT, won)
                for line in item["line"]
                if line["budget"] and (won := line.get("allotted", line["budget"]))
            ]
            yield self.decided("allotment", f"{item['name']} 예산 배정", day, *postings)

    def executions(
        self, key: str, until: dt.date, *, only: Collection[LineKey] = (), skip: Collection[LineKey] = ()
    ) -> Iterator[Decided]:
        """Commitments and expenditures of `key` ("execution" or "later") dated up to `until`."""
        for item in items():
            for line in item["line"]:
                place = (item["code"], line["code"])
                if place in skip or (only and place not in only):
                    continue
                held = self.lines[item["code"], line["code"]]
                for month, day, committed, spent in line.get(key, ()):
                    on = self.day(month, day)
                    if on > until:
                        continue
                    if committed:
                        what = f"{item['name']} 지출원인행위"
                        yield self.decided("commitment", what, on, Posting(held, EntryKind.COMMITMENT, committed))
                    if spent:
                        what = f"{item['name']} 지출"
                        yield self.decided("expenditure", what, on, Posting(held, EntryKind.EXPENDITURE, spent))

    def advances(self, until: dt.date) -> Iterator[tuple[BudgetLine, Decided, str]]:
        """(line, its voucher, purpose) of each advance paid up to `until`."""
        for item in items():
            for line in item["line"]:
                if "advance" in line:
                    month, day, won, purpose = line["advance"]
                    held, on = self.lines[item["code"], line["code"]], self.day(month, day)
                    if on <= until:
                        posting = Posting(held, EntryKind.EXPENDITURE, won)
                        yield held, self.decided("expenditure", f"선금 — {purpose}", on, posting), purpose


def shares(total: int, weights: dict[str, int], unit: int = 1_000) -> dict[str, int]:
    """`total` won divided by weight in whole units, by largest remainder."""
    whole, weight = total // unit, sum(weights.values())
    exact = {key: whole * value / weight for key, value in weights.items()}
    parts = {key: int(value) for key, value in exact.items()}
    left = whole - sum(parts.values())
    for key in sorted(exact, key=lambda k: (parts[k] - exact[k], k))[:left]:
        parts[key] += 1
    return {key: value * unit for key, value in parts.items()}
