"""A small budget book: two policy projects of the city, one district with a line of its own, and who decides."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import pytest

from accounts.models import Organisation
from accounts.roles import Actor, Role
from budget.models import BudgetLine, EntryKind, ObjectCode, Project, Voucher
from budget.posting import approve_voucher, draft_voucher, submit_voucher
from budget.refusals import Posting
from tests.factories import cast as c

YEAR = 2026
DAY = dt.date(YEAR, 3, 15)
CODES = (
    ("101-04", "기간제근로자등보수", "personnel"), ("201-01", "사무관리비", ""), ("201-02", "공공운영비", ""),
    ("203-01", "기관운영업무추진비", "business"), ("301-01", "원금상환", "repayment"),
    ("308-01", "자치단체경상보조금", ""),
)  # fmt: skip


@dataclass
class Book:
    city: Organisation
    district: Organisation
    officer: Actor
    second: Actor
    finance: Actor
    disbursing: Actor
    lines: dict[str, BudgetLine] = field(default_factory=dict)

    def post(self, kind: str, *postings: Posting, day: dt.date = DAY, **more) -> Voucher:
        voucher = draft_voucher(
            actor=self.officer, kind=kind, fiscal_year=YEAR, title="시험", occurred_on=day, postings=postings, **more
        )
        submit_voucher(voucher.pk, actor=self.officer)
        approver = self.disbursing if kind == "expenditure" else self.finance
        return approve_voucher(voucher.pk, actor=approver)

    def give(self, name: str, won: int, allotted: int | None = None) -> BudgetLine:
        """Budget of this amount, allotted."""
        line = self.lines[name]
        self.post("budget", Posting(line, EntryKind.ORIGINAL, won))
        if allotted != 0:
            self.post("allotment", Posting(line, EntryKind.ALLOTMENT, won if allotted is None else allotted))
        return line

    def standing(self, name: str) -> tuple[int, int, int, int]:
        line = BudgetLine.objects.get(pk=self.lines[name].pk)
        return line.current_budget, line.allotted, line.committed, line.spent


def make_book() -> Book:
    city, district = c.organisation("city"), c.organisation("district", c.DONGJAK)
    people = [
        Actor.of(c.member(r))
        for r in (Role.CITY_OFFICER, Role.CITY_OFFICER, Role.FINANCE_OFFICER, Role.DISBURSING_OFFICER)
    ]
    for code, name, restriction in CODES:
        values = {
            "name": name, "name_en": code, "object_class": code[:3], "class_name": code[:3],
            "class_name_en": code[:3], "restriction": restriction,
        }  # fmt: skip
        ObjectCode.objects.update_or_create(code=code, defaults=values)
    book = Book(city, district, *people)
    for policy, unit, detailed, item in (
        ("single", "base", "tailored", "watch"), ("single", "base", "tailored", "guard"),
        ("single", "network", "centres", "centre"), ("admin", "office", "basic", "basic-expense"),
    ):  # fmt: skip
        parent = None
        for level, code in enumerate((policy, unit, detailed, item), 1):
            parent = Project.objects.get_or_create(
                fiscal_year=YEAR, code=code, defaults={"level": level, "parent": parent, "name": f"{code} 사업"}
            )[0]
    for name, holder, item, code in (
        ("watch-office", city, "watch", "201-01"), ("watch-public", city, "watch", "201-02"),
        ("watch-pay", city, "watch", "101-04"), ("watch-events", city, "watch", "203-01"),
        ("guard-office", city, "guard", "201-01"), ("guard-grant", city, "guard", "308-01"),
        ("guard-loan", city, "guard", "301-01"), ("centre-office", city, "centre", "201-01"),
        ("basic-office", city, "basic-expense", "201-01"), ("district-guard", district, "guard", "308-01"),
    ):  # fmt: skip
        book.lines[name] = BudgetLine.objects.create(
            organisation=holder, item=Project.objects.get(fiscal_year=YEAR, code=item), object_code_id=code
        )
    return book


@pytest.fixture
def book(db) -> Book:
    return make_book()
