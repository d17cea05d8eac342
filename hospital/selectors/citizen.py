"""A citizen's own trips: what is to come, where each stands, who comes."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from accounts.models import CitizenProfile
from accounts.roles import Actor
from hospital.models import LIVE, UNDER_WAY, Assignment, Hospital, ServiceUser, State, Trip, TripEvent
from hospital.service_users import Person, find

TONES = {
    State.REQUESTED: "warning", State.ASSIGNED: "info", State.COMPLETED: "success", State.CANCELLED: "neutral",
    State.LATE_CANCELLED: "neutral", State.NO_SHOW: "danger", State.UNMET: "danger",
} | dict.fromkeys(UNDER_WAY, "progress")  # fmt: skip
CANCELLABLE = (State.REQUESTED, State.ASSIGNED, State.ON_THE_WAY)
REACHABLE = (State.ASSIGNED, *UNDER_WAY)  # when the manager may be called
_TOLD = {  # what a person is told of each event; the rest is the operator's own business
    TripEvent.Action.BOOK: __("예약하였습니다"),
    TripEvent.Action.ASSIGN: __("매니저가 정해졌습니다"),
    TripEvent.Action.UNASSIGN: __("다른 매니저를 찾고 있습니다"),
    TripEvent.Action.DELAY: __("매니저가 늦어진다고 알렸습니다"),
    TripEvent.Action.START: __("매니저가 출발하였습니다"),
    TripEvent.Action.ARRIVE: __("매니저를 만났습니다"),
    TripEvent.Action.CONSULT: __("진료를 받고 있습니다"),
    TripEvent.Action.WAIT: __("대기하거나 수납하고 있습니다"),
    TripEvent.Action.FINISH: __("귀가하였습니다"),
    TripEvent.Action.CANCEL: __("취소하였습니다"),
    TripEvent.Action.LATE_CANCEL: __("늦게 취소하였습니다"),
    TripEvent.Action.NO_SHOW: __("만나지 못하였습니다"),
    TripEvent.Action.GIVE_UP: __("갈 수 있는 매니저가 없었습니다"),
}
_AHEAD = (
    (State.REQUESTED, __("매니저 배정")),
    (State.ASSIGNED, __("매니저와 만남")),
    (State.ON_THE_WAY, __("매니저와 만남")),
    (State.MET, __("진료")),
    (State.IN_CONSULTATION, __("대기·수납")),
    (State.WAITING, __("귀가")),
)


def coming_trips(actor: Actor) -> QuerySet[Trip]:
    """Soonest first."""
    return _trips(actor).filter(state__in=LIVE).order_by("latest", "pk")


def past_trips(actor: Actor) -> QuerySet[Trip]:
    return _trips(actor).exclude(state__in=LIVE).order_by("-day", "-pk")


def _trips(actor: Actor) -> QuerySet[Trip]:
    return Trip.objects.visible_to(actor).select_related("hospital__district", "service_user", "fee")


def recent_hospitals(actor: Actor, limit: int = 3) -> list[Hospital]:
    """Those I went to last, each once."""
    rows = (
        Trip.objects.visible_to(actor)
        .filter(hospital__open=True)
        .select_related("hospital__district")
        .order_by("-pk")[:20]
    )
    return list({trip.hospital_id: trip.hospital for trip in rows}.values())[:limit]


def own_service_user_id(profile: CitizenProfile) -> int | None:
    """Of the person themself: they may have called before they had an account."""
    own = ServiceUser.objects.filter(user=profile.pk).values_list("pk", flat=True).first()
    if own:
        return own
    found = find(Person.of(profile))
    return found.pk if found else None


def family_service_user_id(actor: Actor, index: bytes | None) -> int | None:
    """Somebody I booked for before: what they have used is told to nobody who merely knows their name."""
    if index is None:
        return None
    mine = Trip.objects.filter(booked_by=actor.user_id).values("service_user")
    known = Q(person_index=index) | Q(contact_index=index)
    return ServiceUser.objects.filter(known, pk__in=mine).values_list("pk", flat=True).first()


def assignment_of(trip: Trip) -> Assignment | None:
    """Who comes, or came."""
    return (
        Assignment.objects.filter(trip=trip, released_at__isnull=True)
        .select_related("manager__membership__user", "manager__organisation")
        .first()
    )


def manager_of(trip: Trip) -> dict[str, Any] | None:
    """What the person may know of them; the phone only while it may be needed."""
    found = assignment_of(trip)
    if found is None:
        return None
    manager = found.manager
    return {
        "name": str(manager),
        "qualification": manager.qualification,
        "organisation": str(manager.organisation),
        "phone": manager.phone if trip.state in REACHABLE else "",
        "has_photo": bool(manager.photo),
    }


def timeline_of(trip: Trip) -> list[dict[str, Any]]:
    """For components/timeline.html: what happened, and the next thing while it goes on."""
    rows = TripEvent.objects.filter(trip=trip, action__in=_TOLD).order_by("id").values_list("action", "occurred_at")
    items: list[dict[str, Any]] = [{"title": _TOLD[TripEvent.Action(action)], "at": at} for action, at in rows]
    if items:
        items[-1]["state"] = "current" if trip.is_live else "done"
    ahead = dict(_AHEAD).get(State(trip.state))
    if ahead:
        items.append({"title": ahead, "state": "next"})
    return items


def when_met(trip: Trip) -> dict[str, Any]:
    """When the manager comes: `at`, or by then at the latest (`by`); with the delay that was told, in minutes."""
    planned = trip.meet_at or trip.latest
    delay = trip.delay_minutes if trip.state in (State.ASSIGNED, State.ON_THE_WAY) else None
    exact = trip.meet_at is not None or trip.kind == Trip.Kind.RESERVED
    return {"at": planned, "exact": exact, "delay": delay, "expected": planned + dt.timedelta(minutes=delay or 0)}


def is_called_off(trip: Trip) -> bool:
    return trip.state in (State.CANCELLED, State.LATE_CANCELLED, State.NO_SHOW, State.UNMET)


def in_short(trip: Trip) -> str:
    """Where it stands and what comes next, in a sentence."""
    said = {
        State.REQUESTED: _("갈 매니저를 정하고 있습니다. 정해지면 이름과 연락처를 알려 드립니다."),
        State.ASSIGNED: _("매니저가 정해졌습니다. 약속한 때에 문 앞으로 갑니다."),
        State.ON_THE_WAY: _("매니저가 가고 있습니다."),
        State.MET: _("매니저와 함께 있습니다."),
        State.IN_CONSULTATION: _("진료를 받고 있습니다. 매니저가 곁에 있습니다."),
        State.WAITING: _("접수·수납이나 약을 기다리고 있습니다."),
        State.COMPLETED: _("집까지 동행을 마쳤습니다."),
        State.CANCELLED: _("취소한 예약입니다. 이용 횟수를 돌려드렸습니다."),
        State.LATE_CANCELLED: _("늦게 취소한 예약입니다."),
        State.NO_SHOW: _("매니저가 갔으나 만나지 못하였습니다."),
        State.UNMET: _("갈 수 있는 매니저가 없어 동행하지 못하였습니다. 이용 횟수는 그대로입니다."),
    }
    return said[State(trip.state)]
