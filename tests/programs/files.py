"""Real files of every kind that may be uploaded, made for a test; and wrong ones."""

from __future__ import annotations

import io
import struct
import zipfile

import pillow_heif
from PIL import Image, ImageDraw


def image(fmt: str = "JPEG", size: tuple[int, int] = (60, 40), *, orientation: int | None = None) -> bytes:
    """A picture with a dark left edge, so that turning it shows; with a place and a camera in its EXIF."""
    picture = Image.new("RGB", size, "white")
    ImageDraw.Draw(picture).rectangle((0, 0, size[0] // 4, size[1]), fill="black")
    exif = Image.Exif()
    exif[0x010F] = "SecretCameraMaker"
    if orientation:
        exif[0x0112] = orientation
    out = io.BytesIO()
    if fmt == "HEIF":
        pillow_heif.from_pillow(picture).save(out, exif=exif.tobytes())
    else:
        picture.save(out, fmt, exif=exif)
    return out.getvalue()


def pdf(text: str = "Resident register", pages: int = 1) -> bytes:
    """A small PDF with real text, written by hand."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"", b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    kids = []
    for number in range(pages):
        stream = f"BT /F1 24 Tf 50 700 Td ({text} {number + 1}) Tj ET".encode()
        objects.append(b"<< /Length %d >>\nstream\n%b\nendstream" % (len(stream), stream))
        content = len(objects)
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> >> >>" % content
        )
        kids.append(len(objects))
    objects[1] = b"<< /Type /Pages /Kids [%b] /Count %d >>" % (b" ".join(b"%d 0 R" % kid for kid in kids), pages)
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for place in places:
        out += b"%010d 00000 n \n" % place
    out += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start)
    return bytes(out)


def locked_pdf() -> bytes:
    """A PDF that says it is encrypted with a password nobody gave."""
    made = pdf()
    crypt = b"<< /Filter /Standard /V 2 /R 3 /Length 128 /P -1 /O <" + b"41" * 32 + b"> /U <" + b"42" * 32 + b"> >>"
    return made.replace(b"/Root 1 0 R", b"/Root 1 0 R /ID [<00><00>] /Encrypt " + crypt)


def hwpx(text: str = "임대차계약서", *, mimetype: str = "application/hwp+zip", extra: dict | None = None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", mimetype, zipfile.ZIP_STORED)
        archive.writestr(
            "Contents/section0.xml",
            f'<hs:sec xmlns:hs="s" xmlns:hp="p"><hp:p><hp:run><hp:t>{text}</hp:t></hp:run></hp:p></hs:sec>',
        )
        for name, content in (extra or {}).items():
            archive.writestr(name, content)
    return out.getvalue()


def hwp(text: str = "", *, locked: bool = False) -> bytes:
    header = b"HWP Document File".ljust(32, b"\0") + struct.pack("<II", 0x05010000, 3 if locked else 1)
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + header + bytes(472) + text.encode("utf-16-le")
