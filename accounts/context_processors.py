"""What every page may use."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from accounts.demo import demo_accounts
from accounts.navigation import console_nav
from accounts.roles import Actor


def site(request: HttpRequest) -> dict[str, Any]:
    actor = getattr(request, "actor", None) or Actor.anonymous()
    return {
        "OFFICIAL_SITE": settings.OFFICIAL_SITE,
        "DEMO": settings.DEMO,
        "demo_accounts": demo_accounts if settings.DEMO else [],
        "IDLE_MINUTES": settings.STAFF_IDLE_MINUTES,
        "actor": actor,
        "console_nav": console_nav(request.path, actor) if actor.is_staff_session else [],
    }
