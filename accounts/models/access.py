"""Who read whose data, and what people asked of theirs."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.encryption import EncryptedTextField
from accounts.models.organisations import Organisation
from accounts.models.people import User
from accounts.roles import Actor, Role
from accounts.scoping import ScopedManager, everything
from accounts.triggers import append_only


class Purpose(models.TextChoices):
    """Why a case was opened or data was taken (업무 목적)."""

    SCREENING = "screening", _("신청 심사")
    INQUIRY = "inquiry", _("민원 문의 응대")
    INSTALLATION = "installation", _("설치·서비스 제공")
    SETTLEMENT = "settlement", _("정산·지급 확인")
    AUDIT = "audit", _("점검·감사")
    OBJECTION = "objection", _("이의신청 처리")
    REPORTING = "reporting", _("통계·보고")


_listed: list[Callable[[Actor], Q]] = []


def add_listed(rule: Callable[[Actor], Q]) -> None:
    """`rule(actor)` finds the rows that are about many people, this one among them: lists, downloads, prints. Apps
    that write such rows say so from `AppConfig.ready()`."""
    _listed.append(rule)


def _about_me(actor: Actor) -> Q:
    found = Q(subject=actor.user_id)
    for rule in _listed:
        found |= rule(actor)
    return found


def _supervised(actor: Actor) -> Q:
    """The city's privacy officer supervises every organisation, a district's its own."""
    if actor.membership and actor.membership.organisation.kind == Organisation.Kind.CITY:
        return Q()
    return Q(organisation=actor.organisation_id)


class AccessLog(models.Model):
    """One reading, change, print or download of personal data: who, when, from where, whose, what
    (개인정보의 안전성 확보조치 기준 §8). Append-only, partitioned by month, kept two years; made by SQL in the first
    migration, because Django has no partitioned tables."""

    class Action(models.TextChoices):
        LIST = "list", _("목록 조회")
        READ = "read", _("조회")
        DOCUMENT = "document", _("서류 열람")
        DOWNLOAD = "download", _("다운로드")
        PRINT = "print", _("출력")
        CHANGE = "change", _("수정")
        DESTROY = "destroy", _("파기")

    scope = {Role.PRIVACY_OFFICER: _supervised, Role.CITIZEN: _about_me}

    pk = models.CompositePrimaryKey("id", "at")
    id = models.BigIntegerField(editable=False)
    at = models.DateTimeField()
    user = models.ForeignKey(User, models.DO_NOTHING, null=True, related_name="+")
    organisation = models.ForeignKey(Organisation, models.DO_NOTHING, null=True, related_name="+")
    role = models.CharField(max_length=20)
    ip = models.GenericIPAddressField(null=True)
    action = models.CharField(max_length=10, choices=Action)
    subject = models.ForeignKey(User, models.DO_NOTHING, null=True, related_name="+")
    about = models.CharField(max_length=60)  # "application:12", "applications"
    ids = ArrayField(models.BigIntegerField(), default=list)
    count = models.IntegerField(default=1)
    purpose = models.CharField(max_length=20, choices=Purpose, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    filter = models.JSONField(default=dict)

    objects = ScopedManager()

    class Meta:
        managed = False
        db_table = "accounts_accesslog"

    def __str__(self) -> str:
        return f"{self.at:%F %T} {self.action} {self.about}"


class LogReview(models.Model):
    """The monthly review of the access log by a privacy officer."""

    scope = {Role.PRIVACY_OFFICER: _supervised, Role.CITY_OFFICER: everything}

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    month = models.DateField()
    reviewed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField(default=timezone.now)
    findings = models.TextField(blank=True)

    objects = ScopedManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "month"], name="one_review_a_month")]

    def __str__(self) -> str:
        return f"{self.organisation} {self.month:%Y-%m}"


class AccessRequest(models.Model):
    """A person's request to see, correct, erase or suspend the use of their data; answered within 10 days
    (개인정보 보호법 §35–37, 영 §41)."""

    class Kind(models.TextChoices):
        ACCESS = "access", _("열람")
        CORRECT = "correct", _("정정")
        ERASE = "erase", _("삭제")
        SUSPEND = "suspend", _("처리정지")

    class State(models.TextChoices):
        OPEN = "open", _("처리 중")
        GRANTED = "granted", _("처리함")
        REFUSED = "refused", _("거절")

    scope = {
        Role.CITIZEN: lambda actor: Q(user=actor.user_id),
        Role.PRIVACY_OFFICER: lambda actor: (
            Q()
            if actor.membership and actor.membership.organisation.kind == Organisation.Kind.CITY
            else Q(district=actor.district_id)
        ),
    }

    user = models.ForeignKey(User, models.PROTECT, related_name="access_requests")
    district = models.ForeignKey("accounts.District", models.PROTECT, null=True, blank=True)
    kind = models.CharField(_("요구 종류"), max_length=10, choices=Kind)
    detail = EncryptedTextField(_("요구 내용"), label="accessrequest.detail")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    requested_at = models.DateTimeField(default=timezone.now)
    due_on = models.DateField()
    answer = EncryptedTextField(_("회신"), label="accessrequest.answer", null=True, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", answered_at__isnull=True)
                | Q(answered_at__isnull=False, answer__isnull=False),
                name="answered_request_has_an_answer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"


class Destruction(models.Model):
    """The record of a destruction (파기 기록): what, how many, by which rule; never whose."""

    scope = {Role.PRIVACY_OFFICER: everything, Role.CITY_OFFICER: everything}

    destroyed_at = models.DateTimeField(default=timezone.now)
    what = models.CharField(max_length=100)
    rule = models.CharField(max_length=200)
    rows = models.PositiveIntegerField()
    files = models.PositiveIntegerField(default=0)
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ScopedManager()

    class Meta:
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.what} {self.rows}"
