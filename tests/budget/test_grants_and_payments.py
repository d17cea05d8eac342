"""Grants from application to return; advances and fees: each posts what moved, once."""

from __future__ import annotations

import datetime as dt

import pytest

from accounts.roles import Actor, Role
from budget import grants
from budget.models import Closing, EntryKind, Grant, Revenue
from budget.payments import pay_advance, post_fees, settle_advance
from budget.posting import post_by_event
from budget.refusals import Posting, UnableToPost
from tests.budget.conftest import DAY, YEAR
from tests.factories import cast as c

COMMIT, SPEND = EntryKind.COMMITMENT, EntryKind.EXPENDITURE


@pytest.fixture
def dongjak(book):
    return Actor.of(c.member(Role.DISTRICT_OFFICER, c.DONGJAK))


def granted(book, dongjak, won=800):
    book.give("guard-grant", 1_000)
    grant = grants.apply_for_grant(
        city_line=book.lines["guard-grant"], district_line=book.lines["district-guard"], amount=won, applied_on=DAY,
        plan="150가구", actor=dongjak,
    )  # fmt: skip
    return grants.decide_grant(
        grant.pk, amount=won, decided_on=DAY, conditions="목적 외 사용 금지", actor=book.officer
    )


def spent_in_the_district(book, won):
    post_by_event(
        reference=f"claim:{won}", kind="execution", fiscal_year=YEAR, title="청구", occurred_on=DAY,
        postings=[Posting(book.lines["district-guard"], kind, won) for kind in (COMMIT, SPEND)],
        drafted_as=c.member(Role.DISTRICT_OFFICER, c.DONGJAK),
        approved_as=c.member(Role.DISTRICT_MANAGER, c.DONGJAK), organisation=book.district,
    )  # fmt: skip


def test_a_disbursement_is_the_citys_spending_and_the_districts_budget(book, dongjak):
    grant = granted(book, dongjak)
    grants.disburse_grant(grant.pk, amount=500, disbursed_on=DAY, actor=book.finance)
    assert book.standing("guard-grant") == (1_000, 1_000, 500, 500)
    assert book.standing("district-guard") == (500, 500, 0, 0)
    with pytest.raises(UnableToPost, match="300원"):
        grants.disburse_grant(grant.pk, amount=301, disbursed_on=DAY, actor=book.finance)
    assert Grant.objects.get().disbursed_amount == 500


def test_a_district_does_not_pay_itself(book, dongjak):
    grant = granted(book, dongjak)
    own = Actor.of(c.member(Role.FINANCE_OFFICER, c.DONGJAK))
    with pytest.raises(UnableToPost, match="시의 재무관이나 지출원"):
        grants.disburse_grant(grant.pk, amount=500, disbursed_on=DAY, actor=own)
    assert book.standing("district-guard") == (0, 0, 0, 0)


def test_it_is_reported_from_the_districts_line_fixed_and_returned(book, dongjak):
    grant = granted(book, dongjak)
    grants.disburse_grant(grant.pk, amount=800, disbursed_on=DAY, actor=book.finance)
    spent_in_the_district(book, 300)
    assert grants.report_grant(grant.pk, reported_on=DAY, report="설치 34가구", actor=dongjak).reported_amount == 300
    with pytest.raises(UnableToPost, match="300원까지"):
        grants.fix_grant(grant.pk, amount=301, fixed_on=DAY, actor=book.officer)
    assert grants.fix_grant(grant.pk, amount=290, fixed_on=DAY, actor=book.officer).to_return == 510
    with pytest.raises(UnableToPost, match=r"예산현액|배정"):  # ten won were spent that are not recognised
        grants.return_grant(grant.pk, returned_on=DAY, actor=book.finance)


def test_what_is_returned_in_the_year_comes_off_on_both_sides(book, dongjak):
    grant = granted(book, dongjak)
    grants.disburse_grant(grant.pk, amount=800, disbursed_on=DAY, actor=book.finance)
    spent_in_the_district(book, 300)
    grants.report_grant(grant.pk, reported_on=DAY, report="설치", actor=dongjak)
    grants.fix_grant(grant.pk, amount=300, fixed_on=DAY, actor=book.officer)
    done = grants.return_grant(grant.pk, returned_on=DAY, actor=book.finance)
    assert (done.state, done.returned_amount) == ("settled", 500)
    assert book.standing("guard-grant") == (1_000, 1_000, 300, 300)
    assert book.standing("district-guard") == (300, 300, 300, 300)


def test_what_is_returned_after_the_year_is_revenue(book, dongjak):
    grant = granted(book, dongjak)
    grants.disburse_grant(grant.pk, amount=800, disbursed_on=DAY, actor=book.finance)
    spent_in_the_district(book, 300)
    grants.report_grant(grant.pk, reported_on=DAY, report="설치", actor=dongjak)
    grants.fix_grant(grant.pk, amount=300, fixed_on=DAY, actor=book.officer)
    Closing.objects.create(organisation=book.city, fiscal_year=YEAR, closed_by=book.finance.user)
    grants.return_grant(grant.pk, returned_on=dt.date(YEAR + 1, 3, 2), actor=book.finance)
    assert Revenue.objects.get().amount == 500
    assert book.standing("guard-grant")[3] == 800


def test_an_advance_is_spent_when_paid_and_settled_by_the_difference(book):
    line = book.give("watch-office", 1_000)
    book.post("commitment", Posting(line, COMMIT, 700))
    asked = {
        "line": line, "amount": 600, "payee": "수행기관", "purpose": "동행 준비", "paid_on": DAY, "due_on": None,
        "reference": "escort:1", "drafted_as": book.officer.membership, "approved_as": book.disbursing.membership,
    }  # fmt: skip
    advance = pay_advance(**asked)
    assert pay_advance(**asked) == advance
    assert book.standing("watch-office")[2:] == (700, 600)
    settle_advance(
        advance.pk, actual_cost=450, settled_on=DAY, drafted_as=book.officer.membership, actor=book.disbursing
    )
    assert book.standing("watch-office")[2:] == (550, 450)
    with pytest.raises(UnableToPost, match="이미 정산"):
        settle_advance(
            advance.pk, actual_cost=1, settled_on=DAY, drafted_as=book.officer.membership, actor=book.disbursing
        )


def test_an_advance_below_the_cost_is_topped_up(book):
    line = book.give("watch-office", 1_000)
    book.post("commitment", Posting(line, COMMIT, 700))
    advance = pay_advance(
        line=line, amount=600, payee="x", purpose="x", paid_on=DAY, due_on=None, reference="2",
        drafted_as=book.officer.membership, approved_as=book.disbursing.membership,
    )  # fmt: skip
    settle_advance(
        advance.pk, actual_cost=680, settled_on=DAY, drafted_as=book.officer.membership, actor=book.disbursing
    )
    assert book.standing("watch-office")[2:] == (700, 680)


@pytest.mark.parametrize(("as_revenue", "spent", "revenues"), [(True, 500, 1), (False, 480, 0)])
def test_fees_are_revenue_or_set_off_as_the_terms_say(book, as_revenue, spent, revenues):
    line = book.give("watch-office", 1_000)
    book.post("commitment", Posting(line, COMMIT, 500))
    book.post("expenditure", Posting(line, SPEND, 500))
    for _again in range(2):
        post_fees(
            line=line, amount=20, occurred_on=DAY, as_revenue=as_revenue, reference="2026-03",
            drafted_as=book.officer.membership, approved_as=book.disbursing.membership,
        )  # fmt: skip
    assert book.standing("watch-office")[3] == spent
    assert Revenue.objects.count() == revenues
