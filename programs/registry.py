"""What each programme tells the portal about itself. A programme app registers one `Programme` when it is ready."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.functional import Promise

if TYPE_CHECKING:
    from django import forms

    from programs.workflow import Workflow

Text = str | Promise


@dataclass(frozen=True)
class FigureSpec:
    """A named figure: how many of a programme's applications, counted from its events.

    kind "flow" counts events that happened up to the date (`actions`); "stock" counts applications then standing in
    one of `states`."""

    name: str
    label: Text
    kind: str
    actions: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    unit: Text = "건"


@dataclass(frozen=True)
class DetailColumn:
    """A field of the detail that a download carries, under its own name; a `personal` one only where nothing is
    masked."""

    name: str
    personal: bool = False


@dataclass(frozen=True)
class Programme:
    """A programme that is applied for in the portal.

    `detail_model` holds its own answers (one-to-one with Application, `application` as primary key); `detail_form`
    asks them, `exported` says which of them downloads carry. `detail_template` shows them in a case,
    `conditions_template` adds to the apply page. `facts` gives the eligibility rules what the detail knows.
    `destroy_detail` gets ids of applications whose retention is over and blanks what is personal in their details."""

    code: str
    receipt_prefix: str
    workflow: Workflow
    detail_model: type[models.Model]
    detail_form: type[forms.ModelForm]
    detail_template: str
    conditions_template: str
    reject_reasons: dict[str, Text]
    exported: tuple[DetailColumn, ...] = ()
    facts: Callable[[dict[str, Any]], dict[str, Any]] = dict
    figures: tuple[FigureSpec, ...] = ()
    destroy_detail: Callable[[list[int]], None] | None = None


_programmes: dict[str, Programme] = {}


class UnableToRegister(Exception):
    """The declaration is wrong; the message says what."""


def register(programme: Programme) -> Programme:
    """Take a programme in. Raises UnableToRegister for a doubled code or figure, or a wrong detail."""
    if programme.code in _programmes:
        raise UnableToRegister(f"{programme.code} is registered twice")
    if any(other.receipt_prefix == programme.receipt_prefix for other in _programmes.values()):
        raise UnableToRegister(f"receipt prefix {programme.receipt_prefix} is taken")
    key = programme.detail_model._meta.pk
    if not isinstance(key, models.OneToOneField) or key.name != "application":
        raise UnableToRegister(f"{programme.detail_model.__name__}.application must be its one-to-one primary key")
    known = {field.name for field in programme.detail_model._meta.concrete_fields}
    if unknown := [column.name for column in programme.exported if column.name not in known]:
        raise UnableToRegister(f"{programme.detail_model.__name__} has no {', '.join(unknown)} to export")
    taken = {figure.name for other in _programmes.values() for figure in other.figures}
    for figure in programme.figures:
        if figure.name in taken or not figure.name.startswith(f"{programme.code.replace('-', '_')}."):
            raise UnableToRegister(f"figure {figure.name} is taken, or does not begin with its programme's code")
        taken.add(figure.name)
    _programmes[programme.code] = programme
    return programme


def unregister(code: str) -> None:
    """For tests that add a throw-away programme."""
    del _programmes[code]


def get(code: str) -> Programme:
    return _programmes[code]


def find(code: str) -> Programme | None:
    return _programmes.get(code)


def programmes() -> list[Programme]:
    return list(_programmes.values())


@dataclass(frozen=True)
class Service:
    """A programme that is booked in the portal rather than applied for: the addresses by name, with their words, and
    what applies today in words (for components/definitions.html)."""

    code: str
    book_url: str
    book_label: Text
    mine_url: str
    mine_label: Text
    terms: Callable[[], list[dict[str, Any]]]


_services: dict[str, Service] = {}


def register_service(service: Service) -> None:
    """Its programme's page then leads to booking, and one's own applications to one's bookings."""
    if service.code in _services:
        raise UnableToRegister(f"the service of {service.code} is registered twice")
    _services[service.code] = service


def service_of(code: str) -> Service | None:
    return _services.get(code)


def services() -> list[Service]:
    return list(_services.values())


@dataclass(frozen=True)
class TermsEditor:
    """Terms that are more than whole numbers: the form that asks new ones (a programs.forms.calls.DatedTermsForm), how
    `values` read as (label, text), and a check of new values from a day on, which raises UnableToPerform."""

    code: str
    form: type[forms.Form]
    rows: Callable[[dict[str, Any]], list[tuple[Text, str]]]
    check: Callable[[dict[str, Any], dt.date], None]


_terms_editors: dict[str, TermsEditor] = {}


def register_terms_editor(editor: TermsEditor) -> None:
    if editor.code in _terms_editors:
        raise UnableToRegister(f"the terms of {editor.code} have two editors")
    _terms_editors[editor.code] = editor


def terms_editor_of(code: str) -> TermsEditor | None:
    return _terms_editors.get(code)
