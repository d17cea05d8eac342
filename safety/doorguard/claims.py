"""The monthly claim: computed by the system, confirmed or disputed by the company, checked and approved by the
district, then closed for good. Amounts are in won: each line is the subsidy of its household's terms.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import connection, transaction
from django.db.models import Count, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.months import last_day
from accounts.roles import DISTRICT_STAFF, Actor, Role
from programs.workflow import UnableToPerform
from safety.doorguard.execution import post_claim
from safety.doorguard.models import Claim, ClaimLine, Service
from safety.doorguard.service_months import payable_months

State, LineState = Claim.State, ClaimLine.State
LineKey = tuple[int, int]  # service, service month


@transaction.atomic
def compute_claim(*, company_id: int, district_id: str, month: dt.date, actor: Actor) -> Claim:
    """Compute the month's claim, or compute it again while the company has not confirmed it.

    It claims every service month completed by the month's last day and not claimed before, so a late report of an
    installation is made up for. Twice computed is the same. The number of statements does not grow with households.
    Raises UnableToPerform before the month is over, when nothing is to be claimed, or to a stranger."""
    month = month.replace(day=1)
    _check_may_compute(company_id, district_id, actor)
    if last_day(month) >= timezone.localdate():
        raise UnableToPerform(_("그 달이 끝난 뒤에 청구를 계산할 수 있습니다."))
    _lock(company_id, district_id)
    claim = Claim.objects.filter(company=company_id, district=district_id, month=month).first()
    if claim and claim.state not in (State.DRAFT, State.COMPUTED):
        return claim
    due = lines_due(company_id, district_id, last_day(month), own=claim.pk if claim else None)
    if not due:
        if claim:
            claim.delete()
        raise UnableToPerform(_("이 달에 청구할 이용료가 없습니다."))
    claim = claim or Claim.objects.create(company_id=company_id, district_id=district_id, month=month)
    _write_lines(claim, due)
    claim.state, claim.computed_at = State.COMPUTED, timezone.now()
    _sum_up(claim)
    claim.save()
    return claim


def _check_may_compute(company_id: int, district_id: str, actor: Actor) -> None:
    allowed = (
        actor.role == Role.SYSTEM
        or (actor.role == Role.COMPANY_STAFF and actor.organisation_id == company_id)
        or (actor.role in DISTRICT_STAFF and actor.district_id == district_id)
    )
    if not allowed:
        raise UnableToPerform(_("맡은 업체나 자치구의 청구만 계산할 수 있습니다."))


def _lock(company_id: int, district_id: str) -> None:
    """One computation of a company and district at a time, over all months: a service month must not land in two."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"doorguard.claims:{company_id}:{district_id}"]
        )


def lines_due(company_id: int, district_id: str, until: dt.date, *, own: int | None = None) -> list[ClaimLine]:
    """The lines (not saved) for all service months completed by `until` and in no claim but `own`. Two statements."""
    claimed: set[LineKey] = set(
        ClaimLine.objects.filter(service__company=company_id, service__district=district_id)
        .exclude(state=LineState.POSTPONED)
        .exclude(claim=own)
        .values_list("service_id", "service_month_no")
    )
    installed: Iterable[tuple[int, dt.date, dt.date | None, int, int]] = Service.objects.filter(
        company=company_id, district=district_id, installed_on__isnull=False
    ).values_list("pk", "installed_on", "ended_on", "subsidy_months", "subsidy")  # type: ignore[assignment]
    return [
        ClaimLine(
            service_id=pk, service_month_no=month.number, starts_on=month.starts_on, ends_on=month.ends_on,
            amount=subsidy,
        )
        for pk, installed_on, ended_on, limit, subsidy in installed
        for month in payable_months(installed_on, until=until, ended_on=ended_on, limit=limit)
        if (pk, month.number) not in claimed
    ]  # fmt: skip


def _write_lines(claim: Claim, due: Iterable[ClaimLine]) -> None:
    """Keep the lines that are still due (with the company's disputes), drop the others, add what is missing."""
    wanted: dict[LineKey, ClaimLine] = {(line.service_id, line.service_month_no): line for line in due}
    kept: set[LineKey] = set()
    stale: list[int] = []
    for line in ClaimLine.objects.filter(claim=claim).only("service_id", "service_month_no", "starts_on", "amount"):
        key = (line.service_id, line.service_month_no)
        new = wanted.get(key)
        if new and (new.starts_on, new.amount) == (line.starts_on, line.amount):
            kept.add(key)
        else:
            stale.append(line.pk)
    if stale:
        ClaimLine.objects.filter(pk__in=stale).delete()
    missing = [line for key, line in wanted.items() if key not in kept]
    for line in missing:
        line.claim = claim
    ClaimLine.objects.bulk_create(missing)


def _sum_up(claim: Claim) -> None:
    """Count what is to be paid (not saved). A disputed line counts until the district takes it out."""
    sums = ClaimLine.objects.filter(claim=claim, state__in=[LineState.OK, LineState.DISPUTED]).aggregate(
        lines=Count("pk"), won=Sum("amount")
    )
    claim.households, claim.total = sums["lines"], sums["won"] or 0


def _locked(claim_id: int, actor: Actor) -> Claim:
    """The claim, locked. Raises Claim.DoesNotExist for one the actor may not see."""
    return Claim.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=claim_id)


def _expect(claim: Claim, actor: Actor, state: Claim.State, roles: tuple[Role, ...]) -> None:
    if actor.role not in roles:
        raise UnableToPerform(_("%(role)s은(는) 할 수 없는 처리입니다.") % {"role": actor.role.label})
    if claim.state != state:
        raise UnableToPerform(
            _("이 청구는 ‘%(state)s’ 상태여서 할 수 없습니다. 화면을 새로 열어 확인하십시오.")
            % {"state": claim.get_state_display()}
        )


@transaction.atomic
def dispute_line(claim_id: int, line_id: int, *, reason: str, actor: Actor) -> ClaimLine:
    """The company says why a line is wrong; an empty reason takes its objection back."""
    claim = _locked(claim_id, actor)
    _expect(claim, actor, State.COMPUTED, (Role.COMPANY_STAFF,))
    line = ClaimLine.objects.filter(claim=claim).get(pk=line_id)
    line.reason = reason.strip() or None
    line.state = LineState.DISPUTED if line.reason else LineState.OK
    line.save(update_fields=["reason", "state"])
    return line


@transaction.atomic
def confirm_claim(claim_id: int, *, actor: Actor) -> Claim:
    """The company confirms every line it does not dispute and sends the claim to the district."""
    claim = _locked(claim_id, actor)
    _expect(claim, actor, State.COMPUTED, (Role.COMPANY_STAFF,))
    claim.state, claim.confirmed_by, claim.confirmed_at = State.COMPANY_CONFIRMED, actor.membership, timezone.now()
    claim.save(update_fields=["state", "confirmed_by", "confirmed_at"])
    return claim


@transaction.atomic
def resolve_line(claim_id: int, line_id: int, *, outcome: str, reason: str, actor: Actor) -> ClaimLine:
    """The district keeps a line (ok), puts it off to a later claim (postponed) or pays it never (refused); taking a
    line out needs a written reason."""
    claim = _locked(claim_id, actor)
    _expect(claim, actor, State.COMPANY_CONFIRMED, DISTRICT_STAFF)
    if outcome not in (LineState.OK, LineState.POSTPONED, LineState.REFUSED):
        raise UnableToPerform(_("처리 방법을 고르십시오."))
    if not reason.strip():
        raise UnableToPerform(_("처리 사유를 적으십시오."))
    line = ClaimLine.objects.filter(claim=claim).get(pk=line_id)
    if line.state == LineState.POSTPONED and outcome != line.state and _is_claimed_elsewhere(line):
        raise UnableToPerform(_("미룬 이용료가 이미 다른 달에 청구되었습니다."))
    line.state, line.resolution = outcome, reason.strip()
    line.save(update_fields=["state", "resolution"])
    _sum_up(claim)
    claim.save(update_fields=["households", "total"])
    return line


def _is_claimed_elsewhere(line: ClaimLine) -> bool:
    return (
        ClaimLine.objects.filter(service=line.service_id, service_month_no=line.service_month_no)
        .exclude(pk=line.pk)
        .exclude(state=LineState.POSTPONED)
        .exists()
    )


@transaction.atomic
def check_claim(claim_id: int, *, actor: Actor) -> Claim:
    """The district has checked every line; no dispute may be open. It goes to the manager."""
    claim = _locked(claim_id, actor)
    _expect(claim, actor, State.COMPANY_CONFIRMED, DISTRICT_STAFF)
    if ClaimLine.objects.filter(claim=claim, state=LineState.DISPUTED).exists():
        raise UnableToPerform(_("처리하지 않은 업체 이의가 있습니다. 먼저 모두 처리하십시오."))
    claim.state, claim.checked_by, claim.checked_at = State.DISTRICT_CHECKED, actor.membership, timezone.now()
    claim.save(update_fields=["state", "checked_by", "checked_at"])
    return claim


@transaction.atomic
def send_back(claim_id: int, *, actor: Actor) -> Claim:
    """The manager returns a checked claim to the officers (반송)."""
    claim = _locked(claim_id, actor)
    _expect(claim, actor, State.DISTRICT_CHECKED, (Role.DISTRICT_MANAGER,))
    claim.state, claim.checked_by, claim.checked_at = State.COMPANY_CONFIRMED, None, None
    claim.save(update_fields=["state", "checked_by", "checked_at"])
    return claim


@transaction.atomic
def close_claim(claim_id: int, *, actor: Actor) -> Claim:
    """The manager approves: the claim is closed, can never be changed, and is posted to the district's budget in the
    same transaction. The checker cannot approve. Raises UnableToPerform, also where the money is not there."""
    claim = _locked(claim_id, actor)
    _expect(claim, actor, State.DISTRICT_CHECKED, (Role.DISTRICT_MANAGER,))
    if claim.checked_by_id == (actor.membership and actor.membership.pk):
        raise UnableToPerform(_("확인한 사람은 결재할 수 없습니다. 다른 팀장이 결재하여야 합니다."))
    claim.state, claim.closed_by, claim.closed_at = State.CLOSED, actor.membership, timezone.now()
    _sum_up(claim)
    claim.save(update_fields=["state", "closed_by", "closed_at", "households", "total"])
    post_claim(claim)
    return claim


def compute_all(month: dt.date) -> int:
    """Compute the month for every company and district with a service; the number of claims there are then."""
    pairs = (
        Service.objects.filter(Q(installed_on__lte=last_day(month)))
        .values_list("company_id", "district_id")
        .distinct()
        .order_by("company_id", "district_id")
    )
    made = 0
    for company_id, district_id in pairs:
        try:
            compute_claim(company_id=company_id, district_id=district_id, month=month, actor=Actor.system())
            made += 1
        except UnableToPerform:  # nothing to claim there this month
            continue
    return made
