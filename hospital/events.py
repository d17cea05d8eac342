"""Writing a trip's state: the one door. Whoever changes a trip holds its row lock and goes through `move`."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.roles import Actor, Role
from hospital.models import ENDED, State, Trip, TripEvent
from programs.workflow import UnableToPerform

Action = TripEvent.Action


def locked(trip_id: int, actor: Actor) -> Trip:
    """The trip, locked until the transaction's end. Raises Trip.DoesNotExist for one the actor may not see."""
    rows: Any = Trip.objects.visible_to(actor) if actor.role != Role.SYSTEM else Trip.objects
    return (
        rows.select_for_update(of=("self",))
        .select_related("terms", "service_user", "hospital", "district", "operator")
        .get(pk=trip_id)
    )


def expect(trip: Trip, *states: State) -> None:
    """Raises UnableToPerform where the trip is in another state."""
    if trip.state not in states:
        raise UnableToPerform(
            _("이 예약은 ‘%(state)s’ 상태여서 할 수 없습니다. 화면을 새로 열어 확인하십시오.")
            % {"state": trip.get_state_display()}
        )


def move(
    trip: Trip,
    action: TripEvent.Action,
    to: State | None,
    *,
    actor: Actor,
    occurred_at: dt.datetime | None = None,
    key: uuid.UUID | None = None,
    reason: str = "",
    fields: dict[str, Any] | None = None,
    **event: Any,
) -> TripEvent:
    """Append the event, then save the state it leads to (None: it stays) with `fields`. The trip is locked already."""
    at = occurred_at or timezone.now()
    made = TripEvent.objects.create(
        trip=trip, action=action, from_state=trip.state, to_state=to or "", key=key, occurred_at=at, kind=trip.kind,
        purpose=trip.purpose, district_id=trip.district_id, reason=reason, role=actor.role.value, user=actor.user,
        synthetic=trip.synthetic, **event,
    )  # fmt: skip
    changed = dict(fields or {})
    if to is not None:
        changed["state"] = to
        if to in ENDED:
            changed["ended_at"] = at
    changed["version"] = trip.version + 1
    for name, value in changed.items():
        setattr(trip, name, value)
    trip.save(update_fields=list(changed))
    return made
