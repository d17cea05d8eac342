"""Who works here: inviting, ending, changing roles, standing in, and handing open cases over.

What a membership may be is `accounts.memberships`; here are the letters it causes and the cases it leaves behind.
"""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts import memberships
from accounts.memberships import UnableToChange
from accounts.models import Membership, Organisation
from accounts.roles import DISTRICT_STAFF, Actor, Role
from notifications.outbox import queue_message
from notifications.templates import MessageTemplate, register_template
from programs.models import Application
from programs.workflow import perform_many

MANAGERS = (Role.DISTRICT_MANAGER, Role.CITY_OFFICER)
_OF_THEIR_OWN = (Role.DISTRICT_MANAGER, Role.DISPATCHER, Role.AGENCY_STAFF)
_AT_ONCE = 500


def register_people_letters() -> None:
    """The notices to colleagues; they go by e-mail."""
    register_template(
        MessageTemplate(
            "people.invited",
            {"ko": "안심서울 업무에 초대합니다", "en": "You are invited to work in Ansim Seoul"},
            {
                "ko": "#{기관}의 #{역할}(으)로 초대합니다. 아래 주소에서 비밀번호를 정하십시오.\n#{주소}\n\n"
                "주소는 사흘 동안 한 번만 쓸 수 있습니다. 지났으면 초대한 분께 다시 보내 달라고 하십시오.",
                "en": "You are invited to #{기관} as #{역할}. Set your password here, then sign in.\n#{주소}\n\n"
                "The address works once, for three days. After that ask whoever invited you to send it again.",
            },
        )
    )
    register_template(
        MessageTemplate(
            "people.appointed",
            {"ko": "안심서울 업무에 새 역할이 생겼습니다", "en": "You have a new role in Ansim Seoul"},
            {
                "ko": "#{기관}의 #{역할}을(를) 맡게 되었습니다. 쓰던 계정으로 로그인하여 소속을 고르십시오.\n#{주소}",
                "en": "You now act as #{역할} for #{기관}. Sign in as usual and choose it.\n#{주소}",
            },
        )
    )


def _check_manages(actor: Actor, organisation: Organisation) -> None:
    own = actor.role in _OF_THEIR_OWN and actor.organisation_id == organisation.pk
    if not own and actor.role != Role.CITY_OFFICER:
        raise UnableToChange(_("이 기관의 구성원을 바꿀 권한이 없습니다."))


@transaction.atomic
def invite(
    *,
    actor: Actor,
    email: str,
    name: str,
    organisation: Organisation,
    role: Role,
    starts_at: dt.datetime | None = None,
    ends_at: dt.datetime | None = None,
) -> Membership:
    """Give somebody a role, making the account where there is none; they are told by e-mail. Raises UnableToChange."""
    _check_manages(actor, organisation)
    user, _needs_password = memberships.account_for(email, name)
    made = memberships.begin(
        by=actor, user=user, organisation=organisation, role=role, starts_at=starts_at, ends_at=ends_at
    )
    _tell(made)
    return made


@transaction.atomic
def remind(membership: Membership, *, actor: Actor) -> None:
    """Send the invitation again to somebody who has not yet set a password. Raises UnableToChange."""
    _check_manages(actor, membership.organisation)
    if why := why_not_remind(membership):
        raise UnableToChange(why)
    _tell(membership)


def why_not_remind(membership: Membership) -> str | None:
    if membership.user.has_usable_password():
        return _("이미 비밀번호를 정하였습니다.")
    return None if not _has_ended(membership) else _("이미 끝난 소속입니다.")


def _has_ended(membership: Membership) -> bool:
    return membership.ends_at is not None and membership.ends_at <= timezone.now()


def _tell(membership: Membership) -> None:
    """By e-mail only: an address that sets a password is not kept among the person's letters. In the person's
    language, whichever the one who invites reads."""
    with translation.override(membership.user.language):
        _queue_letter(membership)


def _queue_letter(membership: Membership) -> None:
    user, new = membership.user, not membership.user.has_usable_password()
    queue_message(
        key=f"membership:{membership.pk}:{timezone.now():%Y%m%d%H%M%S}",
        template="people.invited" if new else "people.appointed",
        to=user.email,
        language=user.language,
        variables={
            "기관": str(membership.organisation),
            "역할": str(Role(membership.role).label),
            "주소": memberships.set_password_url(user) if new else f"{settings.SITE_URL}{reverse('account_login')}",
        },
        about=f"membership:{membership.pk}",
    )


@transaction.atomic
def end_membership(
    membership: Membership, *, actor: Actor, reason: str, at: dt.datetime | None = None, successor: int | None = None
) -> int:
    """End it now, or at a moment to come; open cases go to `successor` at once. How many went.

    Raises UnableToChange, and UnableToPerform when the successor does not screen there."""
    _check_manages(actor, membership.organisation)
    handed = hand_over(membership, actor=actor, successor=successor) if successor else 0
    memberships.end(membership, by=actor, at=at, reason=reason)
    return handed


@transaction.atomic
def change_role(
    membership: Membership,
    *,
    actor: Actor,
    organisation: Organisation,
    role: Role,
    reason: str,
    successor: int | None = None,
) -> Membership:
    """End this membership and begin another in the same moment. Open cases stay with the person where the new role
    still screens for the same district, else they go to `successor`. Raises UnableToChange."""
    _check_manages(actor, membership.organisation)
    _check_manages(actor, organisation)
    if (organisation.pk, role) == (membership.organisation_id, membership.role):
        raise UnableToChange(_("지금과 다른 역할을 고르십시오."))
    if membership.stands_in_for_id:
        raise UnableToChange(_("대행은 역할을 바꿀 수 없습니다. 끝내고 새로 지정하십시오."))
    keeps = role in DISTRICT_STAFF and organisation.pk == membership.organisation_id
    if successor and not keeps:
        hand_over(membership, actor=actor, successor=successor)
    memberships.end(membership, by=actor, at=None, reason=reason)
    assert membership.ends_at is not None  # noqa: S101 - it has just ended
    made = memberships.begin(
        by=actor, user=membership.user, organisation=organisation, role=role, starts_at=membership.ends_at
    )
    if keeps:
        hand_over(membership, actor=actor, successor=made.pk)
    _tell(made)
    return made


@transaction.atomic
def appoint_stand_in(
    absent: Membership, *, actor: Actor, stand_in: Membership, starts_at: dt.datetime, ends_at: dt.datetime
) -> Membership:
    """A colleague acts in the absent person's role for a time. Raises UnableToChange."""
    _check_manages(actor, absent.organisation)
    if _has_ended(absent):
        raise UnableToChange(_("이미 끝난 소속입니다."))
    if absent.stands_in_for_id:
        raise UnableToChange(_("대행을 다시 대행할 수 없습니다."))
    if stand_in.organisation_id != absent.organisation_id or stand_in.user_id == absent.user_id:
        raise UnableToChange(_("같은 기관의 다른 사람을 고르십시오."))
    if absent.ends_at and ends_at > absent.ends_at:
        raise UnableToChange(_("대신할 사람의 소속이 끝나는 때를 넘길 수 없습니다."))
    made = memberships.begin(
        by=actor,
        user=stand_in.user,
        organisation=absent.organisation,
        role=Role(absent.role),
        starts_at=starts_at,
        ends_at=ends_at,
        stands_in_for=absent,
    )
    _tell(made)
    return made


@transaction.atomic
def hand_over(membership: Membership, *, actor: Actor, successor: int) -> int:
    """Give every open case of this membership to another; how many. Raises UnableToPerform, UnableToChange."""
    _check_manages(actor, membership.organisation)
    open_cases = Application.objects.visible_to(actor).filter(assignee=membership, closed_at__isnull=True)
    ids = list(open_cases.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        perform_many(some, "reassign", actor=actor, data={pk: {"assignee": successor} for pk in some})
    return len(ids)
