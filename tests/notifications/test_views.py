"""The letters one was sent, and the demo's mailbox."""

import json

import pytest

from notifications.models import MailboxEntry, Message
from tests.factories import cast as c


def letter(recipient, n=1, **fields):
    values = {
        "key": f"k{recipient.pk}-{n}", "template": "application.received", "channel": "mailbox",
        "recipient": recipient, "to": "01012345678", "state": "sent",
        "payload": json.dumps({"title": f"알림 {n}", "body": "첫 줄\nhttp://localhost:8000/my/\n끝", "variables": {}}),
    }  # fmt: skip
    return Message.objects.create(**(values | fields))


@pytest.fixture
def me(db, client):
    someone = c.citizen()
    client.force_login(someone)
    return someone


def test_letters_page_at_a_constant_cost(me, client, django_assert_num_queries):
    for n in range(25):
        letter(me, n)
    with django_assert_num_queries(4):  # session, user, count, rows
        page = client.get("/letters/").content.decode()
    assert page.count("card-title") == 20
    assert "알림 24" in page
    assert client.get("/letters/?page=2").content.decode().count("card-title") == 5


def test_a_letter_is_read_in_full(me, client):
    page = client.get(f"/letters/{letter(me).pk}/").content.decode()
    assert "알림 1" in page
    assert '<a href="http://localhost:8000/my/"' in page


def test_somebody_elses_letter_is_not_found(me, client):
    assert client.get(f"/letters/{letter(c.user()).pk}/").status_code == 404


def test_a_destroyed_letter_says_so(me, client):
    row = letter(me, payload=None, to=None)
    assert "내용을 파기했습니다" in client.get(f"/letters/{row.pk}/").content.decode()
    assert "내용을 파기한 알림" in client.get("/letters/").content.decode()


def test_an_empty_list_says_what_will_come(me, client):
    assert "받은 알림이 없습니다" in client.get("/letters/").content.decode()


def test_the_mailbox_exists_only_in_the_demo(db, client, settings):
    assert client.get("/demo/mailbox/").status_code == 404
    assert "/demo/mailbox/" not in client.get("/").content.decode()
    settings.DEMO = True
    assert client.get("/demo/mailbox/").status_code == 200
    assert "/demo/mailbox/" in client.get("/").content.decode()


def test_the_mailbox_is_searched_by_recipient(db, client, settings, django_assert_num_queries):
    settings.DEMO = True
    for n in range(25):
        MailboxEntry.objects.create(key=f"a{n}", to="a@example.com", title=f"가 {n}", body="b")
    MailboxEntry.objects.create(key="p", to="01012345678", title="문자", body="b")
    with django_assert_num_queries(2):
        assert "?page=2" in client.get("/demo/mailbox/").content.decode()
    found = client.get("/demo/mailbox/?q=010-1234").content.decode()
    assert "문자" in found
    assert "가 1" not in found
    assert "보낸 것이 없습니다" in client.get("/demo/mailbox/?q=nobody").content.decode()


def test_the_sign_in_page_offers_the_demos_accounts(db, client, settings):
    assert "demo-box" not in client.get("/accounts/login/").content.decode()
    settings.DEMO = True
    assert "data-fill-email" in client.get("/accounts/login/").content.decode()
