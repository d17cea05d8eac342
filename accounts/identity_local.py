"""The stand-in of an identity provider: pages of the portal itself, in demo and tests only. It believes everybody.

Its answer is sealed, so that a person's data do not stand in an address, and holds the nonce of its attempt.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Mapping
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.encryption import UnableToDecrypt, decrypt, encrypt
from accounts.identity import Identity, UnableToVerify

_LABEL = "identity.local"


def is_available() -> bool:
    return settings.DEMO or settings.DEBUG or settings.TESTING


def ci_of(name: str, birth_date: dt.date) -> str:
    """A made-up CI of the usual form: 88 characters, the same for the same name and birth date."""
    digest = hmac.digest(settings.SECRET_KEY.encode(), f"{name}\0{birth_date}".encode(), hashlib.sha512)
    return base64.b64encode(digest).decode()


def sealed_answer(*, name: str, birth_date: dt.date, phone: str, nonce: str) -> str:
    said = {"name": name, "birth_date": birth_date.isoformat(), "phone": phone, "nonce": nonce}
    return base64.urlsafe_b64encode(encrypt(json.dumps(said).encode(), label=_LABEL)).decode()


class LocalIdentity:
    def begin(self, *, state: str, nonce: str, return_url: str) -> str:
        return f"{reverse('accounts:identity_local')}?{urlencode({'state': state, 'nonce': nonce})}"

    def finish(self, answer: Mapping[str, str], *, nonce: str) -> Identity:
        try:
            said = json.loads(decrypt(base64.urlsafe_b64decode(answer.get("code", "")), label=_LABEL))
        except (UnableToDecrypt, ValueError) as error:
            raise UnableToVerify(_("본인확인 결과를 읽을 수 없습니다. 처음부터 다시 해 주십시오.")) from error
        if not hmac.compare_digest(said["nonce"].encode(), nonce.encode()):
            raise UnableToVerify(_("본인확인 결과를 읽을 수 없습니다. 처음부터 다시 해 주십시오."))
        name, birth_date = said["name"], dt.date.fromisoformat(said["birth_date"])
        return Identity(name=name, birth_date=birth_date, phone=said["phone"], ci=ci_of(name, birth_date))
