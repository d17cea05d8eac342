"""The escort's figures for a time: cards, by purpose, by district, by month; each number with the rows behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET

from accounts.decorators import roles_required
from accounts.models import District
from accounts.templatetags.ui import count
from accounts.tiles import Tiles, tile_map
from hospital.figure_exports import rows_of
from hospital.figures import READERS, WHOLE, of_purpose
from hospital.forms.figures import FiguresForm
from hospital.models import Purpose
from hospital.selectors.figures import MEASURES, Grouped, by_month, grouped, months_of
from programs.own_figures import Asked, Number, OwnFigure

MAP_LABELS = {
    "requests": pgettext_lazy("escort", "신청"),
    "served": gettext_lazy("제공"),
    "within_3h_rate": gettext_lazy("3시간 안 도착률(%)"),
    "unmet": gettext_lazy("미제공"),
}
HEADINGS = MAP_LABELS | {"within_3h_rate": gettext_lazy("3시간 안(%)")}  # where there is little room
# From which rate on a tile is in level 1, 2, …; counts have equal steps.
RATE_STEPS = (0, 70, 80, 90, 95)


@require_GET
@roles_required(*READERS)
def overview(request: HttpRequest) -> HttpResponse:
    form = FiguresForm.of_page(request.GET.dict())
    asked = form.asked()
    counts = grouped(asked)
    shown = request.GET.get("map", "")
    shown = shown if shown in MAP_LABELS else "requests"
    tiles, legend = _tiles(counts, asked, shown) if asked.district is None else ([], [])
    total = _cells(counts.values(), lambda name: _rows(f"hospital_escort.{name}", asked))
    values = {
        "form": form,
        "asked": asked,
        "cards": [_card(figure, asked) for figure in WHOLE],
        "measures": HEADINGS.values(),
        "purposes": [_of_purpose(purpose, counts, asked) for purpose in Purpose],
        "districts": [] if asked.district else _of_districts(counts, asked),
        "total": total,
        "tiles": tiles,
        "legend": legend,
        "maps": _maps(asked, shown),
        "shown": MAP_LABELS[shown],
    }
    return render(request, "hospital/figures.html", values | _months(asked), status=200 if form.is_valid() else 422)


def _rows(name: str, asked: Asked) -> str:
    return f"{rows_of(name)}?{urlencode(asked.in_words())}"


def _card(figure: OwnFigure, asked: Asked) -> dict[str, Any]:
    """With what is known now of the same days, where it was asked as known then."""
    value = figure.measure(asked)
    card = {"label": figure.label, "value": _text(value), "unit": figure.unit, "url": _rows(figure.name, asked)}
    if asked.known_at is None:
        return card | {"note": "", "tone": ""}
    now = figure.measure(replace(asked, known_at=None))
    note = _("그때와 같습니다") if now == value else _("지금은 %(value)s") % {"value": _text(now)}
    return card | {"note": note, "tone": "" if now == value else "warning"}


def _text(value: Number) -> str:
    return "–" if value is None else count(value)


def _cells(values: dict[str, Number], url_of: Callable[[str], str]) -> list[dict[str, str]]:
    """Each number with its rows, where there are any."""
    return [{"text": _text(values[name]), "url": url_of(name) if values[name] else ""} for name in MEASURES]


def _of_purpose(purpose: Purpose, counts: Grouped, asked: Asked) -> dict[str, Any]:
    cells = _cells(counts.values(purpose=purpose), lambda name: _rows(of_purpose(name, purpose), asked))
    return {"label": purpose.label, "url": "", "cells": cells}


def _of_districts(counts: Grouped, asked: Asked) -> list[dict[str, Any]]:
    """Those in which anything happened."""
    lines = []
    for district in _districts():
        values, here = counts.values(district=district.pk), replace(asked, district=district.pk)
        if any(values.values()):
            cells = _cells(values, lambda name, here=here: _rows(f"hospital_escort.{name}", here))  # type: ignore[misc]
            lines.append({"label": str(district), "url": f"?{urlencode(here.in_words())}", "cells": cells})
    return lines


def _districts() -> list[District]:
    return sorted(District.objects.all(), key=str)


def _tiles(counts: Grouped, asked: Asked, shown: str) -> Tiles:
    values = [
        (
            district,
            counts.values(district=district.pk)[shown],
            f"?{urlencode(replace(asked, district=district.pk).in_words())}",
        )
        for district in _districts()
    ]
    return tile_map(values, given_steps=RATE_STEPS if shown == "within_3h_rate" else None)


def _maps(asked: Asked, shown: str) -> list[dict[str, Any]]:
    return [
        {"label": label, "url": f"?{urlencode(asked.in_words() | {'map': name})}", "current": name == shown}
        for name, label in MAP_LABELS.items()
    ]


def _months(asked: Asked) -> dict[str, Any]:
    """Requested and served in each of the last twelve months, each with its rows."""
    months, series = months_of(asked), []
    for name in ("requests", "served"):
        values = by_month(name, months)
        urls = [_rows(f"hospital_escort.{name}", month) if n else "" for n, month in zip(values, months, strict=True)]
        series.append({"name": MAP_LABELS[name], "values": values, "urls": urls})
    return {"months": [_month_label(month) for month in months], "series": series}


def _month_label(month: Asked) -> str:
    """The year where it changes."""
    day = month.as_of
    return date_format(day, "y.n") if day.month == 1 else _("%(month)s월") % {"month": day.month}
