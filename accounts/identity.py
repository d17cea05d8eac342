"""Identity verification (본인확인): the seam to a provider (본인확인기관), which says who somebody is.

`begin()` sends the person to the provider; `finish()` takes what the provider's answer brings back and keeps name,
birth date, phone and CI (연계정보) as verified. An attempt is one person's, ends after ten minutes and is used once.
Nobody is ever asked for a resident registration number. The provider is a class named by IDENTITY_PROVIDER; without
one nothing is offered. `accounts.identity_local` is the stand-in of demo and tests.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from accounts.forms import GUARDIAN_WAY, age_on
from accounts.models import CitizenProfile, IdentityAttempt, User

VALID_FOR = dt.timedelta(minutes=10)


class UnableToVerify(Exception):
    """The identity cannot be taken as verified; `str()` says why, to the person."""


@dataclass(frozen=True)
class Identity:
    """Who somebody is, as the provider says. `phone` in digits; `ci` is the same for one person everywhere."""

    name: str
    birth_date: dt.date
    phone: str
    ci: str


class Provider(Protocol):
    def begin(self, *, state: str, nonce: str, return_url: str) -> str:
        """The provider's address to send the person to. It answers to `return_url` with `state` among the fields."""

    def finish(self, answer: Mapping[str, str], *, nonce: str) -> Identity:
        """Whom the answer names, once its signature and nonce are checked. Raises UnableToVerify."""


Follower = Callable[[CitizenProfile], object]
_followers: list[Follower] = []


def add_follower(follow: Follower) -> None:
    """`follow(profile)` is called in the transaction in which a profile becomes verified: its person index changes."""
    _followers.append(follow)


def is_offered() -> bool:
    return bool(settings.IDENTITY_PROVIDER)


def _provider() -> Provider:
    if not is_offered():
        raise UnableToVerify(_("지금은 본인확인을 할 수 없습니다."))
    return import_string(settings.IDENTITY_PROVIDER)()


def _digest(state: str) -> bytes:
    return hashlib.sha256(state.encode()).digest()


def begin(user: User) -> str:
    """Start an attempt, in place of any earlier one of this person; the address to send them to."""
    provider, state, nonce = _provider(), secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    IdentityAttempt.objects.update_or_create(
        user=user, defaults={"state_digest": _digest(state), "nonce": nonce, "started_at": timezone.now()}
    )
    return provider.begin(
        state=state, nonce=nonce, return_url=f"{settings.SITE_URL}{reverse('accounts:identity_return')}"
    )


def finish(user: User, answer: Mapping[str, str]) -> CitizenProfile:
    """Take the provider's answer to this person's attempt. Raises UnableToVerify, and the attempt is used up."""
    provider, nonce = _provider(), _use_up(user, answer.get("state", ""))
    identity = provider.finish(answer, nonce=nonce)
    if age_on(identity.birth_date, timezone.localdate()) < 14:
        raise UnableToVerify(str(GUARDIAN_WAY))
    try:
        with transaction.atomic():
            return _keep(user, identity)
    except IntegrityError as error:
        # Of the other account nothing is said, not even its address: who answers here need not be its owner.
        raise UnableToVerify(
            _(
                "이미 다른 계정에서 본인확인을 마친 분입니다. 전에 만든 계정으로 로그인해 주십시오. "
                "기억나지 않으면 다산콜 120이 도와 드립니다."
            )
        ) from error


def _use_up(user: User, state: str) -> str:
    """The nonce of the attempt, which from now on is gone, however this ends."""
    with transaction.atomic():
        attempt = IdentityAttempt.objects.select_for_update().filter(user=user).first()
        if attempt:
            attempt.delete()
    if attempt is None or not secrets.compare_digest(bytes(attempt.state_digest), _digest(state)):
        raise UnableToVerify(_("이미 쓴 본인확인입니다. 처음부터 다시 해 주십시오."))
    if timezone.now() - attempt.started_at > VALID_FOR:
        raise UnableToVerify(_("본인확인 시간이 지났습니다. 처음부터 다시 해 주십시오."))
    return attempt.nonce


def _keep(user: User, identity: Identity) -> CitizenProfile:
    profile = CitizenProfile.objects.select_for_update().filter(user=user).first()
    if profile is None:
        raise UnableToVerify(_("먼저 내 정보를 적어 주십시오."))
    profile.name, profile.birth_date, profile.phone = identity.name, identity.birth_date, identity.phone
    profile.ci, profile.identity_verified_at = identity.ci, timezone.now()
    profile.save()
    for follow in _followers:
        follow(profile)
    return profile
