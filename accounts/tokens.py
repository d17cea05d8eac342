"""Tokens of partner systems: the city issues and revokes them. The secret is told once and kept by nobody."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership, PartnerToken
from accounts.roles import Actor, Role

# Whom a system may stand for: those who only read, or work on what was handed to them. Nobody who decides.
PARTNER_ROLES = (Role.DISTRICT_OFFICER, Role.CITY_OFFICER, Role.COMPANY_STAFF, Role.COUNCIL_READER)


class UnableToIssue(Exception):
    """The token cannot be issued; `str()` says why."""


def partners(actor: Actor) -> QuerySet[Membership]:
    """The memberships a token may act as."""
    found = Membership.objects.visible_to(actor).in_force().filter(role__in=[role.value for role in PARTNER_ROLES])
    return found.select_related("organisation", "user").order_by("organisation__name", "role", "pk")


@transaction.atomic
def issue(*, name: str, membership: Membership, days: int) -> tuple[PartnerToken, str]:
    """A token and, this once, its secret. Raises UnableToIssue where one of this name is in force: sent twice, a form
    makes one token."""
    now = timezone.now()
    Membership.objects.select_for_update(of=("self",)).get(pk=membership.pk)
    live = PartnerToken.objects.filter(name=name, revoked_at__isnull=True, expires_at__gt=now)
    if live.exists():
        raise UnableToIssue(_("같은 이름의 토큰이 이미 있습니다. 폐기한 뒤 다시 발급하거나 다른 이름을 쓰십시오."))
    return PartnerToken.issue(name=name, membership=membership, expires_at=now + dt.timedelta(days=days))


def revoke(token: PartnerToken) -> None:
    """End a token now. Revoking it again changes nothing."""
    PartnerToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=timezone.now())
