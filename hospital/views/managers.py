"""Managers: who they are, what they hold, when they work and when they are off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.decorators import roles_required
from accounts.memberships import UnableToChange
from accounts.roles import OPERATOR_STAFF, Role
from hospital import employing, rostering
from hospital.escort_terms import terms_on
from hospital.forms.board import NothingForm
from hospital.forms.managers import (
    AbsenceForm,
    CopyForm,
    CredentialForm,
    EditForm,
    EndForm,
    PhotoForm,
    RegisterForm,
    ShiftForm,
)
from hospital.models import Absence, Credential, EscortManager, Shift
from hospital.rostering import EMPLOYERS
from hospital.selectors.managers import absences_of, credentials_of, lines_of, managers_of, shifts_of
from hospital.views.photos import send_photo
from programs import people
from programs.forms.people import InviteForm
from programs.workflow import UnableToPerform

READERS = (*OPERATOR_STAFF, Role.AGENCY_STAFF, Role.CITY_OFFICER)
PAGE_SIZE = 30
FORMS: dict[str, tuple[type[forms.Form], Callable[..., object], Any]] = {
    "edit": (EditForm, employing.edit_manager, __("저장하였습니다.")),
    "photo": (PhotoForm, employing.set_photo, __("사진을 올렸습니다.")),
    "photo-remove": (NothingForm, employing.remove_photo, __("사진을 지웠습니다.")),
    "shifts": (ShiftForm, rostering.add_shifts, __("근무를 넣었습니다.")),
    "copy": (CopyForm, rostering.copy_week, __("전주의 근무를 복사하였습니다.")),
    "absence": (AbsenceForm, rostering.add_absence, __("휴무를 넣었습니다. 그 시간에는 배정되지 않습니다.")),
    "credential": (CredentialForm, employing.add_credential, __("자격을 기록하였습니다.")),
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
            made = employing.register_manager(actor=request.actor, **form.cleaned_data)
        except UnableToPerform as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("등록하였습니다. 자격을 기록하고 근무를 넣으면 배정할 수 있습니다."))
            return redirect("hospital:manager", pk=made.pk)
    return render(request, "hospital/manager_new.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@roles_required(*EMPLOYERS)
def invite(request: HttpRequest) -> HttpResponse:
    """A colleague into one's own organisation, in one of its roles; they set a password by the address sent."""
    form = InviteForm(request.POST or None, actor=request.actor)
    if request.method == "POST" and form.is_valid():
        try:
            made = people.invite(actor=request.actor, **form.inputs)
        except UnableToChange as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("%(name)s 님을 초대하고 전자우편을 보냈습니다.") % {"name": made.user})
            is_manager = made.role == Role.ESCORT_MANAGER
            return redirect("hospital:manager_new" if is_manager else "hospital:managers")
    context = {
        "form": form,
        "title": _("구성원 초대"),
        "lead": _("새 계정이면 비밀번호를 정하는 주소를 보내고, 이미 쓰는 계정이면 새 역할을 알립니다."),
        "submit": _("초대"),
        "back": reverse("hospital:managers"),
    }
    return render(request, "programs/people/form.html", context, status=422 if form.errors else 200)


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
    given = dict([wrong]) if wrong else {}
    values = {
        "manager": found,
        "line": lines_of([found], timezone.localdate())[0],
        "credentials": [
            {"credential": one, "form": given.get(f"end-{one.pk}") or EndForm(auto_id=f"id_end_{one.pk}_%s")}
            for one in credentials_of(actor, found)
        ],
        "shifts": shifts_of(actor, found, timezone.localdate()),
        "absences": absences_of(actor, found, now),
        "today": timezone.localdate(),
        "may_edit": may_edit,
        "forms": {name: given.get(name) or _unbound(name, found) for name in FORMS},
        "wrong_form": wrong[1] if wrong else None,
    }
    return render(request, "hospital/manager.html", values, status=status)


def _unbound(name: str, found: EscortManager) -> forms.Form:
    names = ("base_id", "qualification", "phone", "active") if name == "edit" else ()
    initial = {field: getattr(found, field) for field in names}
    return FORMS[name][0](auto_id=f"id_{name}_%s", initial=initial)


@require_GET
@roles_required(*READERS)
def picture(request: HttpRequest, pk: int) -> HttpResponseBase:
    found = _or_404(request, pk)
    if not found.photo:
        raise Http404
    return send_photo(found.photo)


@require_POST
@roles_required(*EMPLOYERS)
def add(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """What is told of the manager, a photo, shifts, an absence or a credential. Wrong input comes back with its errors
    and nothing is done."""
    if what not in FORMS:
        raise Http404
    found = _or_404(request, pk)
    form_class, do, done = FORMS[what]
    form = form_class(request.POST, request.FILES, auto_id=f"id_{what}_%s")
    if form.is_valid() and _did(form, do, _inputs(form), pk, request):
        messages.success(request, str(done))
        return redirect("hospital:manager", pk=pk)
    return _page(request, found, (what, form), status=422)


def _inputs(form: forms.Form) -> dict[str, Any]:
    if isinstance(form, ShiftForm):
        return form.inputs()
    return {"taken": form.cleaned_data["file"]} if isinstance(form, PhotoForm) else form.cleaned_data


def _did(form: forms.Form, do: Callable[..., object], inputs: dict[str, Any], pk: int, request: HttpRequest) -> bool:
    """Whether it was done; else the form says why not."""
    try:
        do(pk, actor=request.actor, **inputs)
    except EscortManager.DoesNotExist as missing:
        raise Http404 from missing
    except UnableToPerform as refused:
        form.add_error(None, str(refused))
        return False
    return True


@require_POST
@roles_required(*EMPLOYERS)
def end_credential(request: HttpRequest, pk: int) -> HttpResponse:
    row = Credential.objects.visible_to(request.actor).filter(pk=pk).first()
    if row is None:
        raise Http404
    found = _or_404(request, row.manager_id)
    form = EndForm(request.POST, auto_id=f"id_end_{pk}_%s")
    if form.is_valid() and _did(form, employing.end_credential, form.cleaned_data, pk, request):
        messages.success(request, _("자격이 끝나는 날을 기록하였습니다."))
        return redirect("hospital:manager", pk=found.pk)
    return _page(request, found, (f"end-{pk}", form), status=422)


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
