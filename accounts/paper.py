"""Reads what strangers upload — in a process of its own with limits on memory, time and pixels.

Run as a script by `programs.documents`: the file comes in by standard input, the answer leaves by standard output, and
nothing of the portal is imported, so that a hostile file meets no key and no database. A format it cannot read ends
with a code of `Trouble`.
"""

from __future__ import annotations

import enum
import io
import json
import resource
import struct
import sys
from collections.abc import Iterator

MEMORY = 1_500 * 1024 * 1024  # bytes of address space
CPU_SECONDS = 40
MOST_PIXELS = 60_000_000  # a 48-megapixel telephone camera fits
LONG_EDGE = 4_000  # pixels kept of a photograph
PAGE_EDGE = 1_600  # pixels of a page's picture
MOST_PAGES = 30
FRAME = struct.Struct(">IHH")  # bytes, width, height


class Trouble(enum.IntEnum):
    """Exit codes."""

    BROKEN = 10
    LOCKED = 11
    TOO_MANY_PIXELS = 12
    EMPTY = 13


def _open_pdf(data: bytes):
    import pypdfium2  # noqa: PLC0415 - images need not pay for it
    from pypdfium2 import raw  # noqa: PLC0415

    try:
        pdf = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError:
        locked = raw.FPDF_GetLastError() == raw.FPDF_ERR_PASSWORD
        sys.exit(Trouble.LOCKED if locked else Trouble.BROKEN)
    if len(pdf) == 0:
        sys.exit(Trouble.EMPTY)
    pdf.init_forms()  # what was typed into a form's fields is drawn too
    return pdf


def read_pdf(data: bytes) -> bytes:
    """How many pages it has and the text of the first ones, as JSON."""
    pdf = _open_pdf(data)
    texts = [pdf[number].get_textpage().get_text_bounded() for number in range(min(len(pdf), MOST_PAGES))]
    return json.dumps({"pages": len(pdf), "text": "\n".join(texts)}).encode()


def _open_image(data: bytes):
    from PIL import Image, ImageOps  # noqa: PLC0415
    from pillow_heif import register_heif_opener  # noqa: PLC0415

    register_heif_opener(thumbnails=False)
    Image.MAX_IMAGE_PIXELS = None  # our own limit is checked before anything is decoded
    image = Image.open(io.BytesIO(data), formats=["JPEG", "PNG", "HEIF"])
    if image.width * image.height > MOST_PIXELS:
        sys.exit(Trouble.TOO_MANY_PIXELS)
    if image.format == "JPEG":
        image.draft(image.mode, (LONG_EDGE, LONG_EDGE))
    return ImageOps.exif_transpose(image)


def clean_image(data: bytes, target: str) -> bytes:
    """The picture anew, upright and without any metadata, as JPEG or PNG."""
    image = _open_image(data)
    image.thumbnail((LONG_EDGE, LONG_EDGE))
    out = io.BytesIO()
    if target == "PNG":
        has_alpha = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
        image = image.convert("RGBA" if has_alpha else "L" if image.mode in ("1", "L") else "RGB")
        image.info.clear()
        image.save(out, "PNG")
    else:
        image = image.convert("RGB")
        image.info.clear()
        image.save(out, "JPEG", quality=88)
    return out.getvalue()


def _pages(data: bytes) -> Iterator:
    if not data.startswith((b"\xff\xd8", b"\x89PNG")):
        pdf = _open_pdf(data)
        for number in range(min(len(pdf), MOST_PAGES)):
            page = pdf[number]
            width, height = page.get_size()
            scale = min(PAGE_EDGE / max(width, height, 1), 4)
            yield page.render(scale=scale).to_pil()
            page.close()
    else:
        yield _open_image(data)


def draw_pages(data: bytes) -> bytes:
    """A JPEG of every page: each its size, width and height, then the picture."""
    out = io.BytesIO()
    for page in _pages(data):
        page.thumbnail((PAGE_EDGE, PAGE_EDGE))
        picture = io.BytesIO()
        if page.mode in ("RGBA", "LA", "PA", "P"):
            page = page.convert("RGBA")  # noqa: PLW2901 - the same page, on white paper
            page = _on_white(page)  # noqa: PLW2901
        page.convert("RGB").save(picture, "JPEG", quality=80)
        out.write(FRAME.pack(picture.tell(), page.width, page.height))
        out.write(picture.getvalue())
    return out.getvalue()


def _on_white(page):
    from PIL import Image  # noqa: PLC0415

    paper = Image.new("RGBA", page.size, "white")
    paper.alpha_composite(page)
    return paper


WORK = {
    "text": read_pdf,
    "jpeg": lambda data: clean_image(data, "JPEG"),
    "png": lambda data: clean_image(data, "PNG"),
    "pages": draw_pages,
}


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    data = sys.stdin.buffer.read()
    try:
        answer = WORK[sys.argv[1]](data)
    except Exception as error:  # noqa: BLE001 - whatever a hostile file does to a decoder, it is a broken file
        print(type(error).__name__, file=sys.stderr)  # never the message: it may quote the file
        sys.exit(Trouble.BROKEN)
    sys.stdout.buffer.write(answer)


if __name__ == "__main__":
    main()
