"""One world for a module: built once, and every test's changes are rolled back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import transaction
from django.test import override_settings

from tests import audit_connection
from tests.access.world import World, make_world


@pytest.fixture(autouse=True)
def _no_throttle(monkeypatch: pytest.MonkeyPatch) -> None:
    """The matrix asks the API, and for a survey's link, more often in a minute than any visitor may."""
    monkeypatch.setattr("surveys.limits.too_often", lambda _what: False)
    monkeypatch.setattr("rest_framework.throttling.SimpleRateThrottle.allow_request", lambda *_: True)


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[World]:
    everything = transaction.atomic()
    everything._from_testcase = True  # durable blocks inside are the outermost for all they can tell
    media = override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("files"), STAFF_SECOND_FACTOR=False)
    assert settings.TESTING
    with django_db_blocker.unblock(), media, everything:
        with audit_connection.shared():
            made = make_world()
        yield made
        transaction.set_rollback(True)
