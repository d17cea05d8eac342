"""The document of a report: cover, contents, its sections in order — and what is wrong with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from django.utils.translation import gettext as _

from reports import document
from reports.council.edition import Edition
from reports.council.narrative import read
from reports.document import Block, Contents, Cover, Heading, PageBreak
from reports.models import CouncilReport, ReportSection, SectionVersion


@dataclass(frozen=True)
class Problem:
    """Something the editors should mend in the section of this code."""

    section: str
    text: str


@dataclass
class Assembled:
    document: document.Report
    edition: Edition
    problems: list[Problem] = field(default_factory=list)


def edition_of(report: CouncilReport) -> Edition:
    """Of a draft: as known now. Of a published one: as known when it was published."""
    cutoffs = {name: dt.date.fromisoformat(day) for name, day in report.cutoffs.items()}
    if report.known_at:
        return Edition(report.as_of, cutoffs, report.known_at, frozen=True)
    return Edition(report.as_of, cutoffs)


def bodies_of(report: CouncilReport) -> dict[int, str]:
    """The newest text of each section, by section id."""
    rows = SectionVersion.objects.filter(section__report=report)
    return dict(rows.order_by("section_id", "-number").distinct("section_id").values_list("section_id", "body"))


def assemble(report: CouncilReport, *, edition: Edition | None = None) -> Assembled:
    """The whole document with every figure computed."""
    edition = edition or edition_of(report)
    bodies = bodies_of(report)
    sections = list(report.sections.select_related("report").order_by("sort", "id"))
    blocks: list[Block] = [Cover(), PageBreak(), Contents()]
    problems: list[Problem] = []
    before: ReportSection | None = None
    for section in sections:
        written, found = _section(section, bodies.get(section.pk, ""), edition)
        breaks = [block for block in written[:1] if isinstance(block, PageBreak)]  # before the heading
        blocks += [*breaks, *_headings(section, before), *written[len(breaks) :]]
        problems += found
        before = section
    return Assembled(_document(report, blocks), edition, problems)


def assemble_section(section: ReportSection, body: str, *, edition: Edition) -> Assembled:
    """One section alone, of a text that need not be saved: its title and what stands under it."""
    blocks, problems = _section(section, body, edition)
    title = [Heading(_title_level(section), section.title, section.number)] if section.title else []
    return Assembled(_document(section.report, [*title, *blocks]), edition, problems)


def _section(section: ReportSection, body: str, edition: Edition) -> tuple[list[Block], list[Problem]]:
    """Its blocks, and what is wrong with them."""
    reading = read(body, edition, level=_title_level(section) + bool(section.title))
    alone = _document(section.report, reading.blocks)
    texts = [*reading.problems, *map(str, document.disagreements(alone))]
    texts += [_("출처가 없는 수: %(words)s") % {"words": words} for words in document.without_source(alone)]
    if section.required and not reading.blocks:
        texts.append(_("아직 쓰지 않은 절입니다."))
    return reading.blocks, [Problem(section.code, text) for text in texts]


def _document(report: CouncilReport, blocks: Iterable[Block]) -> document.Report:
    return document.Report(title=report.title, date=report.as_of, unit=report.unit, blocks=tuple(blocks))


def _headings(section: ReportSection, before: ReportSection | None) -> Iterable[Block]:
    """A chapter and each task of a group begin on a page of their own; what stands in no group is a part of its
    chapter and says itself where a page ends."""
    new_chapter = before is None or before.chapter != section.chapter
    if new_chapter or section.group:
        yield PageBreak()
    if new_chapter:
        yield Heading(1, section.chapter, section.chapter_no)
    if section.group and (before is None or before.group != section.group):
        yield Heading(2, section.group, section.group_no)
    if section.title:
        yield Heading(_title_level(section), section.title, section.number)


def _title_level(section: ReportSection) -> Literal[2, 3]:
    """Below its group, or right below the chapter: a level is never left out."""
    return 3 if section.group else 2
