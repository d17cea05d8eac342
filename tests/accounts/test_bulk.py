"""Writing many rows at once is the same as writing them one by one."""

import pytest
from django.db import IntegrityError, transaction

from accounts.bulk import Together, insert_many, update_many
from accounts.models import User
from notifications.models import Message
from programs.models import Application, ApplicationEvent
from tests.factories import cast as c


def message(key, **values):
    return Message(key=key, template="x", channel="mailbox", to="01012345678", payload='{"가": "\\\\x00"}', **values)


def test_every_kind_of_column_comes_back_as_it_was_and_keys_are_in_order(db):
    rows = insert_many([message("a"), message("나'\""), message("c", about="x")])
    assert [Message.objects.get(pk=row.pk).key for row in rows] == ["a", "나'\"", "c"]
    kept = Message.objects.get(key="a")
    assert (kept.to, kept.payload, kept.recipient_id, kept.sent_at) == ("01012345678", '{"가": "\\\\x00"}', None, None)
    assert kept.created_at is not None  # the database's own clock
    assert not rows[0]._state.adding


def test_arrays_json_times_and_ciphertexts_come_back(cast):
    row = cast.receive(c.person(name="홍길동"))
    event = row.events.get()
    copy = ApplicationEvent(
        application=row, program_id=event.program_id, call_id=event.call_id, district_id=event.district_id,
        action="submit", to_state="submitted", occurred_at=event.occurred_at, role="system", data={"한": [1, None]},
    )  # fmt: skip
    insert_many([copy])
    kept = ApplicationEvent.objects.get(pk=copy.pk)
    assert (kept.data, kept.occurred_at, kept.synthetic) == ({"한": [1, None]}, event.occurred_at, False)
    row.reject_reasons, row.name, row.due_at = ["a", "나"], "김바뀜", event.occurred_at
    update_many([row], ["reject_reasons", "name", "due_at"])
    kept = Application.objects.get(pk=row.pk)
    assert (kept.reject_reasons, kept.name, kept.due_at) == (["a", "나"], "김바뀜", event.occurred_at)


def test_conflicts_are_errors_or_passed_over(db):
    insert_many([message("a")])
    insert_many([message("a"), message("b")], ignore_conflicts=True)
    assert set(Message.objects.values_list("key", flat=True)) == {"a", "b"}
    with pytest.raises(IntegrityError, match="key"):
        insert_many([message("a")])


def test_more_than_a_batch_is_several_statements(db, django_assert_num_queries, monkeypatch):
    monkeypatch.setattr("accounts.bulk.BATCH", 2)
    with django_assert_num_queries(3):
        insert_many(User(email=f"{n}@example.com", password="!") for n in range(5))
    assert max(User.objects.values_list("email", flat=True)) == "4@example.com"
    with django_assert_num_queries(0):
        assert insert_many([]) == []


def test_writes_to_several_tables_are_one_statement_and_all_or_nothing(db, django_assert_num_queries):
    (kept,) = insert_many([message("kept")])
    writing = Together()
    writing.insert([message("a"), message("b")])
    writing.insert([message("kept")], ignore_conflicts=True)
    writing.insert([User(email="one@example.com", password="!")])
    writing.insert([])
    writing.also("UPDATE notifications_message SET about = %s WHERE id = %s", ["x", kept.pk])
    with django_assert_num_queries(1):
        writing.write()
    assert set(Message.objects.values_list("key", "about")) == {("a", ""), ("b", ""), ("kept", "x")}
    assert User.objects.filter(email="one@example.com").exists()
    writing = Together()
    writing.insert([message("c")])
    writing.insert([User(email="one@example.com", password="!")])
    with pytest.raises(IntegrityError, match="email"), transaction.atomic():
        writing.write()
    assert not Message.objects.filter(key="c").exists()
