"""Results as an XLSX file: one sheet, a row for everything the page shows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import District
from accounts.workbooks import Column, workbook
from surveys.models import Survey
from surveys.results import Line, results

HIDDEN = "–"


def results_workbook(survey: Survey, *, since: dt.date, until: dt.date, district: str | None, taken_by: str) -> bytes:
    asked: dict[str, Any] = {"since": since, "until": until, "district": district}
    place = str(District.objects.get(pk=district)) if district else _("서울시 전체")
    about = [
        (_("조사"), str(survey)),
        (_("서비스를 받은 달"), f"{since:%Y-%m} – {until:%Y-%m}"),
        (_("자치구"), place),
        (_("가린 칸"), _("답이 %(n)s건보다 적은 칸은 –로 가립니다.") % {"n": survey.min_shown}),
        (_("내려받은 사람"), taken_by),
        (_("내려받은 때"), f"{timezone.localtime():%Y-%m-%d %H:%M}"),
    ]
    columns = [
        Column(_("구분"), ""), Column(_("이름"), "", width=40), Column(_("보낸 조사"), ""), Column(_("받은 답"), ""),
        Column(_("응답률(%)"), ""), Column(_("평균(5점)"), ""), Column(_("만족(%)"), ""),
    ]  # fmt: skip
    return b"".join(workbook(title=_("만족도 조사"), columns=columns, rows=_rows(survey.pk, asked), about=about))


def _rows(code: str, asked: dict[str, Any]) -> Iterator[list[Any]]:
    by_question = results(code, by="question", **asked)
    yield _row(_("전체"), by_question.total)
    yield from (_row(_("문항"), line) for line in by_question.lines)
    if asked["district"] is None:
        yield from (_row(_("자치구"), line) for line in results(code, by="district", **asked).lines)
    yield from (_row(_("월"), line) for line in results(code, by="month", **asked).lines)


def _row(kind: str, line: Line) -> list[Any]:
    numbers = (line.response_rate, line.overall.mean, line.overall.satisfied)
    return [kind, line.label, line.invited, line.answered, *map(_cell, numbers)]


def _cell(value: Decimal | None) -> float | str:
    return HIDDEN if value is None else float(value)
