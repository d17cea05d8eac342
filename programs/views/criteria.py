"""The criteria of a scored call: the city's to set until the call opens."""

from __future__ import annotations

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.decorators import roles_required
from accounts.roles import Role
from programs.forms.calls import CriterionForm
from programs.forms.reason import ReasonForm
from programs.history import because, history_of
from programs.models import Call, ScoringCriterion
from programs.scoring import is_scored
from programs.views.calls import save_because

FIXED = "criteria are fixed"  # what the database says


def _call(request: HttpRequest, code: str) -> Call:
    return get_object_or_404(Call.objects.visible_to(request.actor).select_related("program"), code=code)


def _refused(error: IntegrityError) -> str:
    if FIXED in str(error):
        return _("접수를 시작한 모집의 심사 기준은 바꿀 수 없습니다.")
    return _("같은 이름의 기준이 있거나, 동점이면 보는 순서가 다른 기준과 같습니다.")


@require_http_methods(["GET", "POST"])
@roles_required(Role.CITY_OFFICER)
def criteria(request: HttpRequest, code: str, criterion_id: int | None = None) -> HttpResponse:
    """What a call judges and how many points each is worth; POST adds one, or changes `criterion_id`."""
    found = _call(request, code)
    rows = ScoringCriterion.objects.visible_to(request.actor).filter(call=found).order_by("sort", "id")
    instance = get_object_or_404(rows, pk=criterion_id) if criterion_id else ScoringCriterion(call=found)
    form = CriterionForm(request.POST or None, instance=instance)
    if request.method == "POST" and form.is_valid():
        try:
            save_because(request, form)
        except IntegrityError as error:
            form.add_error(None, _refused(error))
        else:
            return redirect("programs:call_criteria", found.code)
    return render(
        request,
        "programs/calls/criteria.html",
        {
            "call": found,
            "is_scored": is_scored(found),
            "rows": rows,
            "total": sum(row.max_points for row in rows),
            "form": form,
            "editing": instance if criterion_id else None,
            "history": history_of(ScoringCriterion, call=found.pk),
        },
        status=422 if form.errors else 200,
    )


@require_POST
@roles_required(Role.CITY_OFFICER)
def remove(request: HttpRequest, code: str, criterion_id: int) -> HttpResponse:
    found = _call(request, code)
    rows = ScoringCriterion.objects.visible_to(request.actor).filter(call=found)
    row, form = get_object_or_404(rows, pk=criterion_id), ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, form.first_error)
        return redirect("programs:call_criteria", found.code)
    try:
        with transaction.atomic(), because(request.actor, form.cleaned_data["reason"][:300]):
            row.delete()
    except IntegrityError as error:
        messages.error(request, _refused(error))
    else:
        messages.success(request, _("심사 기준을 지웠습니다."))
    return redirect("programs:call_criteria", found.code)
