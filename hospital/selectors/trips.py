"""Lists of trips and of unmet demand, and everything of one trip."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.roles import Actor, Role
from hospital.availability import bounds
from hospital.models import LIVE, Assignment, Fee, Incident, Payment, Trip, TripConsent, TripEvent, UnmetDemand
from notifications.models import Message
from notifications.templates import template

RELEASES = {
    "reassigned": _("다른 매니저로 바꿈"),
    "dispatcher": _("배정 해제"),
    "cancelled": _("예약 취소"),
    "no_show": _("현장 취소·부재"),
    "unmet": _("제공하지 못함"),
    "handed_back": _("기관이 돌려보냄"),
}
REASONS = {
    "accepted": _("기관이 맡음"),
    "handed_back": _("기관이 돌려보냄"),
    "person": _("이용자 사정"),
    "hospital": _("병원 일정 변경"),
    "other_escort": _("다른 분이 동행하게 됨"),
    "operator": _("수행기관 사정"),
    "other": _("그 밖"),
    "no_phone": _("전화기를 쓰지 못함"),
    "phone_clock": _("전화기 시계가 틀림"),
    "late_tap": _("제때 누르지 못함"),
    "wrong_tap": _("잘못 누름"),
    "confirmed": _("시각이 맞음을 확인함"),
    **{reason.value: reason.label for reason in UnmetDemand.Reason},
}


@dataclass(frozen=True)
class TripFilter:
    """`agency`: a key, or "own" for what the operator does itself. A number finds one whatever the rest says,
    `unended` whatever is past its day and still under way."""

    first: dt.date
    last: dt.date
    state: str = ""
    kind: str = ""
    district: str = ""
    agency: str = ""
    number: str = ""
    flagged: bool = False
    unended: bool = False

    def as_logged(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value}


@dataclass(frozen=True)
class UnmetFilter:
    first: dt.date
    last: dt.date
    reason: str = ""
    district: str = ""
    purpose: str = ""


def trip_list(actor: Actor, wanted: TripFilter) -> QuerySet[Trip]:
    """Newest day first. Of an agency those given to it."""
    rows: QuerySet[Trip] = Trip.objects.visible_to(actor)
    if actor.role == Role.AGENCY_STAFF:
        rows = rows.filter(agency=actor.organisation_id)
    if wanted.number:
        rows = rows.filter(number=wanted.number)
    elif wanted.unended:
        rows = rows.filter(state__in=LIVE, day__lt=timezone.localdate())
    else:
        rows = _narrowed(rows.filter(day__gte=wanted.first, day__lte=wanted.last), wanted)
    planned = Assignment.objects.filter(trip=OuterRef("pk"), released_at__isnull=True)
    return (
        rows.annotate(manager_name=Subquery(planned.values("manager__membership__user__name")[:1]))
        .select_related("service_user", "district", "hospital__district", "agency")
        .order_by("-day", "latest", "pk")
    )


def _narrowed(rows: QuerySet[Trip], wanted: TripFilter) -> QuerySet[Trip]:
    for name in ("state", "kind", "district"):
        if value := getattr(wanted, name):
            rows = rows.filter(**{name: value})
    if wanted.agency == "own":
        rows = rows.filter(agency__isnull=True)
    elif wanted.agency:
        rows = rows.filter(agency=int(wanted.agency))
    return rows.exclude(flagged=[]) if wanted.flagged else rows


def events_of(actor: Actor, trip: Trip) -> list[TripEvent]:
    return list(TripEvent.objects.visible_to(actor).filter(trip=trip).select_related("user").order_by("pk"))


def assignments_of(actor: Actor, trip: Trip) -> list[Assignment]:
    rows = Assignment.objects.visible_to(actor).filter(trip=trip)
    return list(rows.select_related("manager__membership__user", "manager__organisation").order_by("pk"))


def consents_of(actor: Actor, trip: Trip) -> list[TripConsent]:
    if actor.role == Role.AGENCY_STAFF:
        return []
    return list(TripConsent.objects.visible_to(actor).filter(trip=trip).select_related("consent").order_by("pk"))


def fee_of(actor: Actor, trip: Trip) -> Fee | None:
    return Fee.objects.visible_to(actor).filter(trip=trip).first()


def payments_of(actor: Actor, trip: Trip) -> list[Payment]:
    if actor.role == Role.AGENCY_STAFF:
        return []
    rows = Payment.objects.visible_to(actor).filter(fee=trip.pk)
    return list(rows.select_related("taken_by__user").order_by("pk"))


def incidents_of(actor: Actor, trip: Trip) -> list[Incident]:
    rows = Incident.objects.visible_to(actor).filter(trip=trip)
    return list(rows.select_related("reported_by__user").order_by("pk"))


def letters_of(trip: Trip) -> list[dict[str, Any]]:
    """What the person was sent about it, by title alone: the rest is theirs. Offers go to agencies."""
    language = get_language() or "ko"
    rows = Message.objects.filter(about=f"trip:{trip.pk}").exclude(template="escort.offered").order_by("pk")
    return [
        {"title": template(row.template).title[language], "state": row.get_state_display(), "at": row.sent_at}
        for row in rows.defer("payload", "to")
    ]


def unmet_list(actor: Actor, wanted: UnmetFilter) -> QuerySet[UnmetDemand]:
    rows = _unmet(actor, wanted)
    if wanted.reason:
        rows = rows.filter(reason=wanted.reason)
    return rows.select_related("district", "trip").order_by("-occurred_at", "-pk")


def unmet_by_reason(actor: Actor, wanted: UnmetFilter) -> list[dict[str, Any]]:
    """How many for each reason, the most first; of all reasons, whichever is looked at."""
    counts = _unmet(actor, wanted).values_list("reason").annotate(n=Count("pk")).order_by("-n", "reason")
    return [{"reason": UnmetDemand.Reason(reason), "n": n} for reason, n in counts]


def _unmet(actor: Actor, wanted: UnmetFilter) -> QuerySet[UnmetDemand]:
    met = Trip.objects.filter(booking_key=OuterRef("key"))  # changed after the refusal, and booked
    rows = UnmetDemand.objects.visible_to(actor).filter(
        ~Exists(met), occurred_at__gte=bounds(wanted.first)[0], occurred_at__lt=bounds(wanted.last)[1]
    )
    for name in ("district", "purpose"):
        if value := getattr(wanted, name):
            rows = rows.filter(**{name: value})
    return rows
