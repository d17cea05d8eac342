"""A broker that is down must not be felt by the citizen."""

import time

import pytest
from celery import Celery
from django.conf import settings

from notifications import hints
from notifications.outbox import _Nudge


@pytest.fixture
def dead_broker(monkeypatch):
    app = Celery("dead", broker="redis://127.0.0.1:1/0", set_as_current=False)
    app.conf.broker_transport_options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    monkeypatch.setattr(hints, "current_app", app)


def test_a_dead_broker_is_noticed_at_once_and_raises_nothing(dead_broker):
    hints.send_hint("warm.up", expires=5)
    begun = time.monotonic()
    assert hints.send_hint("any.task", expires=5) is False
    assert time.monotonic() - begun < 1


def test_the_nudge_then_rests(dead_broker):
    nudge = _Nudge()
    nudge()
    assert nudge.not_before > time.monotonic() + 4


def test_a_living_broker_takes_it():
    assert hints.send_hint("no.such.task", expires=1) is True
