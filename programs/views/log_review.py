"""The monthly review of the access log: who read how much of whose data, what is unusual, and the rows behind it."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.decorators import roles_required
from accounts.models import AccessLog, LogReview, Organisation
from accounts.models.access import Purpose
from accounts.roles import Role
from accounts.templatetags.ui import count, kdate, kmoment
from programs import privacy
from programs.forms.privacy import FindingsForm, PurposeForm
from programs.selectors import privacy as reads

PAGE_SIZE = 30
_MONTH = re.compile(r"^(\d{4})-(0[1-9]|1[0-2])$")
_OFFICER = roles_required(Role.PRIVACY_OFFICER)


def _asked(request: HttpRequest, code: str, name: str) -> tuple[Organisation, dt.date]:
    """The organisation and month in an address; another organisation's is not there."""
    organisation = get_object_or_404(Organisation.objects.visible_to(request.actor), code=code)
    match = _MONTH.match(name)
    if not match or not privacy.may_review(request.actor, organisation):
        raise Http404
    return organisation, dt.date(int(match[1]), int(match[2]), 1)


@require_GET
@_OFFICER
def index(request: HttpRequest) -> HttpResponse:
    """Months with entries, those not yet reviewed first."""
    found = reads.months(request.actor)
    waiting = sum(1 for one in found if one.is_over and one.review is None)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    rows = [
        {
            "cells": [
                {"text": one.name, "url": reverse("programs:log_month", args=[one.organisation.code, one.name])},
                {"text": str(one.organisation)},
                {"text": count(one.total)},
                _review_state(one),
                {"text": kdate(one.review.reviewed_at) if one.review else "-"},
            ]
        }
        for one in page
    ]
    context = {
        "title": _("접속기록 점검"),
        "lead": _("개인정보를 누가 얼마나 보았는지 달마다 한 번 점검합니다. 점검할 달: %(n)s") % {"n": waiting},
        "columns": [
            {"label": _("달")}, {"label": _("기관")}, {"label": _("기록 수"), "numeric": True},
            {"label": _("점검")}, {"label": _("점검한 날")},
        ],
        "rows": rows, "page": page,
        "empty_title": _("접속기록이 없습니다"),
        "empty_text": _("직원이 개인정보를 보면 그달의 기록이 여기에 나타납니다."),
    }  # fmt: skip
    return render(request, "programs/privacy/list.html", context)


def _review_state(one: reads.Month) -> dict[str, str]:
    if one.review:
        return {"text": _("점검함"), "badge": "success"}
    return (
        {"text": _("점검할 것"), "badge": "warning"} if one.is_over else {"text": _("진행 중인 달"), "badge": "info"}
    )


@require_http_methods(["GET", "POST"])
@_OFFICER
def month(request: HttpRequest, code: str, name: str) -> HttpResponse:
    """Totals of one month by action, role and colleague; the review is recorded here, once."""
    organisation, first = _asked(request, code, name)
    form = FindingsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            privacy.record_review(
                actor=request.actor, organisation=organisation, month=first, findings=form.cleaned_data["findings"]
            )
        except privacy.UnableToRecord as refused:
            messages.warning(request, str(refused))
        else:
            messages.success(request, _("점검 결과를 남겼습니다."))
        return redirect("programs:log_month", code, name)
    rows = reads.of_month(request.actor, organisation, first)
    actions = dict(AccessLog.Action.choices)
    people = Paginator(reads.people_of(rows, first), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "organisation": organisation, "month": first, "name": name, "people": people, "form": form,
        "actions": [{"label": actions[row["action"]], "value": row["action"], "total": row["total"]}
                    for row in reads.totals(rows, "action")],
        "roles": [{"label": Role(row["role"]).label, "total": row["total"]} for row in reads.totals(rows, "role")],
        "review": LogReview.objects.visible_to(request.actor).select_related("reviewed_by").filter(
            organisation=organisation, month=first).first(),
        "is_over": reads.Month(organisation, first, 0, None).is_over, "many": reads.MANY_A_DAY,
    }  # fmt: skip
    return render(request, "programs/privacy/month.html", context, status=422 if form.errors else 200)


@require_GET
@_OFFICER
def rows(request: HttpRequest, code: str, name: str) -> HttpResponse:
    """The rows behind a month's totals; whose data they are about is masked until one is opened."""
    organisation, first = _asked(request, code, name)
    found = reads.of_month(request.actor, organisation, first)
    person, action = request.GET.get("person", ""), request.GET.get("action", "")
    if person.isdigit() and len(person) < 18:
        found = found.filter(user=int(person))
    if action in AccessLog.Action.values:
        found = found.filter(action=action)
    if request.GET.get("only") == "off":
        found = found.filter(reads.off_hours(first))
    page = Paginator(found.select_related("user").order_by("-at", "-id"), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "title": _("%(organisation)s %(month)s 접속기록") % {"organisation": organisation, "month": name},
        "lead": _("누구의 정보인지는 목적을 적고 열 때에만 보입니다."),
        "back": reverse("programs:log_month", args=[code, name]), "back_label": _("달 집계로"),
        "columns": log_columns(), "rows": [{"cells": log_cells(row)} for row in page], "page": page,
        "empty_title": _("조건에 맞는 기록이 없습니다"), "empty_text": _("달 집계에서 다른 사람이나 일을 고르십시오."),
    }  # fmt: skip
    return render(request, "programs/privacy/list.html", context)


def log_columns() -> list[dict[str, Any]]:
    """The heads of `log_cells`, in the reader's language."""
    return [
        {"label": _("때")}, {"label": _("직원")}, {"label": _("역할")}, {"label": _("한 일")},
        {"label": _("사람 수"), "numeric": True}, {"label": _("목적")}, {"label": _("사유")},
        {"label": _("접속 주소")},
    ]  # fmt: skip


def log_cells(row: AccessLog) -> list[dict[str, Any]]:
    """One row of the log as table cells, without whose data it is about."""
    return [
        {"text": kmoment(row.at), "url": reverse("programs:log_row", args=[row.id])},
        {"text": str(row.user) if row.user else "-"},
        {"text": Role(row.role).label},
        {"text": row.get_action_display(), "badge": "warning" if row.action in reads.TAKEN else "neutral"},
        {"text": count(row.count)},
        {"text": row.get_purpose_display() or "-"},
        {"text": row.reason or "-"},
        {"text": row.ip or "-"},
    ]


@require_http_methods(["GET", "POST"])
@_OFFICER
def row(request: HttpRequest, row_id: int) -> HttpResponse:
    """One row; a POST with a purpose, which is logged first, also shows whose data it was about."""
    visible = AccessLog.objects.visible_to(request.actor).select_related("user", "organisation")
    found = get_object_or_404(visible, id=row_id)
    form = PurposeForm(request.POST or None, initial={"purpose": Purpose.AUDIT})
    opened = request.method == "POST" and form.is_valid()
    if opened:
        privacy.open_row(found, actor=request.actor, purpose=form.cleaned_data["purpose"])
    context = {
        "row": found, "role": Role(found.role).label, "form": form, "opened": opened,
        "subjects": reads.subjects_of(found) if opened else [],
    }  # fmt: skip
    return render(request, "programs/privacy/row.html", context, status=422 if form.errors else 200)
