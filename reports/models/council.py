"""The report to the council (주요 업무보고): its sections in versions, its publication, and the files made of it."""

from __future__ import annotations

import uuid

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.clock import ClockTimestamp
from accounts.models import User
from accounts.roles import Role
from accounts.scoping import ScopedManager, everything
from accounts.triggers import append_only
from programs.models.jobs import JobState


def _published(prefix: str = "") -> dict[Role, object]:
    """The city's officers work on reports; the council reads what was published."""
    return {
        Role.CITY_OFFICER: everything,
        Role.COUNCIL_READER: lambda actor: Q(**{f"{prefix}state": "published"}),
    }


class CouncilReport(models.Model):
    """One edition. `as_of` is its date and the default day of its figures; `cutoffs` names other days (기준일) that
    figures and tables refer to: {"budget": "2021-10-31"}. Published, it is frozen: `known_at` is the moment up to
    which its figures count what had been recorded, `content_sha256` covers text, tables and figures."""

    class State(models.TextChoices):
        EDITING = "editing", _("작성 중")
        PUBLISHED = "published", _("발행")

    scope = _published()

    key = models.UUIDField(primary_key=True, default=uuid.uuid4)
    title = models.CharField(_("제목"), max_length=80)
    unit = models.CharField(_("보고 부서"), max_length=80)
    as_of = models.DateField(_("보고일"))
    cutoffs = models.JSONField(_("기준일"), default=dict, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.EDITING)
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    copied_from = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    published_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    known_at = models.DateTimeField(null=True, blank=True)
    content_sha256 = models.CharField(max_length=64, blank=True)

    objects = ScopedManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="published")
                | Q(published_at__isnull=False, known_at__isnull=False) & ~Q(content_sha256=""),
                name="published_report_is_sealed",
            )
        ]
        triggers = [
            pgtrigger.Protect(
                name="published_report_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__state="published"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.as_of:%Y. %-m. %-d.}"


class ReportSection(models.Model):
    """One part of a report, in its place: chapter (Ⅰ), group of tasks (1.) and task (1), each with its title.

    `version` is the newest of its versions. A section that is not `required` may stay empty."""

    scope = _published("report__")

    report = models.ForeignKey(CouncilReport, models.PROTECT, related_name="sections")
    code = models.SlugField(max_length=40)
    sort = models.PositiveSmallIntegerField()
    chapter_no = models.CharField(max_length=4)
    chapter = models.CharField(max_length=60)
    group_no = models.CharField(max_length=4, blank=True)
    group = models.CharField(max_length=80, blank=True)
    number = models.CharField(max_length=4, blank=True)
    title = models.CharField(_("제목"), max_length=80, blank=True)
    required = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=0)

    objects = ScopedManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "code"], name="one_section_a_code")]
        triggers = [
            pgtrigger.Trigger(
                name="section_of_an_open_report",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                declare=[("section", "reports_reportsection%ROWTYPE")],
                func="""
                    IF TG_OP = 'DELETE' THEN section := OLD; ELSE section := NEW; END IF;
                    IF EXISTS (SELECT FROM reports_councilreport WHERE key = section.report_id AND state = 'published')
                    THEN
                        RAISE EXCEPTION 'report % is published', section.report_id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'section_of_an_open_report';
                    END IF;
                    RETURN section;
                """,
            )
        ]

    def __str__(self) -> str:
        return self.title or self.chapter


class SectionVersion(models.Model):
    """The text of a section as somebody saved it: append-only. Its number is one above the one it was written on, so
    that of two people who started from the same one, the second is told."""

    scope = _published("section__report__")

    section = models.ForeignKey(ReportSection, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    body = models.TextField(_("본문"), blank=True)
    saved_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    saved_at = models.DateTimeField(db_default=ClockTimestamp())

    objects = ScopedManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["section", "number"], name="one_version_a_number")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.section_id} v{self.number}"


class PublishedFigure(models.Model):
    """One number of a published report: what was asked, what it said, and the rows that stood behind it."""

    scope = _published("report__")

    report = models.ForeignKey(CouncilReport, models.PROTECT, related_name="figures")
    position = models.PositiveIntegerField()
    name = models.CharField(max_length=80)
    label = models.CharField(max_length=120)
    question = models.JSONField(default=dict)  # as_of, district, program, item … as the address holds them
    value = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    unit = models.CharField(max_length=30, blank=True)
    as_of = models.DateField()
    known_at = models.DateTimeField()
    query = models.CharField(max_length=300)
    rows_count = models.BigIntegerField(null=True)
    rows_sha256 = models.CharField(max_length=64, blank=True)
    url = models.CharField(max_length=500, blank=True)

    objects = ScopedManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "position"], name="one_figure_a_position")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.name}: {self.value}"


def _path(job: ReportFile, filename: str) -> str:
    return f"reports/{uuid.uuid4().hex}"


class ReportFile(models.Model):
    """The files of one report, made in the background (programs.jobs); kept sealed, given out as downloads. What was
    made of a draft stays with the editors, also once the report is published."""

    scope = _published("report__") | {
        Role.COUNCIL_READER: lambda actor: Q(report__state="published", asked_at__gte=F("report__published_at"))
    }

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    report = models.ForeignKey(CouncilReport, models.PROTECT, related_name="files")
    state = models.CharField(max_length=10, choices=JobState, default=JobState.WAITING)
    progress = models.PositiveSmallIntegerField(default=0)  # percent
    error = models.CharField(max_length=500, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    asked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    hwpx = models.FileField(upload_to=_path, max_length=100, blank=True)
    pdf = models.FileField(upload_to=_path, max_length=100, blank=True)
    xlsx = models.FileField(upload_to=_path, max_length=100, blank=True)
    figures = models.FileField(upload_to=_path, max_length=100, blank=True)
    sha256 = models.JSONField(default=dict)  # of each file as it is given out

    objects = ScopedManager()

    class Meta:
        indexes = [models.Index(fields=["report", "-asked_at"], name="report_files_latest")]

    def __str__(self) -> str:
        return f"{self.report_id} {self.state}"
