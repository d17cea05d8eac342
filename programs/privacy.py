"""What the privacy officer records: the monthly review of the access log, and answers to people's requests.

개인정보의 안전성 확보조치 기준 §8 (monthly review, reasons of downloads), 개인정보 보호법 §35–37 (requests).
"""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.access_log import Action, record_access
from accounts.models import AccessLog, AccessRequest, LogReview, Organisation
from accounts.models.access import Purpose
from accounts.roles import Actor, Role
from accounts.templatetags.ui import kdate
from notifications.outbox import queue_message
from notifications.templates import MessageTemplate, register_template

Kind, State = AccessRequest.Kind, AccessRequest.State


class UnableToRecord(Exception):
    """It cannot be recorded; the message says why, in words for the officer."""


def register_privacy_letters() -> None:
    """The notice of an answer: what it says stands in the portal, not in a mail."""
    register_template(
        MessageTemplate(
            "privacy.answered",
            {"ko": "개인정보 요구에 회신하였습니다", "en": "Your request about your data is answered"},
            {
                "ko": "#{요구일}에 하신 개인정보 #{종류} 요구에 회신하였습니다.\n로그인하여 보십시오: #{주소}\n\n"
                "결과에 동의하지 않으면 개인정보 분쟁조정위원회(1833-6972)에 조정을 신청할 수 있습니다.",
                "en": "We answered your request of #{요구일} about your personal data. Sign in and read the answer "
                "here.\n#{주소}\n\nIf you disagree, ask the Personal Information Dispute Mediation Committee "
                "(1833-6972).",
            },
        )
    )


def may_review(actor: Actor, organisation: Organisation) -> bool:
    """A privacy officer reviews the own organisation's log; the city's reviews every organisation's."""
    if actor.role != Role.PRIVACY_OFFICER or actor.membership is None:
        return False
    own = actor.membership.organisation
    return own == organisation or own.kind == Organisation.Kind.CITY


def record_review(*, actor: Actor, organisation: Organisation, month: dt.date, findings: str) -> LogReview:
    """Record that a month's log was reviewed, once a month and organisation. Raises UnableToRecord."""
    if actor.user is None or not may_review(actor, organisation):
        raise UnableToRecord(_("이 기관의 접속기록을 점검할 권한이 없습니다."))
    if month >= timezone.localdate().replace(day=1):
        raise UnableToRecord(_("아직 끝나지 않은 달은 점검을 마칠 수 없습니다."))
    try:
        with transaction.atomic():
            return LogReview.objects.create(
                organisation=organisation, month=month, reviewed_by=actor.user, findings=findings
            )
    except IntegrityError as error:
        raise UnableToRecord(_("이 달은 이미 점검하였습니다.")) from error


def open_row(row: AccessLog, *, actor: Actor, purpose: str) -> None:
    """Log that the privacy officer saw whose data one row of the log is about; no log, no data."""
    record_access(
        actor,
        Action.READ,
        about=f"accesslog:{row.id}",
        ids=row.ids,
        subject_id=row.subject_id,
        purpose=Purpose(purpose).value,
    )


@transaction.atomic
def answer_request(request_id: int, *, actor: Actor, granted: bool, answer: str, done: str = "") -> AccessRequest:
    """Grant or refuse, and tell the person. What was corrected or erased is stated. Raises UnableToRecord."""
    asked = AccessRequest.objects.visible_to(actor).select_for_update().get(pk=request_id)
    if actor.role != Role.PRIVACY_OFFICER:
        raise UnableToRecord(_("개인정보 요구에 회신할 권한이 없습니다."))
    if asked.state != State.OPEN:
        raise UnableToRecord(_("이미 회신한 요구입니다."))
    if not answer.strip():
        raise UnableToRecord(_("회신 내용을 적으십시오."))
    if granted and asked.kind in (Kind.CORRECT, Kind.ERASE) and not done.strip():
        raise UnableToRecord(_("무엇을 정정하거나 삭제하였는지 적으십시오."))
    parts = [answer.strip()]
    if granted and done.strip():
        parts.append(_("처리한 내용: %(done)s") % {"done": done.strip()})
    asked.state = State.GRANTED if granted else State.REFUSED
    asked.answer, asked.answered_by, asked.answered_at = "\n\n".join(parts), actor.user, timezone.now()
    asked.save(update_fields=["state", "answer", "answered_by", "answered_at"])
    _tell(asked)
    return asked


def _tell(row: AccessRequest) -> None:
    """In the person's language, whichever the one who replies reads."""
    with translation.override(row.user.language):
        _queue_answer(row)


def _queue_answer(row: AccessRequest) -> None:
    queue_message(
        key=f"accessrequest:{row.pk}:answered",
        template="privacy.answered",
        to=row.user.email,
        language=row.user.language,
        variables={
            "요구일": kdate(row.requested_at),
            "종류": str(Kind(row.kind).label),
            "주소": f"{settings.SITE_URL}{reverse('accounts:privacy_requests')}",
        },
        recipient_id=row.user_id,
        about=f"accessrequest:{row.pk}",
    )
