"""Rosters and qualifications: shifts within the limits of the terms and the law, absences, credentials. Behind each
manager's advisory lock, so that two rosters written at once cannot pass a limit together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Sum
from django.utils.translation import gettext as _

from accounts.clock import SEOUL
from accounts.models import Membership
from accounts.roles import Actor, Role
from hospital.assigning import lock_managers
from hospital.availability import live_assignments
from hospital.escort_terms import terms_on
from hospital.models import Absence, Credential, EscortManager, Shift
from hospital.models.managers import monday_of
from programs.workflow import UnableToPerform

EMPLOYERS = (Role.DISPATCHER, Role.AGENCY_STAFF)


def _own(manager_id: int, actor: Actor) -> EscortManager:
    """The manager, their time locked. Raises UnableToPerform, EscortManager.DoesNotExist."""
    if actor.role not in EMPLOYERS:
        raise UnableToPerform(_("%(role)s은(는) 근무를 바꿀 수 없습니다.") % {"role": actor.role.label})
    manager = EscortManager.objects.visible_to(actor).get(pk=manager_id, organisation=actor.organisation_id)
    lock_managers([manager.pk])
    return manager


@transaction.atomic
def register_manager(
    membership: Membership, *, base_id: str, qualification: str, phone: str, actor: Actor
) -> EscortManager:
    """Take a colleague with the role into the roster, once."""
    if actor.role not in EMPLOYERS or membership.organisation_id != actor.organisation_id:
        raise UnableToPerform(_("우리 기관의 동행매니저만 등록할 수 있습니다."))
    return EscortManager.objects.get_or_create(
        membership=membership,
        defaults={
            "organisation": membership.organisation, "base_id": base_id, "qualification": qualification,
            "phone": phone,
        },
    )[0]  # fmt: skip


def add_shifts(
    manager_id: int, *, days: Iterable[dt.date], begins: dt.time, ends: dt.time, break_minutes: int, actor: Actor
) -> list[Shift]:
    """The same hours on several days, all or none. Raises UnableToPerform beyond the terms' day or week (근로기준법
    §50) or the law's 52 hours (§53), and where there is a shift already."""
    try:
        with transaction.atomic():
            manager = _own(manager_id, actor)
            made = [_shift(manager, day, begins, ends, break_minutes) for day in sorted(set(days))]
            if not made:
                raise UnableToPerform(_("근무할 날을 고르십시오."))
            for shift in made:
                _check_limits(shift)
                shift.save()
            return made
    except IntegrityError as error:
        if "no_week_beyond_the_law" in str(error) or "would work" in str(error):
            raise UnableToPerform(_("한 주에 52시간을 넘을 수 없습니다(근로기준법 제53조).")) from error
        if "one_shift_at_a_time" in str(error):
            raise UnableToPerform(_("그 시간에 이미 근무가 있습니다.")) from error
        raise


def _shift(manager: EscortManager, day: dt.date, begins: dt.time, ends: dt.time, break_minutes: int) -> Shift:
    start, stop = (dt.datetime.combine(day, clock, SEOUL) for clock in (begins, ends))
    minutes = int((stop - start).total_seconds() // 60) - break_minutes
    if minutes <= 0:
        raise UnableToPerform(_("끝나는 때는 시작하는 때와 휴게시간보다 뒤여야 합니다."))
    return Shift(
        manager=manager, span=DateTimeTZRange(start, stop), break_minutes=break_minutes, week=monday_of(day),
        minutes=minutes,
    )  # fmt: skip


def _check_limits(shift: Shift) -> None:
    day = shift.span.lower.astimezone(SEOUL).date()
    terms = terms_on(day)
    if shift.minutes > terms.day_minutes:
        raise UnableToPerform(_("하루 근무는 휴게시간을 빼고 %(n)d시간까지입니다.") % {"n": terms.day_minutes // 60})
    planned = Shift.objects.filter(manager=shift.manager, week=shift.week).aggregate(n=Sum("minutes"))["n"] or 0
    if planned + shift.minutes > terms.week_minutes:
        raise UnableToPerform(
            _("%(day)s이 있는 주의 근무가 %(n)d시간을 넘습니다.") % {"day": day, "n": terms.week_minutes // 60}
        )


@transaction.atomic
def remove_shift(shift_id: int, *, actor: Actor) -> None:
    """Raises UnableToPerform while a trip is planned in it, Shift.DoesNotExist."""
    shift = Shift.objects.visible_to(actor).get(pk=shift_id)
    _own(shift.manager_id, actor)
    _check_free(shift.manager_id, (shift.span.lower, shift.span.upper))
    shift.delete()


def _check_free(manager_id: int, during: tuple[dt.datetime, dt.datetime]) -> None:
    numbers = [one.trip.number for one in live_assignments([manager_id], during) if one.trip.is_live]
    if numbers:
        raise UnableToPerform(
            _("그 시간에 동행이 있습니다(%(list)s). 먼저 다른 매니저에게 배정하십시오.") % {"list": ", ".join(numbers)}
        )


def add_absence(manager_id: int, *, begins: dt.datetime, ends: dt.datetime, reason: str, actor: Actor) -> Absence:
    """Days off, leave, sickness. Raises UnableToPerform while a trip is planned in it."""
    if begins >= ends:
        raise UnableToPerform(_("끝나는 때는 시작하는 때보다 뒤여야 합니다."))
    try:
        with transaction.atomic():
            manager = _own(manager_id, actor)
            _check_free(manager.pk, (begins, ends))
            return Absence.objects.create(manager=manager, span=DateTimeTZRange(begins, ends), reason=reason)
    except IntegrityError as error:
        if "one_absence_at_a_time" not in str(error):
            raise
        raise UnableToPerform(_("그 시간에 이미 휴무가 있습니다.")) from error


@transaction.atomic
def remove_absence(absence_id: int, *, actor: Actor) -> None:
    absence = Absence.objects.visible_to(actor).get(pk=absence_id)
    _own(absence.manager_id, actor)
    absence.delete()


@transaction.atomic
def add_credential(
    manager_id: int, *, kind: str, title: str, valid_from: dt.date, valid_until: dt.date | None, actor: Actor
) -> Credential:
    """A certificate, a training or the insurance, from a day, until a day where it ends."""
    if valid_until and valid_until < valid_from:
        raise UnableToPerform(_("만료일이 시작일보다 앞섭니다."))
    manager = _own(manager_id, actor)
    return Credential.objects.create(
        manager=manager, kind=kind, title=title, valid_from=valid_from, valid_until=valid_until
    )
