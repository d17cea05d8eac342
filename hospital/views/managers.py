"""The roster: managers, what they hold, when they work and when they are off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.decorators import roles_required
from accounts.roles import OPERATOR_STAFF, Role
from hospital import rostering
from hospital.escort_terms import terms_on
from hospital.forms.managers import AbsenceForm, CredentialForm, RegisterForm, ShiftForm
from hospital.models import Absence, EscortManager, Shift
from hospital.rostering import EMPLOYERS
from hospital.selectors.managers import absences_of, credentials_of, lines_of, managers_of, shifts_of
from programs.workflow import UnableToPerform

READERS = (*OPERATOR_STAFF, Role.AGENCY_STAFF, Role.CITY_OFFICER)
PAGE_SIZE = 30
FORMS: dict[str, tuple[type[forms.Form], Callable[..., object], Any]] = {
    "shifts": (ShiftForm, rostering.add_shifts, __("근무를 넣었습니다.")),
    "absence": (AbsenceForm, rostering.add_absence, __("휴무를 넣었습니다. 그 시간에는 배정되지 않습니다.")),
    "credential": (CredentialForm, rostering.add_credential, __("자격을 기록하였습니다.")),
}


@require_GET
@roles_required(*READERS)
def managers(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    page = Paginator(managers_of(request.actor), PAGE_SIZE).get_page(request.GET.get("page"))
    values = {
        "page": page,
        "lines": lines_of(list(page), today),
        "week_minutes": terms_on(today).week_minutes,
        "may_edit": request.actor.role in EMPLOYERS,
    }
    return render(request, "hospital/managers.html", values)


@require_http_methods(["GET", "POST"])
@roles_required(*EMPLOYERS)
def register(request: HttpRequest) -> HttpResponse:
    form = RegisterForm(request.POST or None, actor=request.actor)
    if request.method == "POST" and form.is_valid():
        try:
            made = rostering.register_manager(actor=request.actor, **form.cleaned_data)
        except UnableToPerform as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("등록하였습니다. 자격을 기록하고 근무를 넣으면 배정할 수 있습니다."))
            return redirect("hospital:manager", pk=made.pk)
    return render(request, "hospital/manager_new.html", {"form": form}, status=422 if form.errors else 200)


def _or_404(request: HttpRequest, pk: int) -> EscortManager:
    found = managers_of(request.actor).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@require_GET
@roles_required(*READERS)
def manager(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _or_404(request, pk))


def _page(
    request: HttpRequest, found: EscortManager, wrong: tuple[str, forms.Form] | None = None, status: int = 200
) -> HttpResponse:
    now, actor = timezone.now(), request.actor
    may_edit = actor.role in EMPLOYERS and found.organisation_id == actor.organisation_id
    asked = {
        name: wrong[1] if wrong and wrong[0] == name else form(auto_id=f"id_{name}_%s")
        for name, (form, _do, _done) in FORMS.items()
    }
    values = {
        "manager": found,
        "line": lines_of([found], timezone.localdate())[0],
        "credentials": credentials_of(actor, found),
        "shifts": shifts_of(actor, found, timezone.localdate()),
        "absences": absences_of(actor, found, now),
        "today": timezone.localdate(),
        "may_edit": may_edit,
        "forms": asked,
        "wrong_form": wrong[1] if wrong else None,
    }
    return render(request, "hospital/manager.html", values, status=status)


@require_POST
@roles_required(*EMPLOYERS)
def add(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Shifts, an absence or a credential. Wrong input comes back with its errors and nothing is done."""
    if what not in FORMS:
        raise Http404
    found = _or_404(request, pk)
    form_class, do, done = FORMS[what]
    form = form_class(request.POST, auto_id=f"id_{what}_%s")
    if form.is_valid():
        inputs = form.inputs() if isinstance(form, ShiftForm) else form.cleaned_data
        try:
            do(pk, actor=request.actor, **inputs)
        except EscortManager.DoesNotExist as missing:
            raise Http404 from missing
        except UnableToPerform as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, str(done))
            return redirect("hospital:manager", pk=pk)
    return _page(request, found, (what, form), status=422)


@require_POST
@roles_required(*EMPLOYERS)
def remove_shift(request: HttpRequest, pk: int) -> HttpResponse:
    return _remove(request, Shift, rostering.remove_shift, pk)


@require_POST
@roles_required(*EMPLOYERS)
def remove_absence(request: HttpRequest, pk: int) -> HttpResponse:
    return _remove(request, Absence, rostering.remove_absence, pk)


def _remove(request: HttpRequest, model: Any, do: Callable[..., None], pk: int) -> HttpResponse:
    row = model.objects.visible_to(request.actor).filter(pk=pk).first()
    if row is None:
        raise Http404
    try:
        do(pk, actor=request.actor)
    except EscortManager.DoesNotExist as missing:
        raise Http404 from missing
    except UnableToPerform as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("뺐습니다."))
    return redirect("hospital:manager", pk=row.manager_id)
