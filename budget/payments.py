"""Advances, fees and what comes back: money that is paid before its cost is known, or comes in by a service."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Membership
from accounts.roles import Actor, Role
from budget.models import Advance, BudgetLine, EntryKind, Revenue, Voucher
from budget.posting import document_number, post_by_event
from budget.refusals import Posting, UnableToPost

Kind = Voucher.Kind


@transaction.atomic
def pay_advance(
    *,
    line: BudgetLine,
    amount: int,
    payee: str,
    purpose: str,
    paid_on: dt.date,
    due_on: dt.date | None,
    reference: str,
    drafted_as: Membership,
    approved_as: Membership,
    synthetic: bool = False,
) -> Advance:
    """Pay an advance (선금): expenditure at once, within what is committed. Once for each `reference`."""
    if amount <= 0:
        raise UnableToPost(_("선금은 0원보다 커야 합니다."))
    voucher = post_by_event(
        reference=f"advance:{reference}", kind=Kind.EXPENDITURE, fiscal_year=line.item.fiscal_year,
        title=f"{_('선금')} — {purpose}"[:120], occurred_on=paid_on, payee=payee, organisation=line.organisation,
        postings=[Posting(line, EntryKind.EXPENDITURE, amount)], drafted_as=drafted_as, approved_as=approved_as,
        synthetic=synthetic,
    )  # fmt: skip
    return Advance.objects.get_or_create(
        paid_by=voucher,
        defaults={"line": line, "payee": payee, "purpose": purpose, "amount": amount, "due_on": due_on},
    )[0]


@transaction.atomic
def settle_advance(
    advance_id: int, *, actual_cost: int, settled_on: dt.date, drafted_as: Membership, actor: Actor
) -> Advance:
    """Settle it at its actual cost (won): only what is above the advance is paid, or what is left comes back.

    Coming back reduces expenditure and commitment alike. Raises UnableToPost."""
    rows = Advance.objects.visible_to(actor).select_related("line__item", "line__organisation", "line__object_code")
    advance = rows.select_for_update(of=("self",)).get(pk=advance_id)
    if actor.role != Role.DISBURSING_OFFICER or actor.membership is None:
        raise UnableToPost(_("지출원만 선금을 정산할 수 있습니다."))
    if advance.settled_on:
        raise UnableToPost(_("이미 정산한 선금입니다."))
    if actual_cost < 0:
        raise UnableToPost(_("실제 비용은 0원보다 작을 수 없습니다."))
    difference = actual_cost - advance.amount
    kinds = (EntryKind.EXPENDITURE,) if difference > 0 else (EntryKind.EXPENDITURE, EntryKind.COMMITMENT)
    if difference:
        advance.settled_by = post_by_event(
            reference=f"advance:{advance.pk}:settled", kind=Kind.EXECUTION, fiscal_year=advance.line.item.fiscal_year,
            title=f"{_('선금 정산')} — {advance.purpose}"[:120], occurred_on=settled_on, payee=advance.payee,
            organisation=advance.line.organisation, drafted_as=drafted_as, approved_as=actor.membership,
            postings=[Posting(advance.line, kind, difference) for kind in kinds],
        )  # fmt: skip
    advance.actual_cost, advance.settled_on = actual_cost, settled_on
    advance.save(update_fields=["actual_cost", "settled_on", "settled_by"])
    return advance


@transaction.atomic
def post_fees(
    *,
    line: BudgetLine,
    amount: int,
    occurred_on: dt.date,
    as_revenue: bool,
    reference: str,
    drafted_as: Membership,
    approved_as: Membership,
    note: str = "",
    synthetic: bool = False,
) -> None:
    """User fees collected by a service (won): revenue, or set off against its expenditure, as its terms say. Once for
    each `reference`."""
    if amount <= 0:
        raise UnableToPost(_("이용료는 0원보다 커야 합니다."))
    if not as_revenue:
        post_by_event(
            reference=f"fees:{reference}", kind=Kind.EXPENDITURE, fiscal_year=line.item.fiscal_year,
            title=f"{_('이용료 여입')} {note}"[:120], occurred_on=occurred_on, organisation=line.organisation,
            postings=[Posting(line, EntryKind.EXPENDITURE, -amount, note=note[:120])], drafted_as=drafted_as,
            approved_as=approved_as, synthetic=synthetic,
        )  # fmt: skip
        return
    Revenue.objects.get_or_create(
        reference=f"fees:{reference}",
        defaults={
            "organisation": line.organisation, "item": line.item, "kind": Revenue.Kind.USER_FEE, "amount": amount,
            "occurred_on": occurred_on, "document_no": document_number(occurred_on.year), "note": note[:120],
            "drafted_by_id": drafted_as.user_id, "approved_by_id": approved_as.user_id, "synthetic": synthetic,
        },
    )  # fmt: skip
