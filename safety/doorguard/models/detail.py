"""What a Door Guard application asks beyond the profile."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.scoping import ScopedManager
from programs.models import Application
from programs.models.applications import Consent


class BuildingType(models.TextChoices):
    VILLA = "villa", _("빌라·연립·다세대")
    STUDIO = "studio", _("오피스텔")
    DETACHED = "detached", _("단독·다가구")
    APARTMENT = "apartment", _("아파트")
    OTHER = "other", _("그 밖")


class DoorGuardDetail(models.Model):
    """The home to be guarded. Money in won."""

    scope = Consent.scope

    application = models.OneToOneField(Application, models.PROTECT, primary_key=True, related_name="door_guard_detail")
    building_type = models.CharField(_("집의 종류"), max_length=20, choices=BuildingType)
    has_wifi = models.BooleanField(_("무선인터넷(Wi-Fi) 공유기가 있습니다"), default=False)
    deposit = models.PositiveBigIntegerField(_("보증금(원)"), null=True, blank=True)
    monthly_rent = models.PositiveBigIntegerField(_("월세(원)"), null=True, blank=True)
    lease_ends_on = models.DateField(_("임대차계약 끝나는 날"), null=True, blank=True)

    objects = ScopedManager()

    def __str__(self) -> str:
        return f"door guard {self.pk}"
