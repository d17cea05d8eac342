"""Working on a report: made from the one before, its sections saved in versions, its days set."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.roles import Actor, Role
from reports.models import CouncilReport, ReportSection, SectionVersion

EDITORS = (Role.CITY_OFFICER,)
LONGEST = 100_000  # characters of a section


class UnableToWrite(Exception):
    """It cannot be saved or published; `str()` says why and what to do."""


class WrittenMeanwhile(UnableToWrite):
    """Somebody else saved this section first; `latest` is what they wrote."""

    def __init__(self, latest: SectionVersion) -> None:
        who = latest.saved_by or _("다른 사람")
        super().__init__(
            _("그사이 %(who)s이(가) 이 절을 저장하였습니다. 아래에서 서로 다른 곳을 보고 다시 저장하십시오.")
            % {"who": who}
        )
        self.latest = latest


def _expect_editor(actor: Actor) -> None:
    if actor.role not in EDITORS:
        raise UnableToWrite(_("%(role)s은(는) 할 수 없는 처리입니다.") % {"role": actor.role.label})


def _open(key: Any, actor: Actor) -> CouncilReport:
    """The report, locked. Raises CouncilReport.DoesNotExist, UnableToWrite."""
    _expect_editor(actor)
    report = CouncilReport.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=key)
    if report.state == CouncilReport.State.PUBLISHED:
        raise UnableToWrite(_("발행한 보고서는 고칠 수 없습니다. 새 보고서를 만들어 고치십시오."))
    return report


@transaction.atomic
def copy_report(key: Any, *, as_of: dt.date, title: str, actor: Actor) -> CouncilReport:
    """A new edition with the sections and the newest text of another; every cut-off is set to its date."""
    _expect_editor(actor)
    source = CouncilReport.objects.visible_to(actor).get(pk=key)
    report = CouncilReport.objects.create(
        title=title or source.title, unit=source.unit, as_of=as_of, made_by=actor.user, copied_from=source,
        cutoffs={name: as_of.isoformat() for name in source.cutoffs},
    )  # fmt: skip
    for section in source.sections.order_by("sort", "id"):
        newest = section.versions.order_by("-number").first()
        made = ReportSection.objects.create(
            report=report, code=section.code, sort=section.sort, chapter_no=section.chapter_no,
            chapter=section.chapter, group_no=section.group_no, group=section.group, number=section.number,
            title=section.title, required=section.required, version=1 if newest else 0,
        )  # fmt: skip
        if newest:
            SectionVersion.objects.create(section=made, number=1, body=newest.body, saved_by=actor.user)
    return report


@transaction.atomic
def set_days(
    key: Any, *, title: str, unit: str, as_of: dt.date, cutoffs: dict[str, dt.date], actor: Actor
) -> CouncilReport:
    """Title, unit, the report's date and the days its figures refer to."""
    report = _open(key, actor)
    report.title, report.unit, report.as_of = title, unit, as_of
    report.cutoffs = {name: day.isoformat() for name, day in cutoffs.items()}
    report.save(update_fields=["title", "unit", "as_of", "cutoffs"])
    return report


def save_section(section_id: int, *, body: str, written_on: int, actor: Actor) -> SectionVersion:
    """A new version of the text, written on version `written_on`. The same text again makes none.

    Raises WrittenMeanwhile where that is no longer the newest, ReportSection.DoesNotExist, UnableToWrite."""
    try:
        with transaction.atomic():
            return _save(section_id, body, written_on, actor)
    except IntegrityError as error:
        if "one_version_a_number" not in str(error):
            raise
        raise WrittenMeanwhile(_newest(section_id)) from error


def _newest(section_id: int) -> SectionVersion:
    newest = SectionVersion.objects.filter(section=section_id).select_related("saved_by").order_by("-number").first()
    if newest is None:
        raise UnableToWrite(_("아직 쓰지 않은 절입니다."))
    return newest


def _save(section_id: int, body: str, written_on: int, actor: Actor) -> SectionVersion:
    if len(body) > LONGEST:
        raise UnableToWrite(_("한 절은 %(most)s자까지 쓸 수 있습니다.") % {"most": f"{LONGEST:,}"})
    section = ReportSection.objects.visible_to(actor).get(pk=section_id)
    _open(section.report_id, actor)
    section.refresh_from_db(fields=["version"])
    if section.version != written_on:
        raise WrittenMeanwhile(_newest(section_id))
    text = body.replace("\r\n", "\n").strip()
    newest = section.versions.order_by("-number").first()
    if newest and newest.body == text:
        return newest
    made = SectionVersion.objects.create(section=section, number=section.version + 1, body=text, saved_by=actor.user)
    section.version = made.number
    section.save(update_fields=["version"])
    return made
