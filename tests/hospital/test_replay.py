"""What trips would have cost under other terms."""

from __future__ import annotations

import datetime as dt

import pytest

from hospital import taps
from hospital.assigning import assign_manager
from hospital.escort_terms import EscortTerms
from hospital.models import Hospital, Trip
from hospital.replay import counts_from, replay, total_of
from portal.seoul2021.escort_terms import TERMS
from programs.models import Terms
from tests.factories.escort import at

YEARLY = {"measure": "uses", "per": "year", "allowed": 2}
DAILY = {"opens": "07:00", "closes": "20:00"}
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


def test_the_citys_share_is_summed_trip_by_trip(escort, trips):
    """40,000 won of cost a trip; a trip that costs its user more than that gives nothing back to the city."""
    total = total_of(replay(trips, EscortTerms.of(escort.terms)))
    assert (total.was_cost, total.was_share) == (120_000, 90_000) == (total.cost, total.city_share)
    dear = OF_2021.row.values | {"fee_first": 50_000}
    assert total_of(replay(trips, EscortTerms.of(Terms(pk=11, values=dear)))).city_share == 0


def test_what_came_before_counts_against_the_limit_but_is_not_summed(trips):
    terms = EscortTerms.of(Terms(pk=12, values=TERMS[0].values | {"limits": [YEARLY], "weekend": DAILY}))
    assert counts_from(dt.date(2025, 10, 5), terms) == dt.date(2025, 1, 1)
    assert counts_from(
        dt.date(2025, 10, 5), EscortTerms.of(Terms(pk=13, values=TERMS[0].values | {"limits": []}))
    ) == (dt.date(2025, 10, 5))
    Trip.objects.filter(pk=trips[0].pk).update(day=trips[0].day - dt.timedelta(days=1))
    again = list(Trip.objects.select_related("fee", "terms", "hospital"))
    rows = list(replay(again, terms, since=trips[1].day))
    assert [row.barred for row in rows] == ["", "연간 2회의 이용 한도를 모두 쓰셨습니다."]


def test_outside_the_hours_or_seoul_it_is_barred(trips):
    early = TERMS[0].values | {"weekday": {"opens": "09:00", "closes": "16:00"}}
    rows = list(replay(trips, EscortTerms.of(Terms(pk=14, values=early))))
    assert [row.barred for row in rows] == ["이용시간 밖입니다.", "", "이용시간 밖입니다."]
    Hospital.objects.update(region="gyeonggi", district=None)
    again = list(Trip.objects.select_related("fee", "terms", "hospital"))
    in_seoul = EscortTerms.of(Terms(pk=15, values=TERMS[0].values | {"capital_area": False}))
    assert {row.barred for row in replay(again, in_seoul)} == {"서울 밖의 병원입니다."}
    assert {row.barred for row in replay(again, OF_2021)} == {""}


def test_free_uses_run_out(trips):
    Trip.objects.update(free_kind="near_poor")
    free = {"income_percent": 100, "kinds": ["near_poor"], "uses_a_year": 2}
    again = list(Trip.objects.select_related("fee", "terms", "hospital"))
    rows = replay(again, EscortTerms.of(Terms(pk=16, values=TERMS[0].values | {"free": free})))
    assert [row.would_be for row in rows] == [0, 0, 10_000]
