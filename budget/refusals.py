"""Why something cannot be posted or moved, in words that say what to do and name the article."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import IntegrityError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from budget.models import BudgetLine, EntryKind
from budget.models.ledger import ALLOTMENT_KINDS, BUDGET_KINDS, STAGES


class UnableToPost(Exception):
    """It cannot be drafted, approved, moved or closed; `str()` says why and what to do."""


class ChangedMeanwhile(UnableToPost):
    """Someone else changed it since it was read."""

    def __init__(self) -> None:
        super().__init__(_("그사이 다른 사람이 이 문서를 바꾸었습니다. 새로 열어 확인한 뒤 다시 처리하십시오."))


@dataclass(frozen=True)
class Posting:
    """One signed amount (won) asked for on one line; on the voucher's day unless it has a day of its own."""

    line: BudgetLine
    kind: EntryKind
    amount: int
    note: str = ""
    external_no: str = ""
    occurred_on: dt.date | None = None


# What the database promises, in words.
_BROKEN = {
    "voucher_drafter_and_approver_differ": __("기안한 사람은 결재할 수 없습니다. 다른 사람이 결재하여야 합니다."),
    "no_entry_into_closed_books": __(
        "그 달이나 회계연도의 장부가 마감되었습니다. 기준일을 마감하지 않은 달로 하거나 이번 달에 정정하십시오."
    ),
    "entry_in_its_fiscal_year": __(
        "기준일은 회계연도 안이어야 합니다. 출납사무는 다음 해 2월 10일까지 마칩니다(지방회계법 제7조, 제8조)."
    ),
    "entry_of_a_posted_voucher": __("문서의 회계연도와 예산 과목의 회계연도가 다릅니다."),
    "what_is_granted_is_positive": __("본예산과 이월, 예비비는 0보다 커야 합니다. 줄이려면 정정으로 처리하십시오."),
    "one_voucher_a_document_no": __("같은 문서번호가 이미 있습니다. 다른 번호를 적으십시오."),
    "one_transfer_a_document_no": __("같은 문서번호가 이미 있습니다. 다른 번호를 적으십시오."),
    "transfer_has_three_pairs_of_eyes": __("기안, 검토, 승인은 서로 다른 세 사람이 하여야 합니다."),
    "transfer_within_one_holder": __("한 기관의 같은 회계연도 예산 과목 사이에서만 옮길 수 있습니다."),
    "no_transfer_after_year_end": __("회계연도가 지나면 전용할 수 없습니다(지방재정법 시행령 제55조)."),
    "one_move_a_pair": __("같은 과목에서 같은 과목으로 옮기는 줄이 두 번 있습니다. 한 줄로 합치십시오."),
    "one_grant_a_line": __("이 예산 과목의 교부 건이 이미 있습니다."),
    "closed_once": __("이미 마감하였습니다."),
}
_BALANCE = ("spent_is_not_negative", "spent_within_committed", "committed_within_allotted", "allotted_within_budget")


def refused(error: IntegrityError, postings: Iterable[Posting] = ()) -> UnableToPost:
    """The words for what the database refused; of a balance, with the amounts as they stand now."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""
    if name in _BALANCE:
        return UnableToPost(shortfall(postings) or _("잔액이 부족합니다. 예산과 배정, 원인행위를 확인하십시오."))
    if name in _BROKEN:
        return UnableToPost(str(_BROKEN[name]))
    raise error


def shortfall(postings: Iterable[Posting]) -> str:
    """The first posting its line has no room for as it stands now, and how much room there is; nothing if all fit."""
    postings = list(postings)
    lines = BudgetLine.objects.select_related("item", "object_code").in_bulk({p.line.pk for p in postings})
    for posting in in_order(postings):
        line = lines[posting.line.pk]
        _apply(line, posting)
        if line.spent < 0:
            return _("%(line)s: 지출액보다 많이 반납할 수 없습니다. 지출액은 %(room)s원입니다.") % _room(
                line, line.spent - posting.amount
            )
        if line.spent > line.committed:
            return _(
                "%(line)s: 지출은 원인행위액 안에서만 할 수 있습니다. 남은 원인행위액은 %(room)s원입니다."
            ) % _room(
                line, line.committed - line.spent + _change(posting, EntryKind.EXPENDITURE, EntryKind.COMMITMENT)
            )
        if line.committed > line.allotted:
            return _(
                "%(line)s: 원인행위는 배정액 안에서만 할 수 있습니다(지방회계법 제29조). 남은 배정액 %(room)s원."
            ) % _room(line, line.allotted - line.committed + _change(posting, EntryKind.COMMITMENT, *ALLOTMENT_KINDS))
        if line.allotted > line.current_budget:
            return _(
                "%(line)s: 예산현액이 배정액보다 작아질 수 없습니다. 배정하지 않은 예산은 %(room)s원입니다."
            ) % _room(line, line.current_budget - line.allotted + _change(posting, *ALLOTMENT_KINDS, *BUDGET_KINDS))
    return ""


def _room(line: BudgetLine, won: int) -> dict[str, str]:
    return {"line": str(line), "room": f"{won:,}"}


def _change(posting: Posting, *kinds: EntryKind) -> int:
    """How much of the room this posting itself took."""
    return abs(posting.amount) if posting.kind in kinds else 0


def _apply(line: BudgetLine, posting: Posting) -> None:
    if posting.kind in BUDGET_KINDS:
        line.current_budget += posting.amount
    if posting.kind in ALLOTMENT_KINDS:
        line.allotted += posting.amount
    if posting.kind == EntryKind.COMMITMENT:
        line.committed += posting.amount
    if posting.kind == EntryKind.EXPENDITURE:
        line.spent += posting.amount


def in_order(postings: Iterable[Posting]) -> list[Posting]:
    """As they are posted: by line, so that two vouchers lock lines in one order; on a line what goes out from the end
    of the chain, then what comes in from its beginning, so that no balance is broken on the way."""
    return sorted(
        postings, key=lambda p: (p.line.pk, p.amount > 0, STAGES[p.kind] if p.amount > 0 else -STAGES[p.kind])
    )
