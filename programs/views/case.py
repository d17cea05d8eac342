"""One case: masked until it is opened with a purpose, then everything a decision needs on one page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.access_log import Action, record_access
from accounts.decorators import roles_required
from accounts.models.access import Purpose
from programs import registry, scoring
from programs.models import Application
from programs.selectors import case as selector
from programs.views.opening import (
    OPEN_FOR,
    PURPOSES,
    Opening,
    forget_opening,
    opening_of,
    remember_opening,
    require_opening,
)
from programs.views.queue import CASE_ROLES
from programs.workflow import offered_actions, state_info


def case_or_404(request: HttpRequest, receipt_no: str) -> Application:
    try:
        return selector.case_of(request.actor, receipt_no)
    except Application.DoesNotExist as missing:
        raise Http404 from missing


def case_context(request: HttpRequest, application: Application, opening: Opening | None) -> dict[str, Any]:
    """What the case page and its print show. Personal text is handed to the template only while the case is open."""
    detail = selector.detail_of(application)
    return {
        "application": application,
        "opening": opening,
        "state": state_info(application),
        "person": _person(application, opened=opening is not None),
        "detail": detail if opening else None,
        "detail_template": registry.get(application.program_id).detail_template,
        "consents": application.consents.select_related("item").order_by("item__sort", "pk"),
        "verdicts": selector.verdicts_of(application, detail),
        "history": selector.history_of(application),
        "supplements": application.supplements.order_by("-pk"),
        "kinds": {kind.kind: str(kind) for kind in selector.document_kinds_of(application)},
        "reject_reasons": [
            registry.get(application.program_id).reject_reasons.get(code, code) for code in application.reject_reasons
        ],
        "sheets": selector.sheets_of(application),
        "scores": scoring.sheet_of(application),
    }


def _person(application: Application, *, opened: bool) -> list[dict[str, str]]:
    """Terms and texts of who applies; before opening only what a list may show."""
    if application.destroyed_at:
        return [{"term": _("신청인"), "text": _("보관 기간이 끝나 개인정보를 파기했습니다.")}]
    if not opened:
        return [
            {"term": _("이름"), "text": application.masked_name},
            {"term": _("휴대전화"), "text": application.masked_phone},
            {"term": _("주소"), "text": str(application.district)},
        ]
    rows = [
        {"term": _("이름"), "text": application.name},
        {"term": _("생년월일"), "text": application.birth_date.isoformat()},
        {"term": _("휴대전화"), "text": application.phone_display},
        {"term": _("주소"), "text": " ".join(filter(None, [str(application.district), application.address]))},
        {"term": _("행정동"), "text": str(application.dong or "-")},
        {"term": _("세대원 수"), "text": str(application.household_size or "-")},
        {"term": _("주택 점유형태"), "text": str(application.get_tenure_display() or "-")},
    ]
    if application.proxy_name:
        rows.append({"term": _("대리인"), "text": f"{application.proxy_name} {application.proxy_phone or ''}"})
    return rows


def _buttons(application: Application, request: HttpRequest) -> list[dict[str, Any]]:
    """The acts on this case: one that asks nothing is done at once, the others open their form."""
    return [
        {"transition": transition, "why_not": reason, "asks": bool(transition.needs)}
        for transition, reason in offered_actions(application, request.actor, timezone.now())
    ]


@require_GET
@never_cache
@roles_required(*CASE_ROLES)
def case(request: HttpRequest, receipt_no: str) -> HttpResponse:
    application = case_or_404(request, receipt_no)
    opening = opening_of(request, application.pk)
    return render(
        request,
        "programs/case.html",
        case_context(request, application, opening)
        | {
            "purposes": PURPOSES,
            "minutes": int(OPEN_FOR.total_seconds() // 60),
            "buttons": _buttons(application, request),
            "letters": selector.letters_of(application),
            "twins": selector.twins_of(application, request.actor),
        },
    )


@require_POST
@roles_required(*CASE_ROLES)
def open_case(request: HttpRequest, receipt_no: str) -> HttpResponse:
    """Unmask for a stated purpose; the person can see who read their application, and why."""
    application = case_or_404(request, receipt_no)
    purpose = request.POST.get("purpose", "")
    if purpose not in dict(PURPOSES):
        messages.error(request, _("여는 목적을 고르십시오."))
    elif opening_of(request, application.pk) is None:
        remember_opening(request, application, purpose)
    return redirect("programs:case", receipt_no=receipt_no)


@require_POST
@roles_required(*CASE_ROLES)
def close_case(request: HttpRequest, receipt_no: str) -> HttpResponse:
    """Mask again before the half hour is over."""
    forget_opening(request, case_or_404(request, receipt_no).pk)
    return redirect("programs:case", receipt_no=receipt_no)


@require_POST
@never_cache
@roles_required(*CASE_ROLES)
def print_case(request: HttpRequest, receipt_no: str) -> HttpResponse:
    """The opened case on paper, logged as a print."""
    application = case_or_404(request, receipt_no)
    opening = require_opening(request, application.pk)
    record_access(
        request.actor, Action.PRINT, about=f"application:{application.pk}", ids=[application.pk],
        subject_id=application.applicant_id, purpose=opening.purpose,
    )  # fmt: skip
    return render(
        request,
        "programs/case_print.html",
        case_context(request, application, opening)
        | {"printed_at": timezone.now(), "purpose": Purpose(opening.purpose).label},
    )
