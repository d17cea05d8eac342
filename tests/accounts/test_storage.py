"""Files at rest: sealed in chunks, read back whole, refused when anything about them changed."""

import io
from pathlib import Path

import pytest
from django.core.files.base import ContentFile, File

from accounts.encryption import UnableToDecrypt
from accounts.sealed_files import CHUNK, SealedReader, plain_size, seal
from accounts.storage import EncryptedFileSystemStorage

SIZES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 7]


@pytest.fixture
def storage(tmp_path):
    return EncryptedFileSystemStorage(location=tmp_path)


@pytest.mark.parametrize("size", SIZES)
def test_a_file_comes_back_as_it_was(storage, size):
    data = bytes(range(256)) * (size // 256 + 1)
    name = storage.save("a/b", ContentFile(data[:size]))
    with storage.open(name) as file:
        assert file.read() == data[:size]
        assert file.seek(max(0, size - 3)) == max(0, size - 3)
        assert file.read() == data[max(0, size - 3) : size]
    assert storage.size(name) == size


def test_nothing_readable_lies_on_the_disk(storage):
    name = storage.save("secret", ContentFile("홍길동".encode() * 50_000))
    assert "홍길동".encode() not in Path(storage.path(name)).read_bytes()


def test_a_file_from_disk_is_sealed_too(storage, tmp_path):
    (tmp_path / "plain").write_bytes(b"x" * 200_000)
    with (tmp_path / "plain").open("rb") as plain:
        name = storage.save("copy", File(plain))
    with storage.open(name) as file:
        assert file.read() == b"x" * 200_000


def _sealed(size: int = 3 * CHUNK) -> bytes:
    return b"".join(seal([b"y" * size], label="file"))


def _read(blob: bytes, label: str = "file") -> bytes:
    return SealedReader(io.BytesIO(blob), label=label).readall()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda b: b[:-1],
        lambda b: b[: 8 + CHUNK + 16],  # whole chunks cut off
        lambda b: b[:8] + b[8 + CHUNK + 16 :],  # the first chunk left out
        lambda b: b[:100] + bytes([b[100] ^ 1]) + b[101:],
        lambda b: bytes([99]) + b[1:],  # an unknown key
        lambda b: b[:10],
        lambda b: b"",
    ],
)
def test_a_spoiled_file_is_refused(spoil):
    with pytest.raises(UnableToDecrypt):
        _read(spoil(_sealed()))


def test_a_file_of_another_label_is_refused():
    with pytest.raises(UnableToDecrypt):
        _read(_sealed(), label="backup")


@pytest.mark.parametrize("size", SIZES)
def test_the_plain_size_is_known_without_opening(size):
    assert plain_size(len(_sealed(size))) == size
