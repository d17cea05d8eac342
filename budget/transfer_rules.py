"""What the law says of moving budget from one line to another, each refusal with its article."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Sum
from django.utils.translation import gettext as _

from budget.models import BudgetLine, MoveKind, ObjectCode, Transfer

R = ObjectCode.Restriction
LINE_WITH_TREE = ("item__parent__parent__parent", "object_code", "organisation")


@dataclass(frozen=True)
class Move:
    """An amount (won) to be moved; both lines with their tree and object code loaded (LINE_WITH_TREE)."""

    source: BudgetLine
    target: BudgetLine
    amount: int
    reorganisation: bool = False

    @property
    def kind(self) -> MoveKind:
        """What the law calls it: where it goes decides."""
        if self.reorganisation:
            return MoveKind.REORGANISATION
        if self.source.projects[0] != self.target.projects[0]:
            return MoveKind.INTER_PROGRAMME
        same_class = self.source.object_code.object_class == self.target.object_code.object_class
        if self.source.projects[1] == self.target.projects[1] and same_class:
            return MoveKind.OBJECT_CODE_CHANGE
        return MoveKind.BUDGET_TRANSFER


def refusals(transfer: Transfer, moves: Iterable[Move]) -> list[str]:
    """Every reason why this transfer is not lawful as it stands; none when it is."""
    moves = list(moves)
    if not moves:
        return [_("옮길 과목과 금액을 적으십시오.")]
    found: list[str] = []
    for move in moves:
        found += refusals_of(transfer, move)
    kinds = {move.kind for move in moves}
    if MoveKind.INTER_PROGRAMME in kinds and transfer.council_vote_on is None:
        found.append(_("정책사업 사이의 이용은 미리 의회의 의결을 받아야 합니다(지방재정법 제47조의2 제1항)."))
    if MoveKind.REORGANISATION in kinds and not transfer.reorganisation.strip():
        found.append(_("이체는 기구·직제나 법령의 개편에 따라서만 할 수 있습니다(지방재정법 제47조의2 제2항)."))
    return list(dict.fromkeys(found))


def refusals_of(transfer: Transfer, move: Move) -> list[str]:
    """Every reason why this one move is not lawful, whatever the document says of votes and reorganisations."""
    source, target = move.source, move.target
    words = {"source": source, "target": target}
    if move.amount <= 0:
        return [_("%(source)s: 옮길 금액은 0원보다 커야 합니다.") % words]
    if source == target:
        return [_("%(source)s: 같은 과목으로는 옮길 수 없습니다.") % words]
    holders = {source.organisation_id, target.organisation_id, transfer.organisation_id}
    years = {source.item.fiscal_year, target.item.fiscal_year, transfer.fiscal_year}
    if len(holders) > 1 or len(years) > 1:
        return [_("한 기관의 같은 회계연도 예산 과목 사이에서만 옮길 수 있습니다.")]
    if transfer.corrects_id:
        return []
    found = []
    if move.kind in (MoveKind.BUDGET_TRANSFER, MoveKind.INTER_PROGRAMME):
        found += _of_object_classes(source, target)
        if target.cut_by_council:
            found.append(_("%(target)s: 의회가 삭감한 경비로는 전용할 수 없습니다(지방재정법 제49조 제2항).") % words)
        if not _is_budgeted(target):
            found.append(
                _("%(target)s: 예산에 계상되지 않은 사업으로는 전용할 수 없습니다(지방재정법 제49조 제2항).") % words
            )
    return found


def _of_object_classes(source: BudgetLine, target: BudgetLine) -> list[str]:
    leaving, entering = source.object_code.restriction, target.object_code.restriction
    found = []
    if leaving == R.PERSONNEL:
        found.append(_("인건비에서는 전용할 수 없습니다(지방재정법 시행령 제55조)."))
    if leaving == R.REPAYMENT and entering != R.REPAYMENT:
        found.append(
            _("상환금에서는 전용할 수 없습니다. 원금과 이자 사이만 옮길 수 있습니다(지방재정법 시행령 제55조).")
        )
    if entering == R.BUSINESS:
        found.append(_("업무추진비로는 전용할 수 없습니다(지방재정법 시행령 제55조)."))
    return found


def _is_budgeted(target: BudgetLine) -> bool:
    """The item has budget of this year on some object code; on which one is what a transfer may change."""
    held = BudgetLine.objects.filter(organisation=target.organisation_id, item=target.item_id)
    return bool(held.aggregate(won=Sum("current_budget"))["won"])
