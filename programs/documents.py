"""Uploaded documents: what may come in, where it is kept, and the pictures of its pages.

The kind of a file is read from its content, never from its name. Formats that need a decoder are opened only by
`programs.paper`, in a process of its own.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import logging
import os
import re
import struct
import subprocess
import sys
import unicodedata
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.masking import has_resident_number
from accounts.roles import Actor
from notifications.hints import send_hint
from programs import paper
from programs.intake import missing_consents
from programs.models import Application, ApplicationDraft, Document, DocumentPage, RequiredDocument
from programs.models.applications import State

logger = logging.getLogger(__name__)

OTHER = "other"  # a document beyond those a call asks for
ACCEPT = ".pdf,.jpg,.jpeg,.png,.heic,.heif,.hwpx,.hwp,application/pdf,image/*"
_SECONDS = 60
_ZIP_MOST_BYTES = 60 * 1024 * 1024
_ZIP_MOST_ENTRIES = 2_000
_RRN_UTF16 = re.compile(rb"(?<!\d\0)(?:\d\0){6}(?:-\0)?[1-8]\0(?:\d\0){6}(?!\d\0)")


class UnableToTake(Exception):
    """This file cannot be taken; `str()` says why and what to do, for the person who chose it."""


@dataclass(frozen=True)
class Taken:
    """A file that passed: its bytes as they will be kept."""

    data: bytes
    content_type: str
    suffix: str
    has_pages: bool  # pictures of its pages can be made


@dataclass(frozen=True)
class Incoming:
    """An upload that passed, with its cleaned name and the digest of what was sent."""

    taken: Taken
    filename: str
    sha256: str


# --- What is in the file --------------------------------------------------------------------
def examine(data: bytes) -> Taken:
    """Recognise the file by its content, clean it, and refuse what must not be kept. Raises UnableToTake."""
    if not data:
        raise UnableToTake(_("빈 파일입니다. 다른 파일을 고르십시오."))
    if b"%PDF-" in data[:1024]:
        return _pdf(data)
    if data.startswith(b"\xff\xd8\xff"):
        return Taken(_in_own_process("jpeg", data), "image/jpeg", ".jpg", has_pages=True)
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return Taken(_in_own_process("png", data), "image/png", ".png", has_pages=True)
    if data[4:8] == b"ftyp" and data[8:12] in (b"heic", b"heix", b"hevc", b"hevx", b"mif1", b"msf1"):
        return Taken(_in_own_process("jpeg", data), "image/jpeg", ".jpg", has_pages=True)
    if data.startswith(b"PK\x03\x04"):
        return _hwpx(data)
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _hwp(data)
    raise _wrong_type()


def _wrong_type() -> UnableToTake:
    return UnableToTake(
        _("올릴 수 없는 형식입니다. PDF, JPG, PNG, HEIC, HWPX, HWP 파일이나 사진을 찍어 올려 주십시오.")
    )


def _broken() -> UnableToTake:
    return UnableToTake(_("파일이 손상되어 열 수 없습니다. 파일을 열어 확인한 뒤 다시 올려 주십시오."))


def _locked() -> UnableToTake:
    return UnableToTake(_("암호가 걸린 파일입니다. 암호를 풀고 다시 올려 주십시오."))


def _numbered() -> UnableToTake:
    return UnableToTake(
        _(
            "주민등록번호가 보입니다. 주민등록번호 뒷자리를 가리고 다시 올려 주십시오. "
            "등본은 뒷자리를 가려 발급받을 수 있습니다."
        )
    )


def _in_own_process(work: str, data: bytes) -> bytes:
    """What `programs.paper` makes of it. Raises UnableToTake when it cannot, or takes too long or too much memory."""
    try:
        done = subprocess.run(
            [sys.executable, "-I", paper.__file__, work],
            input=data,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
            env={"PATH": os.environ.get("PATH", "")},
        )
    except subprocess.TimeoutExpired:
        raise _broken() from None
    if done.returncode == 0:
        return done.stdout
    if done.returncode == paper.Trouble.LOCKED:
        raise _locked()
    if done.returncode == paper.Trouble.TOO_MANY_PIXELS:
        raise UnableToTake(_("사진이 너무 큽니다. 화소를 줄이거나 화면을 갈무리하여 다시 올려 주십시오."))
    if done.returncode == paper.Trouble.EMPTY:
        raise UnableToTake(_("쪽이 없는 파일입니다. 다른 파일을 고르십시오."))
    raise _broken()


def _pdf(data: bytes) -> Taken:
    read = json.loads(_in_own_process("text", data))
    if has_resident_number(read["text"]):
        raise _numbered()
    return Taken(data, "application/pdf", ".pdf", has_pages=True)


def _hwpx(data: bytes) -> Taken:
    """A zip whose `mimetype` says HWPX; libraries that guess types call it "zip"."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            text = _hwpx_text(archive)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, OSError, NotImplementedError, ValueError, KeyError):
        raise _broken() from None
    if has_resident_number(text):
        raise _numbered()
    return Taken(data, "application/hwp+zip", ".hwpx", has_pages=False)


def _hwpx_text(archive: zipfile.ZipFile) -> str:
    entries = archive.infolist()
    if "mimetype" not in archive.namelist() or archive.getinfo("mimetype").file_size > 100:
        raise _wrong_type()
    if archive.read("mimetype").strip() != b"application/hwp+zip":
        raise _wrong_type()
    if len(entries) > _ZIP_MOST_ENTRIES or sum(entry.file_size for entry in entries) > _ZIP_MOST_BYTES:
        raise UnableToTake(_("압축을 풀면 너무 큰 파일입니다. PDF로 저장하여 다시 올려 주십시오."))
    if any(entry.flag_bits & 1 for entry in entries):
        raise _locked()
    manifest = "META-INF/manifest.xml"
    if manifest in archive.namelist() and b"encryption-data" in _read(archive, manifest):
        raise _locked()
    sections = [entry.filename for entry in entries if re.fullmatch(r"Contents/section\d+\.xml", entry.filename)]
    if not sections:
        raise _broken()
    markup = "\n".join(_read(archive, name).decode("utf-8", "replace") for name in sections)
    return re.sub(r"<[^>]*>", "", re.sub(r"</\w+:p>", "\n", markup))


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    """At most what the entry says it holds: a false size must not fill the memory."""
    with archive.open(name) as entry:
        return entry.read(_ZIP_MOST_BYTES)


def _hwp(data: bytes) -> Taken:
    """An OLE2 file whose FileHeader stream begins with HWP's signature (한글문서파일형식 5.0, 3.2.1)."""
    at = data.find(b"HWP Document File")
    if at < 0:
        raise _wrong_type()
    flags = data[at + 36 : at + 40]
    if len(flags) < 4:
        raise _broken()
    if struct.unpack("<I", flags)[0] & 2:
        raise _locked()
    if _RRN_UTF16.search(data):  # the preview text, which is not compressed
        raise _numbered()
    return Taken(data, "application/x-hwp", ".hwp", has_pages=False)


# --- Keeping it -----------------------------------------------------------------------------
def clean_filename(name: str, suffix: str) -> str:
    """The name a person gave it, safe to show and to save: no path, no control characters, the true suffix."""
    stem = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0]
    stem = re.sub(r'[\x00-\x1f\x7f<>:"|?*]', "", stem).strip(" .")[:100]
    return f"{stem or _('서류')}{suffix}"


def take_in(upload: UploadedFile) -> Incoming:
    """Check one upload and clean it; nothing is kept yet. Raises UnableToTake."""
    if upload.size and upload.size > settings.UPLOAD_MAX_BYTES:
        raise UnableToTake(
            _("파일이 %(mb)sMB를 넘습니다. 더 작은 파일을 고르거나 사진 화소를 줄여 주십시오.")
            % {"mb": settings.UPLOAD_MAX_BYTES // 1024 // 1024}
        )
    name = upload.name or ""
    if has_resident_number(name):
        raise UnableToTake(_("파일 이름에 주민등록번호가 있습니다. 이름을 바꾸고 다시 올려 주십시오."))
    data = upload.read()
    taken = examine(data)
    return Incoming(taken, clean_filename(name, taken.suffix), hashlib.sha256(data).hexdigest())


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
            drawn = _frames(_in_own_process("pages", file.read()))
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
