"""Judging a scored call: who is judged already, and the points of one application."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access_log import Action, record_access
from accounts.decorators import roles_required
from accounts.models.access import Purpose
from accounts.roles import DISTRICT_STAFF
from programs import scoring
from programs.forms.scoring import ScoreForm
from programs.models import Application, DistrictCall
from programs.models.applications import State
from programs.views.case import case_or_404
from programs.workflow import UnableToPerform

PAGE_SIZE = 50


@require_GET
@roles_required(*DISTRICT_STAFF)
def index(request: HttpRequest, district_call_id: int) -> HttpResponse:
    """The applications of a call whose conditions are met: those not judged yet first, then the best first."""
    district_call = get_object_or_404(
        DistrictCall.objects.visible_to(request.actor)
        .filter(district=request.actor.district_id)
        .select_related("call", "district"),
        pk=district_call_id,
    )
    judged = scoring.totals(district_call)
    rows = Application.objects.visible_to(request.actor).filter(
        district_call=district_call, state=State.UNDER_REVIEW, checked_at__isnull=False
    )
    ordered = scoring.in_order(rows, judged)
    page = Paginator(ordered, PAGE_SIZE).get_page(request.GET.get("page"))
    record_access(
        request.actor,
        Action.LIST,
        about="applications",
        ids=[row.pk for row in page],
        purpose=Purpose.SCREENING,
        filter={"page": "scores", "district_call": district_call.pk, "number": page.number},
    )
    return render(
        request,
        "programs/selection/scores.html",
        {
            "district_call": district_call,
            "criteria": scoring.criteria_of(district_call.call),
            "page": page,
            "rows": [{"application": row, "total": judged.get(row.pk)} for row in page],
            "left": sum(row.pk not in judged for row in ordered),
            "is_scored": scoring.is_scored(district_call.call),
        },
    )


@require_http_methods(["GET", "POST"])
@roles_required(*DISTRICT_STAFF)
def sheet(request: HttpRequest, receipt_no: str) -> HttpResponse:
    """The points of one application, each criterion with what may be given at most."""
    application = case_or_404(request, receipt_no)
    found = scoring.sheet_of(application)
    given = {str(row["criterion"].pk): row["score"].points for row in found["rows"] if row["score"]} if found else {}
    form = ScoreForm(scoring.criteria_of(application.call) if found else [], request.POST or None, initial=given)
    if request.method == "POST" and form.is_valid():
        try:
            scoring.judge(application.pk, form.points, actor=request.actor)
        except UnableToPerform as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("점수를 저장하였습니다."))
            return redirect("programs:scores", application.district_call_id)
    return render(
        request,
        "programs/score_sheet.html",
        {"application": application, "form": form, "why_not": scoring.why_not(application, request.actor) or ""},
        status=422 if form.errors else 200,
    )
