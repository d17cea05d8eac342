"""Reading a question from words: shared by the command, the pages and the API."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from accounts.models import District
from budget.models import ObjectCode, Project
from programs import registry
from programs.deadlines import SEOUL
from reports.figures import Figure, narrowed
from reports.questions import Number, Question
from reports.rows import value_and_rows

FIRST_YEAR, LAST_YEAR = 2000, 2100


class UnableToAsk(Exception):
    """A part of the question cannot be understood; `field` names it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def parse_question(
    *,
    as_of: str = "",
    known_at: str = "",
    district: str = "",
    program: str = "",
    since: str = "",
    item: str = "",
    object_code: str = "",
    fiscal_year: str = "",
) -> Question:
    """Empty `as_of` is today, empty `known_at` everything known now, empty `since` from the beginning, empty `item`
    the whole budget, empty `object_code` all of them and empty `fiscal_year` the as-of day's. Raises UnableToAsk."""
    last = _day("as_of", as_of) if as_of else timezone.localdate()
    first = _day("since", since) if since else None
    if first and first > last:
        raise UnableToAsk("since", _("시작일이 기준일보다 늦습니다."))
    return Question(
        as_of=last,
        since=first,
        known_at=_known_at(known_at) if known_at else None,
        district=_district(district) if district else None,
        program=_program(program) if program else None,
        item=_item(item) if item else None,
        object_code=_object_code(object_code) if object_code else None,
        fiscal_year=_year(fiscal_year) if fiscal_year else None,
    )


def _day(field: str, text: str) -> dt.date:
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None:
        raise UnableToAsk(field, _("‘%(text)s’은(는) 날짜가 아닙니다. 2021-10-22처럼 적으십시오.") % {"text": text})
    if not dt.date(2000, 1, 1) <= day <= dt.date(2100, 1, 1):
        raise UnableToAsk(field, _("기준일은 2000년부터 2100년 사이여야 합니다."))
    return day


def _known_at(text: str) -> dt.datetime:
    """A moment; without a zone it is Seoul's, and a bare day means until its end."""
    try:
        moment = parse_datetime(text)
        if moment and len(text) == len("2021-10-22"):
            moment = dt.datetime.combine(moment.date(), dt.time.max)
    except ValueError:
        moment = None
    if moment is None:
        raise UnableToAsk(
            "known_at", _("‘%(text)s’은(는) 때가 아닙니다. 2021-11-02T09:00처럼 적으십시오.") % {"text": text}
        )
    return moment if moment.tzinfo else moment.replace(tzinfo=SEOUL)


def _district(code: str) -> str:
    if not District.objects.filter(pk=code).exists():
        raise UnableToAsk("district", _("‘%(code)s’ 자치구가 없습니다. 다섯 자리 코드를 적으십시오.") % {"code": code})
    return code


def _item(code: str) -> str:
    if not Project.objects.filter(code=code).exists():
        raise UnableToAsk("item", _("‘%(code)s’ 예산 사업이 없습니다. 예산의 코드를 적으십시오.") % {"code": code})
    return code


def _object_code(code: str) -> str:
    if not ObjectCode.objects.filter(pk=code).exists():
        raise UnableToAsk("object_code", _("‘%(code)s’ 통계목이 없습니다. 201-01처럼 적으십시오.") % {"code": code})
    return code


def _year(text: str) -> int:
    if not (text.isdigit() and FIRST_YEAR <= int(text) <= LAST_YEAR):
        raise UnableToAsk("fiscal_year", _("회계연도는 2021처럼 네 자리로 적으십시오."))
    return int(text)


def _program(code: str) -> str:
    if registry.find(code) is None:
        codes = ", ".join(programme.code for programme in registry.programmes())
        raise UnableToAsk(
            "program", _("‘%(code)s’ 사업이 없습니다. 있는 사업: %(codes)s") % {"code": code, "codes": codes}
        )
    return code


def as_text(number: Number) -> int | str | None:
    """For JSON, which has no decimal: whole numbers as numbers, others as text, never as float."""
    return number if number is None or isinstance(number, int) else str(number)


def answer(figure: Figure, question: Question) -> dict[str, Any]:
    """The figure as the command and the API give it; `known_at` is now where none was asked, so that the answer can be
    recomputed. Raises Unanswerable."""
    asked, now = narrowed(figure, question), timezone.localtime()
    value, rows = value_and_rows(figure, question)
    return {
        "name": figure.name,
        "label": str(figure.label),
        "value": as_text(value),
        "unit": str(figure.unit),
        "as_of": asked.as_of.isoformat(),
        "since": asked.since.isoformat() if asked.since else None,
        "known_at": (asked.known_at or now).isoformat(),
        "district": asked.district,
        "program": asked.program,
        "item": asked.item,
        "object_code": asked.object_code,
        "fiscal_year": asked.fiscal_year,
        "query": str(figure.query),
        "rows": asdict(rows),
    }
