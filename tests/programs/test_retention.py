"""Destruction: what is personal goes, what is counted stays."""

import datetime as dt

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.db.models import Count
from django.utils import timezone

from accounts.models import Destruction
from accounts.roles import Actor
from notifications.models import MailboxEntry, Message
from notifications.outbox import deliver_due
from programs import documents, objections, retention, tasks
from programs.models import Application, ApplicationEvent, Document, DocumentPage, Note, Objection, Supplement
from programs.workflow import perform
from tests.factories import cast as c
from tests.programs import files

SECRET = "홍길동비밀"


@pytest.fixture
def closed(cast):
    """An application with everything an application can have, refused a moment ago."""
    owner = c.citizen()
    who = c.person(name=SECRET, address=f"{SECRET}로 1")
    application = cast.receive(who, applicant=owner, proxy_name=SECRET, proxy_phone="01099998888")
    document = Document(
        application=application, kind="register", filename=f"{SECRET}.pdf", content_type="application/pdf", size=1,
        sha256="0", uploaded_by=owner,
    )  # fmt: skip
    document.file.save("x", ContentFile(files.pdf()))
    documents.make_pictures(document.pk)
    until = timezone.localdate() + dt.timedelta(days=7)
    perform(application, "request_supplement", actor=cast.officer, data={"note": SECRET, "until": until})
    perform(application, "answer_supplement", actor=cast.officer, data={"answer": SECRET})
    perform(application, "reject", actor=cast.officer, data={"note": SECRET, "reasons": ["not_single"]})
    objection = objections.file_objection(application.pk, actor=Actor.citizen(owner), text=SECRET)
    objections.decide(objection.pk, actor=cast.manager, upheld=False, answer=SECRET)
    deliver_due()
    application.refresh_from_db()
    return application


def years_later(application, years):
    return application.closed_at + dt.timedelta(days=366 * years)


def event_counts():
    return list(
        ApplicationEvent.objects.values("program", "district", "action", "to_state")
        .annotate(n=Count("id"))
        .order_by("program", "district", "action", "to_state")
    )


def test_nothing_is_destroyed_before_its_time(closed):
    assert retention.destroy_due(closed.closed_at + dt.timedelta(days=5 * 365 - 2)) == 0


def test_what_is_still_open_is_never_destroyed(cast):
    cast.receive()
    assert retention.destroy_due(timezone.now() + dt.timedelta(days=3660)) == 0


def test_personal_data_goes_and_files_with_it(closed, django_capture_on_commit_callbacks):
    names = [Document.objects.get().file.name, DocumentPage.objects.get().image.name]
    storage = Document.objects.get().file.storage
    with django_capture_on_commit_callbacks(execute=True):
        assert retention.destroy_due(years_later(closed, 6)) == 1
    row = Application.objects.get(pk=closed.pk)
    assert all(getattr(row, name) == blank for name, blank in retention.BLANK.items())
    assert row.destroyed_at is not None
    assert not DocumentPage.objects.exists()
    assert not any(storage.exists(name) for name in names)
    assert (Note.objects.exclude(text=None).count(), Supplement.objects.exclude(text=None).count()) == (0, 0)
    assert Supplement.objects.get().answer is None
    assert (Objection.objects.get().text, Objection.objects.get().answer) == (None, None)
    assert row.door_guard_detail.deposit is None
    assert set(Message.objects.values_list("to", "payload")) == {(None, None)}
    assert not MailboxEntry.objects.exists()
    assert Document.objects.get().filename == ""
    assert SECRET not in str(row.__dict__)


def test_it_is_recorded_without_saying_whose(closed):
    retention.destroy_due(years_later(closed, 6))
    record = Destruction.objects.get()
    assert (record.rows, record.files) == (1, 2)
    assert closed.receipt_no not in f"{record.what} {record.rule}"


def test_past_figures_do_not_change(closed):
    before, states = event_counts(), Application.objects.values_list("state").annotate(n=Count("id"))
    states = list(states)
    retention.destroy_due(years_later(closed, 6))
    assert event_counts() == before
    assert list(Application.objects.values_list("state").annotate(n=Count("id"))) == states


def test_each_call_keeps_for_its_own_time(cast, closed):
    cast.call.retention_years = 10
    cast.call.save()
    assert retention.destroy_due(years_later(closed, 6)) == 0
    assert retention.destroy_due(years_later(closed, 11)) == 1


def test_a_person_can_apply_again_after_it(cast, closed):
    retention.destroy_due(years_later(closed, 6))
    assert cast.receive(c.person(name=SECRET)).state == "submitted"


def test_the_task_runs_again_without_harm(closed):
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE programs_application SET closed_at = closed_at - interval '6 years' WHERE id = %s", [closed.pk]
        )
    tasks.destroy_due()
    tasks.destroy_due()
    assert Destruction.objects.count() == 1


def test_the_29th_of_february_has_an_anniversary():
    leap = dt.datetime(2028, 2, 29, tzinfo=dt.UTC)
    assert retention.years_before(leap, 5) == dt.datetime(2023, 2, 28, tzinfo=dt.UTC)
