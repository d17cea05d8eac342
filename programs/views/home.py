"""The front page. What is the same for everyone is read once a language and kept for half a minute."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts import preferences
from accounts.models import District
from accounts.roles import Actor
from accounts.templatetags.ui import kdate
from programs.models.catalogue import SafetyArea
from programs.selectors import catalogue

AREAS = (
    (SafetyArea.HOUSING, "house", "blue", _("집 구하기와 계약, 주거비 부담을 덜어 드립니다.")),
    (SafetyArea.CRIME, "shield", "red", _("현관 안전과 밤길을 지켜 드립니다.")),
    (SafetyArea.HEALTH, "heart", "green", _("아플 때 병원에 함께 갑니다.")),
    (SafetyArea.ISOLATION, "people", "amber", _("이웃과 이어지도록 돕습니다.")),
)
POPULAR = (_("도어지킴이"), _("병원 동행"), _("멘토링"), _("보안등"))


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    own = preferences.profile_district(request)
    code = own or preferences.session_district(request.session)
    shared = _kept("catalogue", _draw)
    return render(
        request,
        "programs/home.html",
        shared
        | {
            "district_code": code,
            "district_name": dict(shared["districts"]).get(code, ""),
            "from_profile": own is not None,
            "shares": _kept(f"district:{code}", lambda visitor: _shares(visitor, code)) if code else [],
        },
    )


def _kept(name: str, draw: Callable[[Actor], Any]) -> Any:
    """A part that no visitor's identity touches, drawn as a visitor without an account sees it."""
    key = f"home:{get_language()}:{name}"
    found = cache.get(key)
    if found is None:
        found = draw(Actor.anonymous())
        cache.set(key, found, settings.HOME_CACHE_SECONDS)
    return found


def _shares(visitor: Actor, district: str) -> list[dict[str, str]]:
    return [
        {
            "url": reverse("programs:program", args=[share.call.program_id]),
            "name": str(share.call.program),
            "summary": share.call.program.localised("summary"),
            "closes_at_label": gettext("%(at)s까지") % {"at": kdate(share.effective_closes_at)},
            "places": _places(share.places_left),
        }
        for share in catalogue.receiving_in(visitor, district, timezone.now())
    ]


def _places(left: int) -> str:
    if left <= 0:
        return gettext("남은 자리가 없습니다. 대기자로 신청할 수 있는지 확인하십시오.")
    return ngettext("남은 자리 %(n)s", "남은 자리 %(n)s", left) % {"n": f"{left:,}"}


def _draw(visitor: Actor) -> dict[str, Any]:
    now = timezone.now()
    counts = catalogue.area_counts(visitor)
    calls = catalogue.calls_ahead(visitor, now)
    areas = [
        {
            "label": area.label,
            "icon": icon,
            "tone": tone,
            "text": text,
            "url": f"{reverse('programs:list')}?area={area.value}",
            "meta": ngettext("지원사업 %(n)s개", "지원사업 %(n)s개", counts[area.value]) % {"n": counts[area.value]},
        }
        for area, icon, tone, text in AREAS
    ]
    entries = [{"call": call, "is_open": call.opens_at <= now} for call in calls]
    return {
        "hero_html": render_to_string(
            "programs/home/_hero.html",
            {"notice": next((e for e in entries if e["is_open"]), None), "popular": POPULAR},
        ),
        "catalogue_html": render_to_string("programs/home/_catalogue.html", {"areas": areas, "entries": entries}),
        "districts": [(d.pk, str(d)) for d in District.objects.visible_to(visitor).order_by("name_ko")],
    }
