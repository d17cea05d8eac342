"""What a person may ask about their own data: who saw it, and to see, correct, erase or suspend it."""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts import selectors
from accounts.decorators import roles_required
from accounts.forms import AccessRequestForm
from accounts.models import AccessLog, AccessRequest
from accounts.models.access import Purpose
from accounts.navigation import account_tabs
from accounts.privacy_requests import UnableToFile, file_request
from accounts.roles import Role
from accounts.templatetags.ui import kdate

PAGE_SIZE = 20
_LISTS = {
    AccessLog.Action.LIST: gettext_lazy("이름과 연락처를 가린 목록에서 봄"),
    AccessLog.Action.DOWNLOAD: gettext_lazy("여러 신청의 자료를 가려서 내려받음"),
    AccessLog.Action.PRINT: gettext_lazy("여러 신청의 자료를 출력함"),
}
_ABOUT = {
    "application": gettext_lazy("신청서"),
    "document": gettext_lazy("제출 서류"),
    "user": gettext_lazy("회원 정보"),
}


@roles_required(Role.CITIZEN)
@require_http_methods(["GET", "HEAD", "POST"])
def requests(request: HttpRequest) -> HttpResponse:
    form = AccessRequestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            filed = file_request(request.actor, **form.cleaned_data)
        except UnableToFile as error:
            form.add_error("kind", str(error))
        else:
            day = kdate(filed.due_on)
            messages.success(request, _("요구를 접수했습니다. %(day)s까지 이 화면에서 회신합니다.") % {"day": day})
            return redirect("accounts:privacy_requests")
    rows = AccessRequest.objects.visible_to(request.actor).order_by("-requested_at", "-pk")
    context = {
        "form": form,
        "page": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
        "tabs": account_tabs("accounts:privacy_requests"),
    }
    return render(request, "accounts/privacy_requests.html", context, status=422 if form.errors else 200)


@roles_required(Role.CITIZEN)
@require_safe
def seen(request: HttpRequest) -> HttpResponse:
    """Who read, printed, downloaded or changed this person's data, and in which lists it was: organisation and role,
    never the officer's name. One month at a time."""
    months = selectors.months_seen(request.actor)
    wanted = request.GET.get("month", "")
    at = next((n for n, month in enumerate(months) if f"{month:%Y-%m}" == wanted), 0)
    found = _in_words(selectors.seen_in(request.actor, months[at])) if months else []
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "later_url": f"?month={months[at - 1]:%Y-%m}" if at else "",
        "earlier_url": f"?month={months[at + 1]:%Y-%m}" if at + 1 < len(months) else "",
        "page": page,
        "days": [{"day": day, "entries": list(of_day)} for day, of_day in groupby(page, key=itemgetter("day"))],
        "tabs": account_tabs("accounts:seen"),
    }
    return render(request, "accounts/seen.html", context)


def _in_words(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The entries of the page; lists that say the same in words are one."""
    entries: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows:
        who = f"{row['organisation__name'] or _('안심서울')} {Role(row['role']).label}"
        why = str(Purpose(row["purpose"]).label) if row["purpose"] else row["reason"] or _("업무 처리")
        entry = {"day": row["day"], "who": who, "what": _what(row), "why": why}
        entry = entries.setdefault(
            tuple(entry.values()), entry | {"times": 0, "first": row["first"], "last": row["last"]}
        )
        entry["times"] += row["times"]
        entry["first"], entry["last"] = min(entry["first"], row["first"]), max(entry["last"], row["last"])
    return list(entries.values())


def _what(row: dict[str, Any]) -> str:
    """“Application read”, or what was done with a list this person's application was in."""
    action = AccessLog.Action(row["action"])
    about = _ABOUT.get(row["about"].partition(":")[0])
    if about is None and action == AccessLog.Action.DOWNLOAD and row["unmasked"] == "true":
        return _("여러 신청의 자료를 이름과 연락처까지 내려받음")
    if about is None and action in _LISTS:
        return str(_LISTS[action])
    return f"{about or _('내 정보')} {action.label}"


@roles_required(Role.CITIZEN)
@require_safe
def settings(request: HttpRequest) -> HttpResponse:
    """Where e-mail, password and second factors are changed."""
    return render(request, "accounts/settings.html", {"tabs": account_tabs("accounts:settings")})
