"""Objections to a refusal (이의신청): those that wait, overdue first, and the decision by someone else."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access_log import Action, record_access
from accounts.decorators import roles_required
from accounts.models.access import Purpose
from programs import objections, registry
from programs.forms.reason import ReasonForm
from programs.models import Objection
from programs.workflow import UnableToPerform

TONES = {"filed": "warning", "upheld": "success", "dismissed": "neutral", "withdrawn": "neutral"}


def _visible(request: HttpRequest) -> QuerySet[Objection]:
    return Objection.objects.visible_to(request.actor).select_related(
        "application__call",
        "application__program",
        "application__district",
        "application__district_call",
        "first_decider",
        "decided_by",
    )


@require_GET
@roles_required(*objections.DECIDERS)
def index(request: HttpRequest) -> HttpResponse:
    """Those that wait by due date, so that overdue ones come first; ?show=done has the decided ones, newest first."""
    done = request.GET.get("show") == "done"
    filed = Objection.State.FILED
    counts = Objection.objects.visible_to(request.actor).aggregate(
        waiting=Count("id", filter=Q(state=filed)), done=Count("id", filter=~Q(state=filed))
    )
    rows = _visible(request).filter(~Q(state=filed) if done else Q(state=filed))
    rows = rows.order_by("-decided_at", "-id") if done else rows.order_by("due_on", "id")
    page = Paginator(rows, 30).get_page(request.GET.get("page"))
    record_access(
        request.actor,
        Action.LIST,
        about="applications",
        ids=[row.application_id for row in page],
        purpose=Purpose.OBJECTION,
        filter={"page": "objections", "show": "done" if done else "waiting", "number": page.number},
    )
    return render(
        request,
        "programs/objections/index.html",
        {
            "page": page,
            "rows": [{"objection": row, "tone": TONES[row.state]} for row in page],
            "done": done,
            "tabs": [
                {"label": _("결정할 것"), "url": "?", "current": not done, "count": counts["waiting"]},
                {"label": _("결정한 것"), "url": "?show=done", "current": done, "count": counts["done"]},
            ],
        },
    )


@require_GET
@roles_required(*objections.DECIDERS)
def detail(request: HttpRequest, objection_id: int) -> HttpResponse:
    """The objection, what was first decided and by whom, and the acts, each with the reason why not."""
    found = get_object_or_404(_visible(request), pk=objection_id)
    application = found.application
    record_access(
        request.actor,
        Action.READ,
        about=f"application:{application.pk}",
        ids=[application.pk],
        subject_id=application.applicant_id,
        purpose=Purpose.OBJECTION,
    )
    rejection = application.events.filter(action="reject").select_related("note").order_by("-id").first()
    names = registry.get(application.program_id).reject_reasons
    return render(
        request,
        "programs/objections/detail.html",
        {
            "objection": found,
            "application": application,
            "tone": TONES[found.state],
            "rejection": rejection,
            "reasons": [names[code] for code in (rejection.data.get("reasons", []) if rejection else [])],
            "why_not_decide": objections.why_not_decide(found, request.actor),
            "why_not_extend": objections.why_not_extend(found, request.actor),
            "is_open": found.state == Objection.State.FILED,
            "today": timezone.localdate(),
        },
    )


@require_POST
@roles_required(*objections.DECIDERS)
def extend(request: HttpRequest, objection_id: int) -> HttpResponse:
    return _act(
        request,
        objection_id,
        lambda found, reason: objections.extend(found.pk, actor=request.actor, reason=reason),
        _("결정 기한을 연장하고 신청인에게 알렸습니다."),
    )


@require_POST
@roles_required(*objections.DECIDERS)
def uphold(request: HttpRequest, objection_id: int) -> HttpResponse:
    return _act(
        request,
        objection_id,
        lambda found, reason: objections.decide(found.pk, actor=request.actor, upheld=True, answer=reason),
        _("인용하였습니다. 신청인에게 결과를 알렸습니다."),
    )


@require_POST
@roles_required(*objections.DECIDERS)
def dismiss(request: HttpRequest, objection_id: int) -> HttpResponse:
    return _act(
        request,
        objection_id,
        lambda found, reason: objections.decide(found.pk, actor=request.actor, upheld=False, answer=reason),
        _("기각하였습니다. 신청인에게 이유와 불복 방법을 알렸습니다."),
    )


def _act(request: HttpRequest, objection_id: int, act, done: str) -> HttpResponse:
    found = get_object_or_404(_visible(request), pk=objection_id)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, form.first_error)
        return redirect("programs:objection", found.pk)
    try:
        act(found, form.cleaned_data["reason"])
    except UnableToPerform as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, done)
    return redirect("programs:objection", found.pk)
