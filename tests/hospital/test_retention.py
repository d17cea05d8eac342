"""What is known of callers and of people no longer escorted is destroyed; what happened stays."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Destruction
from hospital import letters
from hospital.calling import begin_call, end_call
from hospital.cancelling import lift_ban
from hospital.models import Ban, Fee
from hospital.payments import waive
from hospital.retention import destroy_due
from notifications.models import Message
from tests.hospital.test_trips import walked

YEARS = dt.timedelta(days=5 * 365 + 2)


def test_a_call_that_led_to_no_trip_is_destroyed_after_the_terms_years(escort):
    person = escort.booked().service_user
    call = begin_call(phone="01044445555", actor=escort.caller)
    end_call(call.pk, result="inquiry", note="어머니 투석을 물음", service_user=person, actor=escort.caller)
    destroy_due(timezone.now() + YEARS - dt.timedelta(days=9))
    call.refresh_from_db()
    assert call.note
    for _n in range(2):
        destroy_due(timezone.now() + YEARS)
    call.refresh_from_db()
    assert (call.phone, call.phone_index, call.note, call.service_user) == (None, None, None, None)
    assert call.result == "inquiry"
    assert Destruction.objects.get(what="병원동행 통화 기록").rows == 1


def banned(escort):
    person = walked(escort, 60).service_user
    today = timezone.localdate()
    ban = Ban.objects.create(service_user=person, days=(today, today + dt.timedelta(days=30)), reason="no_shows")
    ban.refresh_from_db()
    letters.tell_banned(person, ban)
    return lift_ban(ban.pk, reason="입원해 있었음", actor=escort.dispatcher)


def test_bans_and_what_was_told_of_them_go_with_the_person(escort):
    ban = banned(escort)
    destroy_due(timezone.now() + YEARS)
    ban.refresh_from_db()
    assert ban.service_user.name is None
    assert (ban.lift_reason, ban.lifted_by) == ("", escort.dispatcher.membership)
    message = Message.objects.get(template="escort.banned")
    assert (message.to, message.payload, message.recipient) == (None, None, None)


def test_a_person_with_a_recent_ban_is_known_still(escort):
    ban = banned(escort)
    Ban.objects.create(service_user=ban.service_user, days=ban.days, reason="no_shows", made_at=timezone.now() + YEARS)
    destroy_due(timezone.now() + YEARS)
    ban.service_user.refresh_from_db()
    assert ban.service_user.name


def test_a_lifted_ban_says_why_until_it_is_destroyed(escort):
    ban = banned(escort)
    with pytest.raises(IntegrityError, match="who_and_why"), transaction.atomic():
        Ban.objects.filter(pk=ban.pk).update(lift_reason="")


def test_why_a_fee_was_waived_goes_with_the_trip(escort):
    trip = walked(escort, 60)
    waive(trip.pk, reason="입원", actor=escort.dispatcher)
    destroy_due(timezone.now() + YEARS)
    fee = Fee.objects.get(trip=trip)
    assert (fee.state, fee.waive_reason, fee.amount) == ("waived", None, 7_500)
