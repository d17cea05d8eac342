"""The 25 districts as tiles of a map (components/tile_map.html): their steps and legend."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import District

Number = int | Decimal | None
Tiles = tuple[list[dict[str, Any]], list[dict[str, Any]]]


def tile_map(
    values: Iterable[tuple[District, Number, str]],
    *,
    given_steps: tuple[int, ...] | None = None,
    flag_below: int | None = None,
) -> Tiles:
    """The tiles of (district, value, address) and their legend. `given_steps`: from which value on a tile is in level
    1, 2, …; counts have five equal steps from the lowest to the highest."""
    rows = list(values)
    counts = [int(value or 0) for _district, value, _url in rows]
    highest = max(counts, default=0)
    steps = given_steps or equal_steps(min(counts, default=0), highest)
    tiles = [
        {
            "name": district.short_name,
            "row": district.tile_row,
            "col": district.tile_column,
            "value": "–" if value is None else f"{value:,}",
            "url": url,
            "level": _level(value, steps),
            "flag": flag_below is not None and value is not None and value < flag_below,
        }
        for district, value, url in rows
    ]
    legend = []
    for number, start in enumerate(steps, 1):
        last = steps[number] - 1 if number < len(steps) else None if given_steps else highest
        label = _("%(start)s 이상") % {"start": f"{start:,}"} if last is None else f"{start:,}–{last:,}"
        legend.append(
            {
                "level": number,
                "label": f"{start:,}" if start == last else label,
                "flag": flag_below is not None and number == 1,
            }
        )
    if any(tile["level"] == 0 for tile in tiles):
        legend.append({"level": 0, "label": _("해당 없음"), "flag": False})
    return tiles, legend


def equal_steps(lowest: int, highest: int) -> tuple[int, ...]:
    """Where each of at most five equal classes begins."""
    return tuple(range(lowest, highest + 1, max(1, -(-(highest - lowest + 1) // 5))))


def _level(value: Number, steps: tuple[int, ...]) -> int:
    """0 for no figure, else 1 to 5: the last step that the value reaches."""
    return 0 if value is None else sum(value >= step for step in steps)
