"""Surveys go out once about each thing, with the change they follow, and to nobody who asked not to be asked."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.clock import SEOUL
from notifications.models import Message
from surveys.answering import leave_alone
from surveys.invitations import Asked, digest, invite_many, last_day
from surveys.models import Invitation, Survey
from tests.factories import cast as c
from tests.scratch import in_threads
from tests.surveys.conftest import PHONE, make_survey


def asked(n: int, **overrides) -> Asked:
    values = {
        "about": f"service:{n}:2026", "district_id": c.DONGJAK, "occurred_on": dt.date(2026, 12, 1),
        "to": f"0105555{n:04d}", "recipient_id": None, "language": "ko", "variables": {"서비스": "도어지킴이"},
    }  # fmt: skip
    return Asked(**(values | overrides))


def test_the_token_is_in_the_message_and_nowhere_else(surveyed):
    invitation, token = surveyed.invite()
    assert len(token) == 43
    assert bytes(invitation.token_digest) == digest(token)
    message = Message.objects.get()
    assert message.to == PHONE
    assert f"/s/{token}/" in message.body
    assert "병원 동행 조사" in message.body
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(i)::text || (SELECT row_to_json(m)::text FROM notifications_message m)"
                       " FROM surveys_invitation i")  # fmt: skip
        assert token not in cursor.fetchone()[0]


def test_a_foreigner_is_written_to_in_english(surveyed):
    _invitation, _token = surveyed.invite(language="en", variables={"서비스": "Hospital escort"})
    message = Message.objects.get()
    assert message.title == "Hospital escort: how was it?"
    assert "Escort survey" in message.body


def test_asking_again_sends_nothing_and_gives_the_invitation_there_is(surveyed):
    first, _token = surveyed.invite()
    again, _token = surveyed.invite()
    assert again.pk == first.pk
    assert Message.objects.count() == Invitation.objects.count() == 1


def test_a_survey_that_is_not_being_sent_invites_nobody(surveyed):
    Survey.objects.update(active=False)
    assert invite_many("escort", [asked(1)]) == []
    assert invite_many("no-such-survey", [asked(1)]) == []
    assert not Message.objects.exists()


def test_the_link_is_good_until_the_midnight_after_its_last_day(surveyed):
    invitation, _token = surveyed.invite()
    assert last_day(invitation) == timezone.localdate() + dt.timedelta(days=14)
    assert invitation.expires_at.astimezone(SEOUL).time() == dt.time()


def test_nothing_is_sent_when_the_change_is_taken_back(surveyed):
    with transaction.atomic():
        surveyed.invite()
        transaction.set_rollback(True)
    assert not Invitation.objects.exists()
    assert not Message.objects.exists()


def test_a_thousand_cost_as_many_statements_as_one(surveyed):
    counts = []
    for people in ([asked(0)], [asked(n) for n in range(1, 1001)]):
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert len(invite_many("escort", people)) == len(people)
        counts.append(len(caught))
    assert counts[0] == counts[1] <= 8
    assert Message.objects.count() == 1001


def test_of_many_only_those_not_asked_before_are_asked(surveyed):
    invite_many("escort", [asked(1), asked(2)])
    made = invite_many("escort", [asked(1), asked(2), asked(3), asked(3)])
    assert [row.about for row in made] == ["service:3:2026"]
    assert Message.objects.count() == 3


def test_whoever_asked_not_to_be_asked_is_not(surveyed):
    _first, token = surveyed.invite()
    leave_alone(token)
    leave_alone(token)
    made = invite_many("escort", [asked(1, to=PHONE), asked(2)])
    assert [row.unasked for row in made] == [True, False]
    assert made[0].token_digest is None
    assert Message.objects.count() == 2


def test_an_invitation_stays_as_it_was_sent(surveyed):
    invitation, _token = surveyed.invite()
    for changes in ({"about": "trip:2"}, {"district_id": c.GWANAK}, {"expires_at": timezone.now()}):
        with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
            Invitation.objects.filter(pk=invitation.pk).update(**changes)
    with pytest.raises(Exception, match="Cannot delete"), transaction.atomic():
        invitation.delete()


def test_nobody_is_made_to_have_answered(surveyed):
    with pytest.raises(IntegrityError, match="only an answer"), transaction.atomic():
        Invitation.objects.create(
            survey=surveyed.survey, about="x", token_digest=b"1" * 32, occurred_on=timezone.localdate(),
            expires_at=timezone.now() + dt.timedelta(days=1), answered_at=timezone.now(),
        )  # fmt: skip


def test_two_that_ask_at_one_moment_send_one_message(scratch_database):
    surveyed = make_survey()
    found = in_threads(lambda _n: surveyed.invite()[0].pk, range(6))
    assert len(set(found)) == 1, found
    assert Message.objects.count() == 1
    assert digest(surveyed.token_of(Invitation.objects.get())) == bytes(Invitation.objects.get().token_digest)
