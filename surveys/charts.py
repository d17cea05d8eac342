"""Results as the arguments of the portal's own charts (templates/components)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import District
from surveys.results import Line

STEPS = (0, 60, 70, 80, 90)  # from which share (per cent) on a tile is in level 1, 2, …


def tile_map(
    districts: Iterable[District], lines: list[Line], url: str
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Every district with how many of a hundred answers are satisfied, and the legend; a code is added to `url`."""
    shares = {line.key: line.overall.satisfied for line in lines}
    asked = {line.key for line in lines}
    tiles = [
        {
            "name": district.short_name,
            "row": district.tile_row,
            "col": district.tile_column,
            "value": "–" if (share := shares.get(district.pk)) is None else f"{min(100, share)}",
            "url": f"{url}{district.pk}" if district.pk in asked else "",
            "level": 0 if share is None else sum(share >= step for step in STEPS),
        }
        for district in districts
    ]
    labels = [_("%(end)s%% 미만") % {"end": STEPS[1]}]
    labels += [f"{start}–{end}%" for start, end in zip(STEPS[1:], (*STEPS[2:], 100), strict=True)]
    legend = [{"level": number, "label": label} for number, label in enumerate(labels, 1)]
    return tiles, [*legend, {"level": 0, "label": _("답이 적거나 없음")}]


def month_series(lines: list[Line]) -> dict[str, Any]:
    """Labels and series of how many were asked and answered."""
    return {
        "labels": [f"{line.key.year % 100}.{line.key.month}" for line in lines],
        "series": [
            {"name": _("보낸 조사"), "values": [line.invited for line in lines]},
            {"name": _("받은 답"), "values": [line.answered for line in lines]},
        ],
    }
