"""Publishing freezes a report: its text, its tables, and each figure with the rows that stood behind it.

Only the pair of `as_of` and `known_at` is the same for ever. So the moment up to which a published report counts what
had been recorded is one at which nothing earlier was still being written: it is taken first, and then every
transaction that had begun by then is waited for.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.bulk import insert_many
from accounts.roles import Actor
from reports import document
from reports.council.assemble import Assembled, assemble, edition_of
from reports.council.edition import Edition
from reports.council.writing import UnableToWrite, _open
from reports.document import Number, plain, printed
from reports.document.tree import words_of
from reports.models import CouncilReport, PublishedFigure

_WAIT_SECONDS = 15


# Whoever writes into one of these holds this lock on it until the end of the transaction, taken before the row's clock
# is read. Locks are seen by every role, and are of one database: what another one does, does not matter.
_RECORDED_IN = (
    "programs_applicationevent", "programs_objection", "programs_quotamove", "budget_entry", "reports_statement",
)  # fmt: skip
_WRITING = """
SELECT virtualtransaction FROM pg_locks WHERE relation = ANY(%s::regclass[]) AND mode = 'RowExclusiveLock'
AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND pid <> pg_backend_pid()
"""


def settled_moment() -> dt.datetime:
    """The database's clock now, once everything recorded by then is committed or gone.

    Raises UnableToWrite when something still writes after a quarter of a minute."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: dt.datetime = cursor.fetchone()[0]
        deadline = time.monotonic() + _WAIT_SECONDS
        waited_for: set[str] | None = None
        while True:
            cursor.execute(_WRITING, [list(_RECORDED_IN)])
            writing = {row[0] for row in cursor.fetchall()}
            waited_for = writing if waited_for is None else waited_for & writing
            if not waited_for:
                return moment
            if time.monotonic() > deadline:
                raise UnableToWrite(_("기록 중인 처리가 끝나지 않아 발행하지 못했습니다. 잠시 뒤 다시 발행하십시오."))
            time.sleep(0.05)


def publish(key: Any, *, actor: Actor, known_at: dt.datetime | None = None) -> CouncilReport:
    """Freeze a report. Raises UnableToWrite with what is still wrong with it, CouncilReport.DoesNotExist."""
    moment = known_at or settled_moment()
    with transaction.atomic():
        report = _open(key, actor)
        assembled = assemble(report, edition=_frozen(report, moment))
        if assembled.problems:
            first = assembled.problems[0]
            words = _("점검할 것이 %(n)s건 있어 발행하지 않았습니다: %(first)s")
            raise UnableToWrite(words % {"n": len(assembled.problems), "first": first.text})
        insert_many(_published_figures(report, assembled))
        report.published_by, report.published_at, report.known_at = actor.user, timezone.now(), moment
        report.content_sha256, report.state = content_sha256(assembled.document), CouncilReport.State.PUBLISHED
        report.save()
        return report


def _frozen(report: CouncilReport, moment: dt.datetime) -> Edition:
    edition = edition_of(report)
    return Edition(edition.as_of, edition.cutoffs, moment, frozen=True)


@dataclass(frozen=True)
class FigureLine:
    """One number of a report, as figures.json and a comparison give it."""

    name: str
    label: str
    question: dict[str, str]
    value: Decimal | int | None
    unit: str
    as_of: dt.date
    known_at: dt.datetime
    query: str
    rows_count: int | None
    rows_sha256: str
    url: str
    printed: str = ""


def figures_of(report: CouncilReport, assembled: Assembled | None = None) -> list[FigureLine]:
    """Every number of the report that has a source, in reading order: of a published one as it was frozen."""
    if report.state == CouncilReport.State.PUBLISHED and assembled is None:
        return [
            FigureLine(
                f.name, f.label, f.question, f.value, f.unit, f.as_of, f.known_at, f.query, f.rows_count,
                f.rows_sha256, f.url,
            )
            for f in report.figures.order_by("position")
        ]  # fmt: skip
    return list(_lines((assembled or assemble(report)).document))


def _lines(made: document.Report) -> Iterator[FigureLine]:
    for number in made.numbers():
        if number.source is not None:
            yield _line(number)


_SCALED = "원"  # the value of a number printed in thousands or millions


def _line(number: Number) -> FigureLine:
    source = number.source
    if source is None:
        raise ValueError("a number without a source is no figure")
    asked = dict(parse_qsl(urlsplit(source.url).query))
    return FigureLine(
        name=source.name, label=source.label, question=asked, value=number.value,
        unit=number.unit if number.form.scale == 1 else _SCALED,
        as_of=source.as_of, known_at=source.known_at, query=source.query, rows_count=source.rows,
        rows_sha256=source.sha256, url=source.url, printed=printed(number),
    )  # fmt: skip


def _published_figures(report: CouncilReport, assembled: Assembled) -> Iterator[PublishedFigure]:
    for position, line in enumerate(_lines(assembled.document), 1):
        yield PublishedFigure(
            report=report, position=position, name=line.name, label=line.label[:120], question=line.question,
            value=None if line.value is None else Decimal(line.value), unit=line.unit, as_of=line.as_of,
            known_at=line.known_at, query=line.query[:300], rows_count=line.rows_count, rows_sha256=line.rows_sha256,
            url=line.url[:500],
        )  # fmt: skip


def content_sha256(made: document.Report) -> str:
    """Of everything that is read: each block's kind and words, and each number's value and rows."""
    parts: list[Any] = [made.title, made.date.isoformat(), made.unit]
    parts += [[type(block).__name__, *(plain(words) for words in words_of(block))] for block in made.blocks]
    parts += [[line.name, str(line.value), line.as_of.isoformat(), line.rows_sha256] for line in _lines(made)]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


def recomputed(report: CouncilReport) -> list[str]:
    """What a published report would say otherwise today, asked for the same days as known then: nothing, for ever."""
    assembled = assemble(report)
    found = [f"{p.section}: {p.text}" for p in assembled.problems]
    frozen, now = figures_of(report), figures_of(report, assembled)
    if len(frozen) != len(now):
        found.append(f"{len(frozen)} ≠ {len(now)}")
    for then, again in zip(frozen, now, strict=False):
        value = None if again.value is None else Decimal(again.value).quantize(Decimal("0.000001"))
        if (then.name, then.value, then.rows_count, then.rows_sha256) != (
            again.name, value, again.rows_count, again.rows_sha256
        ):  # fmt: skip
            found.append(f"{then.name} {then.as_of}: {then.value} ≠ {again.value}")
    if content_sha256(assembled.document) != report.content_sha256:
        found.append("content")
    return found


@dataclass(frozen=True)
class Difference:
    """The same figure in two reports."""

    before: FigureLine | None
    after: FigureLine | None

    @property
    def any(self) -> FigureLine:
        line = self.after or self.before
        if line is None:
            raise ValueError("a difference is of at least one figure")
        return line

    @property
    def change(self) -> Decimal | None:
        """None where there is no number on one side."""
        if self.before is None or self.after is None or self.before.value is None or self.after.value is None:
            return None
        return Decimal(self.after.value) - Decimal(self.before.value)


_DAYS = {"as_of", "since", "known_at", "fiscal_year"}


def compare(before: CouncilReport, after: CouncilReport) -> list[Difference]:
    """Two reports figure by figure, in the reading order of the later: the same name asked of the same thing."""
    then, now = _by_question(before), _by_question(after)
    found = [Difference(then.get(key), line) for key, line in now.items()]
    return found + [Difference(line, None) for key, line in then.items() if key not in now]


def _by_question(report: CouncilReport) -> dict[tuple[Any, ...], FigureLine]:
    """The first line of each figure and thing asked (whatever the day)."""
    lines: dict[tuple[Any, ...], FigureLine] = {}
    for line in figures_of(report):
        asked = tuple(sorted((k, v) for k, v in line.question.items() if k not in _DAYS))
        lines.setdefault((line.name, line.label, asked), line)
    return lines
