"""A transfer on its pages: what the law says beforehand, then draft, review, approval, posting, report, correction."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from budget.models import Transfer
from tests.budget.conftest import DAY, YEAR
from tests.programs.signed_in import client_of


@pytest.fixture
def officer(book):
    for name in ("watch-office", "watch-pay", "basic-office"):
        book.give(name, 1_000_000, allotted=0)
    return client_of(book.officer)


@pytest.fixture
def second(book):
    return client_of(book.second)


@pytest.fixture
def finance(book):
    return client_of(book.finance)


def sent(book, *moves, act="preview", **more):
    data = {"title": "운영 방식 변경", "reason": "위탁에서 직접 운영으로", "act": act, "moves-TOTAL_FORMS": "3",
            "moves-INITIAL_FORMS": "0"} | more  # fmt: skip
    for n, (source, target, won) in enumerate(moves):
        data |= {
            f"moves-{n}-source": book.lines[source].pk, f"moves-{n}-target": book.lines[target].pk,
            f"moves-{n}-amount": won,
        }  # fmt: skip
    return data


def new(client, book, *moves, **more):
    return client.post(reverse("budget:transfer_new") + f"?year={YEAR}", sent(book, *moves, **more))


def act(client, transfer, name, **data):
    return client.post(reverse("budget:transfer_act", args=[transfer.pk, name]), data, follow=True)


def drafted(client, book, *moves, **more):
    assert new(client, book, *moves, act="submit", **more).status_code == 302
    return Transfer.objects.latest("pk")


SEED = (("watch-office", "watch-pay", "345,000"), ("watch-office", "watch-public", "4,800"))


def test_the_law_names_each_move_before_anything_is_kept(book, officer):
    response = new(officer, book, *SEED)
    page = response.content.decode()
    preview = response.context["preview"]
    assert [one.kind for one in preview.moves] == ["전용", "변경사용"]
    assert "제49조 제1항" in page
    assert not preview.is_refused
    table = {(c.detailed.code, c.code.pk): (c.before, c.increase, c.decrease, c.after) for c in preview.table}
    assert table == {
        ("tailored", "101-04"): (1_000_000, 345_000, 0, 1_345_000),
        ("tailored", "201-01"): (1_000_000, 0, 349_800, 650_200),
        ("tailored", "201-02"): (0, 4_800, 0, 4_800),
    }
    assert not Transfer.objects.exists()


@pytest.mark.parametrize(
    ("move", "words"),
    [
        (("watch-pay", "watch-office", 1), "인건비에서는 전용할 수 없습니다(지방재정법 시행령 제55조)"),
        (("watch-office", "watch-events", 1), "업무추진비로는 전용할 수 없습니다(지방재정법 시행령 제55조)"),
        (("watch-office", "basic-office", 1), "의회의 의결을 받아야 합니다(지방재정법 제47조의2 제1항)"),
        (("watch-office", "watch-office", 1), "같은 과목으로는"),
        (("watch-office", "watch-public", 1_000_001), "배정하지 않은 예산 1,000,000원까지"),
    ],
)
def test_what_is_not_allowed_is_said_beforehand_with_its_article(book, officer, move, words):
    assert words in new(officer, book, move).content.decode()
    assert not Transfer.objects.exists()


def test_a_refused_transfer_is_not_kept_and_says_so_at_the_form(book, officer):
    response = new(officer, book, ("watch-pay", "watch-office", 1), act="save")
    assert response.status_code == 200
    assert "error-summary" in response.content.decode()
    assert not Transfer.objects.exists()


def test_with_a_vote_or_a_reorganisation_more_is_allowed(book, officer):
    across = ("watch-office", "basic-office", 10)
    voted = new(officer, book, across, council_vote_on=f"{DAY}").context["preview"]
    assert (voted.moves[0].kind, voted.is_refused) == ("이용", False)
    moved = new(officer, book, across, is_reorganisation="on", reorganisation="조례 개정").context["preview"]
    assert (moved.moves[0].kind, moved.is_refused) == ("이체", False)


def test_more_rows_keep_what_was_typed(book, officer):
    page = new(officer, book, SEED[0], act="more").content.decode()
    assert 'value="345,000"' in page
    assert 'name="moves-4-amount"' in page


def test_from_draft_to_the_report_to_the_council(book, officer, second, finance):
    transfer = drafted(officer, book, *SEED)
    assert "처리할 전용" in second.get(reverse("budget:waiting")).content.decode()
    act(second, transfer, "review")
    act(finance, transfer, "approve")
    page = act(finance, transfer, "post", posted_on=f"{DAY}").content.decode()
    assert "장부에 기장하였습니다" in page
    assert book.standing("watch-pay")[0] == 1_345_000
    table = officer.get(reverse("budget:transfer", args=[transfer.pk])).context["preview"].table
    assert {c.code.pk: (c.before, c.after) for c in table} == {
        "101-04": (1_000_000, 1_345_000), "201-01": (1_000_000, 650_200), "201-02": (0, 4_800),
    }  # fmt: skip
    due = officer.get(reverse("budget:transfers_due")).content.decode()
    assert transfer.document_no in due
    assert "의회에 보고할 전용" in officer.get(reverse("budget:waiting")).content.decode()
    page = act(officer, transfer, "report", reported_on="", reported_in="").content.decode()
    assert "의회 보고일" in page
    act(officer, transfer, "report", reported_on=f"{DAY}", reported_in="1분기 예산전용 보고")
    transfer.refresh_from_db()
    assert transfer.state == "reported"
    assert transfer.document_no not in officer.get(reverse("budget:transfers_due")).content.decode()


def test_the_overdue_come_first(book, officer, second, finance):
    days = (dt.date(YEAR, 1, 5), dt.date(YEAR, 5, 5))
    for day in reversed(days):
        transfer = drafted(officer, book, ("watch-office", "watch-public", 10))
        act(second, transfer, "review")
        act(finance, transfer, "approve")
        act(finance, transfer, "post", posted_on=f"{day}")
    rows = officer.get(reverse("budget:transfers_due")).context["rows"]
    assert [row.report_due_on for row in rows] == [dt.date(YEAR, 4, 30), dt.date(YEAR, 7, 31)]
    assert timezone.localdate() > rows[0].report_due_on


def test_sent_back_changed_and_sent_again(book, officer, second):
    transfer = drafted(officer, book, SEED[0])
    page = act(second, transfer, "send-back", reason="").content.decode()
    assert "반송 사유를 적으십시오" in page
    act(second, transfer, "send-back", reason="금액을 다시 보십시오")
    assert "금액을 다시 보십시오" in officer.get(reverse("budget:transfer", args=[transfer.pk])).content.decode()
    edit = reverse("budget:transfer_edit", args=[transfer.pk])
    assert "345000" in officer.get(edit).content.decode()
    transfer.refresh_from_db()
    changed = sent(book, ("watch-office", "watch-pay", "300"), act="submit", version=str(transfer.version))
    assert officer.post(edit, changed).status_code == 302
    transfer.refresh_from_db()
    assert (transfer.state, transfer.moves.get().amount) == ("submitted", 300)
    assert second.get(edit).status_code == 302


def test_an_erroneous_posting_is_taken_back(book, officer, second, finance):
    transfer = drafted(officer, book, SEED[0])
    act(second, transfer, "review")
    act(finance, transfer, "approve")
    act(finance, transfer, "post", posted_on=f"{DAY}")
    url = reverse("budget:transfer_correct", args=[transfer.pk])
    assert "정정 사유" in officer.post(url, {"reason": ""}, follow=True).content.decode()
    page = officer.post(url, {"reason": "과목을 잘못 봄"}, follow=True).content.decode()
    assert "과목을 제한하는 규칙은 적용하지 않습니다" in page
    back = Transfer.objects.get(corrects=transfer)
    act(officer, back, "submit")
    act(second, back, "review")
    act(finance, back, "approve")
    act(finance, back, "post", posted_on=f"{DAY}")
    assert book.standing("watch-pay")[0] == 1_000_000


def test_the_list_asks_a_fixed_number_of_times(book, officer, django_assert_max_num_queries):
    for _ in range(6):
        drafted(officer, book, ("watch-office", "watch-public", 10))
    with django_assert_max_num_queries(14):
        page = officer.get(reverse("budget:transfers"), {"year": YEAR, "state": "submitted"})
    assert len(page.context["rows"]) == 6
