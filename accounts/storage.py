"""Uploaded files: encrypted at rest, under random names, never served by URL."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage

from accounts.sealed_files import SealedReader, plain_size, seal

_LABEL = "file"


class _Sealed(File):
    """A file on its way to the disk: read in parts, given on sealed."""

    def __init__(self, content: File) -> None:
        super().__init__(content.file)
        self.content = content

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        return seal(self.content.chunks(chunk_size), label=_LABEL)


class EncryptedFileSystemStorage(FileSystemStorage):
    """Files of any size, sealed in chunks (accounts.sealed_files) as they are written and opened as they are read."""

    def _save(self, name: str, content: File) -> str:
        return super()._save(name, _Sealed(content))

    def _open(self, name: str, mode: str = "rb") -> Any:
        if mode != "rb":
            raise ValueError("encrypted files are written once and read")
        return File(io.BufferedReader(SealedReader(super()._open(name, "rb").file, label=_LABEL)), name=name)

    def size(self, name: str) -> int:
        """Bytes of the file as it was before it was sealed."""
        return plain_size(super().size(name))

    def url(self, name: str | None) -> str:
        raise ValueError("personal files have no URL; views check permission and send them as attachments")
