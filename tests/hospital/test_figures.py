"""The escort's figures: what they count, that the past stays the past, and that every number leads to its rows."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Actor, Role
from hospital.booking import UnableToBook
from hospital.cancelling import cancel
from hospital.models import TripEvent, UnmetDemand
from hospital.selectors.trips import UnmetFilter, unmet_list
from reports import figures
from reports.questions import Question
from reports.rows import recount, value_and_rows
from tests.factories import cast as c
from tests.programs.signed_in import client_of

NAMES = ("requests", "served", "within_3h_rate", "unmet", "cancelled", "no_shows", "users", "repeat_users", "exempt",
         "satisfaction", "fee_income")  # fmt: skip


def ask(name, **question):
    return figures.value_of(
        figures.get(f"hospital_escort.{name}"), Question(**({"as_of": timezone.localdate()} | question))
    )


def test_each_counts_what_it_says(busy):
    found = {name: ask(name) for name in NAMES}
    assert found == {
        "requests": 5, "served": 1, "within_3h_rate": None, "unmet": 2, "cancelled": 1, "no_shows": 0, "users": 1,
        "repeat_users": 0, "exempt": 0, "satisfaction": None, "fee_income": 5_000,
    }  # fmt: skip


def test_of_one_district_and_since_a_day(busy):
    assert ask("requests", district=c.GWANAK) == 1
    assert ask("requests", since=timezone.localdate()) == 5
    assert ask("requests", as_of=timezone.localdate() - dt.timedelta(days=1)) == 0


def test_the_share_in_time_is_of_same_day_requests_whose_person_was_there(escort):
    """Made directly: six asked, one cancelled and one was not there; two met in time, one too late, and one in time
    after its time was put right."""

    def trip_of(*events):
        trip = escort.booked(person=escort.person())
        for action, in_time in events:
            TripEvent.objects.create(
                trip=trip, action=action, occurred_at=timezone.now(), kind="now", purpose="test",
                district=trip.district, role="system", in_time=in_time,
            )  # fmt: skip

    asked = ("book", None)
    trip_of(asked, ("cancel", None))
    trip_of(asked, ("no_show", None))
    trip_of(asked, ("arrive", True))
    trip_of(asked, ("arrive", True))
    trip_of(asked, ("arrive", False))
    assert ask("within_3h_rate") == Decimal("66.7")
    trip_of(asked, ("arrive", False), ("correct", True))
    assert ask("within_3h_rate") == Decimal("75.0")


def test_a_refusal_that_was_changed_and_then_booked_is_no_unmet_demand(escort):
    key = uuid.uuid4()
    with pytest.raises(UnableToBook):
        escort.booked(key=key, wish={"sits_and_toilets": False})
    refused = timezone.now()
    assert ask("unmet") == 1
    escort.booked(key=key)
    assert ask("unmet") == 0
    assert ask("unmet", known_at=refused) == 1
    now = timezone.localdate()
    assert not unmet_list(escort.dispatcher, UnmetFilter(now, now)).exists()


def test_what_became_known_later_does_not_change_what_was_known_then(busy):
    then = timezone.now()
    before = {name: ask(name, known_at=then) for name in NAMES}
    escort = busy
    cancel(escort.booked("17:00", person=escort.person()).pk, actor=escort.caller)
    UnmetDemand.objects.create(
        operator=escort.operator, reason="limit", kind="now", wanted_at=then, occurred_at=then - dt.timedelta(hours=1)
    )
    assert {name: ask(name, known_at=then) for name in NAMES} == before
    assert ask("unmet") == 3
    assert ask("requests") == 6


def test_the_rows_are_counted_one_by_one_alike(busy):
    rng = random.Random(4)
    for name in NAMES:
        figure = figures.get(f"hospital_escort.{name}")
        for _n in range(3):
            day = timezone.localdate() - dt.timedelta(days=rng.choice((0, 0, 1)))
            question = Question(as_of=day, district=rng.choice((None, c.DONGJAK, c.GWANAK)))
            assert recount(figure, question) == value_and_rows(figure, question)[1]


def as_staff(role):
    return client_of(Actor.of(c.member(role)))


@pytest.mark.parametrize("name", NAMES)
def test_every_number_leads_to_its_rows(busy, name):
    page = as_staff(Role.CITY_OFFICER).get(reverse("reports:rows", args=[f"hospital_escort.{name}"])).content.decode()
    assert f"hospital_escort.{name}" in page
    if name == "served":
        assert busy.made[0].number in page
    assert busy.citizen.profile.name not in page


def test_the_council_sees_the_number_and_not_the_rows(busy):
    page = as_staff(Role.COUNCIL_READER).get(reverse("reports:rows", args=["hospital_escort.served"])).content.decode()
    assert busy.made[0].number not in page
    assert "담당 부서만 봅니다" in page
