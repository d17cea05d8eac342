"""Answers are taken once, whole, in time, and only to the questions of their survey: by the database."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from surveys.answering import UnableToAnswer, answer, invitation_of
from surveys.models import Answer, Comment, Invitation, Question
from tests.scratch import in_threads
from tests.surveys.conftest import make_survey


def test_answers_are_taken_with_the_comment(surveyed):
    _invitation, token = surveyed.invite()
    answer(token, values=surveyed.values(5, 4, 3, 0), comment="고맙습니다")
    assert list(Answer.objects.order_by("question__sort").values_list("value", flat=True)) == [5, 4, 3, 0]
    assert Comment.objects.get().text == "고맙습니다"
    assert Comment.objects.get().state == Comment.State.PENDING
    assert invitation_of(token).answered_at is not None


def test_a_comment_is_encrypted(surveyed):
    _invitation, token = surveyed.invite()
    answer(token, values=surveyed.values(), comment="고맙습니다")
    raw = Comment.objects.extra(select={"raw": "text"}).values_list("raw", flat=True)[0]
    assert "고맙습니다".encode() not in bytes(raw)


def test_it_is_answered_once(surveyed):
    _invitation, token = surveyed.invite()
    answer(token, values=surveyed.values())
    with pytest.raises(UnableToAnswer, match="이미 답하셨습니다"):
        answer(token, values=surveyed.values(1, 1, 1, 0))
    assert Answer.objects.filter(value=1).count() == 1  # the yes of the first
    assert Answer.objects.count() == 4


def test_of_two_submissions_at_one_moment_one_is_taken_and_the_other_told(scratch_database):
    surveyed = make_survey()
    _invitation, token = surveyed.invite()
    taken = in_threads(
        lambda n: answer(token, values=surveyed.values(n, n, n, 1), comment=f"{n}"), [1, 2, 3, 4, 5]
    )  # fmt: skip
    refused = [found for found in taken if found is not None]
    assert len(refused) == 4
    assert all(isinstance(one, UnableToAnswer) and "이미 답하셨습니다" in str(one) for one in refused)
    scales = Answer.objects.filter(question__kind="scale")
    assert scales.count() == 3
    assert scales.values("value").distinct().count() == 1  # of one submission, not of two
    assert Comment.objects.count() == 1


def test_it_is_not_answered_after_its_link_expired(surveyed, expired):
    assert invitation_of(expired).is_over
    with pytest.raises(UnableToAnswer, match="기간이 지났습니다"):
        answer(expired, values=surveyed.values())
    assert not Answer.objects.exists()


def test_part_of_the_answers_is_none(surveyed):
    _invitation, token = surveyed.invite()
    with pytest.raises(UnableToAnswer, match="모든 문항"):
        answer(token, values={surveyed.questions[0].pk: 5})
    assert not Answer.objects.exists()


def test_an_unknown_link_has_no_invitation(surveyed):
    with pytest.raises(Invitation.DoesNotExist):
        answer("x" * 43, values=surveyed.values())


@pytest.mark.parametrize(("place", "value"), [(0, 0), (0, 6), (3, 2)])
def test_a_value_is_one_of_its_question(surveyed, place, value):
    invitation, _token = surveyed.invite()
    with pytest.raises(IntegrityError), transaction.atomic():
        Answer.objects.create(invitation=invitation, question=surveyed.questions[place], value=value)


def test_an_answer_is_to_a_question_of_its_own_survey(surveyed):
    invitation, _token = surveyed.invite()
    other = make_survey("another")
    with pytest.raises(IntegrityError, match="no answer to this question"), transaction.atomic():
        Answer.objects.create(invitation=invitation, question=other.questions[0], value=5)


def test_answers_are_never_changed_and_nobody_becomes_unanswered(surveyed):
    invitation, token = surveyed.invite()
    answer(token, values=surveyed.values(), comment="처음 말")
    for change in (
        lambda: Answer.objects.update(value=1),
        lambda: Answer.objects.all().delete(),
        lambda: Invitation.objects.filter(pk=invitation.pk).update(answered_at=None),
        lambda: Invitation.objects.filter(pk=invitation.pk).update(answered_at=timezone.now()),
        lambda: Comment.objects.update(text="다른 말"),
        lambda: Comment.objects.all().delete(),
        lambda: Answer.objects.create(invitation=invitation, question=surveyed.questions[0], value=1),
    ):
        with pytest.raises(Exception, match=r"answered already|Cannot|append"), transaction.atomic():
            change()


def test_a_survey_that_was_sent_keeps_its_questions(surveyed):
    Question.objects.filter(pk=surveyed.questions[0].pk).update(text="고쳐도 되는 동안")
    surveyed.invite()
    for change in (
        lambda: Question.objects.filter(pk=surveyed.questions[0].pk).update(text="이제는 안 된다"),
        lambda: Question.objects.filter(pk=surveyed.questions[0].pk).delete(),
        lambda: Question.objects.create(survey=surveyed.survey, sort=9, text="새 문항", text_en="New"),
    ):
        with pytest.raises(IntegrityError, match="keeps its questions"), transaction.atomic():
            change()
