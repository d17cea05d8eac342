"""전용, 변경사용, 이용, 이체: what the law allows, refused by the page's rules and by the database alike."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from accounts.roles import Role
from budget import transfers as t
from budget.models import BudgetLine, Transfer, TransferMove
from budget.refusals import ChangedMeanwhile, UnableToPost
from budget.transfer_rules import LINE_WITH_TREE, Move
from tests.budget.conftest import DAY, YEAR


def line(book, name):
    return BudgetLine.objects.select_related(*LINE_WITH_TREE).get(pk=book.lines[name].pk)


def move(book, source, target, won, **more):
    return Move(line(book, source), line(book, target), won, **more)


def drafted(book, *moves, **more):
    return t.draft_transfer(
        actor=book.officer, fiscal_year=YEAR, title="전용", reason="운영 방식 변경", moves=moves, **more
    )


def approved(book, transfer):
    t.submit_transfer(transfer.pk, actor=book.officer)
    t.review_transfer(transfer.pk, actor=book.second)
    return t.approve_transfer(transfer.pk, actor=book.finance)


def posted(book, *moves, day=DAY, **more):
    return t.post_transfer(approved(book, drafted(book, *moves, **more)).pk, posted_on=day, actor=book.finance)


@pytest.fixture(autouse=True)
def _budget(book):
    for name in ("watch-office", "guard-office", "watch-pay", "guard-loan", "basic-office"):
        book.give(name, 1_000, allotted=0)


def test_one_document_mixes_a_transfer_and_a_change_of_code(book):
    transfer = posted(
        book, move(book, "watch-office", "watch-pay", 345), move(book, "watch-office", "watch-public", 4)
    )
    assert set(transfer.moves.values_list("kind", "amount")) == {("budget_transfer", 345), ("object_code_change", 4)}
    assert [book.standing(n)[0] for n in ("watch-office", "watch-pay", "watch-public")] == [651, 1_345, 4]
    assert sum(transfer.voucher.entries.values_list("amount", flat=True)) == 0
    assert (transfer.state, transfer.report_due_on) == ("posted", dt.date(YEAR, 4, 30))


@pytest.mark.parametrize(
    ("source", "target", "words"),
    [
        ("watch-pay", "watch-office", "인건비에서는.*시행령 제55조"),
        ("guard-loan", "guard-office", "상환금에서는.*시행령 제55조"),
        ("watch-office", "watch-events", "업무추진비로는.*시행령 제55조"),
        ("watch-office", "basic-office", "의회의 의결.*제47조의2 제1항"),
        ("watch-office", "centre-office", "계상되지 않은 사업.*제49조 제2항"),
        ("watch-office", "watch-office", "같은 과목"),
        ("watch-office", "district-guard", "한 기관"),
    ],
)
def test_a_refused_move_names_its_article(book, source, target, words):
    with pytest.raises(UnableToPost, match=words):
        drafted(book, move(book, source, target, 1))
    assert not Transfer.objects.exists()


def test_what_the_council_struck_out_gets_nothing(book):
    BudgetLine.objects.filter(pk=book.lines["guard-grant"].pk).update(cut_by_council=True)
    with pytest.raises(UnableToPost, match=r"의회가 삭감.*제49조 제2항"):
        drafted(book, move(book, "watch-office", "guard-grant", 1))


def test_between_policy_projects_only_after_the_councils_vote(book):
    across = move(book, "watch-office", "basic-office", 10)
    late = drafted(book, across, council_vote_on=DAY + dt.timedelta(days=1))
    with pytest.raises(UnableToPost, match="의결일보다 먼저"):
        t.post_transfer(approved(book, late).pk, posted_on=DAY, actor=book.finance)
    done = posted(book, across, council_vote_on=DAY)
    assert done.moves.get().kind == "inter_programme_transfer"


def test_a_reorganisation_moves_anything_but_says_by_what(book):
    moved = move(book, "watch-pay", "basic-office", 10, reorganisation=True)
    with pytest.raises(UnableToPost, match="제47조의2 제2항"):
        drafted(book, moved)
    assert posted(book, moved, reorganisation="행정기구 설치 조례 개정").moves.get().kind == "reorganisation_transfer"


def test_the_database_refuses_what_the_law_refuses(book):
    transfer = drafted(book, move(book, "watch-office", "watch-public", 1))
    for source, target, kind, constraint in (
        ("watch-pay", "watch-office", "budget_transfer", "restricted_object_class"),
        ("watch-office", "watch-events", "budget_transfer", "restricted_object_class"),
        ("watch-office", "watch-pay", "object_code_change", "move_is_what_it_is_called"),
        ("watch-office", "basic-office", "budget_transfer", "move_is_what_it_is_called"),
        ("watch-office", "district-guard", "object_code_change", "transfer_within_one_holder"),
    ):
        wrong = TransferMove(
            transfer=transfer, kind=kind, source=book.lines[source], target=book.lines[target], amount=1
        )
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            wrong.save()
        assert refused.value.__cause__.diag.constraint_name == constraint
    t.submit_transfer(transfer.pk, actor=book.officer)
    with pytest.raises(IntegrityError, match="is no draft"), transaction.atomic():
        transfer.moves.all().delete()


def test_three_people_decide(book):
    transfer = drafted(book, move(book, "watch-office", "watch-public", 1))
    with pytest.raises(UnableToPost, match="작성 중"):
        t.review_transfer(transfer.pk, actor=book.second)
    t.submit_transfer(transfer.pk, actor=book.officer)
    with pytest.raises(UnableToPost, match="기안한 사람은 검토할 수 없습니다"):
        t.review_transfer(transfer.pk, actor=book.officer)
    with pytest.raises(ChangedMeanwhile):
        t.review_transfer(transfer.pk, actor=book.second, expected_version=1)
    t.review_transfer(transfer.pk, actor=book.second)
    with pytest.raises(UnableToPost, match="할 수 없는 처리"):
        t.approve_transfer(transfer.pk, actor=book.second)
    with pytest.raises(IntegrityError, match="three_pairs"), transaction.atomic():
        Transfer.objects.filter(pk=transfer.pk).update(approved_by=book.second.user)
    back = t.send_transfer_back(transfer.pk, reason="금액을 다시 보십시오.", actor=book.finance)
    assert (back.state, back.reviewed_by, back.sent_back) == ("drafted", None, "금액을 다시 보십시오.")


def test_a_line_gives_only_what_is_not_allotted(book):
    with pytest.raises(UnableToPost, match="배정하지 않은 예산은 1,000원"):
        posted(book, move(book, "watch-office", "watch-public", 1_001))
    assert book.standing("watch-office")[0] == 1_000


def test_not_after_the_year_is_over(book):
    transfer = approved(book, drafted(book, move(book, "watch-office", "watch-public", 1)))
    with pytest.raises(UnableToPost, match="시행령 제55조"):
        t.post_transfer(transfer.pk, posted_on=dt.date(YEAR + 1, 1, 1), actor=book.finance)


def test_taking_an_erroneous_posting_back_is_exempt_from_the_rules_on_sources(book):
    wrong = posted(book, move(book, "watch-office", "watch-pay", 300))
    back = t.correct_transfer(wrong.pk, actor=book.officer, reason="잘못 기장")
    assert back.moves.get().source == book.lines["watch-pay"]
    t.post_transfer(approved(book, back).pk, posted_on=DAY, actor=book.finance)
    assert book.standing("watch-pay")[0] == 1_000
    with pytest.raises(UnableToPost, match="이미 바로잡는"):
        t.correct_transfer(wrong.pk, actor=book.officer, reason="또")


def test_it_is_reported_to_the_council_and_then_stays(book):
    transfer = posted(book, move(book, "watch-office", "watch-public", 1))
    with pytest.raises(UnableToPost, match="어느 문서"):
        t.report_transfer(transfer.pk, reported_on=DAY, reported_in="", actor=book.officer)
    done = t.report_transfer(transfer.pk, reported_on=DAY, reported_in="주요 업무보고", actor=book.officer)
    assert done.state == "reported"
    with pytest.raises(Exception, match="Cannot"), transaction.atomic():
        Transfer.objects.filter(pk=done.pk).update(title="x")


@pytest.mark.parametrize(
    ("posted_on", "due"),
    [
        ((2021, 10, 22), (2022, 1, 31)),
        ((2021, 1, 1), (2021, 4, 30)),
        ((2021, 6, 30), (2021, 7, 31)),
        ((2021, 9, 30), (2021, 10, 31)),
    ],
)
def test_the_report_is_due_at_the_end_of_the_month_after_the_quarter(posted_on, due):
    assert t.report_due(dt.date(*posted_on)) == dt.date(*due)


def test_a_neighbour_does_not_find_it(book):
    from tests.factories import cast as c  # the cast makes organisations on demand

    transfer = drafted(book, move(book, "watch-office", "watch-public", 1))
    stranger = c.Actor.of(c.member(Role.DISTRICT_MANAGER, c.GWANAK))
    with pytest.raises(Transfer.DoesNotExist):
        t.review_transfer(transfer.pk, actor=stranger)
