"""The company's work list of households and one household's page, which district and city may read too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.access_log import Action, record_access
from accounts.decorators import roles_required
from accounts.models.access import Purpose
from accounts.roles import DISTRICT_STAFF, Actor, Role
from programs.models import Application
from programs.workflow import UnableToPerform, perform, state_info, why_not
from safety.doorguard import services
from safety.doorguard.forms import services as service_forms
from safety.doorguard.models import Dispatch, Relocation, Service
from safety.doorguard.selectors import TABS, service_of, tab_counts, work_list
from safety.doorguard.workflow import DOOR_GUARD, IN_SERVICE

READERS = (Role.COMPANY_STAFF, *DISTRICT_STAFF, Role.CITY_OFFICER)
WORKERS = (Role.COMPANY_STAFF, *DISTRICT_STAFF)
PAGE_SIZE = 30
Do = Callable[[Service, dict[str, Any], Actor], object]


@dataclass(frozen=True)
class HouseholdAct:
    """One thing that can be entered on a household's page. `confirm` asks once before it is done."""

    code: str
    label: Any
    form: type[forms.Form]
    do: Do
    done: Any
    danger: bool = False
    confirm: Any = ""


def _performing(name: str) -> Do:
    return lambda service, data, actor: perform(service.application, name, actor=actor, data=data)


ACTS = {
    act.code: act
    for act in (
        HouseholdAct(
            "schedule_install", __("방문 일시 정하기"), service_forms.ScheduleForm, _performing("schedule_install"),
            __("방문 일시를 저장하고 신청인에게 알렸습니다."),
        ),
        HouseholdAct(
            "install", __("설치 완료"), service_forms.InstallForm,
            lambda service, data, actor: services.install(service.application, actor=actor, **data),
            __("설치를 기록하고 신청인에게 알렸습니다."),
        ),
        HouseholdAct(
            "report_impossible", __("설치 불가 보고"), service_forms.ImpossibleForm, _performing("report_impossible"),
            __("설치 불가를 보고하였습니다. 선정이 취소되고 대기자에게 자리가 넘어갑니다."), danger=True,
            confirm=__("선정이 취소되고 대기자에게 자리가 넘어갑니다. 되돌릴 수 없습니다."),
        ),
        HouseholdAct(
            "dispatch", __("긴급출동 기록"), service_forms.DispatchForm,
            lambda service, data, actor: services.record_dispatch(service, actor=actor, **data),
            __("긴급출동을 기록하였습니다."),
        ),
        HouseholdAct(
            "request_relocation", __("이전설치 접수"), service_forms.RelocationForm,
            _performing("request_relocation"), __("이전설치를 접수하였습니다."),
        ),
        HouseholdAct(
            "complete_relocation", __("이전설치 완료"), service_forms.RelocationDoneForm,
            _performing("complete_relocation"), __("이전설치를 마쳤습니다."),
        ),
        HouseholdAct(
            "terminate", __("중도해지"), service_forms.TerminationForm, _performing("terminate"),
            __("중도해지를 기록하고 신청인에게 알렸습니다."), danger=True,
            confirm=__("이용이 끝나고 신청인에게 알립니다. 되돌릴 수 없습니다."),
        ),
    )
}  # fmt: skip


def service_or_404(request: HttpRequest, receipt_no: str) -> Service:
    try:
        return service_of(request.actor, receipt_no)
    except Service.DoesNotExist as missing:
        raise Http404 from missing


@require_GET
@roles_required(*READERS)
def households(request: HttpRequest) -> HttpResponse:
    """Households by stage, masked; a receipt number finds one at whatever stage."""
    tab = TABS.get(request.GET.get("tab", ""), TABS["new"])
    wanted = request.GET.get("receipt_no", "").strip().upper()[:30]
    page = Paginator(work_list(request.actor, tab, wanted), PAGE_SIZE).get_page(request.GET.get("page"))
    counts = tab_counts(request.actor)
    record_access(
        request.actor, Action.LIST, about="services", ids=[service.pk for service in page],
        filter={"tab": tab.code, "receipt_no": wanted, "page": page.number},
    )  # fmt: skip
    return render(
        request,
        "doorguard/households.html",
        {
            "page": page,
            "rows": [{"service": service, "state": state_info(service.application)} for service in page],
            "tab": tab,
            "wanted": wanted,
            "tabs": [
                {
                    "label": one.label,
                    "url": f"?tab={one.code}",
                    "count": counts[one.code],
                    "current": one == tab and not wanted,
                }
                for one in TABS.values()
            ],
            "is_company": request.actor.role == Role.COMPANY_STAFF,
        },
    )


@require_GET
@never_cache
@roles_required(*READERS)
def household(request: HttpRequest, receipt_no: str) -> HttpResponse:
    return _page(request, service_or_404(request, receipt_no))


@require_POST
@never_cache
@roles_required(Role.COMPANY_STAFF)
def open_household(request: HttpRequest, receipt_no: str) -> HttpResponse:
    """Name, phone and address for installing or serving, logged before they are shown; the person can see the log."""
    service = service_or_404(request, receipt_no)
    if service.ended_on or service.application.destroyed_at:
        messages.error(request, _("이용이 끝난 가구의 개인정보는 열 수 없습니다."))
        return redirect("doorguard:household", receipt_no=receipt_no)
    record_access(
        request.actor, Action.READ, about=f"application:{service.pk}", ids=[service.pk],
        subject_id=service.application.applicant_id, purpose=Purpose.INSTALLATION,
    )  # fmt: skip
    return _page(request, service, opened=True)


@require_POST
@never_cache
@roles_required(*WORKERS)
def act(request: HttpRequest, receipt_no: str, code: str) -> HttpResponse:
    """Enter one thing about a household. Wrong input comes back with its errors and nothing is done."""
    if code not in ACTS:
        raise Http404
    service = service_or_404(request, receipt_no)
    chosen = ACTS[code]
    form = chosen.form(request.POST, auto_id=f"id_{code}_%s")
    if form.is_valid():
        try:
            chosen.do(service, form.cleaned_data, request.actor)
        except UnableToPerform as refused:
            form.add_error(None, str(refused))
        except Application.DoesNotExist as missing:
            raise Http404 from missing
        else:
            messages.success(request, str(chosen.done))
            return redirect("doorguard:household", receipt_no=receipt_no)
    return _page(request, service_or_404(request, receipt_no), wrong=(code, form))


def _page(
    request: HttpRequest, service: Service, *, opened: bool = False, wrong: tuple[str, forms.Form] | None = None
) -> HttpResponse:
    relocations = list(Relocation.objects.visible_to(request.actor).filter(service=service).order_by("-pk"))
    dispatches = Dispatch.objects.visible_to(request.actor).filter(service=service).order_by("-at", "-pk")
    return render(
        request,
        "doorguard/household.html",
        {
            "service": service,
            "application": service.application,
            "state": state_info(service.application),
            "opened": opened,
            "is_company": request.actor.role == Role.COMPANY_STAFF,
            "may_open": request.actor.role == Role.COMPANY_STAFF
            and not service.ended_on
            and not service.application.destroyed_at,
            "person": _person(service, relocations, opened=opened),
            "acts": _offered(request.actor, service, wrong),
            "wrong_form": wrong[1] if wrong else None,
            "relocations": relocations,
            "dispatches": dispatches[:20],
            "history": _history(request.actor, service),
        },
    )


def _person(service: Service, relocations: list[Relocation], *, opened: bool) -> list[dict[str, str]]:
    """Who is served; before opening only what a list may show."""
    application = service.application
    if application.destroyed_at:
        return [{"term": _("이용자"), "text": _("보관 기간이 끝나 개인정보를 파기하였습니다.")}]
    if not opened:
        return [
            {"term": _("이름"), "text": application.masked_name},
            {"term": _("휴대전화"), "text": application.masked_phone},
            {"term": _("주소"), "text": str(service.district)},
        ]
    person = [
        {"term": _("이름"), "text": application.name},
        {"term": _("휴대전화"), "text": application.phone_display, "url": f"tel:{application.phone}"},
        {"term": _("주소"), "text": f"{service.district} {application.address}"},
    ]
    if application.proxy_name:
        person.append({"term": _("대리인"), "text": f"{application.proxy_name} {application.proxy_phone or ''}"})
    person += [
        {"term": _("이전한 주소") if moved.done_on else _("이전할 주소"), "text": moved.address}
        for moved in relocations
        if moved.address
    ]
    return person


def _offered(actor: Actor, service: Service, wrong: tuple[str, forms.Form] | None) -> list[dict[str, Any]]:
    """The acts possible now, each with its form; one just refused keeps what was typed."""
    now = timezone.now()
    offered = []
    for code, one in ACTS.items():
        if _is_possible(code, service, actor, now):
            form = wrong[1] if wrong and wrong[0] == code else one.form(auto_id=f"id_{code}_%s")
            offered.append({"act": one, "form": form, "open": bool(form.errors) or not offered})
    return offered


def _is_possible(code: str, service: Service, actor: Actor, now: Any) -> bool:
    if code == "dispatch":
        return actor.role == Role.COMPANY_STAFF and service.application.state in IN_SERVICE
    return why_not(DOOR_GUARD.transitions[code], service.application, actor, now) is None


def _history(actor: Actor, service: Service) -> list[dict[str, Any]]:
    """What happened since the selection, in order; without anyone's name."""
    events = service.application.events.visible_to(actor).exclude(to_state="").order_by("id")
    shown = [event for event in events if event.occurred_at >= service.handed_over_at or event.action == "hand_over"]
    return [
        {
            "title": DOOR_GUARD.transitions[event.action].label
            if event.action in DOOR_GUARD.transitions
            else event.action,
            "at": event.occurred_at,
            "who": str(Role(event.role).label),
        }
        for event in shown
    ]
