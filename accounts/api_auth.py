"""Partner systems sign in with a token that acts as one membership."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.db.models import Q
from django.db.models.functions import Now
from rest_framework.authentication import BaseAuthentication, SessionAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.middleware import client_ip
from accounts.models import PartnerToken, User
from accounts.roles import Actor

if TYPE_CHECKING:
    from accounts.preferences import ActingRequest


class PartnerTokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer <token>`."""

    def authenticate(self, request: Request) -> tuple[User, PartnerToken] | None:
        scheme, _, secret = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer" or not secret:
            return None
        token = (
            PartnerToken.objects.select_related("membership__user", "membership__organisation")
            .filter(digest=PartnerToken.digest_of(secret.strip()), revoked_at__isnull=True, expires_at__gt=Now())
            .filter(membership__starts_at__lte=Now())
            .filter(Q(membership__ends_at__isnull=True) | Q(membership__ends_at__gt=Now()))
            .first()
        )
        if token is None:
            raise AuthenticationFailed("The token is unknown, expired or revoked.")
        asked = cast("ActingRequest", request._request)
        asked.actor = Actor.of(token.membership, client_ip(asked))
        return token.membership.user, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class PortalSession(SessionAuthentication):
    """The portal's own session; without one the answer is 401, not 403."""

    def authenticate_header(self, request: Request) -> str:
        return "Session"
