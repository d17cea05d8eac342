"""The rows behind the escort's figures as files: masked, without names, with a reason; each trip named in the log."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.db.models import F, QuerySet
from django.db.models.expressions import RawSQL
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import District
from accounts.roles import Actor, Role
from accounts.workbooks import Column
from hospital.figures import EVENT_ROWS, EVENTS, PAYMENT_ROWS, PAYMENTS, UNMET, UNMET_ROWS
from hospital.forms.figures import FiguresForm
from hospital.models import Payment, Purpose, Trip, TripEvent, UnmetDemand
from programs.exports import Exportable, register
from programs.own_figures import OwnFigure, RowTable, own_figure

FILTER_KEYS = ("figure", "since", "as_of", "known_at", "district")


def _figure(chosen: dict[str, str], table: RowTable) -> OwnFigure | None:
    """The figure asked for, if its rows are of this table."""
    found = own_figure(chosen.get("figure", ""))
    return found if found and found.table is table else None


def _ids(chosen: dict[str, str], table: RowTable) -> RawSQL | None:
    """The figure's own statement, with its parameters by place instead of by name; None where nothing can be asked."""
    figure, form = _figure(chosen, table), FiguresForm(chosen)
    if figure is None or not form.is_valid():
        return None
    statement, named = figure.statement(form.asked())
    order: list[Any] = []

    def place(found: re.Match[str]) -> str:
        order.append(named[found[1]])
        return "%s"

    placed = re.sub(r"%\((\w+)\)s", place, statement)
    return RawSQL(f"SELECT id FROM ({placed}) counted", order)  # noqa: S608, S611 - our own words, values as parameters


def select_events(actor: Actor, chosen: dict[str, str]) -> QuerySet[Trip]:
    """A trip counted twice is two rows: joined, not looked up in a list."""
    rows, ids = Trip.objects.visible_to(actor), _ids(chosen, EVENTS)
    if ids is None:
        return rows.none()
    counted = rows.filter(events__in=TripEvent.objects.filter(pk__in=ids))
    return counted.annotate(
        counted_at=F("events__occurred_at"), counted_district=F("events__district__name_ko"), act=F("events__action"),
        why=F("events__purpose"), counted_kind=F("events__kind"), counted_id=F("events__id"),
    ).order_by("-counted_at", "-counted_id")  # fmt: skip


def select_payments(actor: Actor, chosen: dict[str, str]) -> QuerySet[Trip]:
    rows, ids = Trip.objects.visible_to(actor), _ids(chosen, PAYMENTS)
    if ids is None:
        return rows.none()
    counted = rows.filter(fee__payments__in=Payment.objects.filter(pk__in=ids))
    return counted.annotate(
        counted_at=F("fee__payments__paid_at"), amount=F("fee__payments__amount"), method=F("fee__payments__method"),
        counted_id=F("fee__payments__id"),
    ).order_by("-counted_at", "-counted_id")  # fmt: skip


def select_unmet(actor: Actor, chosen: dict[str, str]) -> QuerySet[UnmetDemand]:
    rows, ids = UnmetDemand.objects.visible_to(actor), _ids(chosen, UNMET)
    return rows.none() if ids is None else rows.filter(pk__in=ids).order_by("-occurred_at", "-pk")


def _label_of(choices: Any) -> Callable[[str], str]:
    words = {value: str(label) for value, label in choices}
    return lambda value: words.get(value, value)


def event_columns(unmasked: bool, chosen: dict[str, str]) -> tuple[Column, ...]:
    return (
        Column(_("일어난 때"), "counted_at", width=17),
        Column(_("예약번호"), "number", width=14),
        Column(_("자치구"), "counted_district", width=10),
        Column(_("처리"), "act", width=14, show=_label_of(TripEvent.Action.choices)),
        Column(_("목적"), "why", width=10, show=_label_of(Purpose.choices)),
        Column(_("구분"), "counted_kind", width=8, show=_label_of(Trip.Kind.choices)),
    )


def payment_columns(unmasked: bool, chosen: dict[str, str]) -> tuple[Column, ...]:
    return (
        Column(_("납부일시"), "counted_at", width=17),
        Column(_("예약번호"), "number", width=14),
        Column(_("자치구"), "district__name_ko", width=10),
        Column(_("금액"), "amount", width=12),
        Column(_("결제 방법"), "method", width=12, show=_label_of(Payment.Method.choices)),
    )


def unmet_columns(unmasked: bool, chosen: dict[str, str]) -> tuple[Column, ...]:
    return (
        Column(_("일어난 때"), "occurred_at", width=17),
        Column(_("예약번호"), "trip__number", width=14),
        Column(_("자치구"), "district__name_ko", width=10),
        Column(_("사유"), "reason", width=24, show=_label_of(UnmetDemand.Reason.choices)),
        Column(_("목적"), "purpose", width=10, show=_label_of(Purpose.choices)),
    )


def describe(chosen: dict[str, str]) -> list[tuple[str, str]]:
    """The question in words. Codes that name nothing are shown as they are."""
    found = own_figure(chosen.get("figure", ""))
    words = {
        "figure": (_("지표"), f"{found.label} ({found.name})" if found else chosen.get("figure", "")),
        "since": (_("집계 시작일"), chosen.get("since", "")),
        "as_of": (_("기준일"), chosen.get("as_of", "")),
        "known_at": (_("알려진 때"), chosen.get("known_at", "")),
        "district": (_("자치구"), _district(chosen.get("district", ""))),
    }
    return [(str(label), text) for key, (label, text) in words.items() if chosen.get(key)]


def _district(code: str) -> str:
    return str(District.objects.filter(pk=code).first() or code)


def page(chosen: dict[str, str]) -> str:
    """Where these rows stand as a list."""
    if own_figure(chosen.get("figure", "")) is None:
        return reverse("hospital:figures")  # an address typed by hand
    words = {key: value for key, value in chosen.items() if key != "figure"}
    return f"{rows_of(chosen['figure'])}?{urlencode(words)}"


def rows_of(name: str) -> str:
    """The page of the rows behind a figure: of the app that registers all figures, which is above this one."""
    return reverse("reports:rows", args=[name])


def register_exports() -> None:
    """Called once, when the app is ready."""
    for name, label, select, columns in (
        (EVENT_ROWS, _("지표가 센 동행"), select_events, event_columns),
        (PAYMENT_ROWS, _("지표가 센 이용료"), select_payments, payment_columns),
        (UNMET_ROWS, _("지표가 센 미제공 수요"), select_unmet, unmet_columns),
    ):
        register(
            Exportable(
                name=name,
                label=label,
                roles=(Role.CITY_OFFICER,),
                select=select,
                columns=columns,
                describe=describe,
                filter_keys=FILTER_KEYS,
                page=page,
            )
        )
