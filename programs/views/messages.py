"""Messages that could not be sent (dead letters): why, and another try."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.decorators import roles_required
from accounts.roles import Role
from notifications.models import Message
from notifications.outbox import revive


@require_GET
@roles_required(Role.CITY_OFFICER)
def index(request: HttpRequest) -> HttpResponse:
    """Template, reason and time only: neither the text nor the address is shown."""
    dead = (
        Message.objects.visible_to(request.actor)
        .filter(state=Message.State.DEAD)
        .defer("to", "payload")
        .order_by("-id")
    )
    page = Paginator(dead, 50).get_page(request.GET.get("page"))
    return render(request, "programs/messages.html", {"page": page})


@require_POST
@roles_required(Role.CITY_OFFICER)
def retry(request: HttpRequest, message_id: int) -> HttpResponse:
    """Try one again from the start. A second click finds it no longer dead, which is as good."""
    found = Message.objects.visible_to(request.actor).filter(pk=message_id).first()
    if found is None:
        messages.info(request, _("이미 다시 보내고 있거나 보낸 메시지입니다."))
    else:
        revive(found.pk)
        messages.success(request, _("다시 보냅니다. 또 실패하면 이 목록에 다시 나타납니다."))
    return redirect("programs:dead_messages")
