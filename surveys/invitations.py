"""Sending surveys: once about each thing, in the transaction of whatever it is about."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from accounts.bulk import insert_many
from accounts.clock import SEOUL, ClockTimestamp
from accounts.encryption import blind_index
from notifications.models import Message
from notifications.outbox import prepare, queue_messages
from surveys.letters import INVITATION
from surveys.models import Invitation, OptOut, Survey

_WEEKDAYS = "월화수목금토일"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Somebody to be asked. `to` is a phone number or an e-mail address; `variables` fill the message and hold
    서비스: what they used, in their language."""

    about: str
    district_id: str | None
    occurred_on: dt.date
    to: str
    recipient_id: int | None
    language: str
    variables: dict[str, Any] = field(default_factory=dict)


def invite(
    *,
    survey: str,
    about: str,
    district_id: str | None,
    occurred_on: dt.date,
    to: str,
    recipient_id: int | None,
    language: str,
    variables: dict[str, Any],
) -> Invitation | None:
    """Send a survey about one thing. Asked again, it gives the invitation there is and sends nothing; None where the
    survey is not being sent. Whoever asked not to be asked gets no message, and their invitation says so."""
    asked = Asked(
        about=about, district_id=district_id, occurred_on=occurred_on, to=to, recipient_id=recipient_id,
        language=language, variables=variables,
    )  # fmt: skip
    made = invite_many(survey, [asked])
    return made[0] if made else Invitation.objects.filter(survey=survey, about=about, survey__active=True).first()


@transaction.atomic
def invite_many(survey: str, people: Iterable[Asked]) -> list[Invitation]:
    """The same for many, in a constant number of statements a thousand; only the invitations that were new."""
    active = Survey.objects.annotate(now=ClockTimestamp()).filter(pk=survey, active=True).first()
    wanted = {asked.about: asked for asked in people}
    if active is None or not wanted:
        return []
    known = Invitation.objects.filter(survey=survey, about__in=wanted).values_list("about", flat=True)
    for about in set(known):
        del wanted[about]
    left_alone = _left_alone(wanted.values())
    tokens = {about: None if contact_of(asked.to) in left_alone else new_token() for about, asked in wanted.items()}
    insert_many((_invitation(active, asked, tokens[about]) for about, asked in wanted.items()), ignore_conflicts=True)
    # Another transaction may have been first with some of them: its links are the ones that were sent.
    made = [
        row
        for row in Invitation.objects.filter(survey=survey, about__in=wanted).order_by("pk")
        if _digest_or_none(tokens[row.about]) == _bytes(row.token_digest)
    ]
    letters = [_letter(active, row, wanted[row.about], token) for row in made if (token := tokens[row.about])]
    if letters:
        queue_messages(letters)
    return made


def new_token() -> str:
    return secrets.token_urlsafe(32)


def digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def contact_of(to: str) -> bytes:
    return blind_index("survey contact", to)


def expiry(sent_at: dt.datetime, valid_days: int) -> dt.datetime:
    """The midnight, in Seoul, that ends the last of so many days after the day of sending."""
    day = sent_at.astimezone(SEOUL).date() + dt.timedelta(days=valid_days + 1)
    return dt.datetime.combine(day, dt.time(), tzinfo=SEOUL)


def last_day(invitation: Invitation) -> dt.date:
    """The last day on which it can be answered."""
    return invitation.expires_at.astimezone(SEOUL).date() - dt.timedelta(days=1)


def _left_alone(people: Iterable[Asked]) -> set[bytes]:
    contacts = [contact_of(asked.to) for asked in people]
    return set(map(bytes, OptOut.objects.filter(contact_index__in=contacts).values_list("contact_index", flat=True)))


def _invitation(survey: Any, asked: Asked, token: str | None) -> Invitation:
    return Invitation(
        survey=survey, about=asked.about, token_digest=_digest_or_none(token), district_id=asked.district_id,
        occurred_on=asked.occurred_on, recipient_id=asked.recipient_id, contact_index=contact_of(asked.to),
        language=asked.language, expires_at=expiry(survey.now, survey.valid_days), unasked=token is None,
    )  # fmt: skip


def _digest_or_none(token: str | None) -> bytes | None:
    return digest(token) if token else None


def _bytes(value: Any) -> bytes | None:
    return None if value is None else bytes(value)


def _letter(survey: Survey, invitation: Invitation, asked: Asked, token: str) -> Message:
    english = asked.language == "en"
    return prepare(
        key=f"survey:{invitation.pk}",
        template=INVITATION,
        to=asked.to,
        variables={
            **asked.variables,
            "조사": survey.title_en if english else survey.title,
            "바로가기": f"{settings.SITE_URL}{reverse('surveys:answer', args=[token])}",
            "기한": _day(last_day(invitation), english=english),
        },
        recipient_id=asked.recipient_id,
        about=message_about(invitation.pk),
        language=asked.language,
    )


def message_about(invitation_id: int) -> str:
    return f"survey:{invitation_id}"


def _day(day: dt.date, *, english: bool) -> str:
    """2026. 11. 27.(금), or Fri 27 Nov 2026: dates as the portal's other letters write them."""
    return f"{day:%a %-d %b %Y}" if english else f"{day.year}. {day.month}. {day.day}.({_WEEKDAYS[day.weekday()]})"
