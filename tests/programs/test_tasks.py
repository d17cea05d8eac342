"""What beat does: pictures asked for again, and everything that is past its time."""

import datetime as dt

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.models import Destruction
from accounts.roles import Actor
from notifications.models import Message
from programs import applying, documents, expiry, tasks
from programs.models import Application, ApplicationDraft, Document, ExportJob, ImportJob
from programs.workflow import perform
from tests.factories import cast as c
from tests.programs import files


@pytest.fixture
def draft(cast):
    owner = c.citizen()
    made = applying.begin(cast.call, owner.profile, timezone.now(), actor=Actor.citizen(owner))
    document = Document(
        draft=made, kind="register", filename="등본.pdf", content_type="application/pdf", size=1, sha256="0",
        uploaded_by=owner,
    )  # fmt: skip
    document.file.save("x", ContentFile(files.pdf()))
    return made


def later(**ago):
    return timezone.now() + dt.timedelta(**ago)


def test_every_scheduled_task_exists():
    from portal.celery import app

    app.loader.import_default_modules()
    ours = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values() if entry["task"].startswith("programs.")}
    assert ours <= set(app.tasks)
    assert "programs.tasks.picture_waiting" in ours


def test_pictures_are_made_by_the_task(draft):
    document = draft.documents.get()
    tasks.make_page_pictures(document_id=document.pk)
    document.refresh_from_db()
    assert document.pictures == "ready"


def test_waiting_pictures_are_asked_for_again(draft, monkeypatch):
    asked = []
    monkeypatch.setattr(documents, "ask_for_pictures", lambda pk: asked.append(pk) or True)
    tasks.picture_waiting()
    assert asked == []
    Document.objects.update(uploaded_at=later(minutes=-5))
    tasks.picture_waiting()
    assert asked == [draft.documents.get().pk]


def test_a_draft_nobody_touched_for_thirty_days_is_destroyed_with_its_files(draft, django_capture_on_commit_callbacks):
    file = draft.documents.get().file
    assert expiry.expire_drafts(later(days=29)) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert expiry.expire_drafts(later(days=31)) == 1
    assert not ApplicationDraft.objects.exists()
    assert not file.storage.exists(file.name)
    record = Destruction.objects.get()
    assert (record.rows, record.files) == (1, 1)


def test_an_unanswered_supplement_returns_the_application_with_the_reason(cast):
    application = cast.receive()
    until = timezone.localdate() + dt.timedelta(days=3)
    perform(application, "request_supplement", actor=cast.officer, data={"note": "내십시오.", "until": until})
    assert expiry.return_unanswered(later(days=3)) == 0  # the last day belongs to the citizen
    assert expiry.return_unanswered(later(days=4)) == 1
    application.refresh_from_db()
    assert application.state == "returned"
    assert "제25조" in Message.objects.get(template="application.returned").body
    assert application.events.last().role == "system"


def test_an_offer_not_accepted_in_time_goes_to_the_next(cast):
    rows = [cast.receive() for _ in range(cast.dongjak.quota + 2)]
    for row in rows:
        perform(row, "confirm", actor=cast.officer)
    for row in rows[:-2]:
        perform(row, "select", actor=cast.manager)
    for row in rows[-2:]:
        perform(row, "waitlist", actor=cast.manager)
    perform(rows[0], "withdraw", actor=cast.officer, data={"note": "이사"})
    Application.objects.filter(pk=rows[-2].pk).update(offer_until=later(days=-1))
    assert expiry.lapse_offers(timezone.now()) == 1
    assert [Application.objects.get(pk=row.pk).state for row in rows[-2:]] == ["withdrawn", "offered"]


def test_files_of_old_exports_and_imports_are_deleted(cast):
    export = ExportJob(
        membership=cast.officer.membership, what="queue", reason="보고", expires_at=later(hours=-1), state="ready"
    )
    export.file.save("x", ContentFile(b"names"))
    upload = ImportJob(membership=cast.officer.membership, call=cast.call, filename="a.xlsx", sha256="0")
    upload.uploaded_at, upload.state = later(days=-8), "ready"
    upload.file.save("x", ContentFile(b"names"))
    names = [export.file.name, upload.file.name]
    storage = export.file.storage
    assert expiry.expire_files(timezone.now()) == 2
    assert not any(storage.exists(name) for name in names)
    export.refresh_from_db()
    assert (export.state, export.file.name) == ("expired", "")
    assert expiry.expire_files(timezone.now()) == 0


def test_the_task_does_all_of_it(draft):
    ApplicationDraft.objects.update(updated_at=later(days=-31))
    tasks.expire()
    assert not ApplicationDraft.objects.exists()
