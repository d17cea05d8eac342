"""Stating a number or a table with its source and its day: never edited, only stated anew."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from decimal import Decimal

from django.utils.translation import gettext as _

from accounts.roles import Actor, Role
from reports import figures
from reports.models import Statement
from reports.questions import UnknownFigure
from reports.statements import Stated

STATERS = (Role.CITY_OFFICER,)
MOST_ROWS, LONGEST_CELL = 300, 1_000
_DIVIDER = re.compile(r"\|?(\s*:?-+:?\s*\|)+(\s*:?-+:?\s*)?")


class UnableToState(Exception):
    """It cannot be stated; `field` is what is wrong, `str()` says why and what to do."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def table_of(text: str) -> list[list[str]]:
    """Rows of cells, from lines of `a | b` or from what a spreadsheet copies (tabs). Raises UnableToState."""
    lines = text.replace("\r\n", "\n").strip("\n")
    rows = _pasted(lines) if "\t" in lines else _piped(lines)
    if len(rows) < 2:
        raise UnableToState("rows", _("표는 제목 줄과 내용 줄이 한 줄씩은 있어야 합니다."))
    if len(rows) > MOST_ROWS:
        raise UnableToState("rows", _("표는 %(most)s줄까지 넣을 수 있습니다.") % {"most": MOST_ROWS})
    for number, row in enumerate(rows, 1):
        if len(row) != len(rows[0]):
            words = _("%(number)s번째 줄의 칸이 %(found)s개입니다. 제목 줄처럼 %(wanted)s개여야 합니다.")
            raise UnableToState("rows", words % {"number": number, "found": len(row), "wanted": len(rows[0])})
        if any(len(cell) > LONGEST_CELL for cell in row):
            raise UnableToState("rows", _("한 칸은 %(most)s자까지 쓸 수 있습니다.") % {"most": f"{LONGEST_CELL:,}"})
    return rows


def _pasted(text: str) -> list[list[str]]:
    """A cell with a line break comes in quotation marks."""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter="\t")
    return [[cell.strip() for cell in row] for row in rows if any(cell.strip() for cell in row)]


def _piped(text: str) -> list[list[str]]:
    lines = [line.strip() for line in text.split("\n") if line.strip() and not _DIVIDER.fullmatch(line.strip())]
    return [[cell.strip() for cell in line.removeprefix("|").removesuffix("|").split("|")] for line in lines]


def as_lines(rows: list[list[str]]) -> str:
    """The table as lines that `table_of` reads. A line break within a cell becomes " / ", as in a report's text."""
    return "\n".join(" | ".join(str(cell).replace("\n", " / ").replace("|", "/") for cell in row) for row in rows)


def state(
    *, name: str, label: str, value: Decimal | None, rows: list[list[str]] | None, unit: str, as_of: dt.date,
    source: str, actor: Actor,
) -> Statement:  # fmt: skip
    """From then on it stands; what was known before stays answerable. Raises UnableToState."""
    if actor.role not in STATERS:
        raise UnableToState("", _("%(role)s은(는) 할 수 없는 처리입니다.") % {"role": actor.role.label})
    if (value is None) == (rows is None):
        raise UnableToState("value", _("값과 표 가운데 하나만 적으십시오."))
    _expect_free(name)
    before = Statement.objects.filter(name=name).order_by("-as_of", "-id").first()
    if before and (before.rows is None) != (rows is None):
        is_table = before.rows is not None
        words = _("이 이름으로는 표를 입력해 왔습니다.") if is_table else _("이 이름으로는 값을 입력해 왔습니다.")
        raise UnableToState("rows" if is_table else "value", words)
    return Statement.objects.create(
        name=name, label=label, value=value, rows=rows, unit=unit, as_of=as_of, source=source, stated_by=actor.user
    )


def _expect_free(name: str) -> None:
    """What the portal counts itself cannot be stated: the count would go before it."""
    try:
        found = figures.get(name)
    except UnknownFigure:
        return
    if not isinstance(found.counted, Stated):
        words = _("‘%(label)s’은(는) 포털이 세는 지표입니다. 다른 이름을 쓰십시오.")
        raise UnableToState("name", words % {"label": found.label})
