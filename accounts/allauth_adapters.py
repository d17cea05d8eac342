"""Our rules for django-allauth: nothing personal in clear, and the same answer for known and unknown addresses."""

from __future__ import annotations

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.encryption import decrypt, encrypt
from accounts.models.people import Language


def language_of_page() -> str:
    """The language that who signs up reads: they are written to in it, until they choose otherwise."""
    return Language.ENGLISH if get_language() == "en" else Language.KOREAN


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "too_many_login_attempts": _("여러 번 틀려서 잠시 막았습니다. 15분 뒤에 다시 로그인하십시오."),
        "incorrect_code": _("번호가 맞지 않습니다. 가장 나중에 받은 이메일의 번호를 적으십시오."),
        "email_password_mismatch": _("이메일 또는 비밀번호가 맞지 않습니다."),
    }

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        user.email = form.cleaned_data["email"].lower()
        user.set_password(form.cleaned_data["password1"])
        user.language = language_of_page()
        if commit:
            user.save()
        return user

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """Accounts that staff made have no address row yet; the page of addresses must not make one on GET."""
        if not EmailAddress.objects.filter(user=user).exists():
            EmailAddress.objects.create(user=user, email=user.email, primary=True)
        return super().post_login(request, user, **kwargs)


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """Social login proves an account at Kakao or Naver, never an identity; nothing they send is kept."""

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        sociallogin.account.extra_data = {}

    def save_user(self, request: HttpRequest, sociallogin: Any, form: Any = None) -> Any:
        sociallogin.user.language = language_of_page()
        return super().save_user(request, sociallogin, form)

    def list_apps(self, request: HttpRequest, provider: Any = None, client_id: Any = None) -> Any:
        return [app for app in super().list_apps(request, provider, client_id) if app.client_id]


class MFAAdapter(DefaultMFAAdapter):
    """TOTP secrets and recovery codes are encrypted at rest."""

    def encrypt(self, text: str) -> str:
        return base64.b64encode(encrypt(text.encode(), label="mfa")).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt(base64.b64decode(encrypted_text), label="mfa").decode()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {"id": settings.SITE_URL.split("://")[1].split(":")[0].split("/")[0], "name": "안심서울"}
