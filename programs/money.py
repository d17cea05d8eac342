"""Amounts of money: as people write them, and in words. Always whole won."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

_EOK, _MAN = 100_000_000, 10_000


def plain(text: Any) -> Any:
    """What was typed, without the commas and spaces people put into an amount."""
    return text.replace(",", "").replace(" ", "") if isinstance(text, str) else text


def amount(text: Any) -> int:
    """Won of an answer that may not be checked yet; 0 where it is no amount."""
    digits = str(plain(text))
    return int(digits) if digits.isdecimal() else 0


def in_words(won: int) -> str:
    """150,000,000 → 1억 5,000만원, as Korean says it; other languages count in won."""
    if not (get_language() or "ko").startswith("ko") or won < _MAN:
        return _("%(amount)s원") % {"amount": f"{won:,}"}
    parts = ((won // _EOK, "억"), (won % _EOK // _MAN, "만"), (won % _MAN, ""))
    return " ".join(f"{number:,}{unit}" for number, unit in parts if number) + "원"
