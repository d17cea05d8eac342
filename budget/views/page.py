"""What the budget's pages share: who may open them, their tabs, and how a refused act is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.roles import DISTRICT_STAFF, SPENDING_CHAIN, Actor, Role
from budget.models import Grant, Transfer, Voucher
from budget.refusals import UnableToPost
from budget.selectors.waiting import waiting_count

WORKERS = (*DISTRICT_STAFF, Role.CITY_OFFICER, *SPENDING_CHAIN)
READERS = (*WORKERS, Role.COUNCIL_READER)
TABS = (
    (_("예산 현황"), "budget:tree"),
    (_("내가 할 일"), "budget:waiting"),
    (_("원인문서"), "budget:vouchers"),
    (_("예산 전용"), "budget:transfers"),
    (_("보조금"), "budget:grants"),
    (_("월별 집행"), "budget:months"),
    (_("선금"), "budget:advances"),
    (_("e-호조 파일"), "budget:execution_files"),
    (_("예산 과목"), "budget:structure"),
    (_("마감"), "budget:closing"),
)
V, T, G = Voucher.State, Transfer.State, Grant.State
TONES: dict[str, str] = {
    V.DRAFT: "neutral", V.SUBMITTED: "warning", V.POSTED: "success", V.DISCARDED: "neutral",
    T.DRAFTED: "neutral", T.REVIEWED: "progress", T.APPROVED: "progress", T.REPORTED: "success",
    G.APPLIED: "warning", G.DECIDED: "progress", G.REFUSED: "danger", G.DISBURSED: "info", G.FIXED: "warning",
    G.SETTLED: "success",
}  # fmt: skip
TRANSFER_TONES = TONES | {T.POSTED: "warning"}
GRANT_TONES = TONES | {G.REPORTED: "warning"}


def tabs(actor: Actor, current: str) -> list[dict[str, Any]]:
    """The pages of the budget; the council's reader has the tree alone."""
    if actor.role == Role.COUNCIL_READER:
        return []
    return [
        {
            "label": label,
            "url": reverse(name),
            "current": name == f"budget:{current}",
            "count": waiting_count(actor) if name == "budget:waiting" else None,
        }
        for label, name in TABS
    ]


def page(
    request: HttpRequest, template: str, context: dict[str, Any], *, current: str, status: int = 200
) -> HttpResponse:
    return render(request, template, context | {"tabs": tabs(request.actor, current)}, status=status)


def attempt(request: HttpRequest, act: Callable[[], object], done: str) -> bool:
    """Do it and say so, or say why not. What is not there, or not theirs, is 404."""
    try:
        act()
    except ObjectDoesNotExist as missing:
        raise Http404 from missing
    except UnableToPost as refused:
        messages.error(request, str(refused))
        return False
    messages.success(request, done)
    return True


def version_seen(request: HttpRequest) -> int | None:
    """The version of the document that its reader decided on: whoever changed it meanwhile is not passed over."""
    version = request.POST.get("version", "")
    return int(version) if version.isdigit() else None


def back_to(name: str, *args: Any) -> HttpResponse:
    return redirect(reverse(f"budget:{name}", args=args))
