"""Selecting the next N in order: the standing of each call, the plan, the draft (기안) and its decision (결재)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access_log import Action, record_access
from accounts.decorators import roles_required
from accounts.models.access import Purpose
from accounts.roles import DISTRICT_STAFF, Role
from programs import scoring, selection
from programs.forms.reason import ReasonForm
from programs.forms.selection import PlanForm
from programs.models import DistrictCall, SelectionBatch, SelectionLine
from programs.workflow import UnableToPerform

READERS = (*DISTRICT_STAFF, Role.CITY_OFFICER)
Outcome = SelectionLine.Outcome
TONES = {Outcome.SELECT: "success", Outcome.WAITLIST: "info", Outcome.PASS_OVER: "warning"}
STATE_TONES = {"drafted": "warning", "approved": "success", "sent_back": "danger", "cancelled": "neutral"}
PAGE_SIZE = 50


def _own_district_calls(request: HttpRequest) -> QuerySet[DistrictCall]:
    return (
        DistrictCall.objects.visible_to(request.actor)
        .filter(district=request.actor.district_id)
        .select_related("call__program", "district")
    )


def _batch(request: HttpRequest, pk: int) -> SelectionBatch:
    return get_object_or_404(
        SelectionBatch.objects.visible_to(request.actor).select_related(
            "district_call__call__program",
            "district_call__district",
            "drafted_by__user",
            "drafted_by__organisation",
            "decided_by__user",
            "decided_by__organisation",
        ),
        pk=pk,
    )


@require_GET
@roles_required(*DISTRICT_STAFF)
def index(request: HttpRequest) -> HttpResponse:
    """Every call of my district with its places, newest first."""
    calls = _own_district_calls(request).order_by("-call__opens_at", "-call_id")
    page = Paginator(calls, 20).get_page(request.GET.get("page"))
    return render(
        request,
        "programs/selection/index.html",
        {"page": page, "standings": selection.standings(page.object_list), "now": timezone.now()},
    )


@require_http_methods(["GET", "POST"])
@roles_required(*DISTRICT_STAFF)
def plan(request: HttpRequest, district_call_id: int) -> HttpResponse:
    """Who is next. GET shows it for ?places=; POST with passed-over people shows it again, or drafts it."""
    district_call = get_object_or_404(_own_district_calls(request), pk=district_call_id)
    standing = selection.standings([district_call])[0]
    by_points = scoring.is_scored(district_call.call)
    wishes = request.POST if request.method == "POST" else _first_wishes(request, standing)
    form = PlanForm(wishes, by_points=by_points)
    valid = form.is_valid()
    if valid and request.POST.get("act") == "draft":
        try:
            batch = selection.draft(
                district_call,
                actor=request.actor,
                places=form.cleaned_data["places"],
                pass_over=form.ticked,
                waitlist_rest=form.cleaned_data["waitlist_rest"],
            )
        except UnableToPerform as refused:
            messages.error(request, str(refused))
            return redirect("programs:selection_plan", district_call.pk)
        messages.success(request, _("기안하였습니다. 팀장이 결재하면 선정되고 알림이 나갑니다."))
        return redirect("programs:selection_batch", batch.pk)
    made = selection.plan(
        district_call,
        places=form.cleaned_data.get("places") or 0,
        pass_over=form.ticked,
        waitlist_rest=form.cleaned_data.get("waitlist_rest", False),
    )
    record_access(
        request.actor,
        Action.LIST,
        about="applications",
        ids=made.outcomes,
        purpose=Purpose.SCREENING,
        filter={
            "page": "selection_plan",
            "district_call": district_call.pk,
            "places": form.cleaned_data.get("places"),
        },
    )
    return render(
        request,
        "programs/selection/plan.html",
        {
            "district_call": district_call,
            "standing": standing,
            "form": form,
            "plan": made,
            "rows": _rows_of(made, form),
            "too_early": selection.too_early(district_call),
            "is_scored": by_points,
        },
        status=200 if valid else 422,
    )


def _first_wishes(request: HttpRequest, standing: selection.Standing) -> dict[str, Any]:
    """What the page opens with: as many as are ready and free."""
    default = min(standing.ready, standing.free, selection.MAX_LINES)
    return {
        "places": request.GET.get("places", default),
        "waitlist_rest": request.GET.get("waitlist_rest", ""),
    }


def _rows_of(made: selection.Plan, form: PlanForm) -> list[dict[str, Any]]:
    rows, position = [], 0
    for place in made.places:
        if place.kept:
            rows.append({"kept": place.kept, "application": None})
            continue
        position += 1
        rows.append(
            {
                "kept": 0,
                "application": place.application,
                "points": made.points.get(place.application.pk),
                "position": position,
                "label": Outcome(place.outcome).label,
                "tone": TONES[place.outcome],
                "ticked": place.application.pk in form.ticked,
                "reason": form.ticked.get(place.application.pk, ""),
            }
        )
    return rows


@require_GET
@roles_required(*READERS)
def history(request: HttpRequest) -> HttpResponse:
    """Drafts and what became of them, newest first; ?district_call= narrows."""
    batches = (
        SelectionBatch.objects.visible_to(request.actor)
        .select_related("district_call__call", "district_call__district", "drafted_by__user", "decided_by__user")
        .annotate(
            selects=Count("lines", filter=Q(lines__outcome=Outcome.SELECT)),
            waitlists=Count("lines", filter=Q(lines__outcome=Outcome.WAITLIST)),
            passes=Count("lines", filter=Q(lines__outcome=Outcome.PASS_OVER)),
        )
        .order_by("-id")
    )
    chosen = request.GET.get("district_call", "")
    if chosen.isdigit():
        batches = batches.filter(district_call=chosen)
    page = Paginator(batches, 20).get_page(request.GET.get("page"))
    rows = [{"batch": batch, "tone": STATE_TONES[batch.state]} for batch in page]
    return render(request, "programs/selection/history.html", {"page": page, "rows": rows})


@require_GET
@roles_required(*READERS)
def batch(request: HttpRequest, batch_id: int) -> HttpResponse:
    return _show(request, _batch(request, batch_id))


def _show(
    request: HttpRequest, found: SelectionBatch, *, changed: selection.ChangedSinceDrafted | None = None
) -> HttpResponse:
    lines = found.lines.select_related("application").order_by("position")
    page = Paginator(lines, PAGE_SIZE).get_page(request.GET.get("page"))
    record_access(
        request.actor,
        Action.LIST,
        about="applications",
        ids=[line.application_id for line in page],
        purpose=Purpose.SCREENING,
        filter={"page": "selection_batch", "batch": found.pk, "number": page.number},
    )
    return render(
        request,
        "programs/selection/batch.html",
        {
            "batch": found,
            "tone": STATE_TONES[found.state],
            "page": page,
            "rows": _lines_of(page),
            "numbers": _numbers_of(found),
            "standing": selection.standings([found.district_call])[0],
            "changes": _changes_in_words(changed.changes if changed else found.changes),
            "changed": changed,
            **_possible(request, found),
        },
        status=409 if changed else 200,
    )


def _lines_of(lines: Any) -> list[dict[str, Any]]:
    return [{"line": line, "label": Outcome(line.outcome).label, "tone": TONES[line.outcome]} for line in lines]


def _numbers_of(found: SelectionBatch) -> dict[str, int]:
    return found.lines.aggregate(
        **{str(outcome): Count("id", filter=Q(outcome=outcome)) for outcome in Outcome.values}
    )


def _changes_in_words(changes: list[dict[str, str]]) -> list[dict[str, str]]:
    def word(outcome: str) -> str:
        return str(Outcome(outcome).label) if outcome else _("없음")

    return [
        {"receipt_no": row["receipt_no"], "drafted": word(row["drafted"]), "now": word(row["now"])} for row in changes
    ]


def _possible(request: HttpRequest, found: SelectionBatch) -> dict[str, Any]:
    """Which decisions this person has, and why not."""
    actor = request.actor
    is_open = found.state == SelectionBatch.State.DRAFTED
    is_author = actor.membership == found.drafted_by
    is_manager = actor.role == Role.DISTRICT_MANAGER
    wrote_it = found.drafted_by.user_id == actor.user_id
    why_not = ""
    if is_open and is_manager and wrote_it:
        why_not = _("기안한 사람은 결재할 수 없습니다. 다른 팀장이 결재합니다.")
    elif is_open and not is_manager and actor.role in DISTRICT_STAFF:
        why_not = _("결재는 팀장이 합니다. 팀장이 이 화면에서 결재하거나 반송합니다.")
    return {
        "may_approve": is_open and is_manager and not wrote_it,
        "may_send_back": is_open and is_manager and not is_author,
        "may_cancel": is_open and is_author,
        "why_not": why_not,
    }


@require_POST
@roles_required(*DISTRICT_STAFF)
def approve(request: HttpRequest, batch_id: int) -> HttpResponse:
    found = _batch(request, batch_id)
    try:
        selection.approve(found.pk, actor=request.actor, accept_changes=request.POST.get("accept_changes", ""))
    except selection.ChangedSinceDrafted as changed:
        return _show(request, found, changed=changed)
    except UnableToPerform as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, _("결재하였습니다. 선정과 대기 안내가 나갑니다."))
    return redirect("programs:selection_batch", found.pk)


@require_POST
@roles_required(*DISTRICT_STAFF)
def send_back(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Send the draft back with a reason, or cancel one's own."""
    found = _batch(request, batch_id)
    is_author = request.actor.membership == found.drafted_by
    form = ReasonForm(request.POST)
    if not is_author and not form.is_valid():
        messages.error(request, form.first_error)
        return redirect("programs:selection_batch", found.pk)
    try:
        done = selection.send_back(
            found.pk, actor=request.actor, comment="" if is_author else form.cleaned_data["reason"]
        )
    except UnableToPerform as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, _("처리하였습니다: %(state)s") % {"state": done.get_state_display()})
    return redirect("programs:selection_batch", found.pk)


@require_POST
@roles_required(*READERS)
def print_decision(request: HttpRequest, batch_id: int) -> HttpResponse:
    """The decision document (결정서) of an approved selection, for paper; logged before it is shown."""
    found = _batch(request, batch_id)
    if found.state != SelectionBatch.State.APPROVED:
        raise Http404
    lines = list(found.lines.select_related("application").order_by("position"))
    record_access(
        request.actor,
        Action.PRINT,
        about=f"selection:{found.pk}",
        ids=[line.application_id for line in lines],
        purpose=Purpose.SCREENING,
    )
    return render(
        request,
        "programs/selection/decision.html",
        {
            "batch": found,
            "rows": _lines_of(lines),
            "numbers": _numbers_of(found),
            "changes": _changes_in_words(found.changes),
            "printed_at": timezone.now(),
        },
    )
