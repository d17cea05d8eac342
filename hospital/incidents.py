"""Incidents on a trip: reported by its manager, closed by the operator with what was done about it."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.roles import Actor, Role
from hospital.models import Incident, Trip
from programs.workflow import UnableToPerform


@transaction.atomic
def report_incident(trip_id: int, *, key: uuid.UUID, kind: str, text: str, called_119: bool, actor: Actor) -> Incident:
    """Once for each key. Raises UnableToPerform, Trip.DoesNotExist for a trip that is not the manager's."""
    if actor.role != Role.ESCORT_MANAGER or actor.membership is None:
        raise UnableToPerform(_("동행매니저만 사고를 보고할 수 있습니다."))
    trip = Trip.objects.visible_to(actor).get(pk=trip_id)
    return Incident.objects.get_or_create(
        key=key,
        defaults={
            "trip": trip, "kind": kind, "text": text, "called_119": called_119, "reported_by": actor.membership,
            "occurred_at": timezone.now(),
        },
    )[0]  # fmt: skip


@transaction.atomic
def close_incident(incident_id: int, *, resolution: str, actor: Actor) -> Incident:
    """The dispatcher says what was done. Raises UnableToPerform, Incident.DoesNotExist."""
    if actor.role != Role.DISPATCHER:
        raise UnableToPerform(_("배차 담당자만 사고를 마무리할 수 있습니다."))
    incident = Incident.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=incident_id)
    if incident.closed_at is not None:
        return incident
    if not resolution.strip():
        raise UnableToPerform(_("조치한 내용을 적으십시오."))
    incident.closed_at, incident.closed_by = timezone.now(), actor.membership
    incident.resolution = resolution.strip()
    incident.save(update_fields=["closed_at", "closed_by", "resolution"])
    return incident
