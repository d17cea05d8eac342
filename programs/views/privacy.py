"""The privacy officer's other pages: downloads and their reasons, destruction records, people's requests."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access_log import Action, record_access
from accounts.decorators import roles_required
from accounts.masking import mask_email, mask_name
from accounts.models import AccessLog, AccessRequest, Destruction
from accounts.models.access import Purpose
from accounts.roles import Role
from accounts.templatetags.ui import count, dday, dday_tone, kdate, kmoment
from programs import privacy
from programs.forms.privacy import AnswerForm
from programs.models import ExportJob
from programs.views.log_review import log_cells, log_columns

PAGE_SIZE = 30
_OFFICER = roles_required(Role.PRIVACY_OFFICER)
_TONES = {"open": "warning", "granted": "success", "refused": "neutral"}


@require_GET
@_OFFICER
def downloads(request: HttpRequest) -> HttpResponse:
    """Everything that left as a file, with its purpose and reason; ?show=exports has the large exports asked for."""
    exports = request.GET.get("show") == "exports"
    context = _exports(request) if exports else _downloads(request)
    context |= {
        "title": _("다운로드 사유"),
        "lead": _("개인정보를 내려받은 기록과 그 목적, 사유입니다."),
        "tabs": [
            {"label": _("내려받은 기록"), "url": "?", "current": not exports, "count": None},
            {"label": _("대량 내려받기"), "url": "?show=exports", "current": exports, "count": None},
        ],
    }
    return render(request, "programs/privacy/list.html", context)


def _downloads(request: HttpRequest) -> dict[str, object]:
    found = AccessLog.objects.visible_to(request.actor).filter(action=AccessLog.Action.DOWNLOAD)
    page = Paginator(found.select_related("user").order_by("-at", "-id"), PAGE_SIZE).get_page(request.GET.get("page"))
    return {
        "columns": log_columns(),
        "rows": [{"cells": log_cells(row)} for row in page],
        "page": page,
        "empty_title": _("내려받은 기록이 없습니다"),
        "empty_text": _("서류나 목록을 내려받으면 목적, 사유와 함께 여기에 남습니다."),
    }


def _exports(request: HttpRequest) -> dict[str, object]:
    found = ExportJob.objects.visible_to(request.actor).select_related("membership__user", "membership__organisation")
    page = Paginator(found.order_by("-requested_at", "-pk"), PAGE_SIZE).get_page(request.GET.get("page"))
    return {
        "columns": [
            {"label": _("요청한 때")}, {"label": _("직원")}, {"label": _("소속")},
            {"label": _("줄 수"), "numeric": True}, {"label": _("가림")}, {"label": _("목적")}, {"label": _("사유")},
            {"label": _("상태")}, {"label": _("받은 횟수"), "numeric": True},
        ],
        "rows": [
            {
                "cells": [
                    {"text": kmoment(one.requested_at)}, {"text": str(one.membership.user)},
                    {"text": str(one.membership)}, {"text": count(one.total)},
                    {"text": _("가리지 않음"), "badge": "warning"} if one.unmasked else {"text": _("가림")},
                    {"text": one.get_purpose_display()}, {"text": one.reason},
                    {"text": one.get_state_display()}, {"text": count(one.taken)},
                ]
            }
            for one in page
        ],
        "page": page,
        "empty_title": _("대량 내려받기가 없습니다"),
        "empty_text": _("목록 전체를 파일로 요청하면 사유와 함께 여기에 남습니다."),
    }  # fmt: skip


@require_GET
@_OFFICER
def destructions(request: HttpRequest) -> HttpResponse:
    """What was destroyed, how much and by which rule; never whose."""
    found = Destruction.objects.visible_to(request.actor).select_related("by").order_by("-destroyed_at", "-pk")
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "title": _("파기 기록"),
        "lead": _("보관 기간이 지났거나 본인이 탈퇴하여 파기한 것입니다. 누구의 것이었는지는 남기지 않습니다."),
        "columns": [
            {"label": _("파기한 때")}, {"label": _("파기한 것")}, {"label": _("근거")},
            {"label": _("건수"), "numeric": True}, {"label": _("파일"), "numeric": True}, {"label": _("한 사람")},
        ],
        "rows": [
            {
                "cells": [
                    {"text": kmoment(one.destroyed_at)}, {"text": one.what}, {"text": one.rule},
                    {"text": count(one.rows)}, {"text": count(one.files)},
                    {"text": str(one.by) if one.by else _("시스템")},
                ]
            }
            for one in page
        ],
        "page": page,
        "empty_title": _("파기한 것이 없습니다"),
        "empty_text": _("보관 기간이 지난 개인정보는 날마다 자동으로 파기하고 여기에 남깁니다."),
    }  # fmt: skip
    return render(request, "programs/privacy/list.html", context)


@require_GET
@_OFFICER
def requests(request: HttpRequest) -> HttpResponse:
    """People's requests by due date, so that overdue ones come first; ?show=done has the answered ones."""
    done = request.GET.get("show") == "done"
    is_open = Q(state=AccessRequest.State.OPEN)
    visible = AccessRequest.objects.visible_to(request.actor)
    counts = visible.aggregate(waiting=Count("pk", filter=is_open), done=Count("pk", filter=~is_open))
    found = visible.filter(~is_open if done else is_open).select_related("user__profile", "district")
    found = found.order_by("-answered_at", "-pk") if done else found.order_by("due_on", "pk")
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    record_access(
        request.actor, Action.LIST, about="accessrequests", ids=[one.pk for one in page], purpose=Purpose.INQUIRY,
        filter={"show": "done" if done else "waiting", "number": page.number},
    )  # fmt: skip
    context = {
        "title": _("개인정보 요구"),
        "lead": _("열람·정정·삭제·처리정지 요구에는 10일 안에 회신합니다(개인정보 보호법 제35조–제37조)."),
        "tabs": [
            {"label": _("회신할 것"), "url": "?", "current": not done, "count": counts["waiting"]},
            {"label": _("회신한 것"), "url": "?show=done", "current": done, "count": counts["done"]},
        ],
        "columns": [
            {"label": _("요구")}, {"label": _("요구한 사람")}, {"label": _("자치구")}, {"label": _("요구한 날")},
            {"label": _("기한")}, {"label": _("상태")},
        ],
        "rows": [
            {
                "cells": [
                    {"text": f"{one.get_kind_display()} #{one.pk}",
                     "url": reverse("programs:privacy_request", args=[one.pk])},
                    {"text": _masked(one)},
                    {"text": str(one.district) if one.district else "-"},
                    {"text": kdate(one.requested_at)},
                    {"text": kdate(one.due_on)} if done else
                    {"text": f"{kdate(one.due_on)} {dday(one.due_on)}", "badge": dday_tone(one.due_on)},
                    {"text": one.get_state_display(), "badge": _TONES[one.state]},
                ]
            }
            for one in page
        ],
        "page": page,
        "empty_title": _("회신한 요구가 없습니다") if done else _("회신할 요구가 없습니다"),
        "empty_text": _("시민이 ‘내 정보’에서 요구하면 기한과 함께 여기에 나타납니다."),
    }  # fmt: skip
    return render(request, "programs/privacy/list.html", context)


def _masked(one: AccessRequest) -> str:
    profile = getattr(one.user, "profile", None)
    return mask_name(profile.name) if profile else mask_email(one.user.email)


@require_http_methods(["GET", "POST"])
@_OFFICER
def request_detail(request: HttpRequest, request_id: int) -> HttpResponse:
    """One request, read for answering it (which is logged), and its answer."""
    visible = AccessRequest.objects.visible_to(request.actor)
    found = get_object_or_404(visible.select_related("user__profile", "district", "answered_by"), pk=request_id)
    form = AnswerForm(request.POST or None, kind=found.kind)
    if request.method == "POST" and form.is_valid():
        try:
            privacy.answer_request(found.pk, actor=request.actor, **form.inputs)
        except privacy.UnableToRecord as refused:
            messages.warning(request, str(refused))
        else:
            messages.success(request, _("회신하고 요구한 사람에게 알렸습니다."))
        return redirect("programs:privacy_request", found.pk)
    record_access(
        request.actor, Action.READ, about=f"accessrequest:{found.pk}", ids=[found.pk], subject_id=found.user_id,
        purpose=Purpose.INQUIRY,
    )  # fmt: skip
    context = {"one": found, "who": _masked(found), "tone": _TONES[found.state], "form": form}
    return render(request, "programs/privacy/request.html", context, status=422 if form.errors else 200)
