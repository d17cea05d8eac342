"""Reports to the council in the access matrix's world: one being written, one published, its files, a statement."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.roles import Actor
from programs.models.jobs import JobState
from reports.council.files import NAMES
from reports.council.publish import publish
from reports.council.writing import save_section
from reports.models import CouncilReport, ReportFile, ReportSection, Statement

DAY = dt.date(2026, 3, 15)


def make_papers(secret: Callable[[str], str], city: Actor) -> dict[str, list[Any]]:
    """The draft is the city's alone, and so is every version but the last of what was published."""
    draft = _report(secret("보고서 초안"), city, secret("초안의 글"))
    published = _report("주요 업무보고", city, secret("고치기 전의 글"), "□ 신청 {portal.applications unit=건}")
    publish(published.pk, actor=city, known_at=timezone.now())
    job = ReportFile.objects.create(report=published, state=JobState.DONE)
    for kind, name in NAMES.items():
        getattr(job, kind).save(name, ContentFile(b"file"))
    stated = Statement.objects.create(name="media.reports", label="보도", value=3, as_of=DAY, source="홍보담당관")
    return {
        "draft_report": [draft.pk],
        "report_section": [draft.pk, "words"],
        "published_report": [published.pk],
        "report_file": [job.key],
        "report_file_kind": [job.key, "pdf"],
        "statement": [stated.name],
    }


def _report(title: str, city: Actor, *texts: str) -> CouncilReport:
    report = CouncilReport.objects.create(title=title, unit="추진단", as_of=DAY, made_by=city.user)
    section = ReportSection.objects.create(
        report=report, code="words", sort=1, chapter_no="Ⅰ", chapter="현황", title="일반"
    )
    for version, text in enumerate(texts):
        save_section(section.pk, body=text, written_on=version, actor=city)
    return report
