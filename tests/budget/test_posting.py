"""Vouchers and what they post: nothing beyond its line, nothing by one person, nothing into closed books."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Membership
from accounts.roles import Actor, Role
from budget.models import BudgetLine, Closing, Entry, EntryKind, LineDay, Voucher
from budget.posting import (
    approve_voucher,
    change_voucher,
    discard_voucher,
    draft_voucher,
    post_by_event,
    reverse_voucher,
    send_back,
    submit_voucher,
)
from budget.refusals import ChangedMeanwhile, Posting, UnableToPost
from tests.budget.conftest import DAY, YEAR
from tests.factories import cast as c

COMMIT, SPEND = EntryKind.COMMITMENT, EntryKind.EXPENDITURE


def drafted(book, kind, *postings, day=DAY, **more):
    return draft_voucher(
        actor=book.officer, kind=kind, fiscal_year=YEAR, title="시험", occurred_on=day, postings=postings, **more
    )


def submitted(book, kind, *postings, **more):
    voucher = drafted(book, kind, *postings, **more)
    return submit_voucher(voucher.pk, actor=book.officer)


def test_an_approved_voucher_moves_its_line_and_the_sums_of_the_day(book):
    line = book.give("watch-office", 1_000)
    book.post("commitment", Posting(line, COMMIT, 600))
    book.post("expenditure", Posting(line, SPEND, 250), day=DAY + dt.timedelta(days=1))
    assert book.standing("watch-office") == (1_000, 1_000, 600, 250)
    days = LineDay.objects.filter(line=line, amount__in=["committed", "spent"]).order_by("occurred_on")
    assert list(days.values_list("amount", "won", "n")) == [("committed", 600, 1), ("spent", 250, 1)]


@pytest.mark.parametrize(
    ("kind", "entry", "won", "words"),
    [
        ("allotment", EntryKind.ALLOTMENT, 1, "배정하지 않은 예산은 0원"),
        ("commitment", COMMIT, 1_001, "남은 배정액 1,000원"),
        ("expenditure", SPEND, 1, "남은 원인행위액은 0원"),
        ("expenditure", SPEND, -1, "지출액은 0원"),
    ],
)
def test_a_line_never_gives_more_than_it_has(book, kind, entry, won, words):
    line = book.give("watch-office", 1_000)
    with pytest.raises(UnableToPost, match=words):
        book.post(kind, Posting(line, entry, won))
    assert book.standing("watch-office") == (1_000, 1_000, 0, 0)
    assert Voucher.objects.get(kind=kind, state="submitted").entries.count() == 0


def test_one_voucher_posts_all_of_its_items_or_none(book):
    first, second = book.give("watch-office", 1_000), book.give("watch-public", 10)
    with pytest.raises(UnableToPost):
        book.post("commitment", Posting(first, COMMIT, 500), Posting(second, COMMIT, 11))
    assert book.standing("watch-office")[2] == 0


def test_the_drafter_does_not_approve(book):
    line = book.give("watch-office", 1_000)
    voucher = draft_voucher(
        actor=book.finance, kind="commitment", fiscal_year=YEAR, title="x", occurred_on=DAY,
        postings=[Posting(line, COMMIT, 1)],
    )  # fmt: skip
    submit_voucher(voucher.pk, actor=book.finance)
    with pytest.raises(UnableToPost, match="기안한 사람"):
        approve_voucher(voucher.pk, actor=book.finance)


def test_a_person_with_two_memberships_does_not_approve_their_own_draft(book):
    """By the database too, whatever role the approval is made in."""
    line = book.give("watch-office", 1_000)
    as_officer = Membership.objects.create(
        user=book.finance.user, organisation=book.city, role=Role.CITY_OFFICER, starts_at=c.timezone.now()
    )
    voucher = draft_voucher(
        actor=Actor.of(as_officer), kind="commitment", fiscal_year=YEAR, title="x", occurred_on=DAY,
        postings=[Posting(line, COMMIT, 1)],
    )  # fmt: skip
    submit_voucher(voucher.pk, actor=Actor.of(as_officer))
    with pytest.raises(UnableToPost, match="기안한 사람"):
        approve_voucher(voucher.pk, actor=book.finance)
    with pytest.raises(IntegrityError, match="voucher_drafter_and_approver_differ"), transaction.atomic():
        Voucher.objects.filter(pk=voucher.pk).update(
            state="posted", approved_by=book.finance.user, approved_at=c.timezone.now()
        )


@pytest.mark.parametrize(
    ("kind", "who"), [("commitment", "disbursing"), ("expenditure", "finance"), ("budget", "second")]
)
def test_only_the_office_in_charge_approves(book, kind, who):
    line = book.give("watch-office", 1_000)
    entry = {"commitment": COMMIT, "expenditure": SPEND, "budget": EntryKind.ORIGINAL}[kind]
    voucher = submitted(book, kind, Posting(line, entry, 1))
    with pytest.raises(UnableToPost, match="만 결재할 수 있습니다"):
        approve_voucher(voucher.pk, actor=getattr(book, who))


def test_a_draft_is_changed_sent_back_and_given_up_only_by_whom_it_concerns(book):
    line = book.give("watch-office", 1_000)
    voucher = drafted(book, "commitment", Posting(line, COMMIT, 1))
    changed = change_voucher(
        voucher.pk, actor=book.officer, title="고침", occurred_on=DAY, postings=[Posting(line, COMMIT, 2)],
        document_no="A-1", expected_version=voucher.version,
    )  # fmt: skip
    assert (changed.title, changed.items.get().amount) == ("고침", 2)
    with pytest.raises(ChangedMeanwhile):
        submit_voucher(voucher.pk, actor=book.officer, expected_version=voucher.version)
    with pytest.raises(UnableToPost, match="기안한 사람만"):
        submit_voucher(voucher.pk, actor=book.second)
    submit_voucher(voucher.pk, actor=book.officer)
    with pytest.raises(UnableToPost, match="반송 사유"):
        send_back(voucher.pk, reason=" ", actor=book.finance)
    send_back(voucher.pk, reason="금액을 확인하십시오.", actor=book.finance)
    assert discard_voucher(voucher.pk, actor=book.officer).state == "discarded"
    with pytest.raises(UnableToPost, match="폐기"):
        submit_voucher(voucher.pk, actor=book.officer)


def test_a_posted_voucher_is_never_changed(book):
    line = book.give("watch-office", 1_000)
    voucher = book.post("commitment", Posting(line, COMMIT, 600))
    with pytest.raises(UnableToPost, match="기장"):
        approve_voucher(voucher.pk, actor=book.finance)
    for attempt in (
        lambda: Voucher.objects.filter(pk=voucher.pk).update(title="x"),
        lambda: voucher.items.update(amount=1),
        lambda: voucher.entries.update(amount=1),
        lambda: voucher.entries.all().delete(),
        lambda: BudgetLine.objects.filter(pk=line.pk).update(committed=0),
        lambda: LineDay.objects.filter(line=line).update(won=0),
    ):
        with (
            pytest.raises(Exception, match=r"append_only|Cannot|is no draft|by entries only|append-only"),
            transaction.atomic(),
        ):
            attempt()


def test_a_correction_takes_a_voucher_back_once(book):
    line = book.give("watch-office", 1_000)
    wrong = book.post("commitment", Posting(line, COMMIT, 600))
    correction = reverse_voucher(wrong.pk, reason="금액이 틀림", occurred_on=DAY, actor=book.officer)
    with pytest.raises(UnableToPost, match="이미 정정"):
        reverse_voucher(wrong.pk, reason="또", occurred_on=DAY, actor=book.officer)
    submit_voucher(correction.pk, actor=book.officer)
    approve_voucher(correction.pk, actor=book.finance)
    assert book.standing("watch-office") == (1_000, 1_000, 0, 0)
    assert correction.entries.get().reverses == wrong.entries.get()


def test_closed_books_take_nothing(book):
    line = book.give("watch-office", 1_000)
    Closing.objects.create(organisation=book.city, fiscal_year=YEAR, month=4, closed_by=book.finance.user)
    with pytest.raises(UnableToPost, match="마감"):
        book.post("commitment", Posting(line, COMMIT, 1), day=dt.date(YEAR, 4, 30))
    book.post("commitment", Posting(line, COMMIT, 1), day=dt.date(YEAR, 5, 1))
    Closing.objects.create(organisation=book.city, fiscal_year=YEAR, closed_by=book.finance.user)
    with pytest.raises(UnableToPost, match="마감"):
        book.post("commitment", Posting(line, COMMIT, 1), day=dt.date(YEAR, 5, 1))


@pytest.mark.parametrize("day", [dt.date(YEAR - 1, 12, 31), dt.date(YEAR + 1, 2, 11)])
def test_a_day_outside_the_fiscal_year_is_refused(book, day):
    line = book.give("watch-office", 1_000)
    with pytest.raises(UnableToPost, match="회계연도 안"):
        book.post("commitment", Posting(line, COMMIT, 1), day=day)


def test_an_event_posts_once_whatever_is_retried(book):
    line = book.give("watch-office", 1_000)
    asked = {
        "reference": "claim:1", "kind": "execution", "fiscal_year": YEAR, "title": "청구", "occurred_on": DAY,
        "postings": [Posting(line, SPEND, 89), Posting(line, COMMIT, 89)], "drafted_as": book.officer.membership,
        "approved_as": book.finance.membership, "organisation": book.city,
    }  # fmt: skip
    assert post_by_event(**asked) == post_by_event(**asked)
    assert book.standing("watch-office")[2:] == (89, 89)
    assert Entry.objects.filter(voucher__reference="claim:1").count() == 2


def test_another_holders_line_and_year_are_refused(book):
    with pytest.raises(UnableToPost, match="다른 기관"):
        drafted(book, "commitment", Posting(book.lines["district-guard"], COMMIT, 1))
    with pytest.raises(UnableToPost, match="다른 회계연도"):
        draft_voucher(
            actor=book.officer, kind="commitment", fiscal_year=YEAR - 1, title="x", occurred_on=DAY,
            postings=[Posting(book.lines["watch-office"], COMMIT, 1)],
        )  # fmt: skip
    with pytest.raises(UnableToPost, match="기장할 수 없는 항목"):
        drafted(book, "commitment", Posting(book.lines["watch-office"], SPEND, 1))


def test_a_re_allotment_moves_budget_and_allotment_to_another_holder(book):
    mine, theirs = book.give("guard-grant", 1_000), book.lines["district-guard"]
    with pytest.raises(UnableToPost, match="합이 0원"):
        drafted(book, "re_allotment", Posting(mine, EntryKind.RE_ALLOTMENT, -400))
    book.post(
        "re_allotment", Posting(mine, EntryKind.RE_ALLOTMENT, -400), Posting(theirs, EntryKind.RE_ALLOTMENT, 400)
    )
    assert (book.standing("guard-grant"), book.standing("district-guard")) == ((600, 600, 0, 0), (400, 400, 0, 0))
