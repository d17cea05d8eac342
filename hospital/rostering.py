"""Rosters: shifts within the limits of the terms and the law, and absences. Behind each manager's advisory lock, so
that two rosters written at once cannot pass a limit together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Exists, OuterRef, Sum
from django.utils.translation import gettext as _

from accounts.clock import SEOUL
from accounts.roles import Actor, Role
from accounts.templatetags.ui import kdate
from hospital.assigning import lock_managers
from hospital.availability import live_assignments
from hospital.escort_terms import terms_on
from hospital.models import Absence, EscortManager, Shift
from hospital.models.managers import monday_of
from programs.workflow import UnableToPerform

WEEK = dt.timedelta(days=7)
EMPLOYERS = (Role.DISPATCHER, Role.AGENCY_STAFF)


def own_manager(manager_id: int, actor: Actor) -> EscortManager:
    """The manager, their time locked. Raises UnableToPerform, EscortManager.DoesNotExist."""
    if actor.role not in EMPLOYERS:
        raise UnableToPerform(_("%(role)s은(는) 근무를 바꿀 수 없습니다.") % {"role": actor.role.label})
    manager = EscortManager.objects.visible_to(actor).get(pk=manager_id, organisation=actor.organisation_id)
    lock_managers([manager.pk])
    manager.refresh_from_db()  # as they are now that nobody else changes them
    return manager


def add_shifts(
    manager_id: int, *, days: Iterable[dt.date], begins: dt.time, ends: dt.time, break_minutes: int, actor: Actor
) -> list[Shift]:
    """The same hours on several days, all or none. Raises UnableToPerform beyond the terms' day or week (근로기준법
    §50) or the law's 52 hours (§53), and where there is a shift already."""
    with _refusals_in_words():
        manager = own_manager(manager_id, actor)
        made = [_shift(manager, day, begins, ends, break_minutes) for day in sorted(set(days))]
        if not made:
            raise UnableToPerform(_("근무할 날을 고르십시오."))
        return _save(made)


def copy_week(manager_id: int, *, week: dt.date, actor: Actor) -> list[Shift]:
    """The shifts of the week before, seven days later, all or none. `week`: its Monday. Raises like `add_shifts`, and
    where there is nothing to copy."""
    with _refusals_in_words():
        manager = own_manager(manager_id, actor)
        before = Shift.objects.filter(manager=manager, week=week - WEEK).order_by("span")
        made = [
            Shift(
                manager=manager, span=DateTimeTZRange(one.span.lower + WEEK, one.span.upper + WEEK),
                break_minutes=one.break_minutes, week=week, minutes=one.minutes,
            )
            for one in before
        ]  # fmt: skip
        if not made:
            raise UnableToPerform(_("그 전주에 근무가 없어 복사할 것이 없습니다."))
        return _save(made)


@dataclass(frozen=True)
class Copied:
    """How many managers' weeks were copied, and why others' were not, in words that name them."""

    managers: int
    refused: list[str]


def copy_week_of_all(*, week: dt.date, actor: Actor) -> Copied:
    """The week before for every manager of one's own who works on and has no shift in `week` yet; each by themselves,
    so that one who may not work more does not keep the others from it. Twice it copies once."""
    copied, refused = 0, []
    idle = EscortManager.objects.visible_to(actor).filter(organisation=actor.organisation_id, active=True)
    planned = Shift.objects.filter(manager=OuterRef("pk"))
    idle = idle.filter(Exists(planned.filter(week=week - WEEK)), ~Exists(planned.filter(week=week)))
    for manager in idle.select_related("membership__user").order_by("pk"):
        try:
            copy_week(manager.pk, week=week, actor=actor)
            copied += 1
        except UnableToPerform as why:
            refused.append(_("%(name)s: %(why)s") % {"name": manager, "why": why})
    return Copied(copied, refused)


@contextmanager
def _refusals_in_words() -> Iterator[None]:
    """One transaction; what the database does not let pass is said in words."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "no_week_beyond_the_law" in str(error) or "would work" in str(error):
            raise UnableToPerform(_("한 주에 52시간을 넘을 수 없습니다(근로기준법 제53조).")) from error
        if "one_shift_at_a_time" in str(error):
            raise UnableToPerform(_("그 시간에 이미 근무가 있습니다.")) from error
        if "one_absence_at_a_time" in str(error):
            raise UnableToPerform(_("그 시간에 이미 휴무가 있습니다.")) from error
        raise


def _save(shifts: list[Shift]) -> list[Shift]:
    for shift in shifts:
        _check_limits(shift)
        shift.save()
    return shifts


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
            _("%(week)s부터 한 주의 근무가 %(n)d시간을 넘습니다.")
            % {"week": kdate(shift.week), "n": terms.week_minutes // 60}
        )


@transaction.atomic
def remove_shift(shift_id: int, *, actor: Actor) -> None:
    """Raises UnableToPerform while a trip is planned in it, Shift.DoesNotExist."""
    shift = Shift.objects.visible_to(actor).get(pk=shift_id)
    own_manager(shift.manager_id, actor)
    _check_free(shift.manager_id, (shift.span.lower, shift.span.upper))
    shift.delete()


def _check_free(manager_id: int, during: tuple[dt.datetime, dt.datetime]) -> None:
    if numbers := planned_trips(manager_id, during):
        raise UnableToPerform(
            _("그 시간에 동행이 있습니다(%(list)s). 먼저 다른 매니저에게 배정하십시오.") % {"list": ", ".join(numbers)}
        )


def planned_trips(manager_id: int, during: tuple[dt.datetime, dt.datetime | None]) -> list[str]:
    """The numbers of the trips that the manager is still to do in that time; without an end, from then on."""
    return [one.trip.number for one in live_assignments([manager_id], during) if one.trip.is_live]


def add_absence(manager_id: int, *, begins: dt.datetime, ends: dt.datetime, reason: str, actor: Actor) -> Absence:
    """Days off, leave, sickness. Raises UnableToPerform while a trip is planned in it."""
    if begins >= ends:
        raise UnableToPerform(_("끝나는 때는 시작하는 때보다 뒤여야 합니다."))
    with _refusals_in_words():
        manager = own_manager(manager_id, actor)
        _check_free(manager.pk, (begins, ends))
        return Absence.objects.create(manager=manager, span=DateTimeTZRange(begins, ends), reason=reason)


@transaction.atomic
def remove_absence(absence_id: int, *, actor: Actor) -> None:
    absence = Absence.objects.visible_to(actor).get(pk=absence_id)
    own_manager(absence.manager_id, actor)
    absence.delete()
