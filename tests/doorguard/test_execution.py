"""An approved claim is paid from the district's budget: once, from the right year and fund, or it stays open."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Organisation
from accounts.months import previous_month
from budget.models import BudgetLine, Closing, Entry, Voucher
from budget.selectors.lines import year_to_post
from programs.models import Terms
from programs.workflow import UnableToPerform
from safety.doorguard import claims
from safety.doorguard.execution import owed, post_claim, split
from tests.factories import cast as c
from tests.factories.money import fund

MONTH = previous_month(timezone.localdate())


@pytest.fixture
def ready(guarded):
    """Two households' claim of last month, checked and waiting for the manager."""
    guarded.installed(previous_month(MONTH), count=2)
    claim = claims.compute_claim(
        company_id=guarded.company.pk, district_id=c.DONGJAK, month=MONTH, actor=guarded.staff
    )
    claims.confirm_claim(claim.pk, actor=guarded.staff)
    return claims.check_claim(claim.pk, actor=guarded.cast.officer)


def spent(fund_="city"):
    lines = BudgetLine.objects.filter(organisation__district=c.DONGJAK, fund=fund_)
    return sum(lines.values_list("spent", flat=True))


def test_closing_a_claim_commits_and_spends_it(guarded, ready):
    closed = claims.close_claim(ready.pk, actor=guarded.cast.manager)
    assert spent() == closed.total > 0
    voucher = Voucher.objects.get(kind="execution")
    assert (voucher.drafted_by, voucher.approved_by) == (guarded.cast.officer.user, guarded.cast.manager.user)
    assert {(e.kind, e.amount) for e in voucher.entries.all()} == {
        ("commitment", closed.total),
        ("expenditure", closed.total),
    }


def test_posting_it_again_changes_nothing(guarded, ready):
    closed = claims.close_claim(ready.pk, actor=guarded.cast.manager)
    before = Entry.objects.count()
    post_claim(closed)
    assert Entry.objects.count() == before


def test_without_money_the_claim_stays_open(guarded, ready):
    line = BudgetLine.objects.get(organisation__district=c.DONGJAK, item__fiscal_year=MONTH.year)
    Closing.objects.create(
        organisation=line.organisation, fiscal_year=timezone.localdate().year, month=timezone.localdate().month,
        closed_by=guarded.cast.manager.user,
    )  # fmt: skip
    with pytest.raises(UnableToPerform, match=r"확정할 수 없습니다.*마감"):
        claims.close_claim(ready.pk, actor=guarded.cast.manager)
    ready.refresh_from_db()
    assert (ready.state, spent()) == ("district_checked", 0)


def test_terms_that_share_the_cost_split_each_line(guarded, ready):
    Terms.objects.update(values=guarded.cast.program.terms.get().values | {"city_share": 70})
    with pytest.raises(UnableToPerform, match=r"예산 과목\(구비\)이 없어"):
        claims.close_claim(ready.pk, actor=guarded.cast.manager)
    office = Organisation.objects.get(kind="district", district=c.DONGJAK)
    for year in {MONTH.year, timezone.localdate().year}:
        fund(office, "door-guard", year, fund="district")
    closed = claims.close_claim(ready.pk, actor=guarded.cast.manager)
    assert spent("city") + spent("district") == closed.total
    assert spent("city") == closed.households * 6_230


@given(st.integers(0, 10**9), st.integers(0, 100))
def test_a_split_loses_nothing(amount, share):
    parts = split(amount, share)
    assert sum(parts.values()) == amount
    assert min(parts.values()) >= 0


def test_a_service_month_belongs_to_the_year_in_which_it_ends():
    lines = [(dt.date(2021, 12, 31), 8_900, 100), (dt.date(2022, 1, 1), 8_900, 100), (dt.date(2022, 1, 5), 8_900, 50)]
    assert owed(lines) == {(2021, "city"): 8_900, (2022, "city"): 13_350, (2022, "district"): 4_450}


def test_once_its_books_are_closed_the_current_year_pays(guarded):
    office = Organisation.objects.get(kind="district", district=c.DONGJAK)
    assert year_to_post(office.pk, 2021, dt.date(2022, 2, 10)) == 2021
    assert year_to_post(office.pk, 2021, dt.date(2022, 2, 11)) == 2022
    Closing.objects.create(organisation=office, fiscal_year=2021, closed_by=guarded.cast.manager.user)
    assert year_to_post(office.pk, 2021, dt.date(2022, 1, 8)) == 2022
