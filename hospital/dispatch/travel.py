"""Travel times between districts where no routing engine is at hand."""

from __future__ import annotations

import math
from functools import lru_cache

from hospital.dispatch.problem import GRID

_EARTH_KM = 6371.0088


class CentroidTravel:
    """Great-circle distance between the districts' centroids at a stated speed, plus the minutes every way takes (to
    the stop, waiting); rounded up to the grid. Within a district it is those minutes alone."""

    def __init__(self, *, speed_kmh: float, base_minutes: int, centroids: dict[str, tuple[float, float]]) -> None:
        self.speed_kmh, self.base_minutes, self.centroids = speed_kmh, base_minutes, centroids
        self.minutes = lru_cache(maxsize=None)(self._minutes)

    def _minutes(self, origin: str, target: str) -> int:
        way = self.base_minutes
        if origin != target:
            way += math.ceil(_kilometres(self.centroids[origin], self.centroids[target]) / self.speed_kmh * 60)
        return -(-way // GRID) * GRID


def _kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """By the haversine formula; (latitude, longitude) in degrees."""
    (lat1, lon1), (lat2, lon2) = (tuple(map(math.radians, place)) for place in (one, other))
    a = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * _EARTH_KM * math.asin(math.sqrt(a))
