"""The `audit` connection in tests.

In service it is a second connection, so that what was read stays recorded whatever becomes of the
request. A test lives in one transaction that is rolled back, which a second connection cannot see:
there, `audit` borrows the default one's, and its writes become part of the test's transaction.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connections

_BORROWED = ("connection", "autocommit", "in_atomic_block", "atomic_blocks", "savepoint_ids", "savepoint_state")


def allow(items: list[pytest.Item]) -> None:
    """Let every test that uses the database use both aliases."""
    for item in items:
        if uses_database(item):
            marker = item.get_closest_marker("django_db") or pytest.mark.django_db().mark
            options = {"databases": "__all__"} | dict(marker.kwargs)
            item.add_marker(pytest.mark.django_db(*marker.args, **options), append=False)


def uses_database(item: pytest.Item) -> bool:
    asked = {"db", "transactional_db", "django_db_reset_sequences", "live_server"} & set(
        getattr(item, "fixturenames", ())
    )
    return bool(asked or item.get_closest_marker("django_db"))


@contextmanager
def shared() -> Iterator[None]:
    default, audit = connections["default"], connections["audit"]
    if not default.in_atomic_block:
        yield
        return
    own = {name: getattr(audit, name) for name in _BORROWED}
    for name in _BORROWED:
        value = getattr(default, name)
        setattr(audit, name, list(value) if isinstance(value, list) else value)
    try:
        yield
    finally:
        for name, value in own.items():
            setattr(audit, name, value)
