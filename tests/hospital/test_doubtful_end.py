"""A return that was tapped so late that nobody can believe it: looked at before it is asked for or settled."""

from __future__ import annotations

import datetime as dt
import re

from django.urls import reverse
from django.utils import timezone

from hospital import taps
from hospital.models import Fee, Trip
from hospital.payments import remind
from notifications.models import Message
from tests.hospital.test_settlements import compute, served_last_month
from tests.hospital.test_trips import walked
from tests.programs.signed_in import client_of


def overdue(trip):
    Fee.objects.filter(trip=trip).update(due_on=timezone.localdate() - dt.timedelta(days=1))


def test_a_forgotten_return_is_flagged_and_asked_for_only_once_looked_at(escort):
    trip = walked(escort, 600)
    assert trip.flagged == ["finish"]
    assert trip.events.get(action="finish").flagged
    assert not re.search(r"\d원", Message.objects.get(template="escort.checking").body)
    assert not Message.objects.filter(template="escort.completed").exists()
    overdue(trip)
    assert remind(timezone.localdate()) == 0
    desk = client_of(escort.dispatcher)
    assert trip.number not in desk.get(reverse("hospital:fees")).content.decode()
    taps.correct_times(
        trip.pk, met_at=trip.met_at, returned_at=trip.met_at + dt.timedelta(minutes=60), reason="late_tap",
        actor=escort.dispatcher,
    )  # fmt: skip
    assert "5,000원" in Message.objects.get(template="escort.completed").body
    assert trip.number in desk.get(reverse("hospital:fees")).content.decode()
    overdue(trip)
    assert remind(timezone.localdate()) == 1


def test_a_long_visit_within_reason_is_not_flagged(escort):
    assert walked(escort, 110 + 170).flagged == []  # 110 minutes were estimated


def test_a_doubtful_return_waits_to_be_settled_until_it_is_looked_at(escort):
    served_last_month(escort, count=2)
    trip = Trip.objects.earliest("pk")
    Trip.objects.filter(pk=trip.pk).update(flagged=["finish"])
    assert compute(escort).trips == 1
    taps.correct_times(
        trip.pk, met_at=trip.met_at, returned_at=trip.returned_at, reason="confirmed", actor=escort.dispatcher
    )
    assert compute(escort).trips == 2
