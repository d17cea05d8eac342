"""What the dashboard shows for one question: a few statements, whatever the number of applications."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import District
from accounts.tiles import Tiles, tile_map
from programs.own_figures import OwnFigure, own_figures
from reports import figures
from reports.figures import DECIDED, LATE, RECEIVED, UNDECIDED, Figure, Standing
from reports.questions import Number, Question
from reports.rows import rows_url
from reports.selectors import Fact, facts_as_of

MONTHS = 12
CARDS = (
    "applications",
    "decided",
    "processing_days",
    "overdue",
    "open",
    "supplement_rate",
    "places_used",
    "objections",
)
# The columns of the districts' table.
COLUMNS = (
    "applications",
    "decided",
    "open",
    "overdue",
    "on_time_rate",
    "processing_days",
    "places",
    "places_used",
    "places_rate",
)
# What the tiles can show: the figure, and from which value on a tile is in level 1, 2, …
MAPS: dict[str, tuple[int, ...] | None] = {
    "applications": None,  # counts: five equal steps from the lowest to the highest
    "open": None,
    "on_time_rate": (0, 70, 80, 90, 95),
    "places_rate": (0, 20, 40, 60, 80),
}
FLAG_BELOW = {"on_time_rate": 70}


@dataclass(frozen=True)
class DistrictLine:
    """One district of the table and of the map."""

    district: District | None  # None: all of them together
    values: dict[str, Number]
    cells: list[dict[str, Any]]
    url: str


@dataclass(frozen=True)
class Dashboard:
    cards: list[dict[str, Any]]
    lines: list[DistrictLine]
    total: DistrictLine
    tiles: list[dict[str, Any]]
    legend: list[dict[str, Any]]
    flag_label: str
    months: list[str]
    series: list[dict[str, Any]]
    states: list[dict[str, Any]]
    differences: list[dict[str, Any]]


def dashboard(question: Question, *, shown_on_map: str, districts: list[District], url: str) -> Dashboard:
    """`districts` are those whose own lines are shown; `url` is the page's address with the question but for
    `district=`, to which a code is added."""
    facts = _facts(question)
    places = figures.places_by_district(question)
    with_overdue = figures.overdue_is_answerable(question)
    of_question = _measured(facts, question, sum(places.values()), with_overdue=with_overdue)
    touching = _by_district(facts)
    lines = [
        _line(
            d,
            _measured(touching.get(d.pk, []), of_district, places.get(d.pk, 0), with_overdue=with_overdue),
            of_district,
            url,
        )
        for d, of_district in ((d, replace(question, district=d.pk)) for d in districts)
    ]
    tiles, legend = _map(lines, shown_on_map)
    labels, series = _months(question)
    return Dashboard(
        cards=[*_cards(of_question, question), *_own_cards(question)],
        lines=lines,
        total=DistrictLine(None, of_question, _cells(of_question, question), ""),
        tiles=tiles,
        legend=legend,
        flag_label=_("%(rate)s%% 미만") % {"rate": FLAG_BELOW[shown_on_map]} if shown_on_map in FLAG_BELOW else "",
        months=labels,
        series=series,
        states=_states(facts, question),
        differences=_differences(of_question, question),
    )


def _facts(question: Question) -> list[Fact]:
    return facts_as_of(
        [question.as_of],
        known_at=question.known_at,
        by=("district", "from_district", "action", "from_state", "to_state"),
        programs=[question.program] if question.program else None,
        district=question.district,
    )


def _by_district(facts: list[Fact]) -> dict[str, list[Fact]]:
    """The facts that concern each district: what happened there, and what left it."""
    touching: dict[str, list[Fact]] = {}
    for fact in facts:
        for code in {fact.district, fact.from_district} - {""}:
            touching.setdefault(code, []).append(fact)
    return touching


def _measured(facts: list[Fact], question: Question, places: int, *, with_overdue: bool) -> dict[str, Number]:
    """Every figure of the page from the same facts; the names are those of the portal's figures."""
    used, district = figures.places_used(facts, question), question.district
    return {
        "applications": RECEIVED.count(facts, district),
        "decided": DECIDED.count(facts, district),
        "open": UNDECIDED.count(facts, district),
        "on_time_rate": figures.on_time_rate(facts, question),
        "processing_days": figures.processing_days(facts, question),
        "supplement_rate": figures.supplement_rate(facts, question),
        "overdue": LATE.count(facts, question.district) if with_overdue else None,
        "places": places,
        "places_used": used,
        "places_rate": figures.rate(used, places),
    }


def _line(district: District, values: dict[str, Number], question: Question, url: str) -> DistrictLine:
    return DistrictLine(district, values, _cells(values, question), f"{url}district={district.pk}")


def _cells(values: dict[str, Number], question: Question) -> list[dict[str, Any]]:
    """Each number of the table, with the rows behind it where there are any."""
    return [
        {
            "text": _shown(values[name]),
            "url": rows_url(f"portal.{name}", question) if values[name] else "",
            "danger": name == "overdue" and bool(values[name]),
            "strong": name == "places_rate",
        }
        for name in COLUMNS
    ]


def _cards(values: dict[str, Number], question: Question) -> list[dict[str, Any]]:
    objections = figures.objections(question).count()
    decided = figures.rate(_int(values["decided"]), _int(values["applications"]))
    notes = {"supplement_rate": _("접수 100건에 대한 보완 요청")}
    if decided is not None:
        notes["decided"] = _("처리율 %(rate)s%%") % {"rate": _shown(decided)}
    if values["on_time_rate"] is not None:
        notes["processing_days"] = _("처리기한 준수율 %(rate)s%%") % {"rate": _shown(values["on_time_rate"])}
    if values["places_rate"] is not None:
        shares = {"places": _shown(values["places"]), "rate": _shown(values["places_rate"])}
        notes["places_used"] = _("모집인원 %(places)s명의 %(rate)s%%") % shares
    if values["overdue"] is None:
        notes["overdue"] = _("그때의 처리기한이 기록되지 않아 셀 수 없습니다")
    cards = []
    for name in CARDS:
        figure = figures.get(f"portal.{name}")
        value = objections if name == "objections" else values[name]
        cards.append(
            {
                "label": figure.label,
                "value": _shown(value),
                "unit": figure.unit,
                "note": notes.get(name, ""),
                "tone": "danger" if name == "overdue" and value else "",
                "url": rows_url(figure.name, question),
            }
        )
    return cards


def _own_cards(question: Question) -> list[dict[str, Any]]:
    """The few figures that stand for a programme that counts by itself; none where another programme is asked."""
    if question.program:
        return []
    return [
        {
            "label": figure.label,
            "value": _shown(figure.measure(question)),
            "unit": figure.unit,
            "note": "",
            "tone": "",
            "url": rows_url(figure.name, question),
        }
        for figure in own_figures()
        if figure.on_dashboard
    ]


def _int(value: Number) -> int:
    return int(value or 0)


def _shown(value: Number) -> str:
    return "–" if value is None else f"{value:,}"


def _map(lines: list[DistrictLine], name: str) -> Tiles:
    values = [(line.district, line.values[name], line.url) for line in lines if line.district]
    return tile_map(values, given_steps=MAPS[name], flag_below=FLAG_BELOW.get(name))


def month_ends(as_of: dt.date, count: int) -> list[dt.date]:
    """The as-of day, and before it the last days of the `count` months before."""
    days = [as_of]
    while len(days) <= count:
        days.append(days[-1].replace(day=1) - dt.timedelta(days=1))
    return days[::-1]


def _months(question: Question) -> tuple[list[str], list[dict[str, Any]]]:
    """Received and decided in each of the last twelve months, each with its rows; the last one up to the as-of day."""
    days = month_ends(question.as_of, MONTHS)
    facts = facts_as_of(
        days,
        known_at=question.known_at,
        by=("district", "action", "from_state", "to_state")
        if question.district
        else ("action", "from_state", "to_state"),
        programs=[question.program] if question.program else None,
        district=question.district,
    )
    by_day: dict[dt.date, list[Fact]] = {day: [] for day in days}
    for fact in facts:
        by_day[fact.day].append(fact)
    series = []
    months = [replace(question, since=before + dt.timedelta(days=1), as_of=last) for before, last in pairwise(days)]
    for label, flow, name in ((_("접수"), RECEIVED, "applications"), (pgettext("figure", "처리"), DECIDED, "decided")):
        totals = [flow.count(by_day[day], question.district) for day in days]
        values = [late - early for early, late in pairwise(totals)]
        urls = [rows_url(f"portal.{name}", month) if n else "" for n, month in zip(values, months, strict=True)]
        series.append({"name": label, "values": values, "urls": urls})
    return [_month_label(day) for day in days[1:]], series


def _month_label(day: dt.date) -> str:
    return date_format(day, "y.n") if day.month == 1 else _("%(month)s월") % {"month": day.month}


def _states(facts: list[Fact], question: Question) -> list[dict[str, Any]]:
    """Where the cases stand, without the states nobody is in."""
    items = []
    for code, label in figures.state_labels().items():
        value = Standing((code,)).count(facts, question.district)
        if value:
            items.append({"label": label, "value": value, "url": rows_url(f"state.{code}", question)})
    return items


def _differences(then: dict[str, Number], question: Question) -> list[dict[str, Any]]:
    """Then and now: the same as-of day as it was known and as it is known today."""
    if question.known_at is None:
        return []
    known_now = replace(question, known_at=None)
    places = sum(figures.places_by_district(known_now).values())
    now = _measured(_facts(known_now), known_now, places, with_overdue=True)
    pairs: list[tuple[Figure | OwnFigure, Number, Number]] = [
        (figures.get(f"portal.{name}"), value, now[name])
        for name, value in then.items()
        if value is not None or name != "overdue"
    ]
    if not question.program:
        own = [figure for figure in own_figures() if figure.on_dashboard]
        pairs += [(figure, figure.measure(question), figure.measure(known_now)) for figure in own]
    return [_difference(figure, value, later) for figure, value, later in pairs]


def _difference(figure: Figure | OwnFigure, then: Number, now: Number) -> dict[str, Any]:
    change = None if then is None or now is None else Decimal(now) - Decimal(then)
    return {
        "label": figure.label,
        "unit": figure.unit,
        "then": _shown(then),
        "now": _shown(now),
        "change": "–" if change is None else f"{change:+,}" if change else "0",
        "changed": bool(change),
    }
