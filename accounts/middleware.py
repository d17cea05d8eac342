"""Who acts in this request, and the promise that reading never writes."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.models import Membership
from accounts.problems import API, problem
from accounts.roles import Actor

ACTING = "acting_membership"
_SEEN = "staff_seen_at"
_SECOND_FACTOR_METHODS = {"mfa", "webauthn"}
Handler = Callable[[HttpRequest], HttpResponse]


def client_ip(request: HttpRequest) -> str | None:
    if settings.SECURE_PROXY_SSL_HEADER and (forwarded := request.headers.get("X-Forwarded-For")):
        return forwarded.rsplit(",", 1)[-1].strip()
    return request.META.get("REMOTE_ADDR") or None


def resolve_actor(request: HttpRequest) -> Actor:
    """The one membership a staff session acts in, else the citizen, else a visitor. Ended memberships stop at once."""
    ip = client_ip(request)
    if not request.user.is_authenticated:
        return Actor.anonymous(ip)
    membership_id = request.session.get(ACTING)
    if membership_id is None:
        return Actor.citizen(request.user, ip)
    membership = (
        Membership.objects.in_force()
        .select_related("organisation")
        .filter(pk=membership_id, user=request.user)
        .first()
    )
    if membership is None:
        del request.session[ACTING]
        return Actor.citizen(request.user, ip)
    membership.user = request.user
    return Actor.of(membership, ip)


def _come_back(request: HttpRequest) -> str:
    """Where to go on afterwards; what was being sent is not sent again."""
    return request.get_full_path() if request.method == "GET" else reverse("accounts:after_sign_in")


class ActorMiddleware:
    """Sets `request.actor`; logs an idle staff session out; sends staff without a second factor to set one up."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = resolve_actor(request)
        if request.actor.is_staff_session:
            if self._is_idle(request):
                return self._log_out(request)
            if settings.STAFF_SECOND_FACTOR and not self._has_second_factor(request):
                return self._ask_second_factor(request)
        return self.get_response(request)

    def _log_out(self, request: HttpRequest) -> HttpResponse:
        logout(request)
        said = _("%(n)s분 동안 사용하지 않아 로그아웃했습니다. 다시 로그인하십시오.") % {
            "n": settings.STAFF_IDLE_MINUTES
        }
        if request.path.startswith(API):
            return problem(401, said, title=said)
        messages.info(request, said)
        return redirect(f"{reverse('account_login')}?{urlencode({'next': _come_back(request)})}")

    def _ask_second_factor(self, request: HttpRequest) -> HttpResponse:
        """To set one up, or to use the one there is; and then back."""
        if request.path.startswith(API):
            said = _("2단계 인증을 한 뒤에 쓸 수 있습니다.")
            return problem(403, said, title=said)
        kinds = set(Authenticator.objects.filter(user=request.user).values_list("type", flat=True))
        if Authenticator.Type.TOTP in kinds:
            name = "mfa_reauthenticate"
        elif Authenticator.Type.WEBAUTHN in kinds:
            name = "mfa_reauthenticate_webauthn"
        else:
            messages.info(request, _("직원은 2단계 인증을 등록한 뒤에 업무 화면을 쓸 수 있습니다."))
            return redirect("mfa_activate_totp")
        return redirect(f"{reverse(name)}?{urlencode({'next': _come_back(request)})}")

    def _is_idle(self, request: HttpRequest) -> bool:
        now = time.time()
        seen = request.session.get(_SEEN, now)
        if now - seen > settings.STAFF_IDLE_MINUTES * 60:
            return True
        if now - seen > 60 or _SEEN not in request.session:
            request.session[_SEEN] = now
        return False

    def _has_second_factor(self, request: HttpRequest) -> bool:
        if request.path.startswith(("/accounts/", "/static/", "/language/")):
            return True
        methods = {record.get("method") for record in request.session.get("account_authentication_methods", [])}
        return bool(methods & _SECOND_FACTOR_METHODS)


class PrivatePagesMiddleware:
    """What a signed-in person sees is kept by no browser and no proxy: going back after signing out shows nothing."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        was_signed_in = request.user.is_authenticated
        response = self.get_response(request)
        if was_signed_in or request.user.is_authenticated:
            patch_cache_control(response, no_store=True, private=True)
        return response


_WRITE = re.compile(
    r"\s*(INSERT|UPDATE|DELETE|TRUNCATE|COPY|WITH\b.*\b(INSERT|UPDATE|DELETE)\b)", re.IGNORECASE | re.DOTALL
)


# The return leg of a social login; recovery codes, which are marked as seen.
_WRITES_ON_GET = ("/login/callback/", "/2fa/recovery-codes/", "/2fa/recovery-codes/download/")


class WroteDuringGet(RuntimeError):
    """A view answered GET or HEAD by changing data. Make it a POST."""


class ReadOnlyGetMiddleware:
    """Refuses writes during GET and HEAD, except of the session itself and at the addresses of allauth that must.
    The access log goes through its own connection."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD") or request.path.endswith(_WRITES_ON_GET):
            return self.get_response(request)
        with connection.execute_wrapper(_refuse_writes):
            return self.get_response(request)


def _refuse_writes(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    if _WRITE.match(sql) and "django_session" not in sql:
        raise WroteDuringGet(sql[:200])
    return execute(sql, params, many, context)
