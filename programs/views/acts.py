"""Every act on a case, whichever programme's: its form, and carrying it out."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.decorators import roles_required
from programs import letters
from programs.forms.acts import ActForm, Asking
from programs.forms.queue import filter_of
from programs.models import Application
from programs.selectors.case import action_label
from programs.selectors.queue import following
from programs.views.case import case_or_404
from programs.views.opening import opening_of
from programs.views.queue import CASE_ROLES, saved_filter
from programs.workflow import (
    ChangedMeanwhile,
    Transition,
    UnableToPerform,
    perform,
    state_info,
    why_not,
    workflow_of,
)


@require_http_methods(["GET", "POST"])
@never_cache
@roles_required(*CASE_ROLES)
def act(request: HttpRequest, receipt_no: str, name: str) -> HttpResponse:
    """GET asks what the act needs; POST does it, or says why not and keeps what was typed."""
    application = case_or_404(request, receipt_no)
    transition = _transition_or_404(application, name)
    asking = Asking(transition, application, request.actor)
    if request.method == "GET":
        return _page(request, asking, ActForm(asking=asking))
    form = ActForm(request.POST, asking=asking)
    if not form.is_valid():
        return _page(request, asking, form, status=422)
    if "preview" in request.POST:
        return _page(request, asking, form, letter=_letter(request, asking, form.inputs))
    try:
        done = perform(
            application, name, actor=request.actor, data=form.inputs, expected_version=form.cleaned_data["version"]
        )
    except Application.DoesNotExist as moved_away:
        raise Http404 from moved_away
    except ChangedMeanwhile as changed:
        return _changed_page(request, asking, changed)
    except UnableToPerform as refusal:
        form.add_error(None, str(refusal))
        return _page(request, asking, form, status=409)
    messages.success(request, _("%(case)s: ‘%(act)s’ 처리했습니다.") % {"case": receipt_no, "act": transition.label})
    return _after(request, done)


def _transition_or_404(application: Application, name: str) -> Transition:
    transition = workflow_of(application).transitions.get(name)
    if transition is None or transition.hidden:
        raise Http404
    return transition


def _changed_page(request: HttpRequest, asking: Asking, changed: ChangedMeanwhile) -> HttpResponse:
    """What the other did, over the form as it was typed; sending it again means having seen that."""
    application = case_or_404(request, asking.application.receipt_no)
    fresh = Asking(asking.transition, application, request.actor)
    typed = request.POST.copy()
    typed["version"] = str(application.version)
    happenings = [
        {
            "title": action_label(application, event.action),
            "at": event.occurred_at,
            "who": f"{event.membership.organisation} {event.actor}" if event.membership else _("신청인"),
        }
        for event in changed.events
    ]
    return _page(request, fresh, ActForm(typed, asking=fresh), status=409, changed=happenings, refusal=str(changed))


def _letter(request: HttpRequest, asking: Asking, inputs: dict[str, Any]) -> dict[str, str]:
    opened = opening_of(request, asking.application.pk) is not None
    title, body = letters.preview(asking.application, asking.transition.letter or "", inputs, masked=not opened)
    return {"title": title, "body": body}


def _page(
    request: HttpRequest,
    asking: Asking,
    form: ActForm,
    *,
    status: int = 200,
    letter: dict[str, str] | None = None,
    changed: list[dict[str, Any]] | None = None,
    refusal: str = "",
) -> HttpResponse:
    application, transition = asking.application, asking.transition
    return render(
        request,
        "programs/act.html",
        {
            "application": application,
            "transition": transition,
            "state": state_info(application),
            "form": form,
            "why_not": why_not(transition, application, request.actor, timezone.now()),
            "can_preview": transition.letter in letters.PREVIEWED,
            "letter": letter,
            "changed": changed,
            "refusal": refusal,
        },
        status=status,
    )


def _after(request: HttpRequest, done: Application) -> HttpResponse:
    """Stay on the case, or go on to the next in the officer's queue; a case moved away cannot be stayed on."""
    visible = Application.objects.visible_to(request.actor).filter(pk=done.pk).exists()
    if visible and request.POST.get("then") != "next":
        return redirect("programs:case", receipt_no=done.receipt_no)
    return _to_next(request, done)


@require_GET
@roles_required(*CASE_ROLES)
def next_case(request: HttpRequest, receipt_no: str) -> HttpResponse:
    """On to the next case without doing anything to this one."""
    return _to_next(request, case_or_404(request, receipt_no))


def _to_next(request: HttpRequest, done: Application) -> HttpResponse:
    wanted, _form = filter_of(QueryDict(saved_filter(request.actor).query), request.actor)
    case = following(request.actor, wanted, done, timezone.now())
    if case is not None:
        return redirect("programs:case", receipt_no=case.receipt_no)
    messages.info(request, _("대기열에 남은 건이 없습니다."))
    return redirect("programs:queue")
