"""One paper or proxy application, entered at the counter, and its printed receipt (접수증)."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access_log import Action, record_access
from accounts.decorators import roles_required
from accounts.models.access import Purpose
from accounts.roles import DISTRICT_STAFF
from accounts.uploads import UnableToTake
from programs import counter, registry
from programs.forms.counter import CounterPersonForm, PaperForm, needs_guardian
from programs.intake import Intake, UnableToReceive, missing_documents
from programs.models import Application, DistrictCall
from programs.models.applications import Channel


def _district_calls(request: HttpRequest) -> QuerySet[DistrictCall]:
    return (
        DistrictCall.objects.visible_to(request.actor)
        .filter(district=request.actor.district_id, call__published=True, call__opens_at__lte=timezone.now())
        .select_related("call__program", "district")
    )


@require_GET
@roles_required(*DISTRICT_STAFF)
def choose(request: HttpRequest) -> HttpResponse:
    """Which call the paper is for; the newest first, with calls whose papers may still be entered."""
    found = _district_calls(request).order_by("-call__opens_at", "-call_id")[:20]
    rows = [{"district_call": row, "receiving": row.is_receiving(timezone.now())} for row in found]
    return render(request, "programs/counter/choose.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
@roles_required(*DISTRICT_STAFF)
def enter(request: HttpRequest, district_call_id: int) -> HttpResponse:
    district_call = get_object_or_404(_district_calls(request), pk=district_call_id)
    if request.method == "GET":
        return _show(request, district_call, _blank(district_call))
    forms = _filled(request, district_call)
    if not all([form.is_valid() for form in forms.values()]):  # noqa: C419 - every form says its errors at once
        return _show(request, district_call, forms, status=422)
    person, paper = forms["person"].person(), forms["paper"]
    if needs_guardian(person, paper):
        paper.add_error("channel", _("만 14세 미만은 법정대리인이 대리로 신청합니다. 대리인을 적으십시오."))
        return _show(request, district_call, forms, status=422)
    found = counter.alike(person, district_call.call.program_id)
    if found and not paper.cleaned_data["seen_alike"] and not _is_entered(request, paper):
        record_access(
            request.actor,
            Action.LIST,
            about="applications",
            ids=[one.application_id for one in found],
            purpose=Purpose.SCREENING,
            filter={"page": "counter_alike", "district_call": district_call.pk},
        )
        return _show(request, district_call, forms, alike=found, status=409)
    try:
        application, is_new = counter.enter(_intake(district_call, forms), paper.scans, actor=request.actor)
    except (UnableToReceive, UnableToTake) as refused:
        for reason in getattr(refused, "reasons", [str(refused)]):
            paper.add_error(None, reason)
        return _show(request, district_call, forms, status=409)
    _say(request, application, is_new)
    return redirect("programs:counter_done", application.receipt_no)


def _is_entered(request: HttpRequest, paper: PaperForm) -> bool:
    key = paper.cleaned_data["submission_key"]
    return Application.objects.visible_to(request.actor).filter(submission_key=key).exists()


def _blank(district_call: DistrictCall) -> dict[str, Any]:
    now = timezone.localtime().replace(second=0, microsecond=0)
    start = {"submission_key": uuid.uuid4(), "channel": Channel.COUNTER.value, "received_at": now}
    return {
        "person": CounterPersonForm(prefix="person", district=district_call.district),
        "detail": registry.get(district_call.call.program_id).detail_form(prefix="detail"),
        "paper": PaperForm(prefix="paper", district_call=district_call, initial=start),
    }


def _filled(request: HttpRequest, district_call: DistrictCall) -> dict[str, Any]:
    return {
        "person": CounterPersonForm(request.POST, prefix="person", district=district_call.district),
        "detail": registry.get(district_call.call.program_id).detail_form(request.POST, prefix="detail"),
        "paper": PaperForm(request.POST, request.FILES, prefix="paper", district_call=district_call),
    }


def _intake(district_call: DistrictCall, forms: dict[str, Any]) -> Intake:
    paper, detail = forms["paper"], forms["detail"]
    is_proxy = paper.cleaned_data["channel"] == Channel.PROXY
    return Intake(
        person=forms["person"].person(),
        district_call=district_call,
        detail={name: detail[name].value() for name in detail.fields},
        consents=paper.consents,
        channel=Channel(paper.cleaned_data["channel"]),
        submission_key=paper.cleaned_data["submission_key"],
        stated_received_at=paper.cleaned_data["received_at"],
        proxy_name=paper.cleaned_data["proxy_name"] if is_proxy else None,
        proxy_phone=paper.cleaned_data["proxy_phone"] if is_proxy else None,
    )


def _say(request: HttpRequest, application: Application, is_new: bool) -> None:
    if not is_new:
        messages.info(request, _("이미 접수한 신청서입니다. 한 건만 접수되었습니다."))
        return
    messages.success(request, _("접수하였습니다. 접수증을 인쇄하여 드리십시오."))
    kinds = set(application.documents.values_list("kind", flat=True))
    missing = missing_documents(application.call, application.district_id, kinds)
    if missing:
        messages.warning(
            request,
            _("빠진 서류가 있습니다: %(list)s. 검토할 때 보완을 요청하십시오.")
            % {"list": ", ".join(str(doc) for doc in missing)},
        )


def _show(
    request: HttpRequest,
    district_call: DistrictCall,
    forms: dict[str, Any],
    *,
    alike: list[counter.Alike] | None = None,
    status: int = 200,
) -> HttpResponse:
    return render(
        request,
        "programs/counter/enter.html",
        {
            "district_call": district_call,
            **forms,
            "in_order": [forms["paper"], forms["person"], forms["detail"]],
            "alike": alike or [],
            "refused": status == 422,
        },
        status=status,
    )


def _own(request: HttpRequest, receipt_no: str) -> Application:
    return get_object_or_404(
        Application.objects.visible_to(request.actor)
        .filter(channel__in=[Channel.COUNTER, Channel.PROXY])
        .select_related("call", "program", "district", "district_call"),
        receipt_no=receipt_no,
    )


@require_GET
@roles_required(*DISTRICT_STAFF)
def done(request: HttpRequest, receipt_no: str) -> HttpResponse:
    """What was received, masked, with the way to its receipt and to the next paper."""
    application = _own(request, receipt_no)
    record_access(
        request.actor,
        Action.LIST,
        about="applications",
        ids=[application.pk],
        subject_id=application.applicant_id,
        purpose=Purpose.SCREENING,
        filter={"page": "counter_done"},
    )
    return render(request, "programs/counter/done.html", {"application": application})


@require_POST
@roles_required(*DISTRICT_STAFF)
def receipt(request: HttpRequest, receipt_no: str) -> HttpResponse:
    """The receipt for the applicant (민원처리법 §9); logged as a print before it is shown."""
    application = _own(request, receipt_no)
    record_access(
        request.actor,
        Action.PRINT,
        about=f"application:{application.pk}",
        ids=[application.pk],
        subject_id=application.applicant_id,
        purpose=Purpose.SCREENING,
    )
    return render(
        request,
        "programs/counter/receipt.html",
        {"application": application, "documents": application.documents.order_by("id"), "printed_at": timezone.now()},
    )
