"""Hospitals a trip can go to."""

from __future__ import annotations

import uuid

import pghistory
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import District, Membership
from accounts.roles import Role
from accounts.scoping import ScopedManager, everything
from programs.models.catalogue import PUBLIC
from programs.models.jobs import JobState


@pghistory.track()
class Hospital(models.Model):
    """One hospital. `code` is the list's own key: the national list (건강보험심사평가원 병원정보서비스) brings its
    encrypted institution number. Outside Seoul there is no district, and a trip is by agreement (report, page 24)."""

    class Kind(models.TextChoices):
        TERTIARY = "tertiary", _("상급종합병원")
        GENERAL = "general", _("종합병원")
        HOSPITAL = "hospital", _("병원")
        LONG_TERM = "long_term", _("요양병원")
        CLINIC = "clinic", _("의원")
        DENTAL = "dental", _("치과")
        ORIENTAL = "oriental", _("한방")
        PUBLIC = "public", _("보건기관")

    class Region(models.TextChoices):
        SEOUL = "seoul", _("서울")
        INCHEON = "incheon", _("인천")
        GYEONGGI = "gyeonggi", _("경기")

    scope = PUBLIC

    code = models.CharField(max_length=120, unique=True)
    name = models.CharField(_("병원 이름"), max_length=120)
    name_en = models.CharField(_("병원 이름(영어)"), max_length=160, blank=True)
    kind = models.CharField(_("종별"), max_length=10, choices=Kind)
    region = models.CharField(_("지역"), max_length=10, choices=Region, default=Region.SEOUL)
    district = models.ForeignKey(
        District, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("자치구")
    )
    address = models.CharField(_("주소"), max_length=200, blank=True)
    phone = models.CharField(_("전화번호"), max_length=20, blank=True)
    open = models.BooleanField(_("운영 중"), default=True)  # one that closed stays for its past trips
    source = models.CharField(_("출처"), max_length=120)

    objects = ScopedManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(region="seoul", district__isnull=False) | ~Q(region="seoul") & Q(district__isnull=True),
                name="hospital_in_seoul_has_its_district",
            )
        ]

    def __str__(self) -> str:
        return (get_language() == "en" and self.name_en) or self.name

    @property
    def where(self) -> str:
        """Its district, or the region it lies in."""
        return str(self.district) if self.district else str(self.get_region_display())


def _path(_job: HospitalFile, _filename: str) -> str:
    return f"hospital-lists/{uuid.uuid4().hex}"


class HospitalFile(models.Model):
    """One file of the national list: compared with what there is (ready), then taken in whole (done) or given up.
    `result` is what the comparison, and in the end the import, found (hospital.hospital_import.Imported)."""

    scope = {Role.CITY_OFFICER: everything}

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    file = models.FileField(upload_to=_path, max_length=100, blank=True)
    filename = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=JobState, default=JobState.WAITING)
    result = models.JSONField(default=dict)
    error = models.CharField(max_length=500, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    uploaded_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager()

    def __str__(self) -> str:
        return self.filename
