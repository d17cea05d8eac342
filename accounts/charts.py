"""Geometry of the server-drawn charts: percentages only, so that text keeps its size on a phone."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

PLOT_TOP, PLOT_HEIGHT, LABEL_ROOM = 10, 200, 28  # pixels
GROUP_FILL = 0.72  # how much of its slot a group of bars takes


@dataclass(frozen=True)
class Bar:
    x: str
    y: str
    width: str
    height: str
    middle: str
    series: int
    value: Any
    label: str
    name: str
    url: str
    hit_x: str  # what can be pressed: as wide as there is room for, as high as the plot
    hit_width: str


@dataclass(frozen=True)
class Tick:
    y: str
    text_y: str
    value: int


@dataclass(frozen=True)
class Chart:
    height: int
    plot_top: int
    plot_height: int
    is_linked: bool
    bars: list[Bar]
    ticks: list[Tick]
    labels: list[dict[str, Any]]
    series: list[dict[str, Any]]
    rows: list[dict[str, Any]]


def _axis_step(highest: float, lines: int = 5) -> int:
    """A round step (1, 2, 2.5 or 5 times a power of ten) that takes about `lines` steps to the top."""
    step = 1
    while True:
        for factor in (1, 2, 2.5, 5):
            if step * factor * lines >= highest and float(step * factor).is_integer():
                return int(step * factor)
        step *= 10


def grouped_bars(*, labels: list[str], series: list[dict[str, Any]]) -> Chart:
    """`series` is a list of {"name": …, "values": [one number a label], "urls"?: [where each leads, or nothing]}."""
    highest = max((float(value or 0) for one in series for value in one["values"]), default=0)
    step = _axis_step(highest)
    steps = max(1, -(-int(highest) // step))
    top = step * steps

    def y_of(value: float) -> float:
        return PLOT_TOP + PLOT_HEIGHT * (1 - value / top)

    slot = 100 / max(1, len(labels))
    width, share = slot * GROUP_FILL / max(1, len(series)), slot / max(1, len(series))
    urls = [one.get("urls") or [""] * len(labels) for one in series]
    bars = []
    for i, label in enumerate(labels):
        for j, one in enumerate(series):
            value = one["values"][i] or 0
            y = y_of(float(value))
            bars.append(
                Bar(
                    x=f"{slot * i + slot * (1 - GROUP_FILL) / 2 + width * j:.2f}%",
                    y=f"{y:.1f}",
                    width=f"{width * 0.94:.2f}%",
                    height=f"{PLOT_TOP + PLOT_HEIGHT - y:.1f}",
                    middle=f"{slot * i + slot / 2:.2f}%",
                    series=j + 1,
                    value=value,
                    label=label,
                    name=one["name"],
                    url=urls[j][i],
                    hit_x=f"{slot * i + share * j:.2f}%",
                    hit_width=f"{share:.2f}%",
                )
            )
    # At most twelve labels, evenly; on a phone every other of them is hidden.
    every = -(-len(labels) // 12) if labels else 1
    return Chart(
        height=PLOT_TOP + PLOT_HEIGHT + LABEL_ROOM,
        plot_top=PLOT_TOP,
        plot_height=PLOT_HEIGHT,
        is_linked=any(map(any, urls)),
        bars=bars,
        ticks=[
            Tick(y=f"{y_of(step * n):.1f}", text_y=f"{y_of(step * n) + 4:.1f}", value=step * n)
            for n in range(steps + 1)
        ],
        labels=[
            {"x": f"{slot * i + slot / 2:.2f}%", "text": label, "alternate": len(labels) > 6 and i // every % 2 == 1}
            for i, label in enumerate(labels)
            if i % every == 0
        ],
        series=[{"name": one["name"], "number": j + 1} for j, one in enumerate(series)],
        rows=[
            {
                "label": label,
                "cells": [{"value": one["values"][i], "url": urls[j][i]} for j, one in enumerate(series)],
            }
            for i, label in enumerate(labels)
        ],
    )


def horizontal_bars(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """`items` is a list of {"label", "value", "url"?}; the longest bar is full."""
    highest = max((Decimal(str(item["value"] or 0)) for item in items), default=Decimal(0))
    return [
        item | {"width": f"{Decimal(str(item['value'] or 0)) * 100 / highest:.1f}%" if highest > 0 else "0%"}
        for item in items
    ]
