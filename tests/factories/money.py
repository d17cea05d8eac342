"""Budget of a district for a programme, allotted, for tests in which something is paid."""

from __future__ import annotations

import datetime as dt

from accounts.models import Organisation
from accounts.roles import Role
from budget.models import BudgetLine, EntryKind, ObjectCode, Project
from budget.posting import post_by_event
from budget.refusals import Posting
from tests.factories import cast as c


def fund(office: Organisation, programme: str, year: int, *, won: int = 100_000_000, fund: str = "city") -> BudgetLine:
    """A line of this holder with so much budget, all of it allotted."""
    ObjectCode.objects.get_or_create(
        code="301-01",
        defaults={"name": "사회보장적수혜금", "name_en": "Benefits", "object_class": "301", "class_name": "일반보전금",
                  "class_name_en": "Compensation"},
    )  # fmt: skip
    parent = None
    for level, code in enumerate(("policy", "unit", "detailed", programme), 1):
        parent = Project.objects.get_or_create(
            fiscal_year=year, code=code,
            defaults={"level": level, "parent": parent, "name": code, "programme": programme if level == 4 else ""},
        )[0]  # fmt: skip
    line = BudgetLine.objects.create(organisation=office, item=parent, object_code_id="301-01", fund=fund)
    if won:
        post_by_event(
            reference=f"fund:{line.pk}", kind="budget", fiscal_year=year, title="예산",
            occurred_on=dt.date(year, 1, 1),
            postings=[Posting(line, kind, won) for kind in (EntryKind.ORIGINAL, EntryKind.ALLOTMENT)],
            drafted_as=c.member(Role.FINANCE_OFFICER), approved_as=c.member(Role.FINANCE_OFFICER),
            organisation=office,
        )  # fmt: skip
    return line
