"""What a citizen reads of their own applications."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from programs.models import Application, ApplicationEvent, DistrictCall
from programs.models.applications import State
from programs.scoring import is_scored, terms_for_citizens
from programs.workflow import state_info, workflow_of

QUEUED = (State.SUBMITTED, State.UNDER_REVIEW, State.SUPPLEMENT_REQUESTED)


def place_in_queue(application: Application) -> int | None:
    """How manieth among those waiting for a decision in the district (or on its waiting list); None when decided."""
    same = Application.objects.filter(district_call=application.district_call_id)
    if application.state in QUEUED and is_scored(application.call):
        return None  # judged all together
    if application.state in QUEUED:
        ahead = Q(order_at__lt=application.order_at) | Q(order_at=application.order_at, pk__lt=application.pk)
        return same.filter(ahead, state__in=QUEUED).count() + 1
    if application.state == State.WAITLISTED:
        ahead = Q(waitlist_no__lt=application.waitlist_no) | Q(
            waitlist_no=application.waitlist_no, pk__lt=application.pk
        )
        return same.filter(ahead, state=State.WAITLISTED).count() + 1
    return None


def scored_terms(application: Application) -> dict[str, Any] | None:
    """While undecided: that and how the call is scored, and by when; None for any other call."""
    share = application.district_call
    share.call = application.call
    return terms_for_citizens(application.call, share.effective_closes_at) if application.state in QUEUED else None


@dataclass(frozen=True)
class Contact:
    """Who to ask: the district's unit and its phone."""

    unit: str
    phone: str


def contact(share: DistrictCall) -> Contact:
    return Contact(share.unit or str(share.district), share.phone or "120")


def timeline(application: Application, events: list[ApplicationEvent]) -> list[dict[str, Any]]:
    """What happened, in the citizen's words, and what comes next. Units are named, people are not."""
    transitions = workflow_of(application).transitions
    items = []
    for event in events:
        transition = transitions.get(event.action)
        if event.action == "submit":
            title = _("신청서가 접수되었습니다.")
        elif transition and (transition.plain or event.from_state != event.to_state):
            title = transition.plain or transition.label
        else:
            continue
        note = event.note if event.note and not event.note.internal else None
        items.append(
            {
                "title": title,
                "at": event.occurred_at,
                "who": str(event.membership.organisation) if event.membership else "",
                "text": (note.text or "") if note else "",
                "state": "done",
            }
        )
    info = state_info(application)
    if items:
        items[-1]["state"] = "current"
    if not info.closes:
        items.append({"title": info.next, "at": None, "who": "", "text": "", "state": "next"})
    return items


def until_when(application: Application) -> dt.datetime | dt.date | None:
    """The date that matters to the applicant now."""
    if application.state == State.SUPPLEMENT_REQUESTED:
        return application.supplement_until
    if application.state == State.OFFERED:
        return application.offer_until
    return application.due_at if application.state in QUEUED else None
