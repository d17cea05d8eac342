"""Citizens with everything said that a booking asks, one tap before it."""

from __future__ import annotations

import datetime as dt
import uuid
from itertools import cycle, islice

from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from accounts.models import District
from accounts.roles import Actor
from bench.tasks.people import citizens, session_row
from hospital.forms.citizen import CitizenBookingForm
from hospital.models import Hospital
from hospital.sealed import seal
from hospital.service_users import take_in
from hospital.standing import asked_on
from programs.deadlines import WorkingCalendar


def bookers(*, count: int) -> list[tuple[str, dict[str, str]]]:
    """As many (session, form) of citizens of all districts who have been escorted before and have looked over what
    they book. Their trips are spread over the morning of the working day that is farthest off."""
    today, calendar = timezone.localdate(), WorkingCalendar()
    terms, consents = asked_on(today)
    days = [today + dt.timedelta(days=n) for n in range(1, terms.reserve_days + 1)]
    day = [one for one in days if calendar.is_working_day(one)][-1]
    hospitals = Hospital.objects.filter(open=True, region=Hospital.Region.SEOUL).order_by("pk")
    said = {
        "step": "book", "whom": "me", "kind": "reserved", "day": day.isoformat(), "purpose": "treatment",
        "extra_minutes": "0", "lives_alone": "yes", "sits_and_toilets": "yes", "has_other_service": "no",
        "department": "내과", "mobility": "aided", "notes": "귀가 어두움",
    } | {f"consent_{text.kind}": "on" for text in consents}  # fmt: skip
    profiles = citizens(list(islice(cycle(District.objects.order_by("pk")), count)))
    sessions = Session.objects.bulk_create(session_row(profile.user) for profile in profiles)
    made: list[tuple[str, dict[str, str]]] = []
    for n, (profile, session, hospital) in enumerate(zip(profiles, sessions, cycle(hospitals), strict=False)):
        clock = f"{8 + n % 4:02d}:{n % 6 * 10:02d}"
        values = said | {"key": str(uuid.uuid4()), "clock": clock, "hospital": str(hospital.pk)}
        form = CitizenBookingForm(
            values, actor=Actor.citizen(profile.user), profile=profile, terms=terms, consents=consents
        )
        if not form.is_valid():
            raise RuntimeError(form.errors)
        booking = form.to_book()
        with transaction.atomic():
            take_in(booking.person)
        made.append((session.session_key, values | {"sealed": seal(booking, user_id=profile.pk)}))
    return made
