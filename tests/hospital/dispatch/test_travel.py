"""Travel times from the districts' centroids."""

from __future__ import annotations

import pytest

from hospital.dispatch.problem import GRID
from hospital.dispatch.travel import CentroidTravel

CENTROIDS = {"11110": (37.5949, 126.9773), "11680": (37.4967, 127.063), "11545": (37.4606, 126.9009)}


@pytest.fixture
def way() -> CentroidTravel:
    return CentroidTravel(speed_kmh=15, base_minutes=12, centroids=CENTROIDS)


def test_within_a_district_only_the_base_is_needed(way):
    assert way.minutes("11110", "11110") == 15


def test_between_districts_the_distance_is_walked_at_the_speed(way):
    # Jongno to Gangnam: 13.3 km, at 15 km/h 54 minutes, and 12: 66, on the grid 70
    assert way.minutes("11110", "11680") == 70


def test_it_is_the_same_way_back_and_on_the_grid(way):
    for one in CENTROIDS:
        for other in CENTROIDS:
            assert way.minutes(one, other) == way.minutes(other, one)
            assert way.minutes(one, other) % GRID == 0


def test_an_unknown_district_is_an_error(way):
    with pytest.raises(KeyError):
        way.minutes("11110", "99999")
