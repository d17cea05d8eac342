"""A call's terms are read once, and again as soon as any of them changes."""

import pytest
from django.utils import timezone

from programs.call_terms import terms_of
from programs.models import Call


@pytest.fixture
def call(cast):
    def read():
        return Call.objects.get(pk=cast.call.pk)

    return read


def test_they_are_read_once(call, django_assert_num_queries):
    before = terms_of(call())
    with django_assert_num_queries(1):
        assert terms_of(call()) is before


def test_a_new_a_changed_and_a_removed_rule_are_seen(call):
    rule = call().rules.create(kind="one_person_household", params={}, basis="시험", valid=("2020-01-01", None))
    assert rule.pk in {row.pk for row in terms_of(call()).rules}
    call().rules.filter(pk=rule.pk).update(basis="고침")
    assert "고침" in {row.basis for row in terms_of(call()).rules}
    rule.delete()
    assert rule.pk not in {row.pk for row in terms_of(call()).rules}


def test_a_programme_renamed_is_seen(call):
    terms_of(call())
    program = call().program
    program.name = "새 이름"
    program.save()
    assert terms_of(call()).call.program.name == "새 이름"


def test_a_call_closed_early_is_seen(call):
    terms_of(call())
    Call.objects.filter(pk=call().pk).update(closed_at=timezone.now())
    assert terms_of(call()).call.closed_at is not None


def test_a_document_moved_to_another_call_changes_both(call):
    document = call().required_documents.first()
    other = Call.objects.get(pk=call().pk)
    other.pk, other.code, other.round = None, "another", 9
    other.save(force_insert=True)
    terms_of(call()), terms_of(other)
    document.call = other
    document.save()
    assert document.pk not in {row.pk for row in terms_of(call()).documents}
    assert document.pk in {row.pk for row in terms_of(Call.objects.get(pk=other.pk)).documents}
