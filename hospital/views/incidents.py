"""Incidents, for those who must act on them."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.access_log import Action, record_access
from accounts.decorators import roles_required
from accounts.roles import OPERATOR_STAFF, Role
from hospital.forms.phone import CloseForm
from hospital.incidents import close_incident
from hospital.models import Incident
from hospital.selectors.phone import incidents as incident_rows
from programs.workflow import UnableToPerform

READERS = (*OPERATOR_STAFF, Role.AGENCY_STAFF, Role.CITY_OFFICER)
PAGE_SIZE = 30


@require_GET
@never_cache
@roles_required(*READERS)
def incidents(request: HttpRequest) -> HttpResponse:
    return _list(request)


def _list(request: HttpRequest, wrong: tuple[int, CloseForm] | None = None, status: int = 200) -> HttpResponse:
    page = Paginator(incident_rows(request.actor), PAGE_SIZE).get_page(request.GET.get("page"))
    record_access(
        request.actor, Action.LIST, about="trips:incidents", ids=[row.trip_id for row in page],
        filter={"page": page.number},
    )  # fmt: skip
    may_close = request.actor.role == Role.DISPATCHER
    rows = [{"incident": row, "form": _form(row, wrong) if may_close and not row.closed_at else None} for row in page]
    return render(request, "hospital/incidents.html", {"page": page, "rows": rows}, status=status)


def _form(row: Incident, wrong: tuple[int, CloseForm] | None) -> CloseForm:
    return wrong[1] if wrong and wrong[0] == row.pk else CloseForm(auto_id=f"id_{row.pk}_%s")


@require_POST
@never_cache
@roles_required(Role.DISPATCHER)
def close(request: HttpRequest, pk: int) -> HttpResponse:
    if not Incident.objects.visible_to(request.actor).filter(pk=pk).exists():
        raise Http404
    form = CloseForm(request.POST, auto_id=f"id_{pk}_%s")
    if form.is_valid():
        try:
            close_incident(pk, actor=request.actor, **form.cleaned_data)
        except UnableToPerform as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("조치를 기록하고 마무리하였습니다."))
            return redirect("hospital:incidents")
    return _list(request, (pk, form), status=422)
