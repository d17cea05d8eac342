"""What every test stands on. Fixtures of one app live in that app's own conftest."""

from collections.abc import Iterator

import pytest
import pytest_django.fixtures
from django.db import connections
from django.test.utils import setup_databases, teardown_databases
from django.utils import translation
from hypothesis import HealthCheck, settings

from tests import audit_connection, strict_templates
from tests.factories.cast import Cast, make_cast
from tests.scratch import scratch_copy

# A busy machine is no reason to fail: how fast examples are made says nothing about the rule they test.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

# A test on a scratch copy asks Django for no database, and yet needs the one it is a copy of.
pytest_django.fixtures._get_databases_for_setup = lambda items: (set(connections), set())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    audit_connection.allow(items)


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment, django_db_blocker, django_db_keepdb, django_db_createdb, django_db_modify_db_settings
) -> Iterator[None]:
    """The plug-in would make no test database for tests that only have a copy of it; they would copy the real one."""
    with django_db_blocker.unblock():
        made = setup_databases(
            verbosity=0, interactive=False, keepdb=django_db_keepdb and not django_db_createdb, serialized_aliases=()
        )
    yield
    with django_db_blocker.unblock():
        connections["audit"].close()  # the database cannot be dropped while the second connection is in it
        if not django_db_keepdb:
            teardown_databases(made, verbosity=0)


@pytest.fixture(autouse=True, scope="session")
def _undefined_template_variables_fail() -> Iterator[None]:
    with strict_templates.installed():
        yield


@pytest.fixture(autouse=True)
def _each_test_starts_in_korean() -> Iterator[None]:
    """The test client answers in this thread, and the language a page was asked in would stay for the next test."""
    with translation.override("ko"):
        yield


@pytest.fixture(autouse=True)
def _audit_sees_the_test(request: pytest.FixtureRequest) -> Iterator[None]:
    """Inside a test's transaction the audit connection sees what the test wrote, and is rolled back with it."""
    if not audit_connection.uses_database(request.node):
        yield
        return
    request.getfixturevalue("_django_db_helper")  # its transaction has begun
    with audit_connection.shared():
        yield


@pytest.fixture
def scratch_database(django_db_setup, django_db_blocker) -> Iterator[str]:
    """A database of the test's own, for real threads and real commits: a copy of the migrated one, dropped after."""
    with django_db_blocker.unblock(), scratch_copy() as name:
        yield name
        connections.close_all()


@pytest.fixture
def cast(db: None) -> Cast:
    """One call in two districts and the people who work on it (tests.factories.cast)."""
    return make_cast()
