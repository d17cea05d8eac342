"""Sessions in the database, encrypted: on the way through sign-up they hold an e-mail address and its code."""

from __future__ import annotations

import base64
from typing import Any

from django.contrib.sessions.backends import db

from accounts.encryption import UnableToDecrypt, decrypt, encrypt

_LABEL = "session"


class SessionStore(db.SessionStore):
    def encode(self, session_dict: dict[str, Any]) -> str:
        return base64.b64encode(encrypt(self.serializer().dumps(session_dict), label=_LABEL)).decode()

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        """What cannot be read, such as a session from before it was encrypted, is an empty one."""
        try:
            return self.serializer().loads(decrypt(base64.b64decode(session_data), label=_LABEL))
        except (UnableToDecrypt, ValueError):
            return {}
