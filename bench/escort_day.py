"""A day of the hospital escort in Seoul, made up from a seed: what the dispatch benchmarks and their published seeds
solve. 200 requests over the hours of the service, two of five for the same day with three hours to be met; 60 managers
on three kinds of shift, some with trips they have already."""

from __future__ import annotations

import csv
import random
from pathlib import Path

from hospital.dispatch.problem import GRID, Gap, Request
from hospital.dispatch.travel import CentroidTravel

SEEDS = (11, 23, 37, 41, 53)
_DISTRICTS = Path(__file__).parent.parent / "accounts" / "data" / "districts.csv"
# Minutes at the hospital, and how often: visits, exercise, tests; to dialysis people are brought, or fetched from it.
_PURPOSES = ((50, 42), (20, 36), (60, 8), (80, 8), (40, 6))
_SHIFTS = ((6 * 60 + 30, 15 * 60 + 30), (8 * 60 + 30, 17 * 60 + 30), (11 * 60 + 30, 20 * 60 + 30))


def travel() -> CentroidTravel:
    """At the speed of the loader's terms."""
    with _DISTRICTS.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    centroids = {row["code5"]: (float(row["lat"]), float(row["lon"])) for row in rows}
    return CentroidTravel(speed_kmh=15, base_minutes=10, centroids=centroids)


def day(seed: int, *, requests: int = 200, managers: int = 60) -> tuple[list[Request], list[Gap]]:
    rng = random.Random(seed)
    districts = sorted(travel().centroids)
    weights = {code: rng.uniform(0.5, 2) for code in districts}
    asked = [_request(n, rng, districts, weights) for n in range(requests)]
    gaps = [gap for n in range(managers) for gap in _gaps(n, rng, districts)]
    return asked, gaps


def _request(key: int, rng: random.Random, districts: list[str], weights: dict[str, float]) -> Request:
    place = rng.choices(districts, weights=[weights[code] for code in districts])[0]
    there = rng.choices([minutes for minutes, _n in _PURPOSES], weights=[n for _minutes, n in _PURPOSES])[0]
    minutes = there + 2 * rng.choice((10, 20, 30, 40))
    opens, closes = 7 * 60, 20 * 60 - minutes
    start = opens + int(rng.betavariate(1.3, 2.2) * (closes - opens)) // GRID * GRID
    window = 180 if rng.random() < 0.4 else 0
    return Request(key, place, start, start + window, minutes)


def _gaps(n: int, rng: random.Random, districts: list[str]) -> list[Gap]:
    begins, ends = _SHIFTS[n % len(_SHIFTS)]
    base = rng.choice(districts)
    if rng.random() > 0.25:
        return [Gap(n * 100, n, base, begins, ends, None)]
    place = rng.choice(districts)
    starts = rng.randrange(begins + 120, ends - 180, GRID)
    return [Gap(n * 100, n, base, begins, starts, place), Gap(n * 100 + 1, n, place, starts + 150, ends, None)]
