"""Files sealed in chunks, so that one of any size is written and read in constant memory.

Layout: key id (1 byte), a random prefix (7 bytes), then chunks of 64 KiB, each AES-256-GCM with its own tag. A chunk's
nonce is prefix + number (4 bytes) + 1 for the last one, else 0 (the STREAM construction): chunks cannot be left out,
swapped, cut off or moved to another file unnoticed.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag

from accounts.encryption import UnableToDecrypt, cipher_of, current_cipher

CHUNK = 64 * 1024
_PREFIX = 7
_HEADER = 1 + _PREFIX
_TAG = 16
_SEALED_CHUNK = CHUNK + _TAG


def _nonce(prefix: bytes, number: int, *, last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + bytes([last])


def seal(parts: Iterable[bytes], *, label: str) -> Iterator[bytes]:
    """The sealed form of these parts, piece by piece."""
    key_id, cipher = current_cipher()
    prefix, aad = os.urandom(_PREFIX), label.encode()
    yield bytes([key_id]) + prefix
    buffer, number = bytearray(), 0
    for part in parts:
        buffer += part
        while len(buffer) > CHUNK:  # not >=: the last chunk must be known as such
            yield cipher.encrypt(_nonce(prefix, number, last=False), bytes(buffer[:CHUNK]), aad)
            del buffer[:CHUNK]
            number += 1
    yield cipher.encrypt(_nonce(prefix, number, last=True), bytes(buffer), aad)


def plain_size(sealed_size: int) -> int:
    """Bytes in the file before it was sealed."""
    body = sealed_size - _HEADER
    return body - _TAG * -(-body // _SEALED_CHUNK)


class SealedReader(io.RawIOBase):
    """Reads a sealed file as if it were plain, anywhere in it, one chunk in memory at a time.

    Raises UnableToDecrypt where the file was changed, cut off or sealed with a key that is not in FIELD_KEYS."""

    def __init__(self, sealed: BinaryIO, *, label: str) -> None:
        self._sealed, self._aad = sealed, label.encode()
        size = sealed.seek(0, io.SEEK_END)
        if size < _HEADER + _TAG:
            raise UnableToDecrypt(f"{label}: the file is cut off")
        self._size = plain_size(size)
        self._last = (size - _HEADER - 1) // _SEALED_CHUNK
        sealed.seek(0)
        header = sealed.read(_HEADER)
        self._cipher, self._prefix = cipher_of(header[0], label), header[1:]
        self._at, self._number, self._chunk = 0, -1, b""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: Any) -> int:
        if self._at >= self._size:
            self._load(self._last)  # even an empty file proves that nothing was cut off
            return 0
        self._load(self._at // CHUNK)
        start = self._at % CHUNK
        piece = self._chunk[start : start + len(buffer)]
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def _load(self, number: int) -> None:
        if number == self._number:
            return
        self._sealed.seek(_HEADER + number * _SEALED_CHUNK)
        blob = self._sealed.read(_SEALED_CHUNK)
        try:
            self._chunk = self._cipher.decrypt(
                _nonce(self._prefix, number, last=number == self._last), blob, self._aad
            )
        except InvalidTag:
            raise UnableToDecrypt("the file was changed, cut off or made with another key") from None
        self._number = number

    def close(self) -> None:
        self._sealed.close()
        super().close()
