"""Leaving (회원 탈퇴): the account is anonymised and its profile destroyed; the row stays, because events refer to it.

Apps above say when a person cannot leave yet, and what of theirs goes too, from `AppConfig.ready()`.
"""

from __future__ import annotations

from collections.abc import Callable

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.apps import apps
from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.access_log import Action, record_access
from accounts.models import AccessRequest, CitizenProfile, Destruction, IdentityAttempt, Membership, User
from accounts.roles import Actor

Obstacle = Callable[[User], str | Promise | None]
Farewell = Callable[[User], int]

_obstacles: list[Obstacle] = []
_farewells: list[Farewell] = []


class UnableToLeave(Exception):
    """The account is still needed; `reasons` says what for, in words for its owner."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


def add_obstacle(check: Obstacle) -> None:
    """`check(user)` says why this person cannot leave yet, or None."""
    _obstacles.append(check)


def add_farewell(destroy: Farewell) -> None:
    """`destroy(user)` destroys what an app keeps of a person who leaves; returns how many files went."""
    _farewells.append(destroy)


def reasons_to_stay(user: User) -> list[str]:
    """Why this account cannot be closed now; empty when it can."""
    return [str(reason) for check in _obstacles if (reason := check(user))]


def leave(actor: Actor) -> None:
    """Anonymise the actor's own account. Raises UnableToLeave."""
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=actor.user_id)
        if reasons := reasons_to_stay(user):
            raise UnableToLeave(reasons)
        record_access(actor, Action.DESTROY, about="user", subject_id=user.pk)
        files = sum(destroy(user) for destroy in _farewells)
        _destroy_profile(user)
        _forget_sign_in(user)
        Destruction.objects.create(what="회원 정보", rule="회원 탈퇴(개인정보 보호법 §21)", rows=1, files=files)


def _destroy_profile(user: User) -> None:
    CitizenProfile.objects.filter(pk=user.pk).delete()
    # The history holds the same personal columns, so it goes with the row.
    apps.get_model("accounts", "CitizenProfileEvent").objects.filter(pgh_obj_id=user.pk).delete()


def _forget_sign_in(user: User) -> None:
    for model in (EmailAddress, Authenticator, SocialAccount, IdentityAttempt):
        model.objects.filter(user=user).delete()
    user.email = f"left-{user.pk}@anonymised.invalid"
    user.name = ""
    user.is_active = False
    user.anonymised_at = timezone.now()
    user.set_unusable_password()
    user.save()


def _still_works_here(user: User) -> Promise | None:
    if Membership.objects.in_force().filter(user=user).exists():
        return _("직원 자격이 남아 있습니다. 소속 기관에서 자격을 끝낸 뒤 탈퇴하십시오.")
    return None


def _waits_for_an_answer(user: User) -> Promise | None:
    if AccessRequest.objects.filter(user=user, state=AccessRequest.State.OPEN).exists():
        return _("처리 중인 개인정보 요구가 있습니다. 회신을 받은 뒤 탈퇴하십시오.")
    return None


add_obstacle(_still_works_here)
add_obstacle(_waits_for_an_answer)
