"""The security company's service to one household, from hand-over to its end, and what happened during it."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.encryption import EncryptedTextField
from accounts.models import District, Membership, Organisation
from accounts.months import add_months
from accounts.roles import Role
from accounts.scoping import ScopedManager, everything
from programs.models import Application, Terms


class EndReason(models.TextChoices):
    """Why a service ended, or never began."""

    NO_CONTACT = "no_contact", _("연락이 되지 않음")
    NO_CONTRACT = "no_contract", _("신청인이 계약하지 않음")
    DOOR = "door", _("현관문 구조로 부착할 수 없음")
    NO_WIFI = "no_wifi", _("무선인터넷 없음")
    LANDLORD = "landlord", _("집주인이 동의하지 않음")
    MOVED_OUT = "moved_out", _("이사")
    NOT_NEEDED = "not_needed", _("더 이상 필요하지 않음")
    UNPAID = "unpaid", _("이용료 미납")
    OTHER = "other", _("그 밖")
    WITHDRAWN = "withdrawn", _("신청 취하")
    CANCELLED = "cancelled", _("선정취소")
    COMPLETED = "completed", _("약정 기간 만료")


IMPOSSIBLE_REASONS = (
    EndReason.NO_CONTACT, EndReason.NO_CONTRACT, EndReason.DOOR, EndReason.NO_WIFI, EndReason.LANDLORD,
    EndReason.OTHER,
)  # fmt: skip
TERMINATION_REASONS = (EndReason.MOVED_OUT, EndReason.NOT_NEEDED, EndReason.UNPAID, EndReason.OTHER)


class Service(models.Model):
    """One handed-over household. Prices (won a month) and months are those of its terms on the day of hand-over and
    stay with it: a past payment keeps the terms it was made under."""

    scope = {
        Role.CITIZEN: lambda a: Q(application__applicant=a.user_id),
        Role.DISTRICT_OFFICER: lambda a: Q(district=a.district_id),
        Role.DISTRICT_MANAGER: lambda a: Q(district=a.district_id),
        Role.CITY_OFFICER: everything,
        Role.COMPANY_STAFF: lambda a: Q(company=a.organisation_id),
    }

    application = models.OneToOneField(Application, models.PROTECT, primary_key=True, related_name="service")
    company = models.ForeignKey(Organisation, models.PROTECT, related_name="services", db_index=False)
    district = models.ForeignKey(District, models.PROTECT, related_name="+")  # whose budget pays
    terms = models.ForeignKey(Terms, models.PROTECT, related_name="+")
    subsidy = models.PositiveIntegerField(_("월 이용료 보조(원)"))
    self_pay = models.PositiveIntegerField(_("월 자부담(원)"))
    subsidy_months = models.PositiveSmallIntegerField(_("보조 개월"))
    agreement_months = models.PositiveSmallIntegerField(_("협약가 개월"))
    handed_over_at = models.DateTimeField(_("이관일시"))
    visit_at = models.DateTimeField(_("방문 예정"), null=True, blank=True)
    installed_on = models.DateField(_("설치일"), null=True, blank=True)
    serial = models.CharField(_("기기 일련번호"), max_length=40, null=True, blank=True)
    subsidy_end_announced_at = models.DateTimeField(null=True, blank=True)
    ended_on = models.DateField(_("종료일"), null=True, blank=True)  # the last day of service
    end_reason = models.CharField(_("종료 사유"), max_length=20, choices=EndReason, blank=True)
    synthetic = models.BooleanField(default=False)

    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["serial"],
                condition=Q(ended_on__isnull=True, serial__isnull=False),
                name="one_active_service_a_serial",
            ),
            models.CheckConstraint(
                condition=Q(installed_on__isnull=True, serial__isnull=True)
                | Q(installed_on__isnull=False, serial__isnull=False) & ~Q(serial=""),
                name="installed_service_has_its_serial",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True, end_reason="") | Q(ended_on__isnull=False) & ~Q(end_reason=""),
                name="ended_service_says_why",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(installed_on__isnull=True) | Q(ended_on__gte=F("installed_on")),
                name="service_ends_after_installation",
            ),
            models.CheckConstraint(
                condition=Q(subsidy_months__gte=1, subsidy_months__lte=F("agreement_months")),
                name="subsidy_within_the_agreement",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "district", "handed_over_at"], name="service_work_list"),
            models.Index(
                fields=["installed_on"],
                condition=Q(installed_on__isnull=False, ended_on__isnull=True),
                name="service_in_force",
            ),
        ]

    def __str__(self) -> str:
        return f"service {self.pk}"

    @property
    def subsidy_until(self) -> dt.date | None:
        """The last day of the last subsidised service month."""
        return self._last_day(self.subsidy_months)

    @property
    def agreement_until(self) -> dt.date | None:
        """The last day at the agreed price."""
        return self._last_day(self.agreement_months)

    def _last_day(self, months: int) -> dt.date | None:
        return self.installed_on and add_months(self.installed_on, months) - dt.timedelta(days=1)


class OfService(models.Model):
    """Something that happened during a service: seen by whoever sees the service."""

    scope = {
        Role.DISTRICT_OFFICER: lambda a: Q(service__district=a.district_id),
        Role.DISTRICT_MANAGER: lambda a: Q(service__district=a.district_id),
        Role.CITY_OFFICER: everything,
        Role.COMPANY_STAFF: lambda a: Q(service__company=a.organisation_id),
    }

    recorded_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    objects = ScopedManager()

    class Meta:
        abstract = True


class Dispatch(OfService):
    """An emergency dispatch (긴급출동). Coded only: what happened in a home is nobody's free text."""

    class Kind(models.TextChoices):
        BUTTON = "button", _("비상벨")
        MOTION = "motion", _("동작 감지")
        CALL = "call", _("이용자 전화")

    class Result(models.TextChoices):
        NOTHING_FOUND = "nothing_found", _("이상 없음")
        FALSE_ALARM = "false_alarm", _("오작동")
        HANDLED = "handled", _("현장 조치")
        POLICE = "police", _("경찰에 인계")

    service = models.ForeignKey(Service, models.PROTECT, related_name="dispatches")
    at = models.DateTimeField(_("출동 일시"))
    kind = models.CharField(_("신고 경로"), max_length=10, choices=Kind)
    result = models.CharField(_("출동 결과"), max_length=20, choices=Result)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["service", "at"], name="one_dispatch_a_moment")]

    def __str__(self) -> str:
        return f"dispatch {self.pk}"


class Relocation(OfService):
    """The camera moved to the household's next home (이전설치), at the household's cost (won)."""

    service = models.ForeignKey(Service, models.PROTECT, related_name="relocations")
    requested_on = models.DateField(_("이전 신청일"))
    address = EncryptedTextField(_("새 주소"), label="relocation.address", null=True)
    done_on = models.DateField(_("이전 설치일"), null=True, blank=True)
    fee = models.PositiveIntegerField(_("이전설치비(원)"), null=True, blank=True)
    destroyed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["service"], condition=Q(done_on__isnull=True), name="one_open_relocation"),
            models.CheckConstraint(
                condition=Q(done_on__isnull=True) | Q(done_on__gte=F("requested_on")),
                name="relocation_done_after_requested",
            ),
            models.CheckConstraint(
                condition=Q(address__isnull=False) | Q(destroyed_at__isnull=False),
                name="relocation_has_its_address_or_is_destroyed",
            ),
        ]

    def __str__(self) -> str:
        return f"relocation {self.pk}"


class Termination(OfService):
    """An early end (중도해지). `penalty` in won as the terms say; None where the household's own contract says it."""

    service = models.OneToOneField(Service, models.PROTECT, primary_key=True, related_name="termination")
    on = models.DateField(_("해지일"))
    reason = models.CharField(_("해지 사유"), max_length=20, choices=EndReason)
    penalty = models.PositiveIntegerField(_("위약금(원)"), null=True, blank=True)

    def __str__(self) -> str:
        return f"termination {self.pk}"
