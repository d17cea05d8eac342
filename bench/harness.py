"""What was measured, how it is repeated, and how it is told."""

from __future__ import annotations

import json
import os
import platform
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

RESULTS = Path(__file__).parent / "results" / "latest.json"
ROUNDS = 3


@dataclass
class Result:
    """`value` is the median of `rounds`; `baseline` is what it is compared with (the bare view, or the small
    database), and `ratio` the median of the rounds' ratios."""

    name: str
    value: float
    unit: str
    baseline: float | None = None
    ratio: float | None = None
    rounds: list[float] = field(default_factory=list)


def single(name: str, unit: str, rounds: list[float]) -> Result:
    return Result(name, statistics.median(rounds), unit, rounds=rounds)


def compared(name: str, unit: str, pairs: list[tuple[float, float]]) -> Result:
    """`pairs` are (measured, baseline) of each round."""
    values, baselines = zip(*pairs, strict=True)
    ratio = statistics.median(value / baseline for value, baseline in pairs)
    return Result(name, statistics.median(values), unit, statistics.median(baselines), ratio, list(values))


def milliseconds(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return (time.perf_counter() - started) * 1000


def interleaved_p50(
    measured: Callable[[], object],
    baseline: Callable[[], object],
    *,
    count: int = 40,
    warm_up: int = 10,
    rounds: int = ROUNDS,
) -> list[tuple[float, float]]:
    """(p50, p50) in ms of each round. The two take turns request by request, so that what else the machine does
    meets both alike."""
    for _ in range(warm_up):
        measured()
        baseline()
    pairs = []
    for _ in range(rounds):
        times = [(milliseconds(measured), milliseconds(baseline)) for _ in range(count)]
        first, second = zip(*times, strict=True)
        pairs.append((statistics.median(first), statistics.median(second)))
    return pairs


@dataclass(frozen=True)
class Wanted:
    """What a result must reach: its ratio where it has a baseline, else its value."""

    limit: float
    at_least: bool = False

    def __str__(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {_number(self.limit)}"

    def is_met(self, result: Result) -> bool:
        value = result.value if result.ratio is None else result.ratio
        return value >= self.limit if self.at_least else value <= self.limit


WANTED = {
    "intake_vs_bare_insert": Wanted(0.3, at_least=True),
    "queue_vs_bare_list": Wanted(3),
    "queue_growth_10k_1m": Wanted(1.5),
    "dashboard_growth_10k_1m": Wanted(1.5),
    "asof_count_1m_seconds": Wanted(2),
    "home_bytes": Wanted(150_000),
    "home_vs_bare_view": Wanted(3),
    "export_200k_seconds": Wanted(45),
    "export_200k_peak_mb": Wanted(100),
    "import_preview_10k_seconds": Wanted(30),
    "import_10k_seconds": Wanted(30),
    "select_next_100_seconds": Wanted(1),
    "report_figures_1m_seconds": Wanted(3),
    "report_files_seconds": Wanted(3),
    "execution_growth_10k_1m": Wanted(1.5),
    "posting_vs_bare_update": Wanted(0.4, at_least=True),
    "dispatch_200x60_seconds": Wanted(5),
    "dispatch_within_3h_vs_greedy": Wanted(1, at_least=True),
    "booking_vs_bare_insert": Wanted(0.5, at_least=True),
}


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 1000 or value == int(value) else f"{value:,.3g}"


_LINE = "{:<28} {:>10} {:<14} {:>10} {:>7} {:>10}  {}"


def heading() -> str:
    return _LINE.format("name", "value", "unit", "baseline", "ratio", "wanted", "")


def line(result: Result) -> str:
    wanted = WANTED.get(result.name)
    verdict = "" if wanted is None else "ok" if wanted.is_met(result) else "MISSED"
    return _LINE.format(
        result.name,
        _number(result.value),
        result.unit,
        _number(result.baseline),
        _number(result.ratio),
        str(wanted or ""),
        verdict,
    )


def write(results: list[Result]) -> None:
    """Keep what this run measured; what it did not measure stays from the run before."""
    kept = {row["name"]: row for row in json.loads(RESULTS.read_text())} if RESULTS.exists() else {}
    kept |= {result.name: asdict(result) for result in results}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(list(kept.values()), indent=1, ensure_ascii=False) + "\n")


def machine() -> str:
    return f"{os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}"
