"""Grants to districts (지방보조금법): applied for (§7), decided (§8), disbursed, reported (§17), fixed (§19) and
returned (§31).

Each step that moves money posts by itself, once: a disbursement is the city's commitment and expenditure and the
district's budget and allotment; a return takes the same amounts back while the year's books are open, and is revenue
of the city afterwards.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Membership
from accounts.roles import DISTRICT_STAFF, Actor, Role
from budget.models import BudgetLine, Closing, EntryKind, Grant, Revenue, Voucher
from budget.posting import document_number, post_by_event
from budget.refusals import ChangedMeanwhile, Posting, UnableToPost, refused

State = Grant.State
DECIDERS = (Role.CITY_OFFICER,)
PAYERS = (Role.FINANCE_OFFICER, Role.DISBURSING_OFFICER)


@transaction.atomic
def apply_for_grant(
    *, city_line: BudgetLine, district_line: BudgetLine, amount: int, applied_on: dt.date, plan: str, actor: Actor
) -> Grant:
    """The district asks for money of a line of the city (§7). Raises UnableToPost."""
    _expect(actor, DISTRICT_STAFF)
    if district_line.organisation_id != actor.organisation_id or city_line.organisation.kind != "city":
        raise UnableToPost(_("우리 구의 예산 과목과 시의 보조금 과목을 고르십시오."))
    if district_line.item.fiscal_year != city_line.item.fiscal_year:
        raise UnableToPost(_("시와 구의 예산 과목은 같은 회계연도여야 합니다."))
    if amount <= 0:
        raise UnableToPost(_("신청액은 0원보다 커야 합니다."))
    grant = Grant(
        city_line=city_line, district_line=district_line, applied_amount=amount, applied_on=applied_on, plan=plan,
        applied_as=actor.membership,
    )  # fmt: skip
    return _save(grant)


@transaction.atomic
def decide_grant(
    grant_id: int,
    *,
    amount: int,
    decided_on: dt.date,
    conditions: str,
    actor: Actor,
    expected_version: int | None = None,
) -> Grant:
    """The city grants an amount up to what was applied for, with its conditions; 0 refuses (§8)."""
    grant = _locked(grant_id, actor, (State.APPLIED,), expected_version)
    _expect(actor, DECIDERS)
    if not 0 <= amount <= grant.applied_amount:
        raise UnableToPost(_("교부결정액은 신청액 %(most)s원까지입니다.") % {"most": f"{grant.applied_amount:,}"})
    if decided_on < grant.applied_on:
        raise UnableToPost(_("결정일이 신청일보다 이릅니다."))
    grant.state = State.DECIDED if amount else State.REFUSED
    grant.decided_amount, grant.decided_on, grant.decided_as = amount, decided_on, actor.membership
    grant.conditions = conditions
    return _save(grant)


def disburse_grant(
    grant_id: int, *, amount: int, disbursed_on: dt.date, actor: Actor, synthetic: bool = False,
    expected_version: int | None = None,
) -> Grant:  # fmt: skip
    """Pay one instalment: the city's expenditure and, in the same transaction, the district's budget."""
    with transaction.atomic():
        grant = _locked(grant_id, actor, (State.DECIDED, State.DISBURSED), expected_version)
        _expect(actor, PAYERS)
        if actor.organisation_id != grant.city_line.organisation_id:
            raise UnableToPost(_("보조금은 시의 재무관이나 지출원이 교부합니다."))
        if not 0 < amount <= grant.decided_amount - grant.disbursed_amount:
            left = grant.decided_amount - grant.disbursed_amount
            raise UnableToPost(_("더 교부할 수 있는 금액은 %(left)s원입니다.") % {"left": f"{left:,}"})
        if grant.decided_as is None or actor.membership is None:
            raise UnableToPost(_("교부결정을 먼저 하십시오."))
        grant.disbursements += 1
        grant.disbursed_amount += amount
        grant.state = State.DISBURSED
        _move_money(
            grant, amount, f"grant:{grant.pk}:{grant.disbursements}", disbursed_on, _("보조금 교부"),
            drafted_as=grant.decided_as, approved_as=actor.membership, synthetic=synthetic,
        )  # fmt: skip
        return _save(grant)


def _move_money(
    grant: Grant, amount: int, reference: str, day: dt.date, title: str, *, drafted_as: Membership,
    approved_as: Membership, synthetic: bool,
) -> None:  # fmt: skip
    """`amount` won from the city's line to the district's; negative: back. Lines are locked by id, lowest first."""
    city, district = grant.city_line, grant.district_line
    sides = [
        (city, "city", (EntryKind.COMMITMENT, EntryKind.EXPENDITURE)),
        (district, "district", (EntryKind.GRANT, EntryKind.ALLOTMENT)),
    ]
    for line, side, kinds in sorted(sides, key=lambda s: s[0].pk):
        post_by_event(
            reference=f"{reference}:{side}", kind=Voucher.Kind.GRANT, fiscal_year=line.item.fiscal_year,
            title=f"{title} — {district.organisation} {district.item}"[:120], occurred_on=day,
            postings=[Posting(line, kind, amount) for kind in kinds], drafted_as=drafted_as, approved_as=approved_as,
            organisation=line.organisation, synthetic=synthetic,
        )  # fmt: skip


@transaction.atomic
def report_grant(
    grant_id: int, *, reported_on: dt.date, report: str, actor: Actor, expected_version: int | None = None
) -> Grant:
    """The district reports (§17): what it spent is what its line says, not what somebody types."""
    grant = _locked(grant_id, actor, (State.DISBURSED,), expected_version)
    _expect(actor, DISTRICT_STAFF)
    if not report.strip():
        raise UnableToPost(_("사업 실적을 적으십시오."))
    grant.state, grant.report = State.REPORTED, report.strip()
    grant.reported_amount = min(grant.district_line.spent, grant.disbursed_amount)
    grant.reported_on, grant.reported_as = reported_on, actor.membership
    return _save(grant)


@transaction.atomic
def fix_grant(
    grant_id: int, *, amount: int, fixed_on: dt.date, actor: Actor, expected_version: int | None = None
) -> Grant:
    """The city examines the report and fixes the amount (§19); what was disbursed above it is to be returned."""
    grant = _locked(grant_id, actor, (State.REPORTED,), expected_version)
    _expect(actor, DECIDERS)
    if not 0 <= amount <= grant.reported_amount:
        raise UnableToPost(
            _("확정액은 실적보고한 집행액 %(most)s원까지입니다.") % {"most": f"{grant.reported_amount:,}"}
        )
    if grant.reported_as and actor.user_id == grant.reported_as.user_id:
        raise UnableToPost(_("보고한 사람은 금액을 확정할 수 없습니다."))
    grant.fixed_amount, grant.fixed_on, grant.fixed_as = amount, fixed_on, actor.membership
    grant.state = State.FIXED if grant.disbursed_amount > amount else State.SETTLED
    return _save(grant)


def return_grant(
    grant_id: int, *, returned_on: dt.date, actor: Actor, expected_version: int | None = None, synthetic: bool = False
) -> Grant:
    """The district gives back the rest (§31)."""
    with transaction.atomic():
        grant = _locked(grant_id, actor, (State.FIXED,), expected_version)
        _expect(actor, PAYERS)
        if grant.fixed_as is None or actor.membership is None:
            raise UnableToPost(_("금액을 먼저 확정하십시오."))
        amount = grant.to_return
        if _books_are_open(grant, returned_on):
            _move_money(
                grant, -amount, f"grant:{grant.pk}:return", returned_on, _("보조금 반환"),
                drafted_as=grant.fixed_as, approved_as=actor.membership, synthetic=synthetic,
            )  # fmt: skip
        else:
            _as_revenue(grant, amount, returned_on, actor, synthetic=synthetic)
        grant.returned_amount, grant.returned_on, grant.state = amount, returned_on, State.SETTLED
        return _save(grant)


def _books_are_open(grant: Grant, day: dt.date) -> bool:
    year = grant.city_line.item.fiscal_year
    holders = (grant.city_line.organisation_id, grant.district_line.organisation_id)
    closed = Closing.objects.filter(organisation__in=holders, fiscal_year=year, month__isnull=True).exists()
    return day.year == year and not closed


def _as_revenue(grant: Grant, amount: int, day: dt.date, actor: Actor, *, synthetic: bool) -> None:
    if grant.fixed_as is None or actor.user is None or grant.fixed_as.user_id == actor.user_id:
        raise UnableToPost(_("금액을 확정한 사람은 반환을 결재할 수 없습니다."))
    Revenue.objects.create(
        organisation=grant.city_line.organisation, item=grant.city_line.item, kind=Revenue.Kind.GRANT_RETURN,
        amount=amount, occurred_on=day, document_no=document_number(day.year), drafted_by=grant.fixed_as.user,
        approved_by=actor.user, reference=f"grant:{grant.pk}:return", synthetic=synthetic,
    )  # fmt: skip


def _locked(grant_id: int, actor: Actor, states: tuple[str, ...], expected_version: int | None) -> Grant:
    """Raises Grant.DoesNotExist for one the actor may not see, UnableToPost."""
    rows: Any = Grant.objects.visible_to(actor).select_related(
        "city_line__item", "city_line__organisation", "city_line__object_code", "district_line__item",
        "district_line__organisation", "district_line__object_code", "decided_as", "reported_as", "fixed_as__user",
    )  # fmt: skip
    grant = rows.select_for_update(of=("self",)).get(pk=grant_id)
    if expected_version is not None and grant.version != expected_version:
        raise ChangedMeanwhile
    if grant.state not in states:
        raise UnableToPost(
            _("이 교부 건은 ‘%(state)s’ 상태여서 할 수 없습니다. 화면을 새로 열어 확인하십시오.")
            % {"state": grant.get_state_display()}
        )
    return grant


def _expect(actor: Actor, roles: tuple[Role, ...]) -> None:
    if actor.role not in roles:
        raise UnableToPost(_("%(role)s은(는) 할 수 없는 처리입니다.") % {"role": actor.role.label})


def _save(grant: Grant) -> Grant:
    grant.version += 1
    try:
        with transaction.atomic():
            grant.save()
    except IntegrityError as error:
        raise refused(error) from error
    return grant
