"""The city's work on calls and their dated rules. Every edit says who and, where it closes or moves something, why."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import District
from accounts.roles import Actor, Role
from programs import registry
from programs.deadlines import SEOUL
from programs.history import because
from programs.models import Call, DistrictCall, EligibilityRule, Program, Terms
from programs.workflow import UnableToPerform

_NOT_COPIED = {"id", "call"}


def _only_the_city(actor: Actor) -> None:
    if actor.role != Role.CITY_OFFICER:
        raise UnableToPerform(_("시 담당자만 할 수 있습니다."))


@transaction.atomic
def set_closed(model: type[Call] | type[DistrictCall], pk: int, *, actor: Actor, closed: bool, reason: str) -> None:
    """Close a call or one district's share of it early, or open it again within its dates."""
    _only_the_city(actor)
    if not reason.strip():
        raise UnableToPerform(_("사유를 적으십시오."))
    row = model.objects.select_for_update(of=("self",)).get(pk=pk)
    if closed == (row.closed_at is not None):
        raise UnableToPerform(_("이미 마감하였습니다.") if closed else _("이미 열려 있습니다."))
    row.closed_at = timezone.now() if closed else None
    with because(actor, reason):
        row.save(update_fields=["closed_at"])


def copy_call(source: Call, *, actor: Actor, year: int, round_: int, **changes: Any) -> Call:
    """A new call, not yet published, with the districts, quotas, rules, documents, consents and criteria of `source`.

    `changes` are its own `title`, `title_en`, `opens_at` and `closes_at`."""
    _only_the_city(actor)
    about = {"year": year, "round": round_, "code": f"{source.program_id[:28]}-{year}-{round_}"}
    fresh = {"closed_at": None, "published": False, "is_demo": False, "note": ""}
    try:
        with transaction.atomic(), because(actor, _("%(title)s에서 베낌") % {"title": source.title}):
            return _copy(source, about | fresh | changes)
    except IntegrityError as error:
        raise UnableToPerform(_("그 해 그 회차의 모집이 이미 있습니다.")) from error


def _copy(source: Call, changes: dict[str, Any]) -> Call:
    call = Call.objects.create(**(_values(source) | changes))
    first, last = call.opens_at.astimezone(SEOUL).date(), source.closes_at.astimezone(SEOUL).date()
    for share in source.district_calls.order_by("district"):
        _copy_row(share, call, opens_at=None, closes_at=None, closed_at=None)
    for rule in source.rules.filter(valid__contains=last).order_by("sort", "id"):
        _copy_row(rule, call, valid=DateRange(first, None))
    for row in (
        *source.required_documents.order_by("id"),
        *source.consent_items.order_by("id"),
        *source.criteria.order_by("id"),
    ):
        _copy_row(row, call)
    return call


def _values(row: Any) -> dict[str, Any]:
    return {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if f.name not in _NOT_COPIED}


def _copy_row(row: Any, call: Call, **changes: Any) -> None:
    type(row).objects.create(call=call, **(_values(row) | changes))


@transaction.atomic
def add_terms(
    program: Program, *, actor: Actor, district: District | None, first: dt.date, values: dict[str, Any], basis: str
) -> Terms:
    """New terms from `first` on; those in force until then end the day before. Refuses what would overlap, or what the
    programme's own check refuses."""
    _only_the_city(actor)
    if editor := registry.terms_editor_of(program.pk):
        editor.check(values, first)
    rows = Terms.objects.select_for_update().filter(program=program, district=district)
    for row in rows.filter(valid__endswith__isnull=True) | rows.filter(valid__endswith__gt=first):
        if row.valid.lower is not None and row.valid.lower >= first:
            raise UnableToPerform(
                _("%(day)s부터 적용되는 조건이 이미 있어 기간이 겹칩니다. 그 뒤의 날짜를 고르십시오.")
                % {"day": row.valid.lower}
            )
        with because(actor, basis):
            row.valid = DateRange(row.valid.lower, first)
            row.save(update_fields=["valid"])
    with because(actor, basis):
        return Terms.objects.create(
            program=program, district=district, valid=DateRange(first, None), values=values, basis=basis
        )


@transaction.atomic
def add_rule(
    call: Call,
    *,
    actor: Actor,
    district: District | None,
    kind: str,
    params: dict[str, Any],
    first: dt.date,
    basis: str,
) -> EligibilityRule:
    """A rule of this kind from `first` on; the one in force until then ends the day before."""
    _only_the_city(actor)
    rows = EligibilityRule.objects.select_for_update().filter(call=call, district=district, kind=kind)
    for row in rows:
        if row.valid.upper is not None and row.valid.upper <= first:
            continue
        if row.valid.lower is not None and row.valid.lower >= first:
            raise UnableToPerform(
                _("%(day)s부터 적용되는 같은 조건이 이미 있어 기간이 겹칩니다.") % {"day": row.valid.lower}
            )
        end_rule(row, actor=actor, last=first, reason=basis)
    with because(actor, basis):
        return EligibilityRule.objects.create(
            call=call, district=district, kind=kind, params=params, valid=DateRange(first, None), basis=basis
        )


def end_rule(rule: EligibilityRule, *, actor: Actor, last: dt.date, reason: str) -> None:
    """The rule no longer applies from the day `last` on; applications received before keep it."""
    _only_the_city(actor)
    if rule.valid.upper is not None and rule.valid.upper <= last:
        raise UnableToPerform(_("이미 끝난 조건입니다."))
    if rule.valid.lower is not None and rule.valid.lower >= last:
        raise UnableToPerform(_("시작하는 날보다 뒤의 날짜를 고르십시오."))
    rule.valid = DateRange(rule.valid.lower, last)
    with because(actor, reason):
        rule.save(update_fields=["valid"])
