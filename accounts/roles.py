"""Who may act, and as whom.

A staff session acts in exactly one membership at a time; `Actor` is that fact, frozen for one request or task.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from accounts.models import Membership, User


class Role(models.TextChoices):
    """Every role; ANONYMOUS, CITIZEN and SYSTEM are never held through a membership."""

    ANONYMOUS = "anonymous", _("방문자")
    CITIZEN = "citizen", _("시민")
    DISTRICT_OFFICER = "district_officer", _("자치구 담당자")
    DISTRICT_MANAGER = "district_manager", _("자치구 팀장")
    CITY_OFFICER = "city_officer", _("시 담당자")
    FINANCE_OFFICER = "finance_officer", _("재무관")
    DISBURSING_OFFICER = "disbursing_officer", _("지출원")
    CASHIER = "cashier", _("출납원")
    PRIVACY_OFFICER = "privacy_officer", _("개인정보 보호담당자")
    COMPANY_STAFF = "company_staff", _("보안업체 담당자")
    CALL_CENTER = "call_center", _("동행 콜센터 상담원")
    DISPATCHER = "dispatcher", _("동행 배차 담당자")
    AGENCY_STAFF = "agency_staff", _("동행 협력기관 담당자")
    ESCORT_MANAGER = "escort_manager", _("동행매니저")
    COUNCIL_READER = "council_reader", _("시의회 열람자")
    SYSTEM = "system", _("시스템")


NOT_BY_MEMBERSHIP = (Role.ANONYMOUS, Role.CITIZEN, Role.SYSTEM)
MEMBERSHIP_ROLES = tuple(role for role in Role if role not in NOT_BY_MEMBERSHIP)
DISTRICT_STAFF = (Role.DISTRICT_OFFICER, Role.DISTRICT_MANAGER)
# Of the hospital escort's operator (수행기관); a dispatcher also takes calls.
OPERATOR_STAFF = (Role.CALL_CENTER, Role.DISPATCHER)
# 지방회계법 §36: never one person in one organisation.
SPENDING_CHAIN = (Role.FINANCE_OFFICER, Role.DISBURSING_OFFICER, Role.CASHIER)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. `user` is None for visitors and for the system; `membership` only for staff and partners."""

    role: Role
    user: User | None = None
    membership: Membership | None = None
    ip: str | None = None

    @classmethod
    def anonymous(cls, ip: str | None = None) -> Actor:
        return cls(Role.ANONYMOUS, ip=ip)

    @classmethod
    def system(cls) -> Actor:
        return cls(Role.SYSTEM)

    @classmethod
    def citizen(cls, user: User, ip: str | None = None) -> Actor:
        return cls(Role.CITIZEN, user=user, ip=ip)

    @classmethod
    def of(cls, membership: Membership, ip: str | None = None) -> Actor:
        return cls(Role(membership.role), user=membership.user, membership=membership, ip=ip)

    @property
    def user_id(self) -> int | None:
        return self.user.pk if self.user else None

    @property
    def organisation_id(self) -> int | None:
        return self.membership.organisation_id if self.membership else None

    @property
    def district_id(self) -> str | None:
        """Code of the district whose staff this is; None for citizens, the city and partners."""
        return self.membership.organisation.district_id if self.membership else None

    @property
    def is_anonymous(self) -> bool:
        return self.role == Role.ANONYMOUS

    @property
    def is_citizen(self) -> bool:
        return self.role == Role.CITIZEN

    @property
    def is_staff_session(self) -> bool:
        return self.membership is not None

    @property
    def label(self) -> str:
        if self.membership:
            return str(self.membership)
        return str(self.role.label)
