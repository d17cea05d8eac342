"""Proofs by which trips are free, as staff saw them: the kind, the bracket and the days, never a copy."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from accounts.roles import OPERATOR_STAFF, Actor
from hospital.models import FreeProof, ServiceUser
from programs.workflow import UnableToPerform


def record_proof(
    service_user_id: int, *, kind: str, income_percent: int, first: dt.date, last: dt.date, actor: Actor
) -> FreeProof:
    """Trips of these days (both included) are free where their terms take such a proof.

    Raises UnableToPerform, ServiceUser.DoesNotExist for one the actor may not see."""
    person = ServiceUser.objects.visible_to(actor).get(pk=service_user_id)
    if actor.role not in OPERATOR_STAFF:
        raise UnableToPerform(_("콜센터와 배차 담당자만 증빙을 확인할 수 있습니다."))
    if last < first:
        raise UnableToPerform(_("마지막 날이 첫날보다 앞섭니다. 다시 확인하십시오."))
    try:
        with transaction.atomic():
            return FreeProof.objects.create(
                service_user=person, kind=kind, income_percent=income_percent, checked_by=actor.membership,
                valid=DateRange(first, last + dt.timedelta(days=1)),
            )  # fmt: skip
    except IntegrityError as error:
        if "one_free_proof_at_a_time" not in str(error):
            raise
        raise UnableToPerform(
            _("그 기간에 이미 확인한 증빙이 있습니다. 그 증빙이 끝난 다음 날부터 적으십시오.")
        ) from error
