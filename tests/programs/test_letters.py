"""Letters are written in the language their reader chose."""

import datetime as dt
import json

import pytest
from django.utils import timezone, translation

from accounts.models import User
from notifications.channels.solapi import SolapiChannel
from notifications.models import Message
from notifications.outbox import claim, deliver
from programs import letters
from programs.workflow import perform
from tests.factories import cast as c


def english() -> User:
    someone = c.citizen()
    someone.language = "en"
    someone.save()
    return someone


def latest(application) -> Message:
    return Message.objects.filter(about=f"application:{application.pk}").latest("pk")


def test_who_reads_english_gets_english(cast):
    mine = cast.receive(applicant=english())
    assert latest(mine).title == "[Ansim Seoul] We received your application"
    assert f"{timezone.localtime(mine.received_at):%a %-d %b %Y}" in latest(mine).body
    until = timezone.localdate() + dt.timedelta(days=7)
    perform(mine, "request_supplement", actor=cast.officer, data={"note": "계약서 사본", "until": until})
    sent = latest(mine)
    assert sent.title == "[Ansim Seoul] More is needed"
    assert f"{until:%a %-d %b %Y}" in sent.body
    assert "계약서 사본" in sent.body  # what the officer wrote stays as written
    assert sent.content["language"] == "en"


def test_others_get_korean_whatever_the_officer_reads(cast):
    with translation.override("en"):
        for applicant in (c.citizen(), None):
            mine = cast.receive(applicant=applicant)
            perform(mine, "reject", actor=cast.officer, data={"reasons": ["not_single"], "note": "등본"})
            assert latest(mine).title.startswith("[안심서울] ")
            assert not latest(mine).body.isascii()
            assert "1인" in latest(mine).content["variables"]["사유"]


def test_a_proxy_is_written_to_in_korean(cast):
    mine = cast.receive(applicant=english(), proxy_name="김대리", proxy_phone="01099998888")
    assert latest(mine).title.startswith("[안심서울] ")


def test_the_officer_sees_the_notice_as_it_will_be_sent(cast):
    mine = cast.receive(applicant=english())
    title, body = letters.preview(mine, "rejected", {"reasons": ["not_single"], "note": "x"}, masked=True)
    assert title.startswith("[Ansim Seoul] ")
    assert mine.name not in body


@pytest.mark.parametrize(("language", "approved"), [("ko", True), ("en", False)])
def test_only_the_approved_korean_text_goes_by_alimtalk(settings, monkeypatch, language, approved):
    sent = []
    monkeypatch.setattr("solapi.SolapiMessageService.send", lambda self, request: sent.append(request) or request)
    monkeypatch.setattr(
        "notifications.channels.solapi.message_template", lambda key: type("T", (), {"provider_id": "P"})
    )
    settings.SOLAPI = {"api_key": "k", "api_secret": "s", "sender": "0212345678", "pf_id": "pf"}
    with pytest.raises(AttributeError):  # the answer of the provider is not ours to make up
        SolapiChannel().send(
            key="k", to="01012345678", template="t", title="t", body="b", variables={"이름": "김"}, language=language
        )
    assert bool(sent[0].kakao_options) == approved


def test_a_message_from_before_is_delivered(cast):
    mine = cast.receive()
    message = latest(mine)
    content = message.content
    del content["language"]
    message.payload = json.dumps(content)
    message.save()
    token, ids = claim()
    assert message.pk in ids
    deliver(message, token)
    message.refresh_from_db()
    assert message.state == "sent"
