"""Reads of the pages about colleagues: who works where, their open cases, and what was changed by whom."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from accounts.models import Membership, Organisation, User
from accounts.roles import DISTRICT_STAFF, Actor, Role
from programs.models import Application

ENDED = "ended"


def members(
    actor: Actor, *, show: str, now: dt.datetime, organisation: int | None, person: int | None
) -> QuerySet[Any]:
    """The memberships this manager sees, each with `open_cases`; those in force or to come, or the ended ones."""
    rows = _narrowed(actor, organisation, person)
    rows = rows.filter(ends_at__lte=now) if show == ENDED else rows.exclude(ends_at__lte=now)
    open_cases = (
        Application.objects.filter(assignee=OuterRef("pk"), closed_at__isnull=True)
        .order_by()
        .values("assignee")
        .annotate(number=Count("pk"))
        .values("number")
    )
    rows = rows.select_related("user", "organisation", "stands_in_for__user").annotate(
        open_cases=Coalesce(Subquery(open_cases, output_field=IntegerField()), 0)
    )
    if show == ENDED:
        return rows.order_by("-ends_at", "-pk")
    return rows.order_by("organisation__kind", "organisation__name", "role", "pk")


def _narrowed(actor: Actor, organisation: int | None, person: int | None) -> QuerySet[Any]:
    rows = Membership.objects.visible_to(actor)
    if organisation:
        rows = rows.filter(organisation=organisation)
    if person:
        rows = rows.filter(user=person)
    return rows


def counts(actor: Actor, *, now: dt.datetime, organisation: int | None, person: int | None) -> dict[str, int]:
    """How many are in force or to come, and how many have ended."""
    ended = Q(ends_at__lte=now)
    return _narrowed(actor, organisation, person).aggregate(
        current=Count("pk", filter=~ended | Q(ends_at__isnull=True)), ended=Count("pk", filter=ended)
    )


def find_person(actor: Actor, email: str) -> int | None:
    """The account with exactly this address, if this manager sees a membership of it."""
    found = Membership.objects.visible_to(actor).filter(user__email=email.strip().lower()).first()
    return found.user_id if found else None


def open_cases_of(membership: Membership) -> int:
    return Application.objects.filter(assignee=membership, closed_at__isnull=True).count()


def successors(actor: Actor, membership: Membership) -> QuerySet[Any]:
    """Who can take over the cases of this membership."""
    return _colleagues(actor, membership).filter(role__in=[role.value for role in DISTRICT_STAFF])


def stand_ins(actor: Actor, membership: Membership) -> QuerySet[Any]:
    """Who can act for this person during an absence: colleagues in their own right."""
    return _colleagues(actor, membership).filter(stands_in_for__isnull=True).exclude(user=membership.user_id)


def _colleagues(actor: Actor, membership: Membership) -> QuerySet[Any]:
    return (
        Membership.objects.visible_to(actor)
        .in_force()
        .filter(organisation=membership.organisation_id)
        .exclude(pk=membership.pk)
        .exclude(stands_in_for=membership)
        .select_related("user")
        .order_by("role", "pk")
    )


@dataclass(frozen=True)
class Change:
    """One recorded change of a person's memberships in one organisation."""

    at: dt.datetime
    what: str
    role: str
    starts_at: dt.datetime
    ends_at: dt.datetime | None
    reason: str
    who: str


def history(user: User, organisation: Organisation) -> list[Change]:
    """Every change of this person's memberships here, newest first; kept at least three years."""
    event = apps.get_model("accounts", "MembershipEvent")
    rows = list(
        event.objects.filter(user=user, organisation=organisation).select_related("pgh_context").order_by("-pgh_id")
    )
    metadata = [(row.pgh_context.metadata if row.pgh_context else None) or {} for row in rows]
    names = {row.pk: str(row) for row in User.objects.filter(pk__in={one.get("user") for one in metadata} - {None})}
    return [
        Change(
            at=row.pgh_created_at,
            what=_what(row),
            role=str(Role(row.role).label),
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            reason=row.end_reason,
            who=names.get(about.get("user"), _("시스템")),
        )
        for row, about in zip(rows, metadata, strict=True)
    ]


def _what(row: Any) -> str:
    if row.pgh_label == "insert":
        return _("대행 지정") if row.stands_in_for_id else _("시작")
    return _("종료") if row.ends_at else _("변경")
