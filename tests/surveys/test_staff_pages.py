"""Results for the city and for whom a programme lets read; comments and words for the city alone."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccessLog
from accounts.roles import Role
from surveys import access
from surveys.models import Comment, Survey
from surveys.moderation import UnableToModerate, moderate
from surveys.seed import seed_responses
from tests.factories import cast as c
from tests.programs.signed_in import client_of
from tests.surveys.test_results import response

TODAY = timezone.localdate()
DAY = TODAY.replace(day=1)


@pytest.fixture
def city(cast):
    return client_of(cast.city)


@pytest.fixture
def answered(surveyed):
    seed_responses("escort", [response(n, 5, 4, 4, 1, day=DAY, comment=f"의견 {n}") for n in range(4)])
    seed_responses("escort", [response(9, 1, 1, 1, 0, day=DAY, district=c.GWANAK)])
    return surveyed


@pytest.fixture
def readers(monkeypatch):
    monkeypatch.setattr(access, "_readers", {})
    monkeypatch.setattr("accounts.navigation._items", [])


def page(client, name="survey", *args, **query):
    return client.get(reverse(f"surveys:{name}", args=args or ["escort"]), query)


def test_the_list_shows_what_each_survey_found(city, answered):
    text = city.get(reverse("surveys:index")).content.decode()
    assert "병원 동행 조사" in text
    assert "80.0%" in text  # 12 of 15 answers
    assert reverse("surveys:comments", args=["escort"]) in text


def test_results_by_question_district_and_month(city, answered):
    text = page(city).content.decode()
    assert "편리했다" in text
    assert f"{DAY.year}년 {DAY.month}월" in text
    assert "동작구" in text
    assert ">100<" in text  # Dongjak-gu's tile
    assert "답이 3건보다 적은 칸은" in text


def test_what_few_answered_is_not_shown_even_when_asked_for_alone(city, answered):
    text = page(city, district=c.GWANAK).content.decode()
    assert "0.0%" not in text.replace("100.0%", "")
    assert "1.0" not in text.split("<main", 1)[1]


def test_nothing_says_about_whom_a_survey_was(city, answered):
    moderate(Comment.objects.first().pk, publish=True, actor=c.Actor.of(c.member(Role.CITY_OFFICER)))
    for name in ("survey", "comments"):
        assert "trip:" not in page(city, name).content.decode()


def test_months_are_chosen_whole_and_wrong_ones_are_refused(city, answered):
    assert page(city, since=f"{DAY:%Y-%m}", until=f"{DAY:%Y-%m}").status_code == 200
    assert page(city, since=f"{TODAY:%Y-%m-%d}").status_code == 422
    assert page(city, since="2021-01").status_code == 422
    assert page(city, district="nowhere").status_code == 422


def test_months_in_the_wrong_order_are_refused(city, surveyed):
    seed_responses("escort", [response(1, 5, 5, 5, 1, day=DAY - dt.timedelta(days=40))])
    before = (DAY - dt.timedelta(days=1)).replace(day=1)
    found = page(city, since=f"{DAY:%Y-%m}", until=f"{before:%Y-%m}")
    assert found.status_code == 422
    assert "시작하는 달이 끝나는 달보다 늦습니다" in found.content.decode()


def test_the_page_costs_a_few_statements_whatever_the_answers(city, answered, django_assert_max_num_queries):
    seed_responses("escort", [response(100 + n, 5, 4, 4, 1, day=DAY) for n in range(200)])
    with django_assert_max_num_queries(40):
        page(city)


def test_the_file_holds_the_same_numbers(city, answered):
    found = page(city, "download")
    assert found.headers["Content-Disposition"].startswith("attachment")
    rows = list(openpyxl.load_workbook(io.BytesIO(found.content)).worksheets[0].iter_rows(values_only=True))
    assert rows[0] == ("구분", "이름", "보낸 조사", "받은 답", "응답률(%)", "평균(5점)", "만족(%)")
    assert rows[1] == ("전체", "전체", 5, 5, 100, 3.7, 80)
    assert ("자치구", "관악구", 1, 1, 100, "–", "–") in rows
    assert ("자치구", "동작구", 4, 4, 100, 4.3, 100) in rows


def test_a_role_reads_the_surveys_it_was_let_read_and_only_published_comments(cast, answered, readers, client):
    from tests.surveys.conftest import make_survey

    make_survey("another")
    reader = client_of(cast.actor(Role.COMPANY_STAFF))
    assert reader.get(reverse("surveys:index")).status_code == 403
    access.let_read("escort", Role.COMPANY_STAFF)
    listed = reader.get(reverse("surveys:index")).content.decode()
    assert reverse("surveys:survey", args=["escort"]) in listed
    assert reverse("surveys:survey", args=["another"]) not in listed
    assert page(reader, "survey", "another").status_code == 404
    assert page(reader, "download", "another").status_code == 404
    first, second = Comment.objects.order_by("pk")[:2]
    moderate(first.pk, publish=True, actor=cast.city)
    moderate(second.pk, publish=False, reason="abusive", actor=cast.city)
    text = page(reader).content.decode()
    assert [f"의견 {n}" in text for n in range(4)] == [True, False, False, False]
    for name in ("comments", "edit"):
        assert page(reader, name).status_code == 403
    assert "만족도 조사" in text.split("<main")[0]  # in its menu


def test_comments_wait_are_published_and_are_shown_beside_the_results(city, answered):
    waiting = page(city, "comments").content.decode()
    assert [f"의견 {n}" in waiting for n in range(4)] == [True] * 4
    assert AccessLog.objects.filter(about="survey-comments", action="list").get().count == 4
    comment = Comment.objects.order_by("pk").first()
    assert comment.text not in page(city).content.decode()
    url = reverse("surveys:moderate", args=["escort", comment.pk])
    assert city.post(url, {"act": "publish"}).status_code == 302
    assert comment.text in page(city).content.decode()
    assert comment.text not in page(city, "comments").content.decode()
    assert comment.text in page(city, "comments", state="published").content.decode()


def test_hiding_a_comment_needs_its_reason_and_may_be_undone(city, answered):
    comment = Comment.objects.order_by("pk").first()
    url = reverse("surveys:moderate", args=["escort", comment.pk])
    refused = city.post(url, {"act": "hide"})
    assert refused.status_code == 422
    assert "비공개 사유를 고르십시오." in refused.content.decode()
    assert city.post(url, {"act": "hide", "reason": "personal"}).status_code == 302
    comment.refresh_from_db()
    assert (comment.state, comment.reason) == ("hidden", "personal")
    city.post(url, {"act": "publish"})
    comment.refresh_from_db()
    assert (comment.state, comment.reason) == ("published", "")


def test_only_the_city_moderates(cast, answered):
    with pytest.raises(UnableToModerate):
        moderate(Comment.objects.first().pk, publish=True, actor=cast.officer)
    with pytest.raises(UnableToModerate):
        moderate(Comment.objects.first().pk, publish=False, actor=cast.city)


def test_a_comment_of_another_survey_is_not_there(city, answered):
    Survey.objects.create(code="other", programme="x", title="다른", title_en="Other", intro="a", intro_en="a")
    assert city.post(reverse("surveys:moderate", args=["other", Comment.objects.first().pk])).status_code == 404


def edited(**changes):
    texts = {"title": "새 제목", "title_en": "New", "intro": "안내", "intro_en": "Intro"}
    return texts | {"valid_days": 10, "min_shown": 5, "active": "on"} | changes


def test_words_and_questions_are_edited_until_it_was_sent(city, surveyed):
    questions = {
        "q0-text": "새 문항", "q0-text_en": "New", "q0-kind": "scale",
        "q3-text": "또?", "q3-text_en": "Again?", "q3-kind": "yes_no",
    }  # fmt: skip
    assert page(city, "edit").status_code == 200
    assert city.post(reverse("surveys:edit", args=["escort"]), edited(**questions)).status_code == 302
    survey = Survey.objects.get()
    assert (survey.title, survey.valid_days) == ("새 제목", 10)
    assert list(survey.questions.order_by("sort").values_list("text", "kind")) == [
        ("새 문항", "scale"),
        ("또?", "yes_no"),
    ]


@pytest.mark.parametrize("wrong", [{"valid_days": 0}, {"min_shown": 2}, {"q0-text": "한국어만"}, {"title_en": ""}, {}])
def test_wrong_words_come_back_and_nothing_is_changed(city, surveyed, wrong):
    response = city.post(reverse("surveys:edit", args=["escort"]), edited(**wrong))  # without questions in the last
    assert response.status_code == 422
    assert Survey.objects.get().title == "병원 동행 조사"
    assert surveyed.survey.questions.count() == 4


def test_once_sent_only_the_words_are_edited(city, surveyed):
    surveyed.invite()
    assert "이미 보낸 조사라 문항을 고칠 수 없습니다" in page(city, "edit").content.decode()
    data = edited(**{"q0-text": "바꾼 문항", "q0-text_en": "Changed", "q0-kind": "scale"})
    city.post(reverse("surveys:edit", args=["escort"]), data)
    assert Survey.objects.get().title == "새 제목"
    assert surveyed.survey.questions.first().text == "편리했다"


def test_a_survey_that_is_sent_while_its_questions_are_edited_keeps_them(cast, surveyed):
    from surveys.editing import UnableToEdit, edit_survey

    surveyed.invite()
    question = [{"kind": "scale", "text": "늦은 문항", "text_en": "Late"}]
    with pytest.raises(UnableToEdit, match="문항을 고칠 수 없습니다"):
        edit_survey("escort", values={"title": "반만 고침"}, questions=question, actor=cast.city)
    assert Survey.objects.get().title == "병원 동행 조사"
