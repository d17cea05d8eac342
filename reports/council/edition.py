"""One edition of the report: the days its figures refer to, and each number with what it counted."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from reports import figures
from reports.asking import UnableToAsk, parse_question
from reports.document import Form, Number, Source
from reports.questions import Question, Unanswerable, UnknownFigure
from reports.rows import rows_url, value_and_rows
from reports.statements import Stated

FORMS = {
    "count": Form(),
    "won": Form(),
    "thousand": Form(scale=1_000),
    "million": Form(scale=1_000_000),
    "percent": Form(decimals=1),  # figures give rates in percent already
    "ten_thousand": Form(scale=10_000),
}
CUTOFF = "@"
_ASKED = ("as_of", "since", "district", "program", "item", "object_code", "fiscal_year")


class UnableToPlace(Exception):
    """A figure cannot be put into the text; `str()` says why."""


@dataclass
class Edition:
    """`as_of` is the report's date and the default day; `cutoffs` are days by name; `known_at` the moment up to which
    is counted what had been recorded."""

    as_of: dt.date
    cutoffs: dict[str, dt.date] = field(default_factory=dict)
    known_at: dt.datetime = field(default_factory=timezone.now)
    frozen: bool = False  # recompute as it was known: `known_at` is asked of figures, not only stated
    _answers: dict[tuple[str, Question], Source] = field(default_factory=dict)
    _values: dict[tuple[str, Question], Any] = field(default_factory=dict)

    def day(self, name: str) -> dt.date:
        """A cut-off by its name, or a date as written. The portal's own tables name cut-offs that an edition need not
        have; they are then of its date."""
        if name.startswith(CUTOFF):
            return self.cutoffs.get(name.removeprefix(CUTOFF), self.as_of)
        try:
            return dt.date.fromisoformat(name)
        except ValueError:
            raise UnableToPlace(
                _("‘%(name)s’은(는) 날짜가 아닙니다. 2021-10-22처럼 적으십시오.") % {"name": name}
            ) from None

    def question(self, **asked: str) -> Question:
        """Raises UnableToPlace for a word that means nothing."""
        if unknown := set(asked) - set(_ASKED):
            raise UnableToPlace(_("‘%(key)s’은(는) 쓸 수 없는 조건입니다.") % {"key": min(unknown)})
        words = dict(asked)
        words["as_of"] = self.day(words.get("as_of", "")).isoformat() if words.get("as_of") else self.as_of.isoformat()
        try:
            question = parse_question(**words)
        except UnableToAsk as error:
            raise UnableToPlace(str(error)) from error
        if not self.frozen:
            return question
        return replace(question, known_at=self.known_at)

    def number(self, name: str, *, form: Form | None = None, unit: str = "", **asked: str) -> Number:
        """A figure with its source. Raises UnableToPlace."""
        question = self.question(**asked)
        key = (name, question)
        if key not in self._answers:
            self._values[key], self._answers[key] = self._answer(name, question)
        return Number(self._values[key], form or FORMS["count"], unit, self._answers[key])

    def _answer(self, name: str, question: Question) -> tuple[Any, Source]:
        try:
            figure = figures.get(name)
            value, rows = value_and_rows(figure, question)
        except UnknownFigure:
            raise UnableToPlace(_("‘%(name)s’ 지표가 없습니다.") % {"name": name}) from None
        except Unanswerable as error:
            raise UnableToPlace(f"{name}: {error}") from error
        day = figure.counted.day(question) if isinstance(figure.counted, Stated) else None
        return value, Source(
            name=name, label=str(figure.label), as_of=day or question.as_of, known_at=self.known_at,
            query=str(figure.query), rows=rows.count, sha256=rows.sha256, url=rows.url,
        )  # fmt: skip

    def source(self, name: str, *, label: str, question: Question, query: str, count: int, digest: int) -> Source:
        """Of a number that a table counted in bulk: as its figure would have said."""
        return Source(
            name=name, label=label, as_of=question.as_of, known_at=self.known_at, query=query, rows=count,
            sha256=f"{digest % 2**256:064x}", url=rows_url(name, question),
        )  # fmt: skip


PLACED = re.compile(r"\{([a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+)((?:\s+[a-z_]+=[^\s{}]+)*)\}")


def placed(edition: Edition, name: str, words: str) -> Number:
    """The number of one `{name key=value …}` of the text. Raises UnableToPlace."""
    asked = dict(word.split("=", 1) for word in words.split())
    form, unit, decimals = asked.pop("form", "count"), asked.pop("unit", ""), asked.pop("decimals", "")
    if form not in FORMS:
        raise UnableToPlace(_("‘%(form)s’은(는) 없는 표기입니다. 쓸 수 있는 것: %(forms)s") % {
            "form": form, "forms": ", ".join(FORMS)})  # fmt: skip
    day = asked.get("as_of", "")  # mistyped, it would mean another day
    if day.startswith(CUTOFF) and day.removeprefix(CUTOFF) not in edition.cutoffs:
        raise UnableToPlace(
            _("‘%(name)s’ 기준일이 없습니다. 보고서의 기준일에 더하거나 2021-10-22처럼 적으십시오.") % {"name": day}
        )
    if decimals and decimals not in {"0", "1", "2", "3"}:
        raise UnableToPlace(_("소수 자릿수는 0에서 3까지입니다: %(decimals)s") % {"decimals": decimals})
    chosen = replace(FORMS[form], decimals=int(decimals)) if decimals else FORMS[form]
    return edition.number(name, form=chosen, unit=unit, **asked)
