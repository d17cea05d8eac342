"""The role the portal runs as: it does its work, and cannot touch what must stay, nor the tables themselves."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, connections, transaction
from psycopg import sql

from accounts.access_log import record_access
from accounts.models import AccessLog
from programs import selection
from programs.models import Application, ApplicationEvent
from programs.workflow import perform
from tests.factories import cast as c

pytestmark = pytest.mark.slow
ROLE, PASSWORD = "ansim_test_runtime", "only for this test"


@pytest.fixture
def as_runtime(scratch_database):
    """The cast, made by the owner; from then on every connection is the run-time role's."""
    cast = c.make_cast()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE])
        if cursor.fetchone() is None:
            cursor.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(ROLE)))
        # An owner that is no superuser may drop what the role owns only as its member.
        cursor.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(ROLE)))
        cursor.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(ROLE), sql.Literal(PASSWORD)))
    call_command("grant_runtime", ROLE, verbosity=0)
    owner = {name: connections.settings["default"][name] for name in ("USER", "PASSWORD")}
    connect_as(USER=ROLE, PASSWORD=PASSWORD)
    yield cast
    connect_as(**owner)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(ROLE)))
        cursor.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(ROLE)))


def connect_as(**who):
    connections.close_all()
    for alias in connections:
        connections.settings[alias].update(who)


FORBIDDEN = [
    "UPDATE programs_applicationevent SET role = ''",
    "DELETE FROM programs_applicationevent",
    "TRUNCATE programs_applicationevent",
    "UPDATE accounts_accesslog SET role = ''",
    "DELETE FROM accounts_accesslog",
    "TRUNCATE accounts_accesslog",
    "UPDATE accounts_destruction SET rule = ''",
    "DELETE FROM accounts_destruction",
    "UPDATE programs_quotamove SET reason = ''",
    "DELETE FROM programs_quotamove",
    "DELETE FROM programs_application",
    "DELETE FROM accounts_user",
    "DELETE FROM accounts_membership",
    "DELETE FROM django_migrations",
    "DROP TABLE programs_note",
    "ALTER TABLE programs_application DISABLE TRIGGER ALL",
    "ALTER TABLE programs_application DROP CONSTRAINT one_live_application_a_person",
    "ALTER TABLE programs_application ADD COLUMN more text",
    "CREATE TABLE more (id int)",
    "SET session_replication_role = replica",
    "SET ROLE postgres",
]


def test_it_cannot_change_what_is_recorded_nor_the_tables(as_runtime):
    with transaction.atomic():
        as_runtime.receive()
    for statement in FORBIDDEN:
        with (
            pytest.raises(DatabaseError, match=r"permission denied|must be owner"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_a_partition_of_the_log_is_no_way_around_and_nothing_is_its_own(as_runtime):
    record_access(as_runtime.officer, AccessLog.Action.READ, about="application:1")
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT tableoid::regclass::text FROM accounts_accesslog")
        ((partition,),) = cursor.fetchall()
        for statement in (f"UPDATE {partition} SET role = ''", f"DELETE FROM {partition}", f"TRUNCATE {partition}"):
            with pytest.raises(DatabaseError, match=r"permission denied|append-only"), transaction.atomic():
                cursor.execute(statement)
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace "
            "AND pg_has_role(current_user, relowner, 'USAGE')"
        )
        assert cursor.fetchall() == []


def test_it_does_the_portals_work(as_runtime):
    cast = as_runtime
    with transaction.atomic():
        row = cast.receive()
    perform(row, "confirm", actor=cast.officer)
    selection.approve(selection.draft(cast.dongjak, actor=cast.officer, places=1).pk, actor=cast.manager)
    assert Application.objects.get(pk=row.pk).state == "selected"
    assert ApplicationEvent.objects.filter(application=row).count() == 3
