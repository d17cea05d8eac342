"""Reading XLSX files that strangers fill in: plain ones only, within limits, and each error by its cell."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

MAX_UNPACKED = 200 * 1024 * 1024  # bytes; a small file that unpacks to more is an attack
_BLANK_ROWS_END = 200


class UnableToRead(Exception):
    """The file as a whole cannot be read; `str()` says why and what to do."""


@dataclass(frozen=True)
class CellError:
    row: int
    column: str
    message: str

    def as_json(self) -> dict[str, Any]:
        return {"row": self.row, "column": self.column, "message": self.message}


def text_of(cell: Any) -> str:
    """A cell as its reader sees it: 1.0 is "1"."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return " ".join(str(cell).split())


def check_container(file: BinaryIO) -> None:
    """That this is a plain XLSX file: not another format, not one with macros, not one that unpacks without end."""
    file.seek(0)
    if file.read(8) == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise UnableToRead(_("옛 엑셀(.xls) 파일이거나 암호가 걸려 있습니다. 암호를 풀고 .xlsx로 저장해 올리십시오."))
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    except zipfile.BadZipFile:
        raise UnableToRead(_("엑셀(.xlsx) 파일이 아닙니다. 내려받은 양식에 적어 올리십시오.")) from None
    names = {entry.filename.lower() for entry in entries}
    if any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in names):
        raise UnableToRead(_("매크로가 든 파일은 받지 않습니다. 매크로 없이 .xlsx로 저장해 올리십시오."))
    if "xl/workbook.xml" not in names:
        raise UnableToRead(_("엑셀(.xlsx) 파일이 아닙니다. 내려받은 양식에 적어 올리십시오."))
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise UnableToRead(_("파일이 너무 큽니다. 여러 파일로 나누어 올리십시오."))


@contextmanager
def first_sheet(file: BinaryIO) -> Iterator[Iterator[tuple[Any, ...]]]:
    """The rows of the first sheet as they are read. Raises UnableToRead for the file as a whole."""
    import openpyxl  # noqa: PLC0415 - half a second that no process should wait for at its start
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415

    check_container(file)
    file.seek(0)
    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
        try:
            source = book.worksheets[0]
            source.reset_dimensions()  # what a file says of its own size is not to be trusted
            yield source.iter_rows(values_only=True)
        finally:
            book.close()
    except (InvalidFileException, KeyError, IndexError, zipfile.BadZipFile, SyntaxError, ValueError, OSError) as error:
        raise UnableToRead(_("파일이 깨져 있어 읽을 수 없습니다. 엑셀에서 다시 저장해 올리십시오.")) from error


def places_of(header: Sequence[Any], labels: Sequence[str]) -> dict[str, int]:
    """Where the columns with these headings are. Raises UnableToRead."""
    found = {text_of(cell).rstrip("* "): at for at, cell in enumerate(header) if text_of(cell)}
    if missing := [label for label in labels if label not in found]:
        raise UnableToRead(
            _("첫 줄에 없는 열이 있습니다: %(list)s. 양식을 내려받아 적으십시오.") % {"list": ", ".join(missing)}
        )
    return {label: found[label] for label in labels}


def filled_rows(lines: Iterator[tuple[Any, ...]]) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """The rows below the heading that hold something, with their numbers, until a long stretch of empty ones."""
    blank = 0
    for number, line in enumerate(lines, 2):
        if any(text_of(cell) for cell in line):
            blank = 0
            yield number, line
        elif (blank := blank + 1) >= _BLANK_ROWS_END:
            return
