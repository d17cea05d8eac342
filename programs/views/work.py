"""Where an officer's day begins: what waits, most pressing first."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.decorators import roles_required
from programs.selectors.queue import shown_count
from programs.selectors.work import waiting_for
from programs.views.queue import CASE_ROLES


def _card(count: int, label: str, url: str, tone: str) -> dict[str, str]:
    return {"label": label, "value": shown_count(count), "url": url, "tone": tone if count else ""}


@require_GET
@roles_required(*CASE_ROLES)
def work(request: HttpRequest) -> HttpResponse:
    waiting = waiting_for(request.actor, timezone.now())
    queue = reverse("programs:queue")
    cards = [
        ("overdue", _("기한 지남"), f"{queue}?tab=overdue&sort=due", "danger"),
        ("soon", _("기한 임박(D-3)"), f"{queue}?tab=soon&sort=due", "warning"),
        ("answered", _("보완이 들어온 건"), f"{queue}?tab=answered", ""),
        ("mine", _("내 담당"), f"{queue}?tab=open&assignee=me", ""),
        ("unassigned", _("담당자 없는 건"), f"{queue}?tab=open&assignee=none", ""),
        ("open", _("전체 열린 건"), f"{queue}?tab=open", ""),
        ("drafts", _("내 결재를 기다리는 선정 기안"), reverse("programs:selection"), ""),
        ("objections", _("결정할 이의신청"), reverse("programs:objections"), ""),
    ]
    return render(
        request,
        "programs/work.html",
        {
            "cards": [_card(waiting[name], *rest) for name, *rest in cards if name in waiting],
            "nothing_waits": not any(waiting.values()),
            "now": timezone.now(),
        },
    )
