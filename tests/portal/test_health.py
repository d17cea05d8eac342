import json
import socket
import time
from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.utils import timezone

from notifications.models import Heartbeat, Message
from portal import health

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker():
    return Heartbeat.objects.create(name="worker", beat_at=timezone.now())


def message(*, overdue: int, state: str = "pending") -> None:
    due = timezone.now() - timedelta(seconds=overdue)
    Message.objects.create(key=f"{state} {overdue}", template="t", channel="mailbox", state=state, next_attempt_at=due)


def ask(client) -> tuple[int, dict]:
    response = client.get("/healthz")
    return response.status_code, json.loads(response.content)


def test_a_stranger_may_ask_whether_the_process_lives(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.get("/livez")
    assert (response.status_code, response.content) == (200, b"ok")


def test_all_is_well(client, worker):
    status, said = ask(client)
    assert status == 200
    assert said == {
        "status": "ok", "database": "ok", "broker": "ok", "worker": "ok", "outbox_lag_seconds": 0, "reasons": {},
    }  # fmt: skip


def test_a_worker_that_never_reported(client):
    assert ask(client) == (503, ask(client)[1])
    assert ask(client)[1]["reasons"] == {"worker": "no worker has ever reported"}


def test_a_worker_that_fell_silent(client, worker):
    Heartbeat.objects.update(beat_at=timezone.now() - timedelta(seconds=90))
    status, said = ask(client)
    assert status == 503
    assert said["worker"] == "failing"
    assert said["reasons"]["worker"].startswith("the last heartbeat is 9")


def test_the_lag_is_that_of_the_oldest_overdue_message(client, worker):
    message(overdue=100)
    message(overdue=40)
    message(overdue=-60)
    message(overdue=4000, state="sent")
    status, said = ask(client)
    assert status == 200
    assert 100 <= said["outbox_lag_seconds"] <= 102


def test_too_long_a_lag_is_unwell(client, worker):
    message(overdue=400)
    status, said = ask(client)
    assert status == 503
    assert "overdue for 40" in said["reasons"]["outbox_lag_seconds"]


def test_a_database_that_does_not_answer_is_asked_only_once(client, monkeypatch):
    def fail():
        raise DatabaseError

    monkeypatch.setitem(health._CHECKS, "database", fail)
    assert ask(client) == (
        503, {"status": "unwell", "database": "failing", "reasons": {"database": "no answer: DatabaseError"}},
    )  # fmt: skip


def test_a_broker_that_is_down(client, worker, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    status, said = ask(client)
    assert status == 503
    assert said["reasons"] == {"broker": "no answer: ConnectionError"}


def test_a_broker_that_hangs_does_not_hang_us(client, worker, settings):
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes the connection and says nothing
        settings.REDIS_URL = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        began = time.monotonic()
        status, said = ask(client)
    assert time.monotonic() - began < 2
    assert status == 503
    assert said["reasons"] == {"broker": "no answer: TimeoutError"}
