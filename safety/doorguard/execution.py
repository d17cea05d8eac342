"""An approved claim posts itself: the district's commitment and expenditure, once, whatever is retried.

A service month belongs to the fiscal year in which it ends. Each line is split into city and district money by the
terms of its household (`city_share`, percent; the grant of 2021 was the city's alone)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Organisation
from budget.models import BudgetLine, EntryKind, Fund
from budget.posting import post_by_event
from budget.refusals import Posting, UnableToPost
from budget.selectors.lines import lines_of_programme, year_to_post
from programs.workflow import UnableToPerform
from safety.doorguard.models import Claim, ClaimLine

PROGRAMME = "door-guard"
WHOLE = 100


def split(amount: int, city_share: int) -> dict[str, int]:
    """Won by fund: the city's share rounded down, the rest the district's; together the whole amount."""
    city = amount * city_share // WHOLE
    return {str(Fund.CITY): city, str(Fund.DISTRICT): amount - city}


def owed(lines: list[tuple[dt.date, int, int]]) -> dict[tuple[int, str], int]:
    """Won by (fiscal year in which the service month ends, fund), of (last day, amount, city share) each."""
    sums: dict[tuple[int, str], int] = defaultdict(int)
    for ends_on, amount, city_share in lines:
        for fund, won in split(amount, city_share).items():
            if won:
                sums[ends_on.year, fund] += won
    return dict(sums)


def lines_to_pay(claims: list[int]) -> dict[int, list[tuple[dt.date, int, int]]]:
    """(last day, amount, city share) of the payable lines, by claim."""
    found: dict[int, list[tuple[dt.date, int, int]]] = defaultdict(list)
    rows = ClaimLine.objects.filter(claim__in=claims, state=ClaimLine.State.OK).values_list(
        "claim_id", "ends_on", "amount", "service__terms__values__city_share"
    )
    for claim, ends_on, amount, share in rows:
        found[claim].append((ends_on, amount, WHOLE if share is None else share))
    return found


def post_claim(claim: Claim) -> None:
    """Commit and spend what this closed claim is owed. Raises UnableToPerform where the district has no budget line
    for it or not enough money, so that the claim is not closed either."""
    if claim.checked_by is None or claim.closed_by is None:
        raise UnableToPerform(_("확인하고 결재한 청구만 지출할 수 있습니다."))
    office, today = claim.closed_by.organisation, timezone.localdate()
    by_year: dict[int, list[tuple[int, str, int]]] = defaultdict(list)
    for (ended_in, fund), won in sorted(owed(lines_to_pay([claim.pk])[claim.pk]).items()):
        by_year[year_to_post(office.pk, ended_in, today)].append((ended_in, fund, won))
    for year, parts in by_year.items():
        held = lines_of_programme(office.pk, year, PROGRAMME)
        postings = [
            Posting(_line(held, office, year, fund), kind, won, note=f"{ended_in}년 서비스 월분")
            for ended_in, fund, won in parts
            for kind in (EntryKind.COMMITMENT, EntryKind.EXPENDITURE)
        ]
        try:
            post_by_event(
                reference=reference_of(claim, year), kind="execution", fiscal_year=year, title=title_of(claim),
                occurred_on=today, postings=postings, drafted_as=claim.checked_by, approved_as=claim.closed_by,
                organisation=office, payee=claim.company.name,
            )  # fmt: skip
        except UnableToPost as refused:
            raise UnableToPerform(_("청구를 확정할 수 없습니다. %(why)s") % {"why": refused}) from refused


def reference_of(claim: Claim, fiscal_year: int) -> str:
    return f"door-guard-claim:{claim.pk}:{fiscal_year}"


def title_of(claim: Claim) -> str:
    return f"도어지킴이 이용료 {claim.month:%Y-%m}"


def _line(held: dict[str, BudgetLine], office: Organisation, year: int, fund: str) -> BudgetLine:
    if fund not in held:
        raise UnableToPerform(
            _(
                "%(office)s의 %(year)s년 도어지킴이 예산 과목(%(fund)s)이 없어 확정할 수 없습니다. "
                "재무관에게 편성이나 교부를 요청하십시오."
            )
            % {"office": office, "year": year, "fund": Fund(fund).label}
        )
    return held[fund]
