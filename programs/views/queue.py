"""The queue over all programmes, its saved filter, and what is done to ticked rows."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.access_log import Action, record_access
from accounts.decorators import roles_required
from accounts.roles import DISTRICT_STAFF, Actor, Role
from programs.forms.queue import QueueForm, filter_of
from programs.models import Application, SavedFilter
from programs.selectors import queue as selector
from programs.views.queue_lines import Lines, Names
from programs.workflow import ChangedMeanwhile, UnableToPerform, perform_many, refusals

CASE_ROLES = (*DISTRICT_STAFF, Role.CITY_OFFICER)
BULK_ACTS = ("assign", "start_review", "confirm")
_NAMED_IN_A_REFUSAL = 5


def saved_filter(actor: Actor) -> SavedFilter:
    """This officer's own, or a fresh one that is not stored yet."""
    return SavedFilter.objects.visible_to(actor).first() or SavedFilter(membership=actor.membership)


@require_GET
@roles_required(*CASE_ROLES)
def queue(request: HttpRequest) -> HttpResponse:
    """One page of cases. Without a query it returns to the officer's last filter."""
    saved = saved_filter(request.actor)
    if not request.GET and saved.query:
        return redirect(f"{reverse('programs:queue')}?{saved.query}")
    now = timezone.now()
    wanted, form = filter_of(request.GET, request.actor)
    page = selector.page(
        request.actor, wanted, now, after=request.GET.get("after", ""), before=request.GET.get("before", "")
    )
    record_access(
        request.actor,
        Action.LIST,
        about="applications",
        ids=[row.application.pk for row in page.rows],
        filter=wanted.for_log(),
    )
    works = request.actor.role in DISTRICT_STAFF
    picked = {int(pk) for pk in request.GET.get("picked", "").split(".") if pk.isdigit()}
    lines = Lines(_names(form, page), picked=picked, now=now)
    return render(
        request,
        "programs/queue.html",
        {
            "form": form,
            "wanted": wanted,
            "page": page,
            "tabs": _tabs(request, wanted, selector.tab_counts(request.actor, wanted, now)),
            "previous_url": _changed(request, before=page.previous) if page.previous else None,
            "next_url": _changed(request, after=page.next) if page.next else None,
            "saved": saved,
            "works": works,
            "colleagues": form.colleagues,
            "lines": [lines.line(row) for row in page.rows],
            "now": now,
        },
    )


def _names(form: QueueForm, page: selector.QueuePage) -> Names:
    """What the form has read for its choices need not be joined to every case."""
    programs, districts = (
        dict(form.fields[name].choices) if name in form.fields else {} for name in ("program", "district")
    )
    return Names(programs, districts, selector.assignee_names(page.rows, form.colleagues))


def _changed(request: HttpRequest, **changes: str | None) -> str:
    """This page's query with changes; a change of view starts on the first page again."""
    query = request.GET.copy()
    for name in ("after", "before", "picked"):
        query.pop(name, None)
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None:
            query[name] = value
    return f"?{query.urlencode()}"


def _tabs(request: HttpRequest, wanted: selector.QueueFilter, counts: dict[str, int]) -> list[dict[str, Any]]:
    return [
        {
            "label": selector.TABS[code].label,
            "url": _changed(request, tab=code, **({"state": None} if wanted.state else {})),
            "current": code == wanted.tab,
            "count": selector.shown_count(counts[code]) if code in counts else None,
        }
        for code in selector.shown_tabs(wanted)
    ]


@require_POST
@roles_required(*CASE_ROLES)
def queue_filter(request: HttpRequest) -> HttpResponse:
    """Apply a filter and remember it. What is searched for goes on as a blind index and is not remembered."""
    form = QueueForm(request.POST, actor=request.actor)
    if not form.is_valid():
        for errors in form.errors.values():
            messages.error(request, " ".join(map(str, errors)))
        return redirect(f"{reverse('programs:queue')}?tab=open")
    query = QueryDict(form.saved_query(), mutable=True)
    saved = saved_filter(request.actor)
    saved.query = query.urlencode()[:500]
    saved.save()
    if find := form.find():
        query["find"], query["tab"] = find, "found"
        if case := Application.objects.visible_to(request.actor).filter(receipt_no=find).first():
            return redirect("programs:case", receipt_no=case.receipt_no)
    return redirect(f"{reverse('programs:queue')}?{query.urlencode()}")


@require_POST
@roles_required(*CASE_ROLES)
def queue_forget(request: HttpRequest) -> HttpResponse:
    saved = saved_filter(request.actor)
    saved.query = ""
    saved.save()
    messages.success(request, _("저장된 조건을 지웠습니다."))
    return redirect(f"{reverse('programs:queue')}?tab=open")


@require_POST
@roles_required(*CASE_ROLES)
def queue_keys(request: HttpRequest) -> HttpResponse:
    """Keyboard shortcuts on or off, for this officer on every device (WCAG 2.1.4)."""
    saved = saved_filter(request.actor)
    saved.keyboard = request.POST.get("keyboard") == "on"
    saved.save()
    return redirect(f"{reverse('programs:queue')}?{request.GET.urlencode() or 'tab=open'}")


@require_POST
@roles_required(*DISTRICT_STAFF)
def queue_bulk(request: HttpRequest) -> HttpResponse:
    """One act on all ticked cases, or on none: a refusal names its case and the reason, and the ticks stay."""
    back = f"{reverse('programs:queue')}{_changed(request)}"
    name = request.POST.get("act", "")
    versions = _ticked(request)
    if name not in BULK_ACTS:
        raise Http404
    if not versions:
        messages.warning(request, _("먼저 처리할 건을 고르십시오."))
        return redirect(back)
    stay = f"{reverse('programs:queue')}{_changed(request, picked='.'.join(map(str, versions)))}"
    assignee = request.POST.get("assignee", "")
    data: dict[str, Any] = {"assignee": int(assignee) if assignee.isdigit() else 0} if name == "assign" else {}
    rows = list(Application.objects.visible_to(request.actor).filter(pk__in=versions).order_by("order_at", "id"))
    if len(rows) != len(versions):
        raise Http404
    refused = refusals(rows, name, request.actor, timezone.now(), data)
    if refused:
        messages.error(request, _refusal_words(refused))
        return redirect(stay)
    try:
        perform_many(
            list(versions), name, actor=request.actor, data={pk: dict(data) for pk in versions}, versions=versions
        )
    except ChangedMeanwhile as changed:
        messages.error(request, _changed_words(changed))
        return redirect(stay)
    except UnableToPerform as refusal:
        messages.error(request, str(refusal))
        return redirect(stay)
    messages.success(
        request, ngettext("%(n)s건을 처리했습니다.", "%(n)s건을 처리했습니다.", len(rows)) % {"n": len(rows)}
    )
    return redirect(back)


def _ticked(request: HttpRequest) -> dict[int, int | None]:
    """Case ids with the version that was on the screen."""
    versions: dict[int, int | None] = {}
    for value in request.POST.getlist("case")[: selector.PAGE]:
        pk, _colon, version = value.partition(":")
        if pk.isdigit() and version.isdigit():
            versions[int(pk)] = int(version)
    return versions


def _refusal_words(refused: list[tuple[Application, str]]) -> str:
    head = _("%(n)s건을 처리할 수 없어 한 건도 처리하지 않았습니다.") % {"n": len(refused)}
    named = [f"{application.receipt_no}: {reason}" for application, reason in refused[:_NAMED_IN_A_REFUSAL]]
    if len(refused) > _NAMED_IN_A_REFUSAL:
        named.append(_("그 밖에 %(n)s건") % {"n": len(refused) - _NAMED_IN_A_REFUSAL})
    return f"{head} {' / '.join(named)}"


def _changed_words(changed: ChangedMeanwhile) -> str:
    case = changed.events[0].application.receipt_no if changed.events else ""
    who = changed.events[-1].actor if changed.events else ""
    return f"{case}: {changed} ({who})" if case else str(changed)
