"""What waits for one person's decision, and how much of it."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Q, QuerySet

from accounts.roles import DISTRICT_STAFF, Actor, Role
from budget.grants import DECIDERS, PAYERS
from budget.models import Grant, Transfer, Voucher
from budget.posting import APPROVERS
from budget.transfers import APPROVERS as TRANSFER_APPROVERS
from budget.transfers import DRAFTERS as TRANSFER_DRAFTERS
from budget.transfers import REVIEWERS

T, G = Transfer.State, Grant.State


def vouchers_to_approve(actor: Actor) -> QuerySet[Voucher]:
    """Submitted in the actor's organisation, of a kind this role approves, and drafted by somebody else."""
    kinds = [kind for kind, role in APPROVERS.items() if role == actor.role]
    rows: Any = Voucher.objects.visible_to(actor).filter(organisation=actor.organisation_id)
    return (
        rows.filter(state=Voucher.State.SUBMITTED, kind__in=kinds)
        .exclude(drafted_by=actor.user_id)
        .select_related("drafted_by")
        .order_by("drafted_at", "id")
    )


def my_drafts(actor: Actor) -> QuerySet[Voucher]:
    """One's own drafts, those sent back among them."""
    rows: Any = Voucher.objects.visible_to(actor).filter(organisation=actor.organisation_id)
    return rows.filter(state=Voucher.State.DRAFT, drafted_by=actor.user_id).order_by("-drafted_at", "-id")


def transfers_to_decide(actor: Actor) -> QuerySet[Transfer]:
    """Transfers at the step this person takes next."""
    mine = Q(pk__in=[])
    if actor.role in REVIEWERS:
        mine |= Q(state=T.SUBMITTED) & ~Q(drafted_by=actor.user_id)
    if actor.role in TRANSFER_APPROVERS:
        mine |= Q(state=T.REVIEWED) & ~Q(drafted_by=actor.user_id) & ~Q(reviewed_by=actor.user_id)
        mine |= Q(state=T.APPROVED)
    mine |= Q(state=T.DRAFTED, drafted_by=actor.user_id)
    return _own_transfers(actor).filter(mine).select_related("drafted_by").order_by("drafted_at", "id")


def transfers_to_report(actor: Actor) -> QuerySet[Transfer]:
    """Posted and not yet reported to the council (지방재정법 §49③), the most pressing first; of every holder seen."""
    rows: Any = Transfer.objects.visible_to(actor).filter(state=T.POSTED)
    return rows.select_related("organisation", "drafted_by").order_by("report_due_on", "id")


def _own_transfers(actor: Actor) -> Any:
    return Transfer.objects.visible_to(actor).filter(organisation=actor.organisation_id)


def grants_to_take_on(actor: Actor) -> QuerySet[Grant]:
    """Grants whose next step is this role's."""
    mine, of_the_city = Q(pk__in=[]), Q(city_line__organisation=actor.organisation_id)
    if actor.role in DECIDERS:
        mine |= Q(state__in=(G.APPLIED, G.REPORTED))
    if actor.role in PAYERS:
        mine |= of_the_city & Q(state__in=(G.DECIDED, G.DISBURSED), disbursed_amount__lt=F("decided_amount"))
        mine |= Q(state=G.FIXED)
    if actor.role in DISTRICT_STAFF:
        mine |= Q(state=G.DISBURSED, disbursed_amount=F("decided_amount"))
    rows: Any = Grant.objects.visible_to(actor).filter(mine)
    return rows.select_related(
        "city_line__item", "city_line__object_code", "district_line__organisation", "district_line__item"
    ).order_by("applied_on", "id")


def my_transfers_to_report(actor: Actor) -> QuerySet[Transfer]:
    if actor.role not in TRANSFER_DRAFTERS:
        return Transfer.objects.none()
    return _own_transfers(actor).filter(state=T.POSTED).order_by("report_due_on", "id")


def waiting_count(actor: Actor) -> int:
    """How many things wait for this person: the number beside the page's tab."""
    if actor.role == Role.COUNCIL_READER:
        return 0
    waiting = (vouchers_to_approve, transfers_to_decide, grants_to_take_on, my_transfers_to_report)
    return sum(rows(actor).count() for rows in waiting)
