"""Figures of the budget: what the lines of a holder stood at by the end of a day, from the ledger's sums by day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.digests import hash_of_id
from budget.models import BudgetLine, Entry, EntryKind
from budget.models.ledger import KINDS_OF, Amount
from budget.selectors.balances import Amounts, amounts_by_line, rows_behind
from reports.questions import Kept, Number, Question, Text

_DEPTHS = ("item", "item__parent", "item__parent__parent", "item__parent__parent__parent")


def fiscal_year_of(question: Question) -> int:
    return question.fiscal_year or question.as_of.year


def lines_asked(question: Question, *, of_districts: bool = False) -> list[int]:
    """The lines of the city, or of the district asked for; `of_districts`: of all districts where none is named."""
    rows = BudgetLine.objects.filter(item__fiscal_year=fiscal_year_of(question))
    if question.district:
        rows = rows.filter(organisation__district=question.district)
    else:
        rows = rows.filter(organisation__kind="district" if of_districts else "city")
    if question.item:
        below = Q()
        for depth in _DEPTHS:
            below |= Q(**{f"{depth}__code": question.item})
        rows = rows.filter(below)
    if question.object_code:
        rows = rows.filter(object_code=question.object_code)
    if question.program:
        rows = rows.filter(item__programme=question.program)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def standing(question: Question, *, of_districts: bool = False) -> Amounts:
    lines = lines_asked(question, of_districts=of_districts)
    return sum(amounts_by_line(lines, question.as_of, known_at=question.known_at).values(), Amounts())


_MADE_OF = {"unspent": (Amount.BUDGET, Amount.SPENT), "rate": (Amount.BUDGET, Amount.SPENT)}


@dataclass(frozen=True)
class Ledger(Kept):
    """One of the amounts of `budget.selectors.balances.Amounts`, in won, or its rate. Its rows are the entries that
    changed that amount; of a balance and a rate, those of budget and expenditure."""

    amount: str
    of_districts: bool = False
    rows_are = "entries"

    @property
    def made_of(self) -> tuple[Amount, ...]:
        return _MADE_OF.get(self.amount) or (Amount(self.amount),)

    def answer(self, question: Question, *, with_digest: bool = False) -> tuple[Number, int, int]:
        value = getattr(standing(question, of_districts=self.of_districts), self.amount)
        if not with_digest:
            return value, 0, 0
        lines = lines_asked(question, of_districts=self.of_districts)
        return value, *rows_behind(lines, question.as_of, self.made_of, known_at=question.known_at)

    def ids(self, question: Question) -> tuple[str, dict[str, Any]]:
        parameters: dict[str, Any] = {
            "lines": lines_asked(question, of_districts=self.of_districts),
            "as_of": question.as_of,
            "kinds": [kind.value for amount in self.made_of for kind in KINDS_OF[amount]],
        }
        known = ""
        if question.known_at:
            known = "AND (synthetic OR recorded_at <= %(known_at)s)"
            parameters["known_at"] = question.known_at
        return (
            "SELECT id, occurred_on::timestamp AT TIME ZONE 'Asia/Seoul' AS at FROM budget_entry "
            f"WHERE line_id = ANY(%(lines)s) AND kind = ANY(%(kinds)s) AND occurred_on <= %(as_of)s {known}"
        ), parameters


@dataclass(frozen=True)
class Transferred(Kept):
    """What transfers brought to the lines asked for, in won: of one that stays within them, what was moved."""

    rows_are = "entries"

    def _entries(self, question: Question) -> QuerySet[Entry]:
        rows = Entry.objects.filter(
            line__in=lines_asked(question), kind=EntryKind.TRANSFER, amount__gt=0, occurred_on__lte=question.as_of
        )
        if question.known_at:
            rows = rows.filter(Q(synthetic=True) | Q(recorded_at__lte=question.known_at))
        return rows

    def answer(self, question: Question, *, with_digest: bool = False) -> tuple[Number, int, int]:
        amounts = dict(self._entries(question).values_list("pk", "amount"))
        digest = sum(hash_of_id(pk) for pk in amounts) if with_digest else 0
        return sum(amounts.values()), len(amounts), digest

    def ids(self, question: Question) -> tuple[str, dict[str, Any]]:
        return (
            "SELECT id, occurred_on::timestamp AT TIME ZONE 'Asia/Seoul' AS at FROM budget_entry "
            "WHERE id = ANY(%(ids)s)"
        ), {"ids": list(self._entries(question).values_list("pk", flat=True))}


@dataclass(frozen=True)
class Spec:
    """A figure that answers for itself, as reports.figures registers it."""

    name: str
    label: Text
    unit: Text
    query: Text
    kept: Kept


_WON, _PERCENT = _("원"), "%"

SPECS = (
    Spec("budget.current_budget", _("예산현액"), _WON,
         _("기준일까지 본예산·추경·이월·예비비·전용 등으로 편성된 예산의 합계"), Ledger("current_budget")),
    Spec("budget.transferred", _("전용·변경사용 등으로 늘어난 예산"), _WON,
         _("기준일까지 전용·변경사용·이용·이체로 옮겨 온 금액의 합계"), Transferred()),
    Spec("budget.allotted", _("예산배정액"), _WON, _("기준일까지 배정·재배정한 예산의 합계"), Ledger("allotted")),
    Spec("budget.committed", _("원인행위액"), _WON,
         _("기준일까지의 지출원인행위에서 감액을 뺀 합계"), Ledger("committed")),
    Spec("budget.spent", _("지출액"), _WON, _("기준일까지의 지출에서 반납을 뺀 합계"), Ledger("spent")),
    Spec("budget.unspent", _("집행잔액"), _WON, _("예산현액에서 지출액을 뺀 금액(원인행위액은 빼지 않음)"),
         Ledger("unspent")),
    Spec("budget.execution_rate", _("집행률"), _PERCENT, _("지출액을 예산현액으로 나눈 비율"), Ledger("rate")),
    Spec("budget.granted", _("자치구 교부액"), _WON, _("기준일까지 자치구에 교부하여 자치구 예산이 된 금액"),
         Ledger("current_budget", of_districts=True)),
    Spec("budget.end_use", _("실집행액"), _WON, _("기준일까지 자치구가 교부받은 예산에서 실제로 지출한 금액"),
         Ledger("spent", of_districts=True)),
    Spec("budget.end_use_rate", _("실집행률"), _PERCENT, _("자치구가 실제로 지출한 금액을 교부액으로 나눈 비율"),
         Ledger("rate", of_districts=True)),
)  # fmt: skip
