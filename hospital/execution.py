"""An approved settlement posts itself: the city's commitment and expenditure for its share, once, whatever is retried.

A trip belongs to the fiscal year of its month. What an advance (선금) has paid already is the advance's own to settle
(budget.payments.settle_advance); here the share is posted as it fell due."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Organisation
from budget.models import EntryKind, Fund
from budget.posting import post_by_event
from budget.refusals import Posting, UnableToPost
from budget.selectors.lines import lines_of_programme, year_to_post
from hospital.escort_terms import PROGRAM
from hospital.models import Settlement
from programs.workflow import UnableToPerform


def reference_of(settlement: Settlement) -> str:
    return f"hospital-settlement:{settlement.pk}"


def post_settlement(settlement: Settlement) -> None:
    """Raises UnableToPerform where the city has no line for it or not enough money, so that it is not approved."""
    if settlement.city_share == 0:
        return
    if settlement.checked_by is None or settlement.approved_by is None:
        raise UnableToPerform(_("확인하고 결재한 정산만 지출할 수 있습니다."))
    city: Organisation = settlement.approved_by.organisation
    today = timezone.localdate()
    year = year_to_post(city.pk, settlement.month.year, today)
    line = lines_of_programme(city.pk, year, PROGRAM).get(str(Fund.CITY))
    if line is None:
        raise UnableToPerform(
            _("%(year)s년 병원동행 예산 과목이 없어 확정할 수 없습니다. 재무관에게 편성을 요청하십시오.")
            % {"year": year}
        )
    postings = [
        Posting(line, kind, settlement.city_share, note=f"{settlement.month:%Y-%m} 병원동행")
        for kind in (EntryKind.COMMITMENT, EntryKind.EXPENDITURE)
    ]
    try:
        post_by_event(
            reference=reference_of(settlement), kind="execution", fiscal_year=year,
            title=f"병원동행 정산 {settlement.month:%Y-%m}", occurred_on=today, postings=postings,
            drafted_as=settlement.checked_by, approved_as=settlement.approved_by, organisation=city,
            payee=settlement.operator.name,
        )  # fmt: skip
    except UnableToPost as refused:
        raise UnableToPerform(_("정산을 확정할 수 없습니다. %(why)s") % {"why": refused}) from refused
