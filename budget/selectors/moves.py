"""A transfer before it is posted, and after: what the law calls each move, what forbids it, what each line becomes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from budget.models import BudgetLine, MoveKind, ObjectCode, Project, Transfer
from budget.selectors.balances import amounts_by_line
from budget.transfer_rules import Move, refusals, refusals_of

SAID: dict[MoveKind, str | Promise] = {
    MoveKind.OBJECT_CODE_CHANGE: _("같은 단위사업, 같은 목 안에서 통계목만 바뀝니다. 기관 안에서 정합니다."),
    MoveKind.BUDGET_TRANSFER: _(
        "같은 정책사업 안에서 단위사업이나 목이 바뀝니다(지방재정법 제49조 제1항). 의회에 보고합니다."
    ),
    MoveKind.INTER_PROGRAMME: _(
        "다른 정책사업으로 옮깁니다. 미리 의회의 의결을 받아야 합니다(지방재정법 제47조의2 제1항)."
    ),
    MoveKind.REORGANISATION: _("기구·직제나 법령의 개편에 따라 옮깁니다(지방재정법 제47조의2 제2항)."),
}


@dataclass(frozen=True)
class Explained:
    """One move in words."""

    move: Move
    said: str | Promise
    refused: list[str]

    @property
    def kind(self) -> str:
        return str(self.move.kind.label)

    @property
    def room(self) -> int:
        """What the source may give: budget that is not allotted (won)."""
        return self.move.source.current_budget - self.move.source.allotted

    @property
    def lacks_room(self) -> bool:
        return self.move.amount > self.room


@dataclass
class Change:
    """One row of the transfer's table: a detailed project and an object code of it (won)."""

    unit: Project
    detailed: Project
    code: ObjectCode
    before: int = 0
    increase: int = 0
    decrease: int = 0

    @property
    def after(self) -> int:
        return self.before + self.increase - self.decrease


@dataclass
class Preview:
    moves: list[Explained]
    document: list[str]  # what forbids the document as a whole
    table: list[Change]
    total: int = 0
    lacking: list[Explained] = field(default_factory=list)

    @property
    def is_refused(self) -> bool:
        return bool(self.document) or any(one.refused for one in self.moves)


def preview(transfer: Transfer, moves: Iterable[Move]) -> Preview:
    moves = list(moves)
    explained = [Explained(move, SAID[move.kind], refusals_of(transfer, move)) for move in moves]
    of_moves = {words for one in explained for words in one.refused}
    document = [words for words in refusals(transfer, moves) if words not in of_moves]
    lacking = [one for one in explained if one.lacks_room and transfer.posted_on is None]
    return Preview(explained, document, table_of(transfer, moves), sum(move.amount for move in moves), lacking)


def table_of(transfer: Transfer, moves: Iterable[Move]) -> list[Change]:
    """Detailed project × object code, with what all its lines of the holder stand at: now, or before it was posted."""
    changes: dict[tuple[int, str], Change] = {}
    for move in moves:
        for line, sign in ((move.source, -1), (move.target, 1)):
            _policy, unit, detailed, _item = line.projects
            key = detailed.pk, line.object_code_id
            change = changes.setdefault(key, Change(unit, detailed, line.object_code))
            if sign < 0:
                change.decrease += move.amount
            else:
                change.increase += move.amount
    for key, won in _budgets(transfer, changes).items():
        changes[key].before = won
    return sorted(changes.values(), key=lambda c: (c.unit.sort, c.detailed.sort, c.detailed.pk, c.code.pk))


def _budgets(transfer: Transfer, changes: dict[tuple[int, str], Change]) -> dict[tuple[int, str], int]:
    lines = BudgetLine.objects.filter(
        organisation=transfer.organisation_id, item__parent__in={detailed for detailed, _code in changes},
        object_code__in={code for _detailed, code in changes},
    )  # fmt: skip
    keyed = lines.values_list("item__parent", "object_code")
    if transfer.posted_on is None:
        return {
            (detailed, code): won
            for detailed, code, won in keyed.order_by().annotate(won=Sum("current_budget"))
            if (detailed, code) in changes
        }
    rows = list(lines.values_list("pk", "item__parent", "object_code"))
    standing = amounts_by_line([pk for pk, _detailed, _code in rows], transfer.posted_on)
    found: dict[tuple[int, str], int] = {}
    for pk, detailed, code in rows:
        key = int(detailed or 0), code
        if key in changes and pk in standing:
            found[key] = found.get(key, 0) + standing[pk].current_budget
    return {key: won - changes[key].increase + changes[key].decrease for key, won in found.items()}
