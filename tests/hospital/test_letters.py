"""Who is told: the person on their own phone, or the family who booked for somebody without an account."""

from __future__ import annotations

from accounts.roles import Actor
from notifications.models import Message


def told(trip):
    message = Message.objects.get(about=f"trip:{trip.pk}", template="escort.booked")
    return message.to, message.recipient_id


def test_the_family_that_booked_by_phone_is_told_on_its_own_phone(escort):
    trip = escort.booked(person=escort.person(), for_oneself=False, family_name="최딸(딸)", family_phone="01022223333")
    assert told(trip) == ("01022223333", None)


def test_the_family_that_booked_online_is_told_in_its_account(escort):
    trip = escort.booked(
        person=escort.person(), actor=Actor.citizen(escort.citizen), for_oneself=False, family_name="박딸 (어머니)",
        family_phone="01011112222",
    )  # fmt: skip
    assert told(trip) == ("01011112222", escort.citizen.pk)


def test_who_booked_for_themselves_is_told_themselves(escort):
    mine, called = escort.booked(), escort.booked("14:00", person=escort.person())
    assert told(mine) == (mine.service_user.phone, escort.citizen.pk)
    assert told(called) == (called.service_user.phone, None)
