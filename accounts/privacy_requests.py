"""A person's request to see, correct, erase or suspend the use of their data (개인정보 보호법 §35–37)."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import AccessRequest, CitizenProfile, User
from accounts.roles import Actor

if TYPE_CHECKING:
    import holidays

ANSWER_DAYS = 10  # calendar days (개인정보 보호법 시행령 §41④, §43③, §44②)


class UnableToFile(Exception):
    """The request cannot be filed; the message says why, in words for the person."""


@lru_cache(maxsize=1)
def _calendar() -> holidays.HolidayBase:
    import holidays  # noqa: PLC0415 - as in programs.deadlines: no process should wait for it at its start

    return holidays.country_holidays("KR", language="ko")


def due_on(day: dt.date) -> dt.date:
    """The day by which a request of `day` is answered; a last day off moves to the next working day (민법 §161)."""
    last = day + dt.timedelta(days=ANSWER_DAYS)
    while last.weekday() >= 5 or last in _calendar():
        last += dt.timedelta(days=1)
    return last


def file_request(actor: Actor, *, kind: str, detail: str) -> AccessRequest:
    """File a request of the acting citizen. Raises UnableToFile while one of the same kind is open, so that a second
    tap or a replay makes no second request."""
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=actor.user_id)
        opened = AccessRequest.objects.filter(user=user, kind=kind, state=AccessRequest.State.OPEN).first()
        if opened:
            raise UnableToFile(
                _("같은 종류의 요구를 이미 처리하고 있습니다. %(day)s까지 회신합니다.")
                % {"day": opened.due_on.isoformat()}
            )
        district = CitizenProfile.objects.filter(user=user).values_list("district_id", flat=True).first()
        return AccessRequest.objects.create(
            user=user, district_id=district, kind=kind, detail=detail, due_on=due_on(timezone.localdate())
        )
