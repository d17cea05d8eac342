"""The page of a link: answered by whoever has it, once, and by nothing that merely looks."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from surveys import limits
from surveys.models import Answer, Comment, Invitation, OptOut
from tests.surveys.conftest import PHONE


@pytest.fixture(autouse=True)
def _nobody_asked_before(monkeypatch):
    """The cache outlives a test."""
    counts: dict[str, int] = {}

    def too_often(what: str) -> bool:
        counts[what] = counts.get(what, 0) + 1
        return counts[what] > limits.PER_MINUTE

    monkeypatch.setattr("surveys.limits.too_often", too_often)


@pytest.fixture
def url(surveyed):
    _invitation, token = surveyed.invite("trip:4711")
    return reverse("surveys:answer", args=[token])


def test_it_asks_every_question_and_says_nothing_of_whom_or_what(surveyed, url):
    response = Client().get(url)
    page = response.content.decode()
    assert response.status_code == 200
    assert [question.text in page for question in surveyed.questions] == [True] * 4
    assert len(re.findall(r'type="radio"', page)) == 17
    assert "4711" not in page
    assert PHONE not in page


def test_it_is_kept_by_no_cache_and_found_by_no_search_engine(url):
    response = Client().get(url)
    assert "no-store" in response.headers["Cache-Control"]
    assert "noindex" in response.headers["X-Robots-Tag"]
    assert response.headers["Referrer-Policy"] == "same-origin"


def test_looking_at_it_answers_nothing(surveyed, url):
    for method in ("get", "head"):
        assert getattr(Client(), method)(url, surveyed.data()).status_code == 200
    assert not Answer.objects.exists()
    assert Invitation.objects.get().answered_at is None


def test_answers_are_taken_and_thanked_for(surveyed, url):
    response = Client().post(url, surveyed.data(5, 5, 4, 0, comment=" 고맙습니다 "), follow=True)
    assert response.redirect_chain == [(reverse("surveys:thanks"), 302)]
    assert "고맙습니다" in response.content.decode()
    assert Answer.objects.count() == 4
    assert Comment.objects.get().text == "고맙습니다"


def test_a_replayed_submission_is_told_that_it_was_answered(surveyed, url):
    Client().post(url, surveyed.data())
    again = Client().post(url, surveyed.data(1, 1, 1, 0))
    assert again.status_code == 409
    assert "이미 답하셨습니다" in again.content.decode()
    assert Answer.objects.count() == 4
    assert "이미 답하셨습니다" in Client().get(url).content.decode()


def test_one_that_comes_between_looking_and_taking_is_told_too(surveyed, url, monkeypatch):
    first = Client()

    def meanwhile(*args, **kwargs):
        monkeypatch.undo()
        first.post(url, surveyed.data())
        from surveys.answering import answer

        return answer(*args, **kwargs)

    monkeypatch.setattr("surveys.views.public.take_answers", meanwhile)
    assert Client().post(url, surveyed.data()).status_code == 409
    assert Answer.objects.count() == 4


def test_a_question_without_an_answer_is_asked_again_and_the_others_are_kept(surveyed, url):
    data = surveyed.data(comment="남아 있어야 할 말")
    del data[f"q{surveyed.questions[1].pk}"]
    response = Client().post(url, data)
    page = response.content.decode()
    assert response.status_code == 422
    assert "답을 하나 골라 주십시오." in page
    assert "남아 있어야 할 말" in page
    assert page.count(" checked") == 3
    assert not Answer.objects.exists()


@pytest.mark.parametrize("comment", ["900101-1234567", "가" * 501])
def test_a_comment_with_a_resident_number_or_too_long_is_refused(surveyed, url, comment):
    assert Client().post(url, surveyed.data(comment=comment)).status_code == 422
    assert not Answer.objects.exists()


@pytest.mark.parametrize("value", ["6", "0", "x"])
def test_what_is_not_an_answer_is_refused(surveyed, url, value):
    assert Client().post(url, surveyed.data() | {f"q{surveyed.questions[0].pk}": value}).status_code == 422


def test_an_expired_link_says_so_and_takes_nothing(surveyed, expired):
    url = reverse("surveys:answer", args=[expired])
    for response in (Client().get(url), Client().post(url, surveyed.data())):
        assert response.status_code == 410
        assert "답할 수 있는 기간이 지났습니다" in response.content.decode()
    assert not Answer.objects.exists()


def test_a_wrong_link_says_that_it_is_wrong(url):
    response = Client().get("/s/abc/")
    assert response.status_code == 404
    assert "링크가 잘못되었습니다" in response.content.decode()
    assert Client().post("/s/abc/stop/").status_code == 404


def test_whoever_tries_links_is_soon_stopped_and_a_right_one_still_opens(url):
    answers = [Client().get(f"/s/try{n}/").status_code for n in range(limits.PER_MINUTE + 1)]
    assert set(answers[:-1]) == {404}
    assert answers[-1] == 429
    assert Client().get(url).status_code == 200


def test_one_link_is_not_opened_without_end(url):
    answers = [Client().get(url).status_code for _n in range(limits.PER_MINUTE + 1)]
    assert answers[-2:] == [200, 429]


def test_it_speaks_the_language_of_the_person_until_another_is_chosen(surveyed):
    _invitation, token = surveyed.invite(language="en", variables={"서비스": "Hospital escort"})
    url, client = reverse("surveys:answer", args=[token]), Client()
    response = client.get(url, headers={"accept-language": "ko"})
    assert "Strongly agree" in response.content.decode()
    assert response.headers["Content-Language"] == "en"
    client.post(reverse("set_language"), {"language": "ko"})
    assert "매우 그렇다" in client.get(url).content.decode()


def test_somebody_may_ask_not_to_be_asked_again(surveyed, url):
    assert "앞으로 이런 조사를 받지 않겠습니다" in Client().get(url).content.decode()
    response = Client().post(f"{url}stop/", follow=True)
    assert "보내지 않겠습니다" in response.content.decode()
    assert OptOut.objects.count() == 1
    assert surveyed.survey.invitations.count() == 1
    assert Client().get(f"{url}stop/").status_code == 405


def test_the_count_of_the_limits_is_kept_in_the_cache(monkeypatch):
    monkeypatch.undo()
    what = "test-of-the-limits"
    from django.core.cache import cache

    cache.delete(f"survey-limit:{what}")
    found = [limits.too_often(what) for _n in range(limits.PER_MINUTE + 1)]
    assert found == [False] * limits.PER_MINUTE + [True]
    cache.delete(f"survey-limit:{what}")
