"""Grants from application to settlement on their pages; advances; closing the books."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Actor, Role
from budget.models import Closing, EntryKind, Grant
from budget.payments import pay_advance
from budget.posting import post_by_event
from budget.refusals import Posting
from tests.budget.conftest import DAY, YEAR
from tests.factories import cast as c
from tests.programs.signed_in import client_of

COMMIT, SPEND = EntryKind.COMMITMENT, EntryKind.EXPENDITURE


@pytest.fixture
def dongjak(book):
    return Actor.of(c.member(Role.DISTRICT_OFFICER, c.DONGJAK))


@pytest.fixture
def people(book, dongjak):
    return {
        "district": client_of(dongjak), "city": client_of(book.officer), "finance": client_of(book.finance),
        "disbursing": client_of(book.disbursing),
    }  # fmt: skip


def applied(book, people):
    book.give("guard-grant", 1_000)
    answer = people["district"].post(
        reverse("budget:grant_apply") + f"?year={YEAR}",
        {"city_line": book.lines["guard-grant"].pk, "district_line": book.lines["district-guard"].pk,
         "amount": "800", "applied_on": f"{DAY}", "plan": "150가구 설치"},
    )  # fmt: skip
    assert answer.status_code == 302, answer.content.decode()
    return Grant.objects.get()


def act(client, grant, name, **data):
    return client.post(reverse("budget:grant_act", args=[grant.pk, name]), data, follow=True)


def page(client, grant):
    return client.get(reverse("budget:grant", args=[grant.pk])).content.decode()


def test_a_grant_from_application_to_settlement(book, people, dongjak):
    grant = applied(book, people)
    assert "처리할 보조금" in people["city"].get(reverse("budget:waiting")).content.decode()
    assert "장부에 기장하는 것은 없습니다" in page(people["city"], grant)
    act(people["city"], grant, "decide", amount="800", decided_on=f"{DAY}", conditions="목적 외 사용 금지")
    assert "지출원인행위와 지출에 교부액만큼" in page(people["finance"], grant)
    assert "지출원인행위와 지출에 교부액만큼" not in page(people["district"], grant)
    act(people["finance"], grant, "disburse", amount="500", disbursed_on=f"{DAY}")
    answer = act(people["finance"], grant, "disburse", amount="301", disbursed_on=f"{DAY}")
    assert "300원" in answer.content.decode()
    act(people["finance"], grant, "disburse", amount="300", disbursed_on=f"{DAY}")
    post_by_event(
        reference="claim", kind="execution", fiscal_year=YEAR, title="청구", occurred_on=DAY,
        postings=[Posting(book.lines["district-guard"], kind, 287) for kind in (COMMIT, SPEND)],
        drafted_as=dongjak.membership, approved_as=c.member(Role.DISTRICT_MANAGER, c.DONGJAK),
        organisation=book.district,
    )  # fmt: skip
    listed = people["city"].get(reverse("budget:grants"), {"year": YEAR}).content.decode()
    assert "100.0%" in listed
    assert "35.9%" in listed
    act(people["district"], grant, "report", reported_on=f"{DAY}", report="설치 34가구")
    act(people["city"], grant, "fix", amount="287", fixed_on=f"{DAY}")
    assert "513원 줄입니다" in page(people["finance"], grant)
    act(people["finance"], grant, "return", returned_on=f"{DAY}")
    grant.refresh_from_db()
    assert (grant.state, grant.returned_amount) == ("settled", 513)
    assert book.standing("district-guard") == (287, 287, 287, 287)


def test_a_step_that_is_wrongly_filled_in_comes_back_with_its_errors(book, people):
    grant = applied(book, people)
    answer = act(people["city"], grant, "decide", amount="", decided_on="")
    assert answer.status_code == 422
    assert "error-summary" in answer.content.decode()
    assert act(people["city"], grant, "burn").status_code == 404
    answer = act(people["district"], grant, "decide", amount="800", decided_on=f"{DAY}")
    assert "할 수 없는 처리" in answer.content.decode()


def test_a_neighbour_finds_none_of_it(book, people):
    grant = applied(book, people)
    neighbour = client_of(Actor.of(c.member(Role.DISTRICT_OFFICER, c.GWANAK)))
    assert neighbour.get(reverse("budget:grant", args=[grant.pk])).status_code == 404
    assert neighbour.get(reverse("budget:grants")).context["groups"] == []


def test_the_list_asks_a_fixed_number_of_times(book, people, django_assert_max_num_queries):
    applied(book, people)
    with django_assert_max_num_queries(13):
        people["city"].get(reverse("budget:grants"))


# --- Advances -----------------------------------------------------------------------------
@pytest.fixture
def advance(book):
    line = book.give("watch-office", 1_000)
    book.post("commitment", Posting(line, COMMIT, 700))
    return pay_advance(
        line=line, amount=600, payee="수행기관", purpose="동행 준비", paid_on=DAY, reference="escort:1",
        due_on=timezone.localdate() - dt.timedelta(days=2), drafted_as=book.officer.membership,
        approved_as=book.disbursing.membership,
    )  # fmt: skip


def test_an_overdue_advance_is_settled_by_the_disbursing_officer(book, people, advance):
    listed = people["disbursing"].get(reverse("budget:advances")).content.decode()
    assert "D+2" in listed
    assert "수행기관" not in listed
    url = reverse("budget:advance_settle", args=[advance.pk])
    assert people["finance"].get(url).status_code == 403
    colleague = book.officer.membership.pk
    assert "정산서를 낸 담당자" in people["disbursing"].get(url).content.decode()
    people["disbursing"].post(url, {"actual_cost": "450", "settled_on": f"{DAY}", "drafted_by": colleague})
    assert book.standing("watch-office")[2:] == (550, 450)
    assert "동행 준비" in people["disbursing"].get(reverse("budget:advances"), {"state": "settled"}).content.decode()
    again = people["disbursing"].post(url, {"actual_cost": "1", "settled_on": f"{DAY}", "drafted_by": colleague})
    assert "이미 정산한 선금입니다" in again.content.decode()


# --- Closing ------------------------------------------------------------------------------
def close(client, year, month, **more):
    return client.post(reverse("budget:closing"), {"fiscal_year": year, "month": month, **more}, follow=True)


def test_a_month_is_closed_once_knowingly_and_for_ever(book, people):
    book.give("watch-office", 1_000)
    asked = close(people["finance"], YEAR, 3).content.decode()
    assert "되돌릴 수 없다는 것을 확인하십시오" in asked
    assert not Closing.objects.exists()
    assert "마감하였습니다" in close(people["finance"], YEAR, 3, understood="on").content.decode()
    assert "이미 마감하였습니다" in close(people["finance"], YEAR, 3, understood="on").content.decode()
    assert Closing.objects.get().month == 3


def test_only_the_finance_officer_closes_what_is_over(book, people):
    this_month = timezone.localdate().month
    answer = close(people["finance"], timezone.localdate().year, this_month, understood="on")
    assert not Closing.objects.exists(), answer.content.decode()
    assert "재무관만" in close(people["city"], YEAR, 3, understood="on").content.decode()
    assert not Closing.objects.exists()
