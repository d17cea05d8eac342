"""How long from district to district: the seam where a routing engine such as OSRM fits."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from django.utils.module_loading import import_string

from accounts.models import District
from hospital.dispatch.problem import Travel
from hospital.dispatch.travel import CentroidTravel
from hospital.escort_terms import EscortTerms


@lru_cache(maxsize=1)
def _centroids() -> dict[str, tuple[float, float]]:
    return {code: (lat, lon) for code, lat, lon in District.objects.values_list("code", "lat", "lon")}


def by_centroid(terms: EscortTerms) -> Travel:
    """Between the districts' centroids at the terms' speed."""
    return _by_centroid(terms.travel_speed_kmh, terms.travel_base)


@lru_cache(maxsize=8)
def _by_centroid(speed_kmh: int, base: int) -> Travel:
    return CentroidTravel(speed_kmh=speed_kmh, base_minutes=base, centroids=_centroids())


def travel_under(terms: EscortTerms) -> Travel:
    """What ESCORT_TRAVEL names: a function of the terms that gives a `Travel`."""
    travel: Travel = import_string(settings.ESCORT_TRAVEL)(terms)
    return travel
