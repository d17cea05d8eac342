"""The budget tree as the page shows it: names, amounts, marks; and what the districts really spent of a grant."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.roles import Actor
from budget.models import BudgetLine, Grant, Project
from budget.selectors.balances import Amounts, Node, amounts_by_line, percent, tree


@dataclass
class Branch:
    """One line of the tree. `end_use` of items and lines: what the districts hold and spent of what was granted."""

    label: str
    level: int
    amounts: Amounts
    end_use: Amounts | None = None
    marks: list[str] = field(default_factory=list)
    url: str = ""
    children: list[Branch] = field(default_factory=list)

    @property
    def end_use_rate(self) -> Decimal | None:
        """실집행률: what the districts spent of what they were given."""
        return percent(self.end_use.spent, self.end_use.current_budget) if self.end_use else None

    @property
    def spent_width(self) -> str:
        return _width(self.amounts.spent, self.amounts.current_budget)

    @property
    def committed_width(self) -> str:
        return _width(self.amounts.committed, self.amounts.current_budget)


def _width(part: int, whole: int) -> str:
    return f"{min(100.0, part * 100 / whole):.1f}%" if whole > 0 else "0%"


def outline(actor: Actor, lines: QuerySet[BudgetLine], fiscal_year: int, as_of: dt.date) -> list[Branch]:
    """The policy projects with all below them, in a handful of statements."""
    nodes = tree(lines, fiscal_year, as_of)
    granted = _end_use_by_line(actor, lines, fiscal_year, as_of)
    return [_branch(node, granted, several=len(_holders(nodes)) > 1) for node in nodes]


def total_of(branches: list[Branch]) -> Branch:
    amounts = Amounts()
    for branch in branches:
        amounts += branch.amounts
    return Branch(_("합계"), 0, amounts)


def flat(branches: list[Branch], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Branch]]:
    """Every branch with the names above it, in the order of the page."""
    for branch in branches:
        here = (*path, branch.label)
        yield here, branch
        yield from flat(branch.children, here)


def _end_use_by_line(
    actor: Actor, lines: QuerySet[BudgetLine], fiscal_year: int, as_of: dt.date
) -> dict[int, Amounts]:
    """By the city's line: what the lines of the districts that it grants to stand at."""
    grants = (
        Grant.objects.visible_to(actor)
        .filter(city_line__in=lines, city_line__item__fiscal_year=fiscal_year, disbursed_amount__gt=0)
        .values_list("city_line", "district_line")
    )
    pairs = list(grants)
    standing = amounts_by_line({district for _city, district in pairs}, as_of) if pairs else {}
    found: dict[int, Amounts] = {}
    for city, district in pairs:
        found[city] = found.get(city, Amounts()) + standing.get(district, Amounts())
    return found


def _holders(nodes: list[Node]) -> set[int]:
    found = set()
    for node in nodes:
        found |= {line.organisation_id for line, _amounts in node.lines} | _holders(node.children)
    return found


def _sum(one: Amounts | None, other: Amounts | None) -> Amounts | None:
    if one is None or other is None:
        return one or other
    return one + other


def _branch(node: Node, granted: dict[int, Amounts], *, several: bool) -> Branch:
    children = [_branch(child, granted, several=several) for child in node.children]
    children += [_leaf(line, amounts, granted, several=several) for line, amounts in node.lines]
    end_use = None
    for child in children:
        end_use = _sum(end_use, child.end_use)
    if node.project.level < Project.Level.ITEM:  # above, it would stand beside money that is no grant
        end_use = None
    marks = [_("생성한 구분")] if node.project.generated else []
    return Branch(str(node.project), node.project.level, node.amounts, end_use, marks, children=children)


def _leaf(line: BudgetLine, amounts: Amounts, granted: dict[int, Amounts], *, several: bool) -> Branch:
    label = f"{line.object_code} · {line.get_fund_display()}"
    marks = [_("생성한 구분")] if line.generated else []
    marks += [_("의회 삭감")] if line.cut_by_council else []
    return Branch(
        f"{line.organisation} · {label}" if several else label, 5, amounts, granted.get(line.pk), marks,
        url=reverse("budget:line", args=[line.pk]),
    )  # fmt: skip
