"""The console's menu. Apps above add their entries from `AppConfig.ready()`; the menu knows none of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.roles import Actor, Role


@dataclass(frozen=True)
class NavItem:
    order: int
    label: str | Promise
    url_name: str
    roles: tuple[Role, ...]


_items: list[NavItem] = []
ABREAST = 10  # entries that fit beside each other at a desk's width


def add_console_nav(order: int, label: str | Promise, url_name: str, *roles: Role) -> None:
    """Show `label` to these roles; entries are sorted by `order`."""
    _items.append(NavItem(order, label, url_name, roles))
    _items.sort(key=lambda item: item.order)


def console_nav(path: str, actor: Actor) -> list[dict[str, Any]]:
    """The menu of this role; the entry whose address is the longest beginning of this page's is current. Those that do
    not fit beside the others are `further`."""
    entries: list[dict[str, Any]] = [
        {"label": item.label, "url": reverse(item.url_name)} for item in _items if actor.role in item.roles
    ]
    best = max((len(entry["url"]) for entry in entries if path.startswith(entry["url"])), default=0)
    for entry in entries:
        entry["current"] = path.startswith(entry["url"]) and len(entry["url"]) == best
    for at, entry in enumerate(entries):
        entry["further"] = len(entries) > ABREAST and at >= ABREAST - 1
    return entries


def landing_url(actor: Actor) -> str:
    """Where this session starts its work: the first entry of its menu, or the page that says what its role does."""
    for item in _items:
        if actor.role in item.roles:
            return reverse(item.url_name)
    return reverse("accounts:duties") if actor.is_staff_session else "/"


_ACCOUNT_PAGES: tuple[tuple[Promise, str], ...] = (
    (_("내 정보"), "accounts:profile"),
    (_("받은 알림"), "notifications:letters"),
    (_("내 정보를 본 사람"), "accounts:seen"),
    (_("개인정보 요구"), "accounts:privacy_requests"),
    (_("계정·로그인"), "accounts:settings"),
)


def account_tabs(current: str) -> list[dict[str, Any]]:
    """The pages of one's own account as arguments of components/tabs.html."""
    return [
        {"label": label, "url": reverse(name), "current": name == current, "count": None}
        for label, name in _ACCOUNT_PAGES
    ]
