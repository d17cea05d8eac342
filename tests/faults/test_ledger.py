"""Fifty attackers on one line's balance, on one voucher, on closing books and on a grant: nothing is overspent."""

from __future__ import annotations

import pytest
from django.db import transaction

from budget import grants
from budget.models import BudgetLine, Closing, Entry, EntryKind, Grant, LineDay, Voucher
from budget.posting import approve_voucher, draft_voucher, post_by_event, reverse_voucher, submit_voucher
from budget.refusals import Posting
from tests.budget.conftest import DAY, YEAR, make_book
from tests.factories import cast as c
from tests.faults.attack import ATTACKERS, attack

pytestmark = pytest.mark.slow


@pytest.fixture
def book(scratch_database):
    return make_book()


def waiting(book, kind, *postings):
    voucher = draft_voucher(
        actor=book.officer, kind=kind, fiscal_year=YEAR, title="시험", occurred_on=DAY, postings=postings
    )
    return submit_voucher(voucher.pk, actor=book.officer)


def sums_hold():
    for line in BudgetLine.objects.all():
        entries = Entry.objects.filter(line=line, kind="expenditure").values_list("amount", flat=True)
        days = LineDay.objects.filter(line=line, amount="spent").values_list("won", flat=True)
        assert sum(entries) == sum(days) == line.spent
        assert 0 <= line.spent <= line.committed <= line.allotted <= line.current_budget


def test_fifty_expenditures_of_a_tenth_each_spend_just_what_is_committed(book):
    line = book.give("watch-office", 1_000)
    book.post("commitment", Posting(line, EntryKind.COMMITMENT, 1_000))
    vouchers = [waiting(book, "expenditure", Posting(line, EntryKind.EXPENDITURE, 100)).pk for _ in range(ATTACKERS)]
    assert len(attack(lambda pk: approve_voucher(pk, actor=book.disbursing), vouchers)) == 10
    assert book.standing("watch-office") == (1_000, 1_000, 1_000, 1_000)
    sums_hold()


def test_vouchers_over_two_lines_in_both_orders_never_deadlock(book):
    first, second = book.give("watch-office", 5_000), book.give("guard-office", 5_000)
    vouchers = []
    for n in range(ATTACKERS):
        lines = (first, second) if n % 2 else (second, first)
        postings = [Posting(line, EntryKind.COMMITMENT, 200) for line in lines]
        vouchers.append(waiting(book, "commitment", *postings).pk)
    assert len(attack(lambda pk: approve_voucher(pk, actor=book.finance), vouchers)) == 25
    assert book.standing("watch-office")[2] == book.standing("guard-office")[2] == 5_000


def test_one_voucher_is_posted_once(book):
    line = book.give("watch-office", 1_000)
    voucher = waiting(book, "commitment", Posting(line, EntryKind.COMMITMENT, 10))
    assert len(attack(lambda _: approve_voucher(voucher.pk, actor=book.finance))) == 1
    assert len(attack(lambda _: reverse_voucher(voucher.pk, reason="x", occurred_on=DAY, actor=book.officer))) == 1
    assert book.standing("watch-office")[2] == 10


def test_one_event_is_posted_once(book):
    line = book.give("watch-office", 1_000)
    asked = {
        "reference": "claim:1", "kind": "execution", "fiscal_year": YEAR, "title": "x", "occurred_on": DAY,
        "postings": [Posting(line, kind, 10) for kind in (EntryKind.COMMITMENT, EntryKind.EXPENDITURE)],
        "drafted_as": book.officer.membership, "approved_as": book.finance.membership, "organisation": book.city,
    }  # fmt: skip
    assert len({voucher.pk for voucher in attack(lambda _: post_by_event(**asked))}) == 1
    assert book.standing("watch-office")[2:] == (10, 10)


def test_nothing_slips_into_books_while_they_are_closed(book):
    line = book.give("watch-office", 100_000)
    vouchers = [waiting(book, "commitment", Posting(line, EntryKind.COMMITMENT, 1)).pk for _ in range(ATTACKERS - 1)]

    def act(pk):
        if pk is None:
            with transaction.atomic():
                return Closing.objects.create(
                    organisation=book.city, fiscal_year=YEAR, closed_by=book.finance.user
                ).closed_at
        return approve_voucher(pk, actor=book.finance)

    done = attack(act, [*vouchers[:20], None, *vouchers[20:]])
    closed_at = Closing.objects.get().closed_at
    posted = [voucher for voucher in done if isinstance(voucher, Voucher)]
    assert Entry.objects.filter(kind="commitment").count() == len(posted)
    assert not Entry.objects.filter(kind="commitment", recorded_at__gt=closed_at).exists()


def test_a_grant_is_disbursed_within_its_decision(book):
    book.give("guard-grant", 10_000)
    officer = c.Actor.of(c.member(c.Role.DISTRICT_OFFICER, c.DONGJAK))
    grant = grants.apply_for_grant(
        city_line=book.lines["guard-grant"], district_line=book.lines["district-guard"], amount=1_000, applied_on=DAY,
        plan="x", actor=officer,
    )  # fmt: skip
    grants.decide_grant(grant.pk, amount=1_000, decided_on=DAY, conditions="", actor=book.officer)
    paid = attack(lambda _: grants.disburse_grant(grant.pk, amount=300, disbursed_on=DAY, actor=book.finance))
    assert len(paid) == 3
    assert Grant.objects.get().disbursed_amount == book.standing("district-guard")[0] == 900
