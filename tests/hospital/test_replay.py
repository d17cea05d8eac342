"""What trips would have cost under other terms."""

from __future__ import annotations

import pytest

from hospital import taps
from hospital.assigning import assign_manager
from hospital.escort_terms import EscortTerms
from hospital.models import Trip
from hospital.replay import replay, total_of
from portal.seoul2021.escort_terms import TERMS
from programs.models import Terms
from tests.factories.escort import at

OF_2021 = EscortTerms.of(Terms(pk=1, values=TERMS[0].values))


@pytest.fixture
def trips(escort):
    """Three trips of one person on one day, of two hours each."""
    for clock in ("07:30", "11:00", "15:00"):
        trip = escort.booked(clock)
        assign_manager(trip.pk, escort.managers[0].pk, actor=escort.dispatcher)
        met = at(escort.day, clock)
        row = Trip.objects.get(pk=trip.pk)
        taps.move(row, taps.Action.ARRIVE, "met", actor=escort.dispatcher, fields={"met_at": met})
        back = met + taps.dt.timedelta(minutes=120)
        taps.move(row, taps.Action.FINISH, "completed", actor=escort.dispatcher, fields={"returned_at": back})
        taps.finish(row, EscortTerms.of(row.terms))
    return list(Trip.objects.select_related("fee", "terms").order_by("pk"))


def test_the_same_terms_give_what_was(escort, trips):
    total = total_of(replay(trips, EscortTerms.of(escort.terms)))
    assert (total.trips, total.was, total.would_be, total.barred) == (3, 30_000, 30_000, 0)


def test_by_the_whole_hour_it_is_as_much_for_two_hours(trips):
    assert [row.would_be for row in replay(trips, OF_2021)] == [10_000] * 3


def test_a_smaller_limit_bars_the_later_ones(escort, trips):
    values = TERMS[0].values | {"limits": [{"measure": "uses", "per": "week", "allowed": 2}]}
    rows = list(replay(trips, EscortTerms.of(Terms(pk=9, values=values))))
    assert [bool(row.barred) for row in rows] == [False, False, True]
    assert total_of(rows).would_be == 20_000


def test_a_use_that_was_barred_is_none(escort, trips):
    """Minutes: the second does not fit into what the first left, the third neither, and nothing is taken by them."""
    values = TERMS[0].values | {"limits": [{"measure": "minutes", "per": "year", "allowed": 130}]}
    rows = list(replay(trips, EscortTerms.of(Terms(pk=10, values=values))))
    assert [bool(row.barred) for row in rows] == [False, True, True]


def test_nothing_is_written(trips):
    before = [(trip.fee.amount, trip.terms_id) for trip in trips]
    list(replay(trips, OF_2021))
    assert [(trip.fee.amount, trip.terms_id) for trip in Trip.objects.select_related("fee").order_by("pk")] == before
