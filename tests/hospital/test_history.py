"""The made-up past of the escort keeps the rules it is made under."""

from __future__ import annotations

import datetime as dt
from unittest import mock

import pytest
from django.db import connection
from django.utils import timezone

from hospital.models import Fee, ServiceUser, Settlement, State, Trip, TripEvent, UnmetDemand, UsageCounter
from portal.seoul2021 import escort, escort_demo
from portal.seoul2021.escort_terms import load_consents, load_escort_terms
from portal.seoul2021.reference import load_catalogue, load_organisations
from portal.seoul2021.staff import load_demo_accounts
from portal.seoul2021.surveys import load_surveys
from tests.factories.escort import hospital

pytestmark = pytest.mark.django_db


@pytest.fixture
def loaded():
    """A fifth of what the loader makes."""
    load_organisations()
    load_catalogue()
    escort.load_escort_organisations()
    load_escort_terms()
    load_consents()
    load_surveys()
    load_demo_accounts()
    for code in ("11590", "11620", "11680", "11440", "11110"):
        hospital(code, f"병원 {code}")
    managers = escort.load_escort_people()
    with mock.patch.multiple(escort_demo, A_DAY_2025=4.0, A_DAY_NOW=8.0, LAST_2025=dt.date(2025, 7, 31)):
        escort_demo.load_escort_history(managers, timezone.localdate())
    return managers


def test_it_keeps_the_rules_it_was_made_under(loaded):
    assert len(loaded) == 10 + 4 * 3 + 24
    assert Trip.objects.filter(day__year=2021).count() > 200
    assert Trip.objects.filter(day__year=2021, terms__values__fee_step=5_000, day__week_day__in=[1, 7]).count() == 0
    assert max(UsageCounter.objects.filter(measure="uses", per="year").values_list("used", flat=True)) <= 6
    assert set(Trip.objects.values_list("state", flat=True)) >= {State.COMPLETED, State.CANCELLED, State.UNMET}
    assert UnmetDemand.objects.filter(trip__isnull=True).exists()
    assert not ServiceUser.objects.filter(synthetic=False).exists()


def test_every_state_is_its_last_events(loaded):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM hospital_trip t WHERE state <> (SELECT to_state FROM hospital_tripevent "
            "WHERE trip_id = t.id AND to_state <> '' ORDER BY id DESC LIMIT 1)"
        )
        assert cursor.fetchone() == (0,)
    assert not TripEvent.objects.filter(synthetic=False).exists()


def test_past_months_are_settled_and_the_last_one_waits_for_the_operator(loaded):
    assert list(Settlement.objects.filter(month__year=2021).order_by("month").values_list("month", "state")) == [
        (dt.date(2021, 11, 1), "approved"),
        (dt.date(2021, 12, 1), "approved"),
    ]
    assert Settlement.objects.latest("month").state == "computed"
    assert Fee.objects.filter(state="due").exists()


def test_it_is_made_once(loaded):
    before = Trip.objects.count()
    escort_demo.load_escort_history(loaded, timezone.localdate())
    assert Trip.objects.count() == before
