"""What a list may show of a person before the case is opened: 홍*동, 010-****-1234."""

from __future__ import annotations

import re

_PHONE = re.compile(r"^01[016789]\d{7,8}$")
RRN = re.compile(r"(?<!\d)\d{6}-?[1-8]\d{6}(?!\d)")


def mask_name(name: str | None) -> str:
    if not name:
        return ""
    if len(name) == 1:
        return "*"
    if len(name) == 2:
        return f"{name[0]}*"
    return f"{name[0]}{'*' * (len(name) - 2)}{name[-1]}"


def mask_phone(phone: str | None) -> str:
    return f"{phone[:3]}-****-{phone[-4:]}" if phone else ""


def mask_email(email: str | None) -> str:
    if not email:
        return ""
    local, _, domain = email.partition("@")
    return f"{local[:2]}***@{domain}"


def format_phone(phone: str | None) -> str:
    """Digits as people write them: 010-1234-5678, 02-2133-1234, 1533-1179, 120."""
    if not phone or len(phone) < 7:
        return phone or ""
    if len(phone) == 8 and phone[0] == "1":
        return f"{phone[:4]}-{phone[4:]}"
    area = 2 if phone.startswith("02") else 3
    return f"{phone[:area]}-{phone[area:-4]}-{phone[-4:]}"


def normalise_phone(text: str) -> str | None:
    """Digits of a Korean mobile number, or None when it is not one. Accepts +82 and separators."""
    digits = re.sub(r"[^\d+]", "", text)
    if digits.startswith("+82"):
        digits = "0" + digits[3:].lstrip("0")
    return digits if _PHONE.match(digits) else None


def has_resident_number(text: str) -> bool:
    """True where a text carries what looks like a resident registration number (개인정보 보호법 §24의2)."""
    return bool(RRN.search(text))
