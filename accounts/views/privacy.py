"""What a person may ask about their own data: who saw it, and to see, correct, erase or suspend it."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.decorators import roles_required
from accounts.forms import AccessRequestForm
from accounts.models import AccessLog, AccessRequest
from accounts.navigation import account_tabs
from accounts.privacy_requests import UnableToFile, file_request
from accounts.roles import Role
from accounts.templatetags.ui import kdate

PAGE_SIZE = 20
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
    """Who read, printed, downloaded or changed this person's data: organisation and role, never the officer's name."""
    rows = (
        AccessLog.objects.visible_to(request.actor)
        .exclude(user=request.user)
        .select_related("organisation")
        .order_by("-at", "-id")
    )
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    entries = [
        {
            "at": row.at,
            "who": f"{row.organisation or _('안심서울')} {Role(row.role).label}",
            "what": f"{_ABOUT.get(row.about.partition(':')[0], _('내 정보'))} {row.get_action_display()}",
            "why": row.get_purpose_display() or row.reason or _("업무 처리"),
        }
        for row in page
    ]
    return render(
        request, "accounts/seen.html", {"page": page, "entries": entries, "tabs": account_tabs("accounts:seen")}
    )


@roles_required(Role.CITIZEN)
@require_safe
def settings(request: HttpRequest) -> HttpResponse:
    """Where e-mail, password and second factors are changed."""
    return render(request, "accounts/settings.html", {"tabs": account_tabs("accounts:settings")})
