"""The catalogue: programmes, their calls, and each district's share of a call."""

from __future__ import annotations

import datetime as dt
import uuid

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import District, User
from accounts.roles import Actor, Role
from accounts.scoping import ScopedManager, ScopedQuerySet, everything
from accounts.triggers import append_only


class SafetyArea(models.TextChoices):
    """The report's four safety areas (4대 안심 분야, page 6)."""

    HOUSING = "housing", _("주거안심")
    CRIME = "crime", _("범죄안심")
    HEALTH = "health", _("건강안심")
    ISOLATION = "isolation", _("고립안심")


PUBLIC = dict.fromkeys(Role, everything)


def _published(actor: Actor) -> Q:
    return Q(published=True)


@pghistory.track()
class Program(models.Model):
    """One programme (지원사업) of the catalogue, whether or not it is applied for in the portal."""

    scope = dict.fromkeys(Role, _published) | {Role.CITY_OFFICER: everything}

    code = models.SlugField(primary_key=True, max_length=40)
    name = models.CharField(_("사업명"), max_length=80)
    name_en = models.CharField(max_length=120)
    summary = models.CharField(_("한 줄 소개"), max_length=200)
    summary_en = models.CharField(max_length=300)
    areas = ArrayField(models.CharField(max_length=10, choices=SafetyArea), default=list)
    who = models.TextField(_("지원대상"), blank=True)
    who_en = models.TextField(blank=True)
    benefit = models.TextField(_("지원내용"), blank=True)
    benefit_en = models.TextField(blank=True)
    how = models.TextField(_("신청방법"), blank=True)
    how_en = models.TextField(blank=True)
    period = models.CharField(_("사업기간"), max_length=120, blank=True)
    period_en = models.CharField(max_length=120, blank=True)
    keywords = models.CharField(_("찾는 말"), max_length=200, blank=True)
    unit = models.CharField(_("담당 부서"), max_length=80, blank=True)
    phone = models.CharField(_("문의 전화"), max_length=12, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    source = models.CharField(_("출처"), max_length=120, blank=True)
    published = models.BooleanField(default=True)
    sort = models.PositiveSmallIntegerField(default=100)

    objects = ScopedManager()

    class Meta:
        triggers = [
            pgtrigger.Trigger(
                name="new_terms_version",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                func="""
                    UPDATE programs_call SET terms_version = gen_random_uuid() WHERE program_id = NEW.code;
                    RETURN NULL;
                """,
            )
        ]

    def __str__(self) -> str:
        return self.localised("name")

    def localised(self, field: str) -> str:
        """The field in the reader's language; Korean where no English was written."""
        if get_language() == "en" and (text := getattr(self, f"{field}_en")):
            return text
        return getattr(self, field)


class CallQuerySet(ScopedQuerySet):
    def receiving_on(self, now: dt.datetime) -> CallQuerySet:
        return self.filter(published=True, opens_at__lte=now, closes_at__gt=now, closed_at__isnull=True)


@pghistory.track(exclude=["terms_version"])
class Call(models.Model):
    """A call for applications (모집공고) of one programme for one year and round."""

    class Selection(models.TextChoices):
        ROLLING = "rolling", _("선착순 수시선정")
        SCORED = "scored", _("마감 후 심사")

    class OrderBy(models.TextChoices):
        RECEIVED = "received", _("접수한 때")
        COMPLETE = "complete", _("서류를 다 갖춘 때")

    class WhenFull(models.TextChoices):
        WAITLIST = "waitlist", _("대기자로 접수")
        CLOSE = "close", _("접수 마감")

    scope = dict.fromkeys(Role, _published) | {Role.CITY_OFFICER: everything}

    program = models.ForeignKey(Program, models.PROTECT, related_name="calls")
    code = models.SlugField(unique=True, max_length=40)
    title = models.CharField(_("공고명"), max_length=120)
    title_en = models.CharField(max_length=160, blank=True)
    year = models.PositiveSmallIntegerField(_("연도"))
    round = models.PositiveSmallIntegerField(_("회차"), default=1)
    opens_at = models.DateTimeField(_("접수 시작"))
    closes_at = models.DateTimeField(_("접수 마감"))
    selection = models.CharField(_("선정 방식"), max_length=10, choices=Selection, default=Selection.ROLLING)
    order_by = models.CharField(_("순서 기준"), max_length=10, choices=OrderBy, default=OrderBy.RECEIVED)
    when_full = models.CharField(_("정원이 차면"), max_length=10, choices=WhenFull, default=WhenFull.WAITLIST)
    processing_days = models.PositiveSmallIntegerField(_("처리기간(근무일)"), default=14)
    accept_days = models.PositiveSmallIntegerField(_("대기 승계 수락 기간(일)"), default=7)
    objection_days = models.PositiveSmallIntegerField(_("이의신청 기간(일)"), default=30)
    objection_decide_days = models.PositiveSmallIntegerField(_("이의신청 결정 기간(일)"), default=14)
    objection_extend_days = models.PositiveSmallIntegerField(_("이의신청 결정 연장(일)"), default=10)
    retention_years = models.PositiveSmallIntegerField(_("보관 기간(년)"), default=5)
    published = models.BooleanField(_("공개"), default=True)
    closed_at = models.DateTimeField(_("조기 마감"), null=True, blank=True)
    is_demo = models.BooleanField(_("시연용"), default=False)
    note = models.CharField(max_length=200, blank=True)
    terms_version = models.UUIDField(default=uuid.uuid4, editable=False)  # new whenever programs.call_terms is old

    objects = models.Manager.from_queryset(CallQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["program", "year", "round"], name="one_call_a_year_and_round"),
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="call_closes_after_it_opens"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="new_terms_version",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(exclude=["terms_version"]),
                func="NEW.terms_version = gen_random_uuid(); RETURN NEW;",
            )
        ]

    def __str__(self) -> str:
        return self.title_en if get_language() == "en" and self.title_en else self.title

    def is_receiving(self, now: dt.datetime) -> bool:
        return self.published and self.closed_at is None and self.opens_at <= now < self.closes_at


@pghistory.track()
class DistrictCall(models.Model):
    """One district's share of a call: its places, dates, documents and conditions."""

    scope = PUBLIC

    call = models.ForeignKey(Call, models.PROTECT, related_name="district_calls")
    district = models.ForeignKey(District, models.PROTECT, related_name="district_calls")
    quota = models.PositiveIntegerField(_("모집인원"))
    quota_is_generated = models.BooleanField(default=False)  # no source states it; made so that the city sum agrees
    opens_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    unit = models.CharField(_("담당 부서"), max_length=60, blank=True)
    phone = models.CharField(_("담당 전화"), max_length=12, blank=True)
    conditions = models.TextField(_("자치구 안내"), blank=True)
    conditions_en = models.TextField(blank=True)

    objects = ScopedManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["call", "district"], name="one_share_a_district")]
        triggers = [
            pgtrigger.Trigger(
                name="quota_not_below_used",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("quota"),
                condition=pgtrigger.Q(new__quota__lt=pgtrigger.F("old__quota")),
                func="""
                    IF (SELECT count(*) FROM programs_application
                        WHERE district_call_id = NEW.id AND holds_place) > NEW.quota THEN
                        RAISE EXCEPTION 'quota below the places already used'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'quota_not_below_used';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call_id} {self.district_id}"

    def is_receiving(self, now: dt.datetime) -> bool:
        """Whether this district receives applications now; its own dates narrow the call's."""
        return (
            self.call.is_receiving(now)
            and self.closed_at is None
            and (self.opens_at is None or self.opens_at <= now)
            and (self.closes_at is None or now < self.closes_at)
        )

    def clock_starts_at(self, received_at: dt.datetime) -> dt.datetime:
        """From when the processing period runs: where all are judged together, from the end of receiving."""
        if self.call.selection == Call.Selection.SCORED:
            return max(received_at, self.effective_closes_at)
        return received_at

    @property
    def effective_opens_at(self) -> dt.datetime:
        return max(self.call.opens_at, self.opens_at) if self.opens_at else self.call.opens_at

    @property
    def effective_closes_at(self) -> dt.datetime:
        return min(self.call.closes_at, self.closes_at) if self.closes_at else self.call.closes_at


class QuotaMove(models.Model):
    """Places moved from one district to another by the city: a recorded act."""

    scope = {
        Role.CITY_OFFICER: everything,
        Role.DISTRICT_MANAGER: lambda a: Q(source__district=a.district_id) | Q(target__district=a.district_id),
        Role.DISTRICT_OFFICER: lambda a: Q(source__district=a.district_id) | Q(target__district=a.district_id),
    }

    source = models.ForeignKey(DistrictCall, models.PROTECT, related_name="moves_out")
    target = models.ForeignKey(DistrictCall, models.PROTECT, related_name="moves_in")
    places = models.PositiveIntegerField(_("인원"))
    reason = models.CharField(_("사유"), max_length=300)
    moved_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    moved_at = models.DateTimeField(default=timezone.now)

    objects = ScopedManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(places__gt=0), name="move_at_least_one_place"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="move_between_two_districts"),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.source_id} → {self.target_id}: {self.places}"
