"""Encryption of personal columns and the blind indexes that let them be looked up.

AES-256-GCM with a key id and additional data (the column's label), so that a value moved to another column does not
decrypt. E-mail addresses are deterministic (AES-SIV), because sign-in must find them; nothing else is.
개인정보의 안전성 확보조치 기준 §7.
"""

from __future__ import annotations

import base64
import datetime as dt
import hmac
import os
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV
from django.conf import settings
from django.db import models

_NONCE = 12


class UnableToDecrypt(Exception):
    """The value was made with a key that is not in FIELD_KEYS, or was changed or moved."""


@lru_cache(maxsize=1)
def _keys() -> dict[int, AESGCM]:
    """Ciphers by key id; the first of FIELD_KEYS encrypts."""
    keys = {}
    for entry in settings.FIELD_KEYS:
        key_id, _, secret = entry.partition(":")
        keys[int(key_id)] = AESGCM(base64.b64decode(secret))
    return keys


@lru_cache(maxsize=4)
def _index_key(purpose: str) -> bytes:
    return hmac.digest(base64.b64decode(settings.BLIND_INDEX_KEY), purpose.encode(), "sha512")


def current_cipher() -> tuple[int, AESGCM]:
    """The key that encrypts now, and its id."""
    return next(iter(_keys().items()))


def cipher_of(key_id: int, label: str) -> AESGCM:
    """The key that something was encrypted with. Raises UnableToDecrypt when it is gone."""
    cipher = _keys().get(key_id)
    if cipher is None:
        raise UnableToDecrypt(f"{label}: key {key_id} is not in FIELD_KEYS")
    return cipher


def encrypt(data: bytes, *, label: str) -> bytes:
    key_id, cipher = current_cipher()
    nonce = os.urandom(_NONCE)
    return bytes([key_id]) + nonce + cipher.encrypt(nonce, data, label.encode())


def decrypt(blob: bytes, *, label: str) -> bytes:
    if not blob:
        raise UnableToDecrypt(f"{label}: nothing there")
    cipher = cipher_of(blob[0], label)
    try:
        return cipher.decrypt(bytes(blob[1 : 1 + _NONCE]), bytes(blob[1 + _NONCE :]), label.encode())
    except InvalidTag:
        raise UnableToDecrypt(f"{label}: the value was changed, moved or made with another key") from None


def blind_index(kind: str, value: str) -> bytes:
    """16 bytes by which an encrypted value of this kind can be found when the whole value is known."""
    return hmac.digest(_index_key("blind"), f"{kind}\0{value}".encode(), "sha256")[:16]


@lru_cache(maxsize=1)
def _email_cipher() -> AESSIV:
    return AESSIV(_index_key("email"))


def seal_email(email: str) -> str:
    return base64.b64encode(_email_cipher().encrypt(email.lower().encode(), [b"email"])).decode()


def open_email(sealed: str) -> str:
    try:
        return _email_cipher().decrypt(base64.b64decode(sealed), [b"email"]).decode()
    except (InvalidTag, ValueError):
        raise UnableToDecrypt("e-mail: not sealed with this BLIND_INDEX_KEY") from None


class EncryptedTextField(models.BinaryField):
    """Text, encrypted at rest. `label` is the additional data; it never changes once rows exist."""

    _pyi_private_set_type: Any  # for type checkers: what is stored is bytes, what is seen is not
    _pyi_private_get_type: Any

    def __init__(self, *args: Any, label: str = "", **kwargs: Any) -> None:
        self.label = label
        kwargs.setdefault("editable", True)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs["label"] = self.label
        return name, path, args, kwargs

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if value is None or isinstance(value, bytes):
            return super().get_db_prep_value(value, connection, prepared)
        return super().get_db_prep_value(encrypt(self.to_text(value).encode(), label=self.label), connection, prepared)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return None if value is None else self.from_text(decrypt(bytes(value), label=self.label).decode())

    def to_python(self, value: Any) -> Any:
        return value

    def value_to_string(self, obj: models.Model) -> str:
        value = self.value_from_object(obj)
        return "" if value is None else self.to_text(value)

    def to_text(self, value: Any) -> str:
        return str(value)

    def from_text(self, text: str) -> Any:
        return text

    def get_default(self) -> Any:
        return models.Field.get_default(self)

    def _check_str_default_value(self) -> list[Any]:
        return []  # the default is the plain text, encrypted when it is saved


class EncryptedDateField(EncryptedTextField):
    """A date, encrypted at rest."""

    def to_text(self, value: Any) -> str:
        return (value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value))).isoformat()

    def from_text(self, text: str) -> dt.date:
        return dt.date.fromisoformat(text)


class SealedEmailField(models.EmailField):
    """An e-mail address, encrypted deterministically, so that `=` and UNIQUE work and nothing else does.

    It also serves allauth's own e-mail column: it claims EmailField's path, so no migration sees a difference.
    """

    def get_prep_value(self, value: Any) -> Any:
        return seal_email(value) if value else value

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return open_email(value) if value else value

    def get_lookup(self, lookup_name: str) -> Any:
        return super().get_lookup("exact" if lookup_name == "iexact" else lookup_name)

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.EmailField", args, kwargs
