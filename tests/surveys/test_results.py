"""Results: counted right, by question, district and month; and never of so few that one could tell who answered."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.clock import SEOUL
from notifications.models import Message
from surveys.models import Invitation
from surveys.results import overview, results, satisfaction
from surveys.seed import SeedResponse, seed_responses
from tests.factories import cast as c
from tests.surveys.conftest import make_survey

YEAR = {"since": dt.date(2026, 1, 1), "until": dt.date(2026, 12, 31)}


def response(n: int, *values: int, district: str = c.DONGJAK, day: dt.date = dt.date(2026, 3, 2), **more):
    sent = dt.datetime.combine(day, dt.time(18), tzinfo=SEOUL)
    answered = sent + dt.timedelta(hours=1) if values else None
    return SeedResponse(
        about=f"trip:{n}", district_id=district, occurred_on=day, sent_at=sent, answered_at=answered, values=values,
        **more,
    )  # fmt: skip


def test_it_counts_invitations_answers_means_and_shares(surveyed):
    rows = [response(1, 5, 5, 1, 1), response(2, 4, 3, 2, 0), response(3, 4, 4, 2, 1), response(4)]
    seed_responses("escort", rows)
    found = results("escort", by="question", **YEAR)
    assert (found.total.invited, found.total.answered, found.total.response_rate) == (4, 3, Decimal("75.0"))
    first, second, third, last = [line.overall for line in found.lines]
    assert (first.mean, first.satisfied) == (Decimal("4.3"), Decimal("100.0"))
    assert (second.mean, second.satisfied) == (Decimal("4.0"), Decimal("66.7"))
    assert (third.mean, third.satisfied) == (Decimal("1.7"), Decimal("0.0"))
    assert (last.mean, last.satisfied) == (None, Decimal("66.7"))
    assert found.total.overall.satisfied == Decimal("55.6")  # 5 of 9 answers on scales
    assert satisfaction("escort", **YEAR).value == Decimal("55.6")
    assert satisfaction("escort", **YEAR).answered == 3


def test_fewer_than_min_shown_answers_are_hidden(surveyed):
    seed_responses("escort", [response(n, 5, 5, 5, 1) for n in range(3)])
    seed_responses("escort", [response(n, 1, 1, 1, 0, district=c.GWANAK) for n in range(10, 12)])
    dongjak, gwanak = results("escort", by="district", **YEAR).lines
    assert (dongjak.key, dongjak.overall.satisfied, dongjak.hidden) == (c.DONGJAK, Decimal("100.0"), False)
    assert (gwanak.key, gwanak.answered, gwanak.hidden) == (c.GWANAK, 2, True)
    assert {(m.mean, m.satisfied) for m in gwanak.questions.values()} == {(None, None)}
    assert satisfaction("escort", district=c.GWANAK, **YEAR).value is None


def test_it_goes_by_the_month_of_the_service_within_both_days(surveyed):
    days = [dt.date(2025, 12, 31), dt.date(2026, 1, 1), dt.date(2026, 1, 31), dt.date(2026, 2, 1), dt.date(2027, 1, 1)]
    seed_responses("escort", [response(n, 5, 5, 5, 1, day=day) for n, day in enumerate(days)])
    lines = results("escort", by="month", **YEAR).lines
    assert [(line.key, line.invited) for line in lines] == [(dt.date(2026, 1, 1), 2), (dt.date(2026, 2, 1), 1)]
    assert lines[0].label == "2026년 1월"


def test_nothing_sent_is_nothing_found(surveyed):
    for by in ("question", "district", "month"):
        found = results("escort", by=by, **YEAR)
        assert (found.total.invited, found.total.response_rate, found.total.overall.satisfied) == (0, None, None)


def test_whoever_was_not_asked_counts_as_no_invitation(surveyed):
    Invitation.objects.create(
        survey=surveyed.survey, about="x", unasked=True, occurred_on=dt.date(2026, 3, 3),
        expires_at=dt.datetime(2026, 4, 1, tzinfo=SEOUL),
    )  # fmt: skip
    assert results("escort", by="question", **YEAR).total.invited == 0


def test_surveys_are_kept_apart(surveyed):
    make_survey("another")
    seed_responses("escort", [response(n, 5, 5, 5, 1) for n in range(3)])
    seed_responses("another", [response(n, 1, 1, 1, 0) for n in range(4)])
    lines = overview([surveyed.survey, make_survey("third").survey])
    assert lines["escort"].overall.satisfied == Decimal("100.0")
    assert lines["third"].invited == 0
    assert results("another", by="question", **YEAR).total.overall.satisfied == Decimal("0.0")


def test_seeding_is_marked_sends_nothing_and_costs_the_same_for_a_thousand(surveyed):
    counts = []
    for rows in (
        [response(0, 5, 5, 5, 1, comment="좋다")],
        [response(n, 3, 3, 3, 0, comment="o") for n in range(1, 500)],
    ):
        with CaptureQueriesContext(connection) as caught:
            seed_responses("escort", rows)
        counts.append(len(caught))
    assert counts[1] <= counts[0] + 1  # 1,996 answers are two statements
    assert not Message.objects.exists()
    assert Invitation.objects.filter(synthetic=True).count() == 500


@pytest.mark.parametrize("by", ["question", "district", "month"])
def test_results_are_a_few_statements(surveyed, by, django_assert_max_num_queries):
    seed_responses("escort", [response(n, 5, 4, 3, 1, day=dt.date(2026, 1 + n % 12, 1)) for n in range(60)])
    with django_assert_max_num_queries(7):
        results("escort", by=by, **YEAR)


class TestAgainstCountingByHand(TestCase):
    """The numbers are those somebody would reckon from the papers on a desk."""

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.tuples(st.sampled_from([c.DONGJAK, c.GWANAK]), st.lists(st.integers(1, 5), min_size=3, max_size=3)), max_size=12))  # fmt: skip  # noqa: E501
    def test_shares_and_means_are_right(self, papers):
        make_survey("by-hand")
        seed_responses("by-hand", [response(n, *v, 1, district=d) for n, (d, v) in enumerate(papers)])
        lines = {line.key: line for line in results("by-hand", by="district", **YEAR).lines}
        people = Counter(district for district, _values in papers)
        assert {key: line.answered for key, line in lines.items()} == dict(people)
        for key, line in lines.items():
            values = [value for district, given in papers if district == key for value in given]
            if people[key] < 3:
                assert line.overall.satisfied is None
            else:
                assert abs(line.overall.mean - Decimal(sum(values)) / len(values)) <= Decimal("0.05")
                share = Decimal(100 * sum(value >= 4 for value in values)) / len(values)
                assert abs(line.overall.satisfied - share) <= Decimal("0.05")
