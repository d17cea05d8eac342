"""The letters a person was sent, and the demo's mailbox."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.decorators import roles_required
from accounts.navigation import account_tabs
from accounts.roles import Role
from notifications.models import Message
from notifications.selectors import mailbox_entries

PAGE_SIZE = 20


@roles_required(Role.CITIZEN)
@require_safe
def letters(request: HttpRequest) -> HttpResponse:
    rows = Message.objects.visible_to(request.actor).order_by("-id")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "notifications/letters.html", {"page": page, "tabs": account_tabs("notifications:letters")})


@roles_required(Role.CITIZEN)
@require_safe
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    message = get_object_or_404(Message.objects.visible_to(request.actor), pk=pk)
    return render(request, "notifications/letter.html", {"message": message})


@login_not_required
@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """What the demo would have sent. Anyone may read it, so it exists only in demo mode."""
    if not settings.DEMO:
        raise Http404
    recipient = request.GET.get("q", "").strip()[:160]
    page = Paginator(mailbox_entries(recipient), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "notifications/mailbox.html", {"page": page, "recipient": recipient})
