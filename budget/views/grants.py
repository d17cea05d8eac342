"""Grants to districts: listed with both rates, applied for, and taken from step to step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.decorators import roles_required
from accounts.roles import DISTRICT_STAFF, Actor
from budget import grants as domain
from budget.forms import grants as grant_forms
from budget.forms.books import year_asked
from budget.forms.filters import GrantListForm
from budget.models import Grant
from budget.refusals import UnableToPost
from budget.selectors.balances import percent
from budget.selectors.choices import path_of
from budget.views.page import GRANT_TONES, WORKERS, attempt, back_to, page, version_seen

PAGE = 50
State = Grant.State
RELATED = (
    "city_line__item__parent__parent__parent", "city_line__object_code", "city_line__organisation",
    "district_line__item__parent__parent__parent", "district_line__object_code", "district_line__organisation",
)  # fmt: skip


@dataclass(frozen=True)
class Step:
    """What can be done next with a grant in these states, by whom, and what it asks."""

    code: str
    label: Any
    form: type[forms.Form]
    states: tuple[str, ...]
    roles: tuple[Any, ...]
    done: Any
    perform: Any


STEPS = (
    Step(
        "decide", __("교부결정"), grant_forms.DecideForm, (State.APPLIED,), domain.DECIDERS,
        __("결정하였습니다."), domain.decide_grant,
    ),
    Step(
        "disburse", __("교부"), grant_forms.DisburseForm, (State.DECIDED, State.DISBURSED), domain.PAYERS,
        __("교부하여 시와 자치구의 장부에 기장하였습니다."), domain.disburse_grant,
    ),
    Step(
        "report", __("실적보고"), grant_forms.ReportForm, (State.DISBURSED,), DISTRICT_STAFF,
        __("실적을 보고하였습니다. 시가 심사하여 금액을 확정합니다."), domain.report_grant,
    ),
    Step(
        "fix", __("금액 확정"), grant_forms.FixForm, (State.REPORTED,), domain.DECIDERS,
        __("금액을 확정하였습니다."), domain.fix_grant,
    ),
    Step(
        "return", __("반환"), grant_forms.ReturnForm, (State.FIXED,), domain.PAYERS,
        __("반환을 기장하고 정산을 마쳤습니다."), domain.return_grant,
    ),
)  # fmt: skip


@require_GET
@roles_required(*WORKERS)
def grants(request: HttpRequest) -> HttpResponse:
    form = GrantListForm(request.GET, actor=request.actor)
    names = {"year": "city_line__item__fiscal_year", "state": "state"}
    rows = Grant.objects.visible_to(request.actor).select_related(*RELATED)
    rows = rows.filter(**{names[name]: value for name, value in form.asked().items()}).order_by(
        "-city_line__item__fiscal_year", "city_line__item__sort", "city_line__item",
        "district_line__organisation__name", "id",
    )  # fmt: skip
    found = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": found,
        "groups": _by_item(found),
        "may_apply": request.actor.role in DISTRICT_STAFF,
        "year": form.asked().get("year", ""),
    }
    return page(request, "budget/grants.html", context, current="grants")


def _by_item(found: Any) -> list[dict[str, Any]]:
    """The grants of each item of the city with their sums."""
    groups: list[dict[str, Any]] = []
    for grant in found:
        item = grant.city_line.item
        if not groups or groups[-1]["item"].pk != item.pk:
            groups.append({"item": item, "rows": [], "decided": 0, "disbursed": 0, "spent": 0})
        group = groups[-1]
        group["rows"].append(_rates(grant))
        group["decided"] += grant.decided_amount
        group["disbursed"] += grant.disbursed_amount
        group["spent"] += grant.district_line.spent
    for group in groups:
        group["rate"] = percent(group["disbursed"], group["decided"])
        group["end_use_rate"] = percent(group["spent"], group["disbursed"])
    return groups


def _rates(grant: Grant) -> dict[str, Any]:
    """집행률: what the city paid of what it decided. 실집행률: what the district spent of what it was paid."""
    return {
        "grant": grant,
        "tone": GRANT_TONES.get(grant.state, "neutral"),
        "rate": percent(grant.disbursed_amount, grant.decided_amount),
        "spent": grant.district_line.spent,
        "end_use_rate": percent(grant.district_line.spent, grant.disbursed_amount),
    }


@require_http_methods(["GET", "POST"])
@roles_required(*DISTRICT_STAFF)
def grant_apply(request: HttpRequest) -> HttpResponse:
    year = year_asked(request.GET, request.actor)
    initial = {"applied_on": timezone.localdate()}
    form = grant_forms.ApplyForm(request.POST or None, actor=request.actor, fiscal_year=year, initial=initial)
    if request.method == "POST" and form.is_valid():
        made: list[Grant] = []
        try:
            made.append(domain.apply_for_grant(actor=request.actor, **form.cleaned_data))
        except UnableToPost as refused:
            form.add_error(None, str(refused))
        else:
            return back_to("grant", made[0].pk)
    return page(request, "budget/grant_apply.html", {"form": form, "year": year}, current="grants")


@require_GET
@roles_required(*WORKERS)
def grant(request: HttpRequest, pk: int) -> HttpResponse:
    return _shown(request, _grant_or_404(request, pk))


def _grant_or_404(request: HttpRequest, pk: int) -> Grant:
    rows = Grant.objects.visible_to(request.actor).select_related(*RELATED)
    return get_object_or_404(rows, pk=pk)


def _shown(request: HttpRequest, found: Grant, wrong: tuple[Step, forms.Form] | None = None) -> HttpResponse:
    steps = [
        {
            "step": step,
            "form": wrong[1] if wrong and wrong[0] == step else step.form(grant=found, initial=_initial(step, found)),
            "posts": _posts(step.code, found),
        }
        for step in STEPS
        if _may(request.actor, found, step)
    ]
    context = {
        **_rates(found),
        "city_path": path_of(found.city_line),
        "district_path": path_of(found.district_line),
        "steps": steps,
        "history": _history(found),
    }
    return page(request, "budget/grant.html", context, current="grants", status=422 if wrong else 200)


def _may(actor: Actor, found: Grant, step: Step) -> bool:
    if actor.role not in step.roles or found.state not in step.states:
        return False
    if step.code == "disburse":
        return (
            actor.organisation_id == found.city_line.organisation_id
            and found.disbursed_amount < found.decided_amount
        )  # fmt: skip
    return True


def _initial(step: Step, found: Grant) -> dict[str, Any]:
    """Today, and the whole amount that is left to this step."""
    today = timezone.localdate()
    amounts = {
        "decide": found.applied_amount,
        "disburse": found.decided_amount - found.disbursed_amount,
        "fix": found.reported_amount,
    }
    days = {"decide": "decided_on", "disburse": "disbursed_on", "report": "reported_on", "fix": "fixed_on"}
    return {"amount": amounts.get(step.code, 0), days.get(step.code, "returned_on"): today}


def _posts(code: str, found: Grant) -> list[str]:
    """What the step writes into the books, said beforehand."""
    words = {
        "city": f"{found.city_line.organisation}({found.city_line.object_code})",
        "district": f"{found.district_line.organisation}({found.district_line.object_code})",
        "back": f"{found.to_return:,}",
    }
    if code == "disburse":
        return [
            _("%(city)s: 지출원인행위와 지출에 교부액만큼 기장합니다.") % words,
            _("%(district)s: 보조금 교부(예산현액)와 배정에 같은 금액을 기장합니다.") % words,
        ]
    if code == "return":
        return [
            _("%(city)s: 지출과 지출원인행위를 %(back)s원 줄입니다.") % words,
            _("%(district)s: 배정과 예산현액을 %(back)s원 줄입니다.") % words,
            _("회계연도가 끝났거나 연도를 마감했으면 장부를 고치지 않고 시의 수입으로 적습니다."),
        ]
    return [_("장부에 기장하는 것은 없습니다.")]


def _history(found: Grant) -> list[dict[str, Any]]:
    steps = (
        (_("교부신청"), found.applied_on, found.applied_amount, found.plan),
        (_("교부결정"), found.decided_on, found.decided_amount, found.conditions),
        (_("교부"), None, found.disbursed_amount, ""),
        (_("실적보고"), found.reported_on, found.reported_amount, found.report),
        (_("금액 확정"), found.fixed_on, found.fixed_amount, ""),
        (_("반환"), found.returned_on, found.returned_amount, ""),
    )
    return [
        {"title": title, "day": day, "amount": won if day or (won and title == _("교부")) else None, "text": text}
        for title, day, won, text in steps
    ]


@require_POST
@roles_required(*WORKERS)
def grant_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Take the grant one step: decide, disburse, report, fix, return."""
    step = next((one for one in STEPS if one.code == act), None)
    if step is None:
        raise Http404
    found = _grant_or_404(request, pk)
    form = step.form(request.POST, grant=found)
    if not form.is_valid():
        return _shown(request, found, (step, form))
    data = form.cleaned_data | {"expected_version": version_seen(request)}
    attempt(request, lambda: step.perform(pk, actor=request.actor, **data), str(step.done))
    return back_to("grant", pk)
