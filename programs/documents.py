"""Uploaded documents: where what came in (accounts.uploads) is kept, and the pictures of its pages."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts import paper
from accounts.roles import Actor
from accounts.uploads import Incoming, UnableToTake, in_own_process, take_in
from notifications.hints import send_hint
from programs.intake import missing_consents
from programs.models import Application, ApplicationDraft, Document, DocumentPage, RequiredDocument
from programs.models.applications import State

logger = logging.getLogger(__name__)

OTHER = "other"  # a document beyond those a call asks for


# --- Keeping it -----------------------------------------------------------------------------
def add_to_draft(draft: ApplicationDraft, kind: str, upload: UploadedFile, *, actor: Actor) -> Document:
    """Keep one file with a draft. Consents come first (개인정보 보호법 §15). Raises UnableToTake."""
    consents = {int(pk): given for pk, given in draft.answers.get("consents", {}).items()}
    if missing_consents(draft.call, consents):
        raise UnableToTake(_("먼저 필수 동의를 마친 뒤 서류를 올려 주십시오."))
    if kind not in asked_kinds(draft.call_id, draft.district_id):
        raise UnableToTake(_("이 모집에서 받지 않는 서류입니다."))
    incoming = take_in(upload)
    with transaction.atomic():
        holder = ApplicationDraft.objects.visible_to(actor).select_for_update().filter(pk=draft.pk).first()
        if holder is None:
            raise UnableToTake(_("이미 제출했거나 지운 신청입니다. 나의 신청에서 확인하십시오."))
        return _keep({"draft": holder}, kind, incoming, actor=actor, beside=Document.objects.filter(draft=holder))


def add_to_application(application: Application, kind: str, upload: UploadedFile, *, actor: Actor) -> Document:
    """Keep one file with an application that was asked for a supplement. Raises UnableToTake."""
    incoming = take_in(upload)
    with transaction.atomic():
        held = Application.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=application.pk)
        if held.state != State.SUPPLEMENT_REQUESTED:
            raise UnableToTake(_("보완 요청을 받은 동안에만 서류를 더 낼 수 있습니다."))
        if kind not in supplement_kinds(held):
            raise UnableToTake(_("보완 요청에 없는 서류입니다."))
        asked = held.supplements.get(answered_at__isnull=True)
        beside = Document.objects.filter(application=held, uploaded_at__gte=asked.requested_at)
        return _keep({"application": held}, kind, incoming, actor=actor, beside=beside)


def keep_scan(application: Application, kind: str, incoming: Incoming, *, actor: Actor) -> Document:
    """Keep a scan with the paper application just received, in its transaction. Raises UnableToTake."""
    if kind not in asked_kinds(application.call_id, application.district_id):
        raise UnableToTake(_("이 모집에서 받지 않는 서류입니다."))
    return _keep({"application": application}, kind, incoming, actor=actor, beside=application.documents.all())


def asked_kinds(call_id: int, district_id: str | None) -> set[str]:
    """The kinds of documents a call takes in this district, with a place for others."""
    rows = RequiredDocument.objects.filter(call=call_id)
    return {OTHER, *(row.kind for row in rows if row.district_id in (None, district_id))}


def supplement_kinds(application: Application) -> set[str]:
    """What the open supplement request asked for, with a place for others."""
    asked = application.supplements.filter(answered_at__isnull=True).first()
    return {OTHER, *(asked.document_kinds if asked else ())}


def _keep(
    owner: dict[str, Any], kind: str, incoming: Incoming, *, actor: Actor, beside: QuerySet[Document]
) -> Document:
    """The row and the file, while the owner is locked. The same file sent twice is one document; but one that was
    submitted before may be handed in again as the answer to a supplement request (`beside` are those not yet in)."""
    present = beside.filter(kind=kind)
    if same := present.filter(sha256=incoming.sha256).first():
        return same
    if present.count() >= settings.UPLOAD_MAX_FILES:
        raise UnableToTake(
            _("서류마다 %(n)s개까지 올릴 수 있습니다. 올린 파일을 지우고 다시 올려 주십시오.")
            % {"n": settings.UPLOAD_MAX_FILES}
        )
    taken = incoming.taken
    document = Document(
        **owner,
        kind=kind,
        filename=incoming.filename,
        content_type=taken.content_type,
        size=len(taken.data),
        sha256=incoming.sha256,
        uploaded_by=actor.user,
        pictures=Document.Pictures.WAITING if taken.has_pages else Document.Pictures.NONE,
    )
    document.file.save("file", ContentFile(taken.data), save=False)
    try:
        document.save(force_insert=True)
    except Exception:
        document.file.delete(save=False)
        raise
    if taken.has_pages:
        transaction.on_commit(lambda: ask_for_pictures(document.pk))
    return document


def removable(document: Document) -> bool:
    """A draft's own, or one added while answering the open supplement request; what was submitted stays."""
    if document.draft_id:
        return True
    application = document.application
    if application is None or application.state != State.SUPPLEMENT_REQUESTED:
        return False
    asked = application.supplements.filter(answered_at__isnull=True).first()
    return asked is not None and document.uploaded_at >= asked.requested_at


@transaction.atomic
def remove(document: Document, *, actor: Actor) -> None:
    """Delete a document that was not yet submitted, with its file. Raises UnableToTake when it was."""
    if document.application_id:
        Application.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=document.application_id)
    held = Document.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=document.pk).first()
    if held is None:
        return
    if held.uploaded_by_id != actor.user_id or not removable(held):
        raise UnableToTake(_("이미 제출한 서류는 지울 수 없습니다. 잘못 냈으면 담당 부서에 알려 주십시오."))
    delete_files([held])
    held.delete()


def delete_files(documents: Iterable[Document]) -> int:
    """Delete the files of these documents and their pages once the transaction commits; how many files."""
    files = []
    for document in documents:
        files += [page.image for page in document.pages.all()]
        if document.file:
            files.append(document.file)
    names = [(file.storage, str(file.name)) for file in files]

    def delete() -> None:
        for storage, name in names:
            storage.delete(name)

    transaction.on_commit(delete)
    return len(names)


# --- Pictures of pages ----------------------------------------------------------------------
def ask_for_pictures(document_id: int) -> bool:
    """Wake a worker. Only a hint: what stays waiting is asked for again by beat. False when the broker is down."""
    return send_hint("programs.tasks.make_page_pictures", expires=600, document_id=document_id)


def waiting_for_pictures(now: dt.datetime, limit: int = 200) -> list[int]:
    """Documents whose pictures have not come within a minute."""
    late = Document.objects.filter(
        pictures=Document.Pictures.WAITING, destroyed_at__isnull=True, uploaded_at__lt=now - dt.timedelta(minutes=1)
    )
    return list(late.order_by("pk").values_list("pk", flat=True)[:limit])


def make_pictures(document_id: int) -> str:
    """Draw the pages of one document, if that was not done yet; its state after that."""
    document = Document.objects.filter(pk=document_id, pictures=Document.Pictures.WAITING).first()
    if document is None:
        return ""
    try:
        with document.file.open() as file:
            drawn = _frames(in_own_process("pages", file.read()))
    except (UnableToTake, FileNotFoundError) as error:
        logger.warning("page pictures of document %s: %s", document_id, type(error).__name__)
        drawn = []
    return _keep_pictures(document_id, drawn)


def _frames(stream: bytes) -> list[tuple[int, int, bytes]]:
    frames, at = [], 0
    while at < len(stream):
        size, width, height = paper.FRAME.unpack_from(stream, at)
        at += paper.FRAME.size
        frames.append((width, height, stream[at : at + size]))
        at += size
    return frames


@transaction.atomic
def _keep_pictures(document_id: int, drawn: list[tuple[int, int, bytes]]) -> str:
    """Another worker may have been faster, or the document removed: then these pictures are dropped."""
    document = Document.objects.select_for_update(of=("self",)).filter(pk=document_id).first()
    if document is None or document.pictures != Document.Pictures.WAITING or document.destroyed_at:
        return ""
    for number, (width, height, picture) in enumerate(drawn, start=1):
        page = DocumentPage(document=document, number=number, width=width, height=height)
        page.image.save("page", ContentFile(picture), save=True)
    document.pictures = Document.Pictures.READY if drawn else Document.Pictures.FAILED
    document.save(update_fields=["pictures"])
    return document.pictures
