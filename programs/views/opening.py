"""Opening a case: what is masked becomes readable for half an hour, for a stated purpose, in this session alone."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access_log import Action, record_access
from accounts.models.access import Purpose
from programs.models import Application

OPEN_FOR = dt.timedelta(minutes=30)
_SESSION = "opened_cases"
# Looking at what people applied with is for these purposes; figures are made without opening anybody's case.
PURPOSES = [choice for choice in Purpose.choices if choice[0] != Purpose.REPORTING]


@dataclass(frozen=True)
class Opening:
    purpose: Purpose
    opened_at: dt.datetime

    @property
    def until(self) -> dt.datetime:
        return self.opened_at + OPEN_FOR


def _key(request: HttpRequest, application_id: int) -> str:
    return f"{request.actor.membership.pk}:{application_id}"


def opening_of(request: HttpRequest, application_id: int) -> Opening | None:
    """This session's opening of the case while it lasts; another membership of the same person has its own."""
    found = request.session.get(_SESSION, {}).get(_key(request, application_id))
    if found is None:
        return None
    opening = Opening(Purpose(found["purpose"]), dt.datetime.fromisoformat(found["at"]))
    return opening if timezone.now() < opening.until else None


def remember_opening(request: HttpRequest, application: Application, purpose: str) -> None:
    """Log the reading, then open the case; what has run out is forgotten."""
    record_access(
        request.actor, Action.READ, about=f"application:{application.pk}", ids=[application.pk],
        subject_id=application.applicant_id, purpose=purpose,
    )  # fmt: skip
    now = timezone.now()
    opened = {
        key: value
        for key, value in request.session.get(_SESSION, {}).items()
        if dt.datetime.fromisoformat(value["at"]) + OPEN_FOR > now
    }
    opened[_key(request, application.pk)] = {"purpose": purpose, "at": now.isoformat()}
    request.session[_SESSION] = opened


def forget_opening(request: HttpRequest, application_id: int) -> None:
    opened = request.session.get(_SESSION, {})
    if opened.pop(_key(request, application_id), None):
        request.session[_SESSION] = opened


def require_opening(request: HttpRequest, application_id: int) -> Opening:
    """Raises PermissionDenied where the case is not open in this session."""
    opening = opening_of(request, application_id)
    if opening is None:
        raise PermissionDenied(_("먼저 신청서를 여십시오."))
    return opening


def log_document_once(request: HttpRequest, opening: Opening, application: Application, document_id: int) -> None:
    """One row a document and opening, however many of its pages are fetched at once. Without the cache: a row each."""
    mark = f"seen:{request.session.session_key}:{_key(request, document_id)}:{opening.opened_at.isoformat()}"
    if cache.add(mark, 1, int(OPEN_FOR.total_seconds())):
        try:
            record_access(
                request.actor, Action.DOCUMENT, about=f"document:{document_id}", ids=[document_id],
                subject_id=application.applicant_id, purpose=opening.purpose,
            )  # fmt: skip
        except Exception:
            cache.delete(mark)
            raise
