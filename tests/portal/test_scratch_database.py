import pytest
from django.contrib.auth.models import Group
from django.db import connection, connections

from tests.scratch import in_threads


def _count_seen_by_audit() -> int:
    with connections["audit"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM auth_group")
        return cursor.fetchone()[0]


def test_what_one_thread_commits_the_others_see(scratch_database):
    in_threads(lambda number: Group.objects.create(name=f"group {number}"), range(4))
    assert Group.objects.count() == 4
    assert _count_seen_by_audit() == 4


def test_the_next_test_begins_with_a_fresh_copy(scratch_database):
    assert Group.objects.count() == 0
    assert connection.settings_dict["NAME"] == scratch_database == connections["audit"].settings_dict["NAME"]


@pytest.mark.django_db
def test_afterwards_the_test_database_is_back_and_untouched():
    assert "scratch" not in connection.settings_dict["NAME"]
    assert Group.objects.count() == 0


def test_an_exception_in_a_thread_is_its_result(scratch_database):
    results = in_threads(lambda number: 1 // number, [0, 1])
    assert isinstance(results[0], ZeroDivisionError)
    assert results[1] == 1


@pytest.mark.django_db
def test_inside_a_transaction_the_audit_connection_sees_what_the_test_wrote():
    Group.objects.create(name="uncommitted")
    assert _count_seen_by_audit() == 1


@pytest.mark.django_db
def test_what_the_audit_connection_writes_is_rolled_back_with_the_test():
    assert Group.objects.count() == 0
    Group.objects.using("audit").create(name="by audit")
    assert Group.objects.count() == 1


@pytest.mark.django_db
def test_and_nothing_of_it_remains():
    assert Group.objects.count() == 0
