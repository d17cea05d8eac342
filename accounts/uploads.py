"""What may be uploaded: the kind of a file is read from its content, never from its name.

Formats that need a decoder are opened only by `accounts.paper`, in a process of its own.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import struct
import subprocess
import sys
import unicodedata
import zipfile
from dataclasses import dataclass

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from accounts import paper
from accounts.downloads import XLSX
from accounts.masking import has_resident_number
from accounts.sheets import UnableToRead, check_container

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
def examine(data: bytes, *, sheets: bool = False) -> Taken:
    """Recognise the file by its content, clean it, and refuse what must not be kept. Raises UnableToTake.

    `sheets`: an XLSX workbook may come in too."""
    if not data:
        raise UnableToTake(_("빈 파일입니다. 다른 파일을 고르십시오."))
    if b"%PDF-" in data[:1024]:
        return _pdf(data)
    if data.startswith(b"\xff\xd8\xff"):
        return Taken(in_own_process("jpeg", data), "image/jpeg", ".jpg", has_pages=True)
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return Taken(in_own_process("png", data), "image/png", ".png", has_pages=True)
    if data[4:8] == b"ftyp" and data[8:12] in (b"heic", b"heix", b"hevc", b"hevx", b"mif1", b"msf1"):
        return Taken(in_own_process("jpeg", data), "image/jpeg", ".jpg", has_pages=True)
    if data.startswith(b"PK\x03\x04"):
        return _xlsx(data) if sheets and b"xl/workbook.xml" in data else _hwpx(data)
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


def in_own_process(work: str, data: bytes) -> bytes:
    """What `accounts.paper` makes of it. Raises UnableToTake when it cannot, or takes too long or too much memory."""
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
    read = json.loads(in_own_process("text", data))
    if has_resident_number(read["text"]):
        raise _numbered()
    return Taken(data, "application/pdf", ".pdf", has_pages=True)


def _xlsx(data: bytes) -> Taken:
    """A plain workbook whose cells show no resident registration number."""
    file = io.BytesIO(data)
    try:
        check_container(file)
        with zipfile.ZipFile(file) as archive:
            texts = [
                name for name in archive.namelist() if re.fullmatch(r"xl/(sharedStrings|worksheets/\w+)\.xml", name)
            ]
            if sum(archive.getinfo(name).file_size for name in texts) > _ZIP_MOST_BYTES:
                raise UnableToTake(_("압축을 풀면 너무 큰 파일입니다. PDF로 저장하여 다시 올려 주십시오."))
            if any(has_resident_number(re.sub(r"<[^>]*>", " ", _read(archive, name).decode())) for name in texts):
                raise _numbered()
    except UnableToRead as refusal:
        raise UnableToTake(str(refusal)) from refusal
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, ValueError, KeyError, RuntimeError):
        raise _broken() from None
    return Taken(data, XLSX, ".xlsx", has_pages=False)


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


# --- An upload ------------------------------------------------------------------------------
def clean_filename(name: str, suffix: str) -> str:
    """The name a person gave it, safe to show and to save: no path, no control characters, the true suffix."""
    stem = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0]
    stem = re.sub(r'[\x00-\x1f\x7f<>:"|?*]', "", stem).strip(" .")[:100]
    return f"{stem or _('서류')}{suffix}"


def take_in(upload: UploadedFile, *, sheets: bool = False) -> Incoming:
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
    taken = examine(data, sheets=sheets)
    return Incoming(taken, clean_filename(name, taken.suffix), hashlib.sha256(data).hexdigest())
