"""What keeps somebody of the escort from closing their account, and what goes with it. Trips stay for their period."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from hospital.models import LIVE, Fee, ServiceUser, Trip


def _trips_of(user: User) -> QuerySet[Trip]:
    """Theirs, and those they booked for somebody of their family."""
    return Trip.objects.filter(Q(service_user__user=user) | Q(booked_by=user))


def is_still_escorted(user: User) -> Promise | None:
    if _trips_of(user).filter(state__in=LIVE).exists():
        return _("예약한 병원 동행이 남아 있습니다. 취소하거나 동행을 마친 뒤 탈퇴하십시오.")
    return None


def has_unpaid_fee(user: User) -> Promise | None:
    if Fee.objects.filter(trip__in=_trips_of(user), state=Fee.State.DUE).exists():
        return _("내지 않은 병원 동행 이용료가 있습니다. 내신 뒤 탈퇴하십시오.")
    return None


def let_go(user: User) -> int:
    """A new account of the same person finds the row by their identity. No files go."""
    ServiceUser.objects.filter(user=user).update(user=None)
    return 0
