"""Districts, organisations and who acts for them."""

from __future__ import annotations

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from accounts.roles import DISTRICT_STAFF, MEMBERSHIP_ROLES, OPERATOR_STAFF, SPENDING_CHAIN, Actor, Role
from accounts.scoping import ScopedManager, ScopedQuerySet, everything

ALL_ROLES = dict.fromkeys(Role, everything)


class District(models.Model):
    """One of Seoul's 25 autonomous districts (자치구); the key is its 5-digit code."""

    scope = ALL_ROLES

    code = models.CharField(primary_key=True, max_length=5)
    name_ko = models.CharField(max_length=20)
    name_en = models.CharField(max_length=30)
    lat = models.FloatField()
    lon = models.FloatField()
    tile_row = models.PositiveSmallIntegerField()
    tile_column = models.PositiveSmallIntegerField()

    objects = ScopedManager()

    def __str__(self) -> str:
        return self.name_en if get_language() == "en" else self.name_ko

    @property
    def short_name(self) -> str:
        """For a small place. The English may break (soft hyphen) where a syllable begins with d, as in the longest."""
        if get_language() == "en":
            return self.name_en.removesuffix("-gu").replace("d", "\u00add")
        return self.name_ko if len(self.name_ko) == 2 else self.name_ko.removesuffix("구")


class AdminDong(models.Model):
    """Administrative dong (행정동); the key is its 10-digit code."""

    scope = ALL_ROLES

    code = models.CharField(primary_key=True, max_length=10)
    district = models.ForeignKey(District, models.PROTECT, related_name="dongs")
    name = models.CharField(max_length=30)

    objects = ScopedManager()

    def __str__(self) -> str:
        return self.name


class Organisation(models.Model):
    """The city, a district office, a security company, the hospital escort's operator and its agencies, and, later,
    every other partner."""

    class Kind(models.TextChoices):
        CITY = "city", _("서울시")
        DISTRICT = "district", _("자치구")
        COMPANY = "company", _("보안업체")
        ESCORT_OPERATOR = "escort_operator", _("동행 수행기관")
        ESCORT_HUB = "escort_hub", _("동행 거점기관")
        ESCORT_PARTNER = "escort_partner", _("동행 협력기관")
        COUNCIL = "council", _("시의회")

    scope = ALL_ROLES

    code = models.SlugField(unique=True)
    kind = models.CharField(max_length=20, choices=Kind)
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=80, blank=True)
    district = models.ForeignKey(District, models.PROTECT, null=True, blank=True, related_name="organisations")
    unit = models.CharField(_("담당 부서"), max_length=60, blank=True)
    phone = models.CharField(_("담당 전화"), max_length=12, blank=True)

    objects = ScopedManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="district", district__isnull=False) | ~Q(kind="district"),
                name="district_office_has_its_district",
            ),
        ]

    def __str__(self) -> str:
        return (get_language() == "en" and self.name_en) or self.name


ROLES_OF_KIND: dict[str, tuple[Role, ...]] = {
    Organisation.Kind.CITY: (Role.CITY_OFFICER, Role.PRIVACY_OFFICER, *SPENDING_CHAIN),
    Organisation.Kind.DISTRICT: (*DISTRICT_STAFF, Role.PRIVACY_OFFICER, *SPENDING_CHAIN),
    Organisation.Kind.COMPANY: (Role.COMPANY_STAFF,),
    Organisation.Kind.ESCORT_OPERATOR: (*OPERATOR_STAFF, Role.ESCORT_MANAGER),
    Organisation.Kind.ESCORT_HUB: (Role.AGENCY_STAFF, Role.ESCORT_MANAGER),
    Organisation.Kind.ESCORT_PARTNER: (Role.AGENCY_STAFF, Role.ESCORT_MANAGER),
    Organisation.Kind.COUNCIL: (Role.COUNCIL_READER,),
}


class MembershipQuerySet(ScopedQuerySet):
    def in_force(self) -> MembershipQuerySet:
        return self.filter(starts_at__lte=Now()).filter(Q(ends_at__isnull=True) | Q(ends_at__gt=Now()))


def _own_organisation(actor: Actor) -> Q:
    return Q(organisation=actor.organisation_id)


@pghistory.track()
class Membership(models.Model):
    """One person's role in one organisation for a time. Never deleted; changes are kept at least three years
    (개인정보의 안전성 확보조치 기준 §5)."""

    scope = {
        Role.CITY_OFFICER: everything,
        Role.PRIVACY_OFFICER: _own_organisation,
        Role.DISTRICT_MANAGER: _own_organisation,
        Role.DISTRICT_OFFICER: _own_organisation,
        Role.COMPANY_STAFF: _own_organisation,
        Role.DISPATCHER: _own_organisation,
        Role.AGENCY_STAFF: _own_organisation,
    }

    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=[(r.value, r.label) for r in MEMBERSHIP_ROLES])
    starts_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=200, blank=True)
    stands_in_for = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="stand_ins")
    invited_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")

    objects = models.Manager.from_queryset(MembershipQuerySet)()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")), name="membership_ends_after_start"
            ),
            ExclusionConstraint(
                name="one_membership_a_role_at_a_time",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("organisation", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    (Func("starts_at", "ends_at", function="tstzrange"), RangeOperators.OVERLAPS),
                ],
                condition=Q(stands_in_for__isnull=True),
            ),
            ExclusionConstraint(  # an officer may stand in for an officer
                name="one_stand_in_of_a_person",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("stands_in_for", RangeOperators.EQUAL),
                    (Func("starts_at", "ends_at", function="tstzrange"), RangeOperators.OVERLAPS),
                ],
                condition=Q(stands_in_for__isnull=False),
            ),
            ExclusionConstraint(  # 지방회계법 §36
                name="spending_chain_is_never_one_person",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("organisation", RangeOperators.EQUAL),
                    (Func("starts_at", "ends_at", function="tstzrange"), RangeOperators.OVERLAPS),
                ],
                condition=Q(role__in=[role.value for role in SPENDING_CHAIN]),
            ),
        ]

    def __str__(self) -> str:
        name = f"{self.organisation} {self.get_role_display()}"
        return f"{name} ({gettext('대행')})" if self.stands_in_for_id else name

    @property
    def is_in_force(self) -> bool:
        now = timezone.now()
        return self.starts_at <= now and (self.ends_at is None or self.ends_at > now)
