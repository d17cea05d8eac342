"""The dated rules of calls and programmes: conditions, documents, consents, prices and limits, holidays."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pghistory
import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import District
from accounts.scoping import ScopedManager
from programs.models.catalogue import PUBLIC, Call, Program


class Dated(models.Model):
    """A rule in force for a range of days."""

    valid = DateRangeField(_("적용 기간"))

    class Meta:
        abstract = True


class _NewTermsVersion(pgtrigger.Trigger):
    """Gives the call of a changed row a new version, by which programs.call_terms knows what it read is old."""

    name = "new_terms_version"
    when = pgtrigger.After
    operation = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete
    func = """
        UPDATE programs_call SET terms_version = gen_random_uuid() WHERE id IN (NEW.call_id, OLD.call_id);
        RETURN NULL;
    """


@pghistory.track()
class EligibilityRule(Dated):
    """One condition of a call, for every district or for one. `kind` names a rule of programs.eligibility."""

    scope = PUBLIC

    call = models.ForeignKey(Call, models.CASCADE, related_name="rules")
    district = models.ForeignKey(District, models.PROTECT, null=True, blank=True)
    kind = models.CharField(max_length=30)
    params = models.JSONField(default=dict)
    basis = models.CharField(_("근거"), max_length=200)
    sort = models.PositiveSmallIntegerField(default=10)

    objects = ScopedManager()

    class Meta:
        triggers = [_NewTermsVersion()]

    def __str__(self) -> str:
        return f"{self.kind} {self.params}"


@pghistory.track()
class RequiredDocument(models.Model):
    """A document a call asks for (구비서류), in every district or in one."""

    scope = PUBLIC

    call = models.ForeignKey(Call, models.CASCADE, related_name="required_documents")
    district = models.ForeignKey(District, models.PROTECT, null=True, blank=True)
    kind = models.SlugField(max_length=40)
    label = models.CharField(max_length=80)
    label_en = models.CharField(max_length=120)
    hint = models.CharField(max_length=200, blank=True)
    hint_en = models.CharField(max_length=200, blank=True)
    required = models.BooleanField(default=True)
    sort = models.PositiveSmallIntegerField(default=10)

    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["call", "district", "kind"], name="one_document_a_kind", nulls_distinct=False
            )
        ]
        triggers = [_NewTermsVersion()]

    def __str__(self) -> str:
        return self.label_en if get_language() == "en" else self.label

    @property
    def localised_hint(self) -> str:
        return self.hint_en if get_language() == "en" else self.hint


class ConsentText(models.Model):
    """One separate consent in words (개인정보 보호법 §15②, §17②, §22①): never bundled with another."""

    class Kind(models.TextChoices):
        COLLECTION = "collection", _("수집·이용")
        THIRD_PARTY = "third_party", _("제3자 제공")
        SENSITIVE = "sensitive", _("민감정보")
        NOTICE = "notice", _("안내 수신")

    title = models.CharField(max_length=120)
    title_en = models.CharField(max_length=160)
    purpose = models.TextField()
    purpose_en = models.TextField()
    items = models.TextField()
    items_en = models.TextField()
    kept_for = models.CharField(max_length=160)
    kept_for_en = models.CharField(max_length=160)
    recipient = models.CharField(max_length=160, blank=True)
    recipient_en = models.CharField(max_length=160, blank=True)
    if_refused = models.CharField(max_length=200)
    if_refused_en = models.CharField(max_length=200)
    required = models.BooleanField(default=True)
    version = models.PositiveSmallIntegerField(default=1)
    sort = models.PositiveSmallIntegerField(default=10)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.localised("title")

    def localised(self, field: str) -> str:
        return getattr(self, f"{field}_en" if get_language() == "en" else field)


@pghistory.track()
class ConsentItem(ConsentText):
    """One separate consent of a call."""

    scope = PUBLIC

    call = models.ForeignKey(Call, models.CASCADE, related_name="consent_items")
    kind = models.CharField(max_length=20, choices=ConsentText.Kind)

    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["call", "kind", "version"], name="one_consent_a_kind_and_version")
        ]
        triggers = [_NewTermsVersion()]


@pghistory.track()
class Terms(Dated):
    """A programme's prices, limits and hours for a range of days, city-wide or for one district. A past payment keeps
    the terms it was made under."""

    scope = PUBLIC

    program = models.ForeignKey(Program, models.PROTECT, related_name="terms")
    district = models.ForeignKey(District, models.PROTECT, null=True, blank=True)
    values = models.JSONField()
    basis = models.CharField(max_length=200)

    objects = ScopedManager()

    class Meta:
        verbose_name_plural = "terms"
        constraints = [
            ExclusionConstraint(
                name="terms_never_overlap",
                expressions=[
                    ("program", RangeOperators.EQUAL),
                    (Coalesce("district", models.Value("")), RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            )
        ]

    def __str__(self) -> str:
        return f"{self.program_id} {self.valid}"

    @classmethod
    def on(cls, program_code: str, day: dt.date, district_code: str | None = None) -> Terms:
        """The terms in force that day; a district's own come before the city's. Raises Terms.DoesNotExist."""
        rows: list[Any] = list(
            cls.objects.filter(program=program_code, valid__contains=day)
            .filter(Q(district__isnull=True) | Q(district=district_code))
            .order_by(F("district").asc(nulls_last=True))[:1]
        )
        if not rows:
            raise cls.DoesNotExist(f"{program_code} has no terms for {day}")
        return rows[0]


class HolidayOverride(models.Model):
    """A day that is, or is not, a holiday in spite of the calendar (임시공휴일)."""

    scope = PUBLIC

    day = models.DateField(primary_key=True)
    is_holiday = models.BooleanField(default=True)
    name = models.CharField(max_length=60)

    objects = ScopedManager()

    def __str__(self) -> str:
        return f"{self.day} {self.name}"
