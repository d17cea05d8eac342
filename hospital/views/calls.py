"""The call centre: a number is looked up, the caller is served, the call ends with its result.

Who takes an open call has its person on the line and sees them whole, each showing logged; everybody else sees the
call masked, and opens it by a POST of its own."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access_log import Action, record_access
from accounts.decorators import roles_required
from accounts.models.access import Purpose
from accounts.roles import OPERATOR_STAFF
from hospital.calling import begin_call, end_call
from hospital.forms.calls import BeginCallForm, EndCallForm
from hospital.listed import ABOUT_CALLS
from hospital.models import CallRecord, ServiceUser
from hospital.selectors import calls as reading
from programs.workflow import UnableToPerform

operator_only = roles_required(*OPERATOR_STAFF)


@require_GET
@operator_only
def calls(request: HttpRequest) -> HttpResponse:
    return _start(request, BeginCallForm())


def _start(request: HttpRequest, form: BeginCallForm, status: int = 200) -> HttpResponse:
    """The field for the next number, and today's calls, masked."""
    today = timezone.localdate()
    rows = list(reading.calls_of_day(request.actor, today))
    record_access(request.actor, Action.LIST, about=ABOUT_CALLS, ids=[call.pk for call in rows], filter={"day": today})
    context = {"form": form, "calls": [_row(call) for call in rows], "today": today}
    return render(request, "hospital/calls.html", context, status=status)


def _row(call: CallRecord) -> dict[str, Any]:
    return {"call": call, "tone": reading.RESULT_TONES.get(call.result, "neutral")}  # type: ignore[call-overload]


@require_POST
@operator_only
def call_begin(request: HttpRequest) -> HttpResponse:
    form = BeginCallForm(request.POST)
    if not form.is_valid():
        return _start(request, form, status=422)
    call = begin_call(phone=form.cleaned_data["phone"], actor=request.actor)
    found = reading.known_under(request.actor, call.phone)
    record_access(
        request.actor, Action.LIST, about=f"call:{call.pk}", ids=[one.person.pk for one in found],
        purpose=Purpose.INSTALLATION,
    )  # fmt: skip
    return redirect("hospital:call", call.pk)


def own_call(request: HttpRequest, pk: int) -> CallRecord:
    rows = CallRecord.objects.visible_to(request.actor).select_related("service_user", "trip", "taken_by__user")
    return get_object_or_404(rows, pk=pk)


def is_on_the_line(request: HttpRequest, call: CallRecord) -> bool:
    return call.result == CallRecord.Result.OPEN and call.taken_by_id == request.actor.membership.pk


def log_reading(request: HttpRequest, about: str, person: ServiceUser) -> None:
    record_access(
        request.actor, Action.READ, about=about, ids=[person.pk], subject_id=person.user_id,
        purpose=Purpose.INSTALLATION,
    )  # fmt: skip


@require_GET
@operator_only
def call(request: HttpRequest, pk: int) -> HttpResponse:
    return call_page(request, own_call(request, pk))


def call_page(
    request: HttpRequest, found: CallRecord, *, form: EndCallForm | None = None, status: int = 200
) -> HttpResponse:
    people: list[reading.Known] = []
    on_the_line = is_on_the_line(request, found)
    if on_the_line:
        people = reading.known_under(request.actor, found.phone)
        for one in people:
            log_reading(request, f"call:{found.pk}", one.person)
    context = _row(found) | {
        "on_the_line": on_the_line,
        "opened": on_the_line,
        "people": people,
        "form": form or EndCallForm(),
        "refused": form,
    }
    return render(request, "hospital/call.html", context, status=status)


@require_POST
@operator_only
def call_open(request: HttpRequest, pk: int) -> HttpResponse:
    """A call that is over, or a colleague's, with its number and note."""
    found = own_call(request, pk)
    people = reading.known_under(request.actor, found.phone)
    record_access(
        request.actor, Action.READ, about=f"call:{found.pk}", ids=[found.pk],
        subject_id=found.service_user and found.service_user.user_id, purpose=Purpose.INSTALLATION,
    )  # fmt: skip
    for one in people:
        log_reading(request, f"call:{found.pk}", one.person)
    context = _row(found) | {"on_the_line": False, "opened": True, "people": people, "form": None, "refused": None}
    return render(request, "hospital/call.html", context)


@require_POST
@operator_only
def call_end(request: HttpRequest, pk: int) -> HttpResponse:
    found = own_call(request, pk)
    if not is_on_the_line(request, found):
        messages.error(request, _("끝난 통화이거나 다른 사람이 받은 통화입니다."))
        return redirect("hospital:call", pk)
    form = EndCallForm(request.POST)
    if not form.is_valid():
        return call_page(request, found, form=form, status=422)
    people = reading.known_under(request.actor, found.phone)
    only = people[0].person if len(people) == 1 else None
    try:
        end_call(
            pk, result=form.cleaned_data["result"], note=form.cleaned_data["note"], service_user=only,
            actor=request.actor,
        )  # fmt: skip
    except UnableToPerform as refused:
        messages.error(request, str(refused))
        return redirect("hospital:call", pk)
    messages.success(request, _("통화를 기록하였습니다."))
    return redirect("hospital:calls")


def call_on_the_line(request: HttpRequest, pk: int) -> CallRecord:
    """404 for a call that is over or a colleague's: nothing is booked in it."""
    found = own_call(request, pk)
    if not is_on_the_line(request, found):
        raise Http404
    return found
