"""Beginning and ending memberships: who works where, as what, from when until when. Never deleted; every change is
kept with who made it (개인정보의 안전성 확보조치 기준 §5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

import pghistory
from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership, Organisation, User
from accounts.models.organisations import ROLES_OF_KIND
from accounts.roles import Actor, Role


class UnableToChange(Exception):
    """The membership cannot be so; the message says why, in words for the person who tried."""


@contextmanager
def _recorded(by: Actor) -> Iterator[None]:
    """Keep who did it beside the change, and turn the database's refusals into words."""
    try:
        with transaction.atomic(), pghistory.context(user=by.user_id, role=by.role.value):
            yield
    except IntegrityError as error:
        raise UnableToChange(_why(str(error))) from error


def _why(error: str) -> str:
    if "spending_chain_is_never_one_person" in error:
        return _("재무관·지출원·출납원은 한 기관에서 한 사람이 함께 맡을 수 없습니다(지방회계법 제36조).")
    if "one_membership_a_role_at_a_time" in error:
        return _("이 사람은 그 기간에 이 기관에서 같은 역할을 이미 맡고 있습니다.")
    if "one_stand_in_of_a_person" in error:
        return _("이 사람은 그 기간에 이미 이 자리를 대신하고 있습니다.")
    if "membership_ends_after_start" in error:
        return _("끝나는 때는 시작하는 때보다 뒤여야 합니다.")
    return _("지금은 저장할 수 없습니다. 목록을 새로 열어 확인하십시오.")


def account_for(email: str, name: str) -> tuple[User, bool]:
    """The account of this address, and whether its owner must first set a password by a link sent there.

    An account whose address nobody proved may be somebody else's: it loses its password before it is given a role."""
    email = email.lower()
    with transaction.atomic():
        user = User.objects.select_for_update().filter(email=email).first()
        if user is None:
            user = User.objects.create_user(email, None, name=name)
        proven = EmailAddress.objects.filter(user=user, email=email, verified=True).exists()
        if not proven:
            user.set_unusable_password()
            EmailAddress.objects.update_or_create(user=user, email=email, defaults={"verified": True, "primary": True})
        user.name = user.name or name
        user.save()
    return user, not user.has_usable_password()


def set_password_url(user: User) -> str:
    """An address where this person sets a password, once, for as long as PASSWORD_RESET_TIMEOUT allows."""
    path = reverse(
        "account_reset_password_from_key",
        kwargs={"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)},
    )
    return f"{settings.SITE_URL}{path}"


def begin(
    *,
    by: Actor,
    user: User,
    organisation: Organisation,
    role: Role,
    starts_at: dt.datetime | None = None,
    ends_at: dt.datetime | None = None,
    stands_in_for: Membership | None = None,
) -> Membership:
    """Give a person a role in an organisation. Raises UnableToChange."""
    if role not in ROLES_OF_KIND[organisation.kind]:
        raise UnableToChange(
            _("%(organisation)s에는 없는 역할입니다: %(role)s") % {"organisation": organisation, "role": role.label}
        )
    with _recorded(by):
        return Membership.objects.create(
            user=user,
            organisation=organisation,
            role=role,
            starts_at=starts_at or timezone.now(),
            ends_at=ends_at,
            stands_in_for=stands_in_for,
            invited_by=by.user,
        )


def end(membership: Membership, *, by: Actor, at: dt.datetime | None, reason: str) -> None:
    """End it at a moment (now when None), and whoever stands in for it. Access is lost at the next request after it.

    Raises UnableToChange when it has already ended, or when the actor would leave nobody in their own role."""
    with _recorded(by):
        locked = Membership.objects.select_for_update().get(pk=membership.pk)
        now = timezone.now()
        at = at or now
        if locked.ends_at and locked.ends_at <= now:
            raise UnableToChange(_("이미 끝난 소속입니다."))
        if at < now:
            raise UnableToChange(_("지난 때로는 끝낼 수 없습니다."))
        if locked.user_id == by.user_id and _is_the_last(locked):
            raise UnableToChange(
                _("이 기관에 다른 %(role)s이(가) 없어 본인의 소속을 끝낼 수 없습니다. 먼저 후임을 초대하십시오.")
                % {"role": locked.get_role_display()}
            )
        _close(locked, at, reason)
        for stand_in in locked.stand_ins.select_for_update().exclude(ends_at__lte=at):
            _close(stand_in, at, reason)
    membership.refresh_from_db()


def _close(membership: Membership, at: dt.datetime, reason: str) -> None:
    """One that has not begun ends when it would have begun: it never was in force."""
    membership.ends_at, membership.end_reason = max(at, membership.starts_at), reason
    membership.save(update_fields=["ends_at", "end_reason"])


def _is_the_last(membership: Membership) -> bool:
    """Whether nobody else holds the same managing role here without an end and in their own right."""
    if membership.role not in (Role.DISTRICT_MANAGER, Role.CITY_OFFICER) or membership.stands_in_for_id:
        return False
    others = Membership.objects.in_force().filter(
        organisation=membership.organisation_id,
        role=membership.role,
        ends_at__isnull=True,
        stands_in_for__isnull=True,
        user__is_active=True,
    )
    return not others.exclude(user=membership.user_id).exists()
