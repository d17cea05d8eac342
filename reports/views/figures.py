"""Pages of the figures: counts for everyone who may see figures; rows for those whose cases they are."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from accounts.access_log import Action, record_access
from accounts.decorators import roles_required
from accounts.models import District
from accounts.models.access import Purpose
from accounts.roles import DISTRICT_STAFF, SPENDING_CHAIN, Actor, Role
from budget.models import Entry
from programs import exports
from programs.models import Application, DistrictCall, Terms
from programs.own_figures import OwnFigure
from reports import figure_exports, figures, questions
from reports.dashboard import MAPS, dashboard
from reports.figures import Figure
from reports.forms.questions import LedgerForm, OwnPeriodForm, PeriodForm, QuestionForm
from reports.models import Statement
from reports.own_figures import Own
from reports.questions import Kept, Question
from reports.rows import page_of, value_and_rows
from reports.statements import number_of

READERS = (*DISTRICT_STAFF, Role.CITY_OFFICER, Role.COUNCIL_READER)
ROWS_READERS = (*READERS, *SPENDING_CHAIN)
OWN_READERS = (Role.DISPATCHER,)  # who reads nothing but the figures of the programme they work for
PAGE_SIZE = 50
MAP_LABELS = {
    "applications": _("신청 접수"),
    "on_time_rate": _("처리기한 준수율(%)"),
    "open": _("처리 중"),
    "places_rate": _("모집인원 대비 선정률(%)"),
}


@require_GET
@roles_required(*READERS)
def overview(request: HttpRequest) -> HttpResponse:
    """The dashboard, for any as-of day. A district's staff see their own district alone."""
    form = QuestionForm(request.GET, actor=request.actor)
    question = form.question()
    shown = request.GET.get("map", "")
    shown = shown if shown in MAPS else next(iter(MAPS))
    districts = [d for d in District.objects.visible_to(request.actor) if question.district in (None, d.pk)]
    page = dashboard(
        question,
        shown_on_map=shown,
        districts=sorted(districts, key=str),
        url=_address(request, without=("district", "page")),
    )
    maps = [
        {"label": label, "url": f"{_address(request, without=('map',))}map={name}", "current": name == shown}
        for name, label in MAP_LABELS.items()
    ]
    values = {"form": form, "question": question, "page": page, "maps": maps, "shown": MAP_LABELS[shown]}
    return render(request, "reports/dashboard.html", values, status=200 if form.is_valid() else 422)


def _address(request: HttpRequest, *, without: tuple[str, ...]) -> str:
    """This page's query string without some keys, ready for one more."""
    query = request.GET.copy()
    for key in without:
        query.pop(key, None)
    text = query.urlencode()
    return f"?{text}&" if text else "?"


@require_GET
@roles_required(*ROWS_READERS, *OWN_READERS)
def rows(request: HttpRequest, name: str) -> HttpResponse:
    """What stands behind one figure: its number, the digest of its rows, and the rows, masked and paged."""
    try:
        figure = figures.get(name)
    except questions.UnknownFigure as error:
        raise Http404 from error
    own = figure.counted.figure if isinstance(figure.counted, Own) else None
    if request.actor.role not in (*ROWS_READERS, *(own.readers if own else ())):
        raise PermissionDenied
    form = _form_of(figure)(request.GET, actor=request.actor)
    question = form.question()
    values: dict[str, Any] = {
        "form": form,
        "figure": figure,
        "question": question,
        "refused": "",
        "lines": [],
        "export_url": "",
        "back": _back(request.actor, own, question),
    }
    try:
        value, counted = value_and_rows(figure, question)
        values |= {"value": value, "rows": counted, "now": _now(figure, question, value)}
    except questions.Unanswerable as refused:
        values |= {"refused": str(refused), "value": None, "rows": None, "now": None}
        return render(request, "reports/rows.html", values, status=422)
    page = Paginator(range(counted.count), PAGE_SIZE).get_page(request.GET.get("page"))
    if isinstance(figure.counted, Kept):
        kind = figure.counted.rows_are
        values |= {"page": page, "kind": kind, "may_read": True}
        if own:
            values["columns"] = [{"label": heading} for heading in own.table.headings]
            values["export_url"] = _own_export(request.actor, own, question) if counted.count else ""
        values["lines"] = _kept_lines(request.actor, kind, figure, question, page)
        return render(request, "reports/rows.html", values, status=200 if form.is_valid() else 422)
    may_read = request.actor.role in figure_exports.ROW_READERS
    values |= {"page": page, "may_read": may_read, "kind": "places" if figure.counted == "places" else "cases"}
    if may_read and counted.count:
        values["lines"] = _lines(request, figure, question, page)
        values["export_url"] = figure_exports.address(figure, question)
    return render(request, "reports/rows.html", values, status=200 if form.is_valid() else 422)


def _back(actor: Actor, own: OwnFigure | None, question: Question) -> dict[str, Any]:
    """The page that this number stands on."""
    if own and actor.role in own.readers:
        return {"label": _("사업별 현황"), "url": f"{reverse(own.page)}?{urlencode(question.in_words())}"}
    kept = replace(question, since=None)
    return {"label": _("현황판"), "url": f"{reverse('reports:dashboard')}?{urlencode(kept.in_words())}"}


def _own_export(actor: Actor, own: OwnFigure, question: Question) -> str:
    """Where the rows are asked for as a file, if there is one for this reader."""
    if exports.find(own.table.export, actor) is None:
        return ""
    words = {"figure": own.name} | question.in_words()
    return f"{reverse('programs:export_new', args=[own.table.export])}?{urlencode(words)}"


def _now(figure: Figure, question: Question, then: questions.Number) -> dict[str, Any] | None:
    """The same day as it is known now, beside what was known then; None where nothing else than now was asked."""
    if question.known_at is None:
        return None
    value = figures.value_of(figure, replace(question, known_at=None))
    change = None if value is None or then is None else value - then
    return {"value": value, "change": change, "rose": bool(change and change > 0)}


def _form_of(figure: Figure) -> type[QuestionForm]:
    if isinstance(figure.counted, Own):
        return OwnPeriodForm
    if figure.is_flow:
        return PeriodForm
    of_the_budget = isinstance(figure.counted, Kept) and figure.counted.rows_are == "entries"
    return LedgerForm if of_the_budget else QuestionForm


def _kept_lines(actor: Actor, kind: str, figure: Figure, question: Question, page: Page) -> list[dict[str, Any]]:
    """One page of what is kept elsewhere: nothing in it is about a person. None for a row of another holder."""
    found = page_of(figure, question, offset=page.start_index() - 1, limit=PAGE_SIZE) if page.paginator.count else []
    sources: dict[str, Any] = {
        "entries": Entry.objects.visible_to(actor).select_related(
            "voucher", "line__item", "line__object_code", "line__organisation"
        ),
        "statements": Statement.objects.visible_to(actor).select_related("stated_by"),
        "terms": Terms.objects.visible_to(actor).select_related("program", "district"),
    }
    ids = [pk for pk, _at in found]
    if isinstance(figure.counted, Own):
        return _own_lines(actor, figure.counted, ids)
    rows = sources[kind].in_bulk(ids)
    if kind == "statements":
        return [{"row": row, "value": row and row.value is not None and number_of(row)} for row in map(rows.get, ids)]
    return [{"row": rows.get(pk), "at": at} for pk, at in found]


def _own_lines(actor: Actor, own: Own, ids: list[int]) -> list[dict[str, Any]]:
    """The programme's own words for its rows; for one that is not the reader's to see, that it is there."""
    cells, missing = own.figure.table.lines(actor, ids), ["–", str(_("담당 부서만 봅니다"))]
    missing = (missing + [""] * len(own.figure.table.headings))[: len(own.figure.table.headings)]
    return [{"cells": [{"text": text} for text in cells.get(pk, missing)]} for pk in ids]


def _lines(request: HttpRequest, figure: Figure, question: Question, page: Page) -> list[dict[str, Any]]:
    """One page of rows; None for a case that has left the reader's district."""
    found = page_of(figure, question, offset=page.start_index() - 1, limit=PAGE_SIZE)
    ids = [pk for pk, _at in found]
    if figure.counted == "places":
        shares = DistrictCall.objects.visible_to(request.actor).select_related("call", "district").in_bulk(ids)
        return [{"row": shares.get(pk), "at": None} for pk in ids]
    record_access(
        request.actor,
        Action.LIST,
        about="applications",
        ids=ids,
        purpose=Purpose.REPORTING,
        filter={
            "figure": figure.name,
            "as_of": question.as_of,
            "since": question.since,
            "known_at": question.known_at,
            "page": page.number,
        },
    )
    cases = Application.objects.visible_to(request.actor).select_related("district", "program").in_bulk(ids)
    labels = figures.state_labels()
    return [
        {"row": case, "at": at, "state": labels.get(case.state, case.state) if case else ""}
        for case, at in ((cases.get(pk), at) for pk, at in found)
    ]
