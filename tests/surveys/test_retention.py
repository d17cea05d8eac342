"""A year later nobody's words and nobody's address are left, and the results are the same."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from accounts.models import Destruction
from notifications.models import Message
from surveys.answering import answer
from surveys.models import Comment, Invitation
from surveys.results import results
from surveys.tasks import destroy_comments, forget_recipients
from tests.factories import cast as c
from tests.surveys.conftest import PHONE


def test_comments_of_a_year_ago_are_blanked(surveyed, monkeypatch):
    _invitation, token = surveyed.invite()
    answer(token, values=surveyed.values(), comment="오래된 말")
    destroy_comments()
    assert Comment.objects.get().text == "오래된 말"
    later = timezone.now() + dt.timedelta(days=366)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    destroy_comments()
    destroy_comments()
    assert Comment.objects.get().text is None
    assert Destruction.objects.get().rows == 1


def test_whom_it_went_to_is_forgotten_a_year_after_it_expired(surveyed, monkeypatch):
    person = c.user()
    invitation, token = surveyed.invite(recipient_id=person.pk)
    answer(token, values=surveyed.values())
    year = {"since": dt.date(2020, 1, 1), "until": dt.date(2100, 1, 1), "by": "question"}
    before = results("escort", **year)
    later = timezone.now() + dt.timedelta(days=366)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    forget_recipients()
    assert Message.objects.get().to == PHONE
    monkeypatch.setattr("django.utils.timezone.now", lambda: later + dt.timedelta(days=20))
    forget_recipients()
    forgotten = Invitation.objects.get(pk=invitation.pk)
    assert (forgotten.recipient, forgotten.contact_index) == (None, None)
    assert (Message.objects.get().to, Message.objects.get().payload) == (None, None)
    assert Destruction.objects.get().rows == 1
    assert results("escort", **year) == before
