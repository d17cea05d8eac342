"""예산총괄, 주요 예산현황 and 예산집행현황: from the ledger as of the cut-off `budget`, each number with its entries.

Amounts are won until printed. The in-year rule is the report's: 집행잔액 = 예산현액 − 지출액 (원인행위액 is shown in
parentheses and not taken off), 집행률 = 지출액 / 예산현액, half-up to a tenth; nothing spent or left prints "-".
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from accounts.digests import id_hash
from budget.models import BudgetLine, Project
from budget.models.ledger import Amount
from budget.selectors.balances import Counted, counted_by_line
from reports.council.edition import Edition, UnableToPlace
from reports.document import (
    GROWTH,
    MILLION,
    MILLION_DASH,
    PERCENT_DASH,
    THOUSAND,
    THOUSAND_DASH,
    Block,
    Cell,
    Column,
    Form,
    Formula,
    Number,
    Pair,
    Table,
    Words,
    balance,
    growth,
    month,
    rate,
    ratio,
)
from reports.document import total as sum_of
from reports.document.tree import Emphasis
from reports.ledger import SPECS, fiscal_year_of, lines_asked
from reports.questions import Question

_SPECS = {spec.name: spec for spec in SPECS}
_LEVEL = Project.Level


@dataclass
class Branch:
    """A project with what its lines add up to, and those below it."""

    project: Project
    counted: dict[str, Counted] = field(default_factory=dict)
    children: list[Branch] = field(default_factory=list)

    def of(self, amount: Amount) -> Counted:
        return self.counted.get(amount, Counted())


def branches(question: Question) -> list[Branch]:
    """The policy projects of the city's budget with all below them, in the order of the book. Three statements."""
    lines = lines_asked(question)
    items = dict(BudgetLine.objects.filter(pk__in=lines).values_list("pk", "item_id"))
    projects = Project.objects.filter(fiscal_year=fiscal_year_of(question)).order_by("level", "sort", "id")
    made = {project.pk: Branch(project) for project in projects}
    for (line, amount), counted in counted_by_line(lines, question.as_of, known_at=question.known_at).items():
        branch: Branch | None = made[items[line]]
        while branch:
            branch.counted[amount] = branch.counted.get(amount, Counted()) + counted
            branch = made.get(branch.project.parent_id) if branch.project.parent_id else None
    for branch in made.values():
        if branch.project.parent_id and branch.counted:
            made[branch.project.parent_id].children.append(branch)
    return [branch for branch in made.values() if branch.project.level == _LEVEL.POLICY and branch.counted]


def _asked(edition: Edition) -> tuple[Question, list[Branch]]:
    question = edition.question(as_of="@budget")
    found = branches(question)
    if not found:
        raise UnableToPlace(_("%(year)s년 예산이 없습니다.") % {"year": fiscal_year_of(question)})
    return question, found


def _below(tree: Iterable[Branch], level: int) -> Iterator[Branch]:
    for branch in tree:
        if branch.project.level == level:
            yield branch
        else:
            yield from _below(branch.children, level)


def number(
    edition: Edition, question: Question, branch: Branch, amount: Amount, form: Form, *, formula: Formula | None = None
) -> Number:
    """An amount of a project, with the entries that made it."""
    counted, spec = branch.of(amount), _SPECS[f"budget.{amount.value}"]
    asked = replace(question, item=branch.project.code)
    source = edition.source(
        spec.name, label=str(spec.label), question=asked, query=str(spec.query), count=counted.n, digest=counted.digest
    )
    return Number(counted.won, form, source=source, key=f"{amount.value}:{branch.project.code}", formula=formula)


def _year_end(question: Question) -> str:
    return f"{month(question.as_of)} 말" if _is_month_end(question.as_of) else f"’{question.as_of:%y. %-m. %-d.}"


def _is_month_end(day: dt.date) -> bool:
    return (day + dt.timedelta(days=1)).day == 1


# --- 예산총괄 --------------------------------------------------------------------------------------------------
_ORIGINAL = f"""
SELECT policy.code, sum(e.amount)::bigint, count(*), sum({id_hash("e.id")})
FROM budget_entry e JOIN budget_budgetline l ON l.id = e.line_id JOIN budget_project item ON item.id = l.item_id
JOIN budget_project detailed ON detailed.id = item.parent_id JOIN budget_project unit ON unit.id = detailed.parent_id
JOIN budget_project policy ON policy.id = unit.parent_id
WHERE l.id = ANY(%(lines)s) AND e.occurred_on <= %(as_of)s AND e.kind = 'original_budget'
  AND (%(known_at)s::timestamptz IS NULL OR e.synthetic OR e.recorded_at <= %(known_at)s)
GROUP BY policy.code
"""  # noqa: S608 - our own words
_OVERVIEW_NAMES = {"administration": "행정운영경비"}


def overview(edition: Edition) -> Iterator[Block]:
    """Original and final budget of the year before, the current one, and its growth; "×" is the national share."""
    question, tree = _asked(edition)
    past = _year_before(question)
    year, codes = fiscal_year_of(question), [branch.project.code for branch in tree]
    final = {branch.project.code: branch.of(Amount.BUDGET) for branch in branches(past)}
    columns = {
        "original": _past_amounts(edition, past, codes, _originals(past), "본예산"),
        "past": _past_amounts(edition, past, codes, final, "최종예산"),
        Amount.BUDGET.value: [number(edition, question, branch, Amount.BUDGET, MILLION) for branch in tree],
    }
    body = [
        _overview_row(code, _OVERVIEW_NAMES.get(code, "사 업 비"), *row)
        for code, *row in zip(codes, *columns.values(), strict=True)
    ]
    sums = [_summed(numbers, f"{key}:all") for key, numbers in columns.items()]
    pair = ("국고보조", "예산")
    yield Table(
        name="예산총괄",
        columns=(Column(1.6), *(Column(1.4, "right", pair) for _column in range(4)), Column(1, "right")),
        header=(
            (
                Cell("구 분", rowspan=2), Cell(f"{year - 1}년\n본예산", rowspan=2),
                Cell(f"{year - 1}년\n최종예산", rowspan=2), Cell(f"{year}년\n예산현액", rowspan=2),
                Cell(f"’{(year - 1) % 100:02}년 최종예산 대비", colspan=2),
            ),
            (Cell("증감액"), Cell("증감률")),
        ),
        body=(_overview_row("all", "총 계", *sums, emphasis="total"), *body),
        basis=f"({_year_end(question)} 기준 / 단위: 백만원, %)",
        notes=("“(×)”는 국고보조액. 전년도 예산이 없는 사업의 증감률은 ‘순증’으로 표기",),
    )  # fmt: skip


def _originals(question: Question) -> dict[str, Counted]:
    """The original budget (본예산) by policy project."""
    asked: dict[str, Any] = {"lines": lines_asked(question), "as_of": question.as_of, "known_at": question.known_at}
    with connection.cursor() as cursor:
        cursor.execute(_ORIGINAL, asked)
        return {code: Counted(won, n, int(digest)) for code, won, n, digest in cursor.fetchall()}


def _past_amounts(
    edition: Edition, question: Question, codes: Iterable[str], counted: dict[str, Counted], label: str
) -> list[Number]:
    key = "original" if label == "본예산" else "past"
    made = []
    for code in codes:
        found, source = counted.get(code), None
        if found:
            source = edition.source(
                "budget.current_budget",
                label=f"{fiscal_year_of(question)}년 {label}",
                question=replace(question, item=code),
                query=f"전년도 {label}의 합계",
                count=found.n,
                digest=found.digest,
            )
        made.append(Number(found.won if found else None, MILLION_DASH, source=source, key=f"{key}:{code}"))
    return made


def _summed(numbers: list[Number], key: str) -> Number:
    known = [number.value for number in numbers if number.value is not None]
    formula = sum_of(*(number.key for number in numbers))
    return Number(sum(known) if known else None, MILLION_DASH, key=key, formula=formula)


def _overview_row(
    code: str, label: str, original: Number, past: Number, now: Number, *, emphasis: Emphasis = ""
) -> tuple[Cell, ...]:
    """No national subsidy is held, so its share prints "-"."""
    none, change_key = Number(None), f"change:{code}"
    change = Number((now.value or 0) - (past.value or 0), MILLION, key=change_key, formula=balance(now.key, past.key))
    rise = Number(growth(past.value, now.value), GROWTH, formula=ratio(change_key, past.key) if past.value else None)
    pairs = [Pair(none, one, "above") for one in (original, past, now, change)]
    contents: list[Words | Pair] = [label, *pairs, rise]
    return tuple(Cell(content, emphasis=emphasis) for content in contents)


def _year_before(question: Question) -> Question:
    year = fiscal_year_of(question) - 1
    return replace(question, as_of=dt.date(year, 12, 31), fiscal_year=year)


# --- 주요 예산현황 ---------------------------------------------------------------------------------------------
_PARTS = f"""
SELECT l.item_id, e.note, sum(e.amount)::bigint, count(*), sum({id_hash("e.id")})
FROM budget_entry e JOIN budget_budgetline l ON l.id = e.line_id
WHERE l.id = ANY(%(lines)s) AND e.occurred_on <= %(as_of)s AND e.note <> ''
  AND e.kind IN ('original_budget', 'supplementary_budget', 'carry_over', 'reserve_fund')
  AND (%(known_at)s::timestamptz IS NULL OR e.synthetic OR e.recorded_at <= %(known_at)s)
GROUP BY l.item_id, e.note ORDER BY min(e.id)
"""  # noqa: S608 - our own words


def main_lines(edition: Edition) -> Iterator[Block]:
    """Each item with what its budget was compiled for (the notes of the entries that made it)."""
    question, tree = _asked(edition)
    parts = _parts(question)
    rows: list[tuple[Cell, ...]] = []
    keys: list[str] = []
    for detailed in _below(tree, _LEVEL.DETAILED):
        items = list(detailed.children)
        keys += [f"current_budget:{item.project.code}" for item in items]
        if len(items) > 1 or detailed.project.name != items[0].project.name:
            below = sum_of(*(f"current_budget:{item.project.code}" for item in items))
            whole = number(edition, question, detailed, Amount.BUDGET, MILLION, formula=below)
            rows.append(
                (Cell(str(detailed.project), colspan=2, align="left", emphasis="subtotal"),
                 Cell(whole, emphasis="subtotal"))
            )  # fmt: skip
        for item in items:
            made = _part_words(edition, question, item, parts.get(item.project.pk, ()))
            amount = number(edition, question, item, Amount.BUDGET, MILLION)
            rows.append((Cell(str(item.project), align="left"), Cell(made, align="left"), Cell(amount)))
    won = sum(branch.of(Amount.BUDGET).won for branch in tree)
    grand = Number(won, MILLION, key="current_budget:all", formula=sum_of(*keys))
    total_row = (Cell("총 계", colspan=2, emphasis="total"), Cell(grand, emphasis="total"))
    yield Table(
        name="주요 예산현황",
        columns=(Column(3, "left"), Column(4, "left"), Column(1.2, "right")),
        header=((Cell("사업명"), Cell("세부내용"), Cell("예산액")),),
        body=(total_row, *rows),
        basis=f"({_year_end(question)} 기준 / 단위: 백만원)",
        notes=("천원 단위까지 계산한 뒤 반올림하여, 항목의 합과 총계가 1백만원 다를 수 있음",),
    )


def _parts(question: Question) -> dict[int, list[tuple[str, Counted]]]:
    found: dict[int, list[tuple[str, Counted]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            _PARTS, {"lines": lines_asked(question), "as_of": question.as_of, "known_at": question.known_at}
        )
        for item, note, won, n, digest in cursor.fetchall():
            found.setdefault(item, []).append((note, Counted(won, n, int(digest))))
    return found


def _part_words(
    edition: Edition, question: Question, item: Branch, parts: Iterable[tuple[str, Counted]]
) -> tuple[str | Number, ...] | str:
    asked = replace(question, item=item.project.code)
    words: list[str | Number] = []
    for name, counted in parts:
        source = edition.source(
            "budget.current_budget", label=f"{item.project} — {name}", question=asked,
            query="적요가 이것인 본예산·추경·이월·예비비의 합계", count=counted.n, digest=counted.digest,
        )  # fmt: skip
        words += [", " if words else "", f"{name}(", Number(counted.won, MILLION, source=source), ")"]
    return tuple(word for word in words if word != "") or ""


# --- 예산집행현황 ---------------------------------------------------------------------------------------------
def execution(edition: Edition) -> Iterator[Block]:
    question, tree = _asked(edition)
    groups = list(_below(tree, _LEVEL.DETAILED))
    items = [item for group in groups for item in group.children]
    whole = Branch(Project(code="all", name="합계", fiscal_year=fiscal_year_of(question), level=_LEVEL.POLICY))
    for amount in Amount:
        whole.counted[amount] = sum((branch.of(amount) for branch in tree), Counted())
    rows = [(Cell("합계", colspan=2, emphasis="total"), *_amounts(edition, question, whole, items, emphasis="total"))]
    for group in groups:
        rows += _group_rows(edition, question, group)
    yield Table(
        name="예산집행현황",
        columns=(
            Column(2.6, "left"), Column(2.8, "left"), Column(1.5, "right"),
            Column(1.6, "right", ("지출액", "원인행위액")), Column(1.5, "right"), Column(0.9, "right"),
        ),
        header=(
            (Cell("세부사업"), Cell("세부항목"), Cell(f"{fiscal_year_of(question)}년\n예산현액"),
             Cell("지출액\n(원인행위액)"), Cell("집행잔액"), Cell("집행률")),
        ),
        body=tuple(rows),
        basis=f"({_year_end(question)} 기준 / 단위: 천원, %)",
        notes=("“( )”는 원인행위액. 집행잔액은 예산현액에서 지출액을 뺀 금액, 집행률은 소수 둘째 자리에서 반올림",),
        row_headings=2,
    )  # fmt: skip


def _group_rows(edition: Edition, question: Question, group: Branch) -> list[tuple[Cell, ...]]:
    """A group of one item has no subtotal."""
    items = group.children
    first = Cell(str(group.project), rowspan=len(items) + (len(items) > 1), align="left")
    rows: list[tuple[Cell, ...]] = []
    if len(items) > 1:
        sums = _amounts(edition, question, group, items, emphasis="subtotal")
        rows.append((Cell("소계", emphasis="subtotal"), *sums))
    rows += [(Cell(str(item.project), align="left"), *_amounts(edition, question, item, ())) for item in items]
    rows[0] = (first, *rows[0])
    return rows


def _amounts(
    edition: Edition, question: Question, branch: Branch, items: Iterable[Branch], emphasis: Emphasis = ""
) -> tuple[Cell, ...]:
    """Budget, expenditure over commitment, balance, rate; of a group as formulas of its items."""
    items = list(items)
    made = {}
    for amount, form in ((Amount.BUDGET, THOUSAND), (Amount.SPENT, THOUSAND_DASH), (Amount.COMMITTED, THOUSAND_DASH)):
        formula = sum_of(*(f"{amount.value}:{item.project.code}" for item in items)) if items else None
        made[amount] = number(edition, question, branch, amount, form, formula=formula)
    budget, spent = made[Amount.BUDGET], made[Amount.SPENT]
    left = (budget.value or 0) - (spent.value or 0)
    return tuple(
        Cell(content, emphasis=emphasis)
        for content in (
            budget,
            Pair(spent, made[Amount.COMMITTED], "under"),
            Number(left, THOUSAND_DASH, key=f"left:{branch.project.code}", formula=balance(budget.key, spent.key)),
            Number(rate(spent.value, budget.value), PERCENT_DASH, formula=ratio(spent.key, budget.key)),
        )
    )
