"""Citizens with everything said that a booking asks, one tap before it."""

from __future__ import annotations

import datetime as dt
import uuid
from itertools import cycle, islice
from typing import Any

from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.models import District
from bench.tasks.people import citizens, session_row
from hospital.models import Hospital
from hospital.standing import asked_on
from programs.deadlines import WorkingCalendar


def bookers(*, count: int) -> list[tuple[str, dict[str, str]]]:
    """As many (session, form) of citizens of all districts; each books for the first time, so that who they are is
    written too. Their trips are spread over the morning of the working day that is farthest off."""
    today, calendar = timezone.localdate(), WorkingCalendar()
    terms, consents = asked_on(today)
    days = [today + dt.timedelta(days=n) for n in range(1, terms.reserve_days + 1)]
    day = [one for one in days if calendar.is_working_day(one)][-1]
    hospitals = Hospital.objects.filter(open=True, region=Hospital.Region.SEOUL).order_by("pk")
    form = {
        "step": "book", "whom": "me", "kind": "reserved", "day": day.isoformat(), "purpose": "treatment",
        "extra_minutes": "0", "lives_alone": "yes", "sits_and_toilets": "yes", "has_other_service": "no",
        "mobility": "aided", "notes": "귀가 어두움",
    } | {f"consent_{text.kind}": "on" for text in consents}  # fmt: skip
    profiles = citizens(list(islice(cycle(District.objects.order_by("pk")), count)))
    sessions = Session.objects.bulk_create(session_row(profile.user) for profile in profiles)
    made: list[tuple[str, dict[str, Any]]] = []
    for n, (session, hospital) in enumerate(zip(sessions, cycle(hospitals), strict=False)):
        clock = f"{8 + n % 4:02d}:{n % 6 * 10:02d}"
        made.append(
            (session.session_key, form | {"key": str(uuid.uuid4()), "clock": clock, "hospital": str(hospital.pk)})
        )
    return made
