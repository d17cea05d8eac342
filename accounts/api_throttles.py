"""How often the API may be asked: by token for partner systems, by account for sessions, by address for visitors.

Counted in the cache; when that is away nothing is refused (accounts.cache)."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import AnonRateThrottle, SimpleRateThrottle, UserRateThrottle

from accounts.middleware import client_ip
from accounts.models import PartnerToken


class VisitorThrottle(AnonRateThrottle):
    def get_ident(self, request: Request) -> str:
        """The address as the portal knows it: a header a visitor writes does not change it."""
        return client_ip(request._request) or ""


class SessionThrottle(UserRateThrottle):
    def get_cache_key(self, request: Request, view: Any) -> str | None:
        if request.auth is not None or not request.user or not request.user.is_authenticated:
            return None
        return super().get_cache_key(request, view)


class TokenThrottle(SimpleRateThrottle):
    scope = "token"

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        if not isinstance(request.auth, PartnerToken):
            return None
        return self.cache_format % {"scope": self.scope, "ident": request.auth.pk}
