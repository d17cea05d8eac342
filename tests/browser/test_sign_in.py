"""Signing in without a password: the passkey of a device, played by Chromium's own virtual authenticator."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import override_settings

from accounts.demo import PASSWORD
from accounts.models import User
from tests.browser.visitor import Visitor
from tests.browser.widths import on_a_phone_first

pytestmark = [pytest.mark.browser, on_a_phone_first]

_DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@override_settings(STAFF_SECOND_FACTOR=True)
def test_an_officer_works_with_a_passkey(arrive: Callable[..., Visitor]):
    officer = arrive()
    give_a_device(officer)
    officer.sign_in("officer")
    officer.look("second-factor-wanted")
    say_the_password_again(officer)
    officer.is_at("인증 앱 등록")
    officer.look("app-to-set-up")
    register(officer)
    officer.go("/work/")
    officer.is_at("2단계 인증")
    officer.look("key-asked")
    officer.press("보안 키나 패스키 쓰기")
    officer.is_at("내 업무")
    leave(officer)
    officer.page.get_by_role("button", name="패스키로 로그인").click()
    officer.is_at("내 업무")
    officer.look("work")


def give_a_device(visitor: Visitor) -> None:
    devices = visitor.context.new_cdp_session(visitor.page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": _DEVICE})


def say_the_password_again(visitor: Visitor) -> None:
    visitor.is_at("본인 확인")
    visitor.fill(비밀번호=PASSWORD)
    visitor.press("확인")


def register(visitor: Visitor) -> None:
    visitor.go("/accounts/2fa/webauthn/add/")
    visitor.look("add-key")
    visitor.fill(이름="업무용 휴대전화")
    visitor.tick("비밀번호 없이 이 키만으로 로그인하기")
    visitor.press("등록")
    visitor.is_at("복구 코드")
    visitor.look("recovery-codes")
    visitor.follow("2단계 인증으로")
    visitor.look("factors")
    visitor.follow("관리")
    visitor.look("keys")
    visitor.follow(re.compile("^이름 고치기"))
    visitor.look("rename")
    visitor.follow("취소")
    visitor.follow(re.compile("^지우기"))
    visitor.look("remove")


def leave(visitor: Visitor) -> None:
    visitor.go("/accounts/logout/")
    visitor.press("로그아웃")
    visitor.go("/accounts/login/")


@pytest.mark.slow
def test_the_app_and_the_codes_are_managed(arrive: Callable[..., Visitor]):
    citizen = arrive("citizen")
    TOTP.activate(User.objects.get(email="citizen@demo.invalid"), generate_totp_secret())
    citizen.go("/accounts/2fa/")
    citizen.follow("새로 만들기")
    say_the_password_again(citizen)
    citizen.look("make-codes")
    citizen.press("만들기")
    citizen.sees("복구 코드를 새로 만들었습니다.")
    citizen.go("/accounts/2fa/totp/deactivate/")
    citizen.look("switch-off")
    citizen.press("끄기")
    citizen.sees("인증 앱을 껐습니다.")
