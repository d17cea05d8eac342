"""The survey after a trip (report, page 25, 만족도 조사): each trip is asked about once, an hour after its end."""

from __future__ import annotations

import datetime as dt

from django.db.models import CharField, Exists, OuterRef, Value
from django.db.models.functions import Cast, Concat

from hospital.models import State, Trip
from surveys.invitations import Asked, invite_many
from surveys.models import Invitation

SURVEY = "hospital-escort"
_AFTER, _NOT_AFTER = dt.timedelta(hours=1), dt.timedelta(days=3)
_SERVICE = {"ko": "병원 안심동행", "en": "Hospital escort"}


def about_of(trip: Trip) -> str:
    return f"trip:{trip.pk}"


def ask_about_trips(now: dt.datetime) -> int:
    """Ask about trips that ended an hour ago or more and were not asked about; how many. Made-up people and those
    whose data are gone have nobody to answer; after some days it is too late to ask."""
    asked = Invitation.objects.filter(
        survey=SURVEY, about=Concat(Value("trip:"), Cast(OuterRef("pk"), CharField()), output_field=CharField())
    )
    rows = (
        Trip.objects.filter(
            state=State.COMPLETED, ended_at__lte=now - _AFTER, ended_at__gt=now - _NOT_AFTER, synthetic=False,
            service_user__phone__isnull=False,
        )
        .exclude(Exists(asked))
        .select_related("service_user")
        .order_by("pk")
    )  # fmt: skip
    return len(invite_many(SURVEY, [_asked(trip) for trip in rows]))


def _asked(trip: Trip) -> Asked:
    person = trip.service_user
    return Asked(
        about=about_of(trip), district_id=trip.district_id, occurred_on=trip.day, to=person.phone or "",
        recipient_id=trip.subject_id, language=person.language, variables={"서비스": _SERVICE[person.language]},
    )  # fmt: skip
