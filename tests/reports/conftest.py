"""A report with a budget behind it, and who opens its pages."""

from __future__ import annotations

import pytest
from django.utils import timezone

from accounts.roles import Role
from tests.factories import cast as c
from tests.programs.signed_in import client_of
from tests.reports.test_council_reports import make_report, prepare


@pytest.fixture
def book(db, monkeypatch):
    """Nothing else writes while a test's own transaction is open, and waiting for that one would never end."""
    monkeypatch.setattr("reports.council.publish.settled_moment", timezone.now)
    return prepare()


@pytest.fixture
def written(book):
    return make_report(book)


@pytest.fixture
def city(book):
    return client_of(book.officer)


@pytest.fixture
def council(book):
    return client_of(c.Actor.of(c.member(Role.COUNCIL_READER)))
