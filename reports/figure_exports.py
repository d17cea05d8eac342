"""The rows behind a figure as a download: those the asker may see, masked, one row for each event or case counted."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.db.models import DateTimeField, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import District
from accounts.roles import DISTRICT_STAFF, Actor, Role
from accounts.workbooks import Column
from programs import application_exports
from programs.exports import Exportable, register
from programs.models import Application, ApplicationEvent, DistrictCall, Program
from reports import figures
from reports.asking import UnableToAsk, parse_question
from reports.facts import ON_THE_CLOCK, OVERDUE
from reports.figures import Events, Figure, Standing, narrowed
from reports.questions import Question, Unanswerable
from reports.rows import ids_statement

ROW_READERS = (*DISTRICT_STAFF, Role.CITY_OFFICER)
FILTER_KEYS = ("figure", "since", "as_of", "known_at", "district", "program")
PLACES = "places"


def _asked(actor: Actor, chosen: dict[str, str]) -> tuple[Figure, Question] | None:
    """What the page's address asks, within the actor's own district; None when it cannot be answered."""
    words = {key: value for key, value in chosen.items() if key != "figure"}
    if actor.district_id:
        words["district"] = actor.district_id
    figure = _figure(chosen.get("figure", ""))
    try:
        return (figure, narrowed(figure, parse_question(**words))) if figure else None
    except (Unanswerable, UnableToAsk):
        return None


def _figure(name: str) -> Figure | None:
    try:
        return figures.get(name)
    except figures.UnknownFigure:
        return None


def select_cases(actor: Actor, chosen: dict[str, str]) -> QuerySet[Application]:
    """With `counted_at`: when the event was, since when the case stood there, or when it fell due."""
    rows, asked = Application.objects.visible_to(actor), _asked(actor, chosen)
    if asked is None or asked[0].counted == PLACES:
        return rows.none()
    figure, question = asked
    if isinstance(figure.counted, Events):
        # Joined, not looked up in a list: a case counted twice makes two rows.
        rows = rows.filter(events__in=_events(figure.counted, question)).annotate(counted_at=F("events__occurred_at"))
    elif figure.counted == "objections":
        filed = figures.objections(question).values("pk")
        rows = rows.filter(objections__in=filed).annotate(counted_at=F("objections__filed_at"))
    else:
        try:
            rows = rows.filter(pk__in=_ids(figure, question))
        except Unanswerable:
            return rows.none()
        rows = rows.annotate(counted_at=_since_when(figure.counted, question))
    return rows.order_by("-counted_at", "-id")


def _events(counted: Events, question: Question) -> QuerySet[ApplicationEvent]:
    """The events counted, as reports.rows finds them."""
    events = ApplicationEvent.objects.filter(occurred_at__lt=question.until).exclude(
        to_state__in=counted.not_to_states
    )
    if question.begins:
        events = events.filter(occurred_at__gte=question.begins)
    if question.known_at:
        events = events.filter(Q(synthetic=True) | Q(recorded_at__lte=question.known_at))
    if question.program:
        events = events.filter(program=question.program)
    if question.district:
        events = events.filter(district=question.district)
    if counted.actions:
        events = events.filter(action__in=counted.actions)
    if counted.from_states:
        events = events.filter(from_state__in=counted.from_states)
    return events


def _ids(figure: Figure, question: Question) -> RawSQL:
    """The same statement, with its parameters by place instead of by name."""
    statement, named = ids_statement(figure, question)
    order: list[Any] = []

    def place(found: re.Match[str]) -> str:
        order.append(named[found[1]])
        return "%s"

    placed = re.sub(r"%\((\w+)\)s", place, statement)
    return RawSQL(f"SELECT id FROM ({placed}) counted", order)  # noqa: S608, S611 - our own words, values as parameters


def _since_when(counted: Any, question: Question) -> Coalesce | Subquery:
    if isinstance(counted, Standing) and counted.states == (OVERDUE,):
        on_clock = ApplicationEvent.objects.filter(
            application=OuterRef("pk"), to_state__in=ON_THE_CLOCK, occurred_at__lt=question.until
        ).order_by("-occurred_at", "-pk")
        deadline = Cast(KeyTextTransform("due_at", "data"), DateTimeField())
        return Coalesce(Subquery(on_clock.values(at=deadline)[:1]), F("due_at"))
    entered = ApplicationEvent.objects.filter(
        application=OuterRef("pk"), to_state__in=counted.states, occurred_at__lt=question.until
    ).exclude(from_state__in=counted.states)
    return Subquery(entered.order_by("-occurred_at").values("occurred_at")[:1], output_field=DateTimeField())


def select_places(actor: Actor, chosen: dict[str, str]) -> QuerySet[DistrictCall]:
    shares, asked = DistrictCall.objects.visible_to(actor), _asked(actor, chosen)
    if asked is None or asked[0].counted != PLACES:
        return shares.none()
    return shares.filter(figures.district_calls(asked[1])).order_by("call_id", "district_id")


def case_columns(unmasked: bool, chosen: dict[str, str]) -> tuple[Column, ...]:
    return (Column(_("센 때"), "counted_at", width=17), *application_exports.columns(unmasked, chosen))


def place_columns(unmasked: bool, chosen: dict[str, str]) -> tuple[Column, ...]:
    return (
        Column(_("사업"), "call__program__name", width=20),
        Column(_("모집공고"), "call__title", width=30),
        Column(_("자치구"), "district__name_ko", width=10),
        Column(_("지금 모집인원"), "quota", width=14),
    )


def describe(chosen: dict[str, str]) -> list[tuple[str, str]]:
    """The question in words. Codes that name nothing (any more) are shown as they are."""
    words: dict[str, tuple[Any, Callable[[str], str]]] = {
        "figure": (_("지표"), _figure_label),
        "since": (_("집계 시작일"), str),
        "as_of": (_("기준일"), str),
        "known_at": (_("알려진 때"), str),
        "district": (_("자치구"), lambda code: str(District.objects.filter(pk=code).first() or code)),
        "program": (_("사업"), lambda code: str(Program.objects.filter(pk=code).first() or code)),
    }
    return [(str(label), show(chosen[key])) for key, (label, show) in words.items() if chosen.get(key)]


def _figure_label(name: str) -> str:
    figure = _figure(name)
    return f"{figure.label} ({name})" if figure else name


def page(chosen: dict[str, str]) -> str:
    """Where these rows stand as a list."""
    if _figure(chosen.get("figure", "")) is None:
        return reverse("reports:dashboard")  # an address typed by hand
    words = {key: value for key, value in chosen.items() if key != "figure"}
    return f"{reverse('reports:rows', args=[chosen['figure']])}?{urlencode(words)}"


def address(figure: Figure, question: Question) -> str:
    """Where the rows of this figure are asked for as a file."""
    name = PLACE_ROWS.name if figure.counted == PLACES else CASE_ROWS.name
    words = {"figure": figure.name} | question.in_words()
    return f"{reverse('programs:export_new', args=[name])}?{urlencode(words)}"


CASE_ROWS = register(
    Exportable(
        name="figure-rows",
        label=_("지표가 센 신청"),
        roles=ROW_READERS,
        select=select_cases,
        columns=case_columns,
        describe=describe,
        filter_keys=FILTER_KEYS,
        page=page,
    )
)
PLACE_ROWS = register(
    Exportable(
        name="figure-places",
        label=_("지표가 센 모집인원"),
        roles=ROW_READERS,
        select=select_places,
        columns=place_columns,
        describe=describe,
        filter_keys=FILTER_KEYS,
        page=page,
    )
)
