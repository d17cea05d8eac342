"""Closing the books of a month or of a fiscal year: final, so that what was reported stays as it was."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.roles import Actor, Role
from budget.models import Closing
from budget.refusals import UnableToPost, refused


def last_day(fiscal_year: int, month: int | None) -> dt.date:
    """The last day that may be posted into them; a year's accounts end on 10 February (지방회계법 §8)."""
    if month is None:
        return dt.date(fiscal_year + 1, 2, 10)
    return dt.date(fiscal_year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)


@transaction.atomic
def close_books(*, fiscal_year: int, month: int | None, actor: Actor) -> Closing:
    """Close one month, or the year (`month` None), of the actor's organisation. Raises UnableToPost."""
    if actor.role != Role.FINANCE_OFFICER or actor.membership is None:
        raise UnableToPost(_("재무관만 장부를 마감할 수 있습니다."))
    if last_day(fiscal_year, month) >= timezone.localdate():
        raise UnableToPost(_("아직 끝나지 않은 기간은 마감할 수 없습니다."))
    try:
        with transaction.atomic():
            return Closing.objects.create(
                organisation=actor.membership.organisation,
                fiscal_year=fiscal_year,
                month=month,
                closed_by=actor.membership.user,
            )
    except IntegrityError as error:
        raise refused(error) from error
