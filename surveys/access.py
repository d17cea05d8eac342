"""Who reads the results of which survey. The city reads all; a programme above gives its own roles theirs:

let_read("hospital-escort", Role.DISPATCHER)      from `AppConfig.ready()`
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.decorators import roles_required
from accounts.navigation import add_console_nav
from accounts.roles import MEMBERSHIP_ROLES, Actor, Role
from accounts.scoping import Rule, everything

View = Callable[..., HttpResponse]

_readers: dict[Role, set[str]] = {}


def let_read(survey: str, *roles: Role) -> None:
    """These roles read the results of this survey and its published comments, beside the city; no comment else."""
    for role in roles:
        if role not in _readers:
            add_to_menu(role)
        _readers.setdefault(role, set()).add(survey)


def add_to_menu(role: Role) -> None:
    add_console_nav(60, _("만족도 조사"), "surveys:index", role)


def reader_roles() -> tuple[Role, ...]:
    return (Role.CITY_OFFICER, *_readers)


def readers_only(view: View) -> View:
    """403 for whoever reads no survey at all. Asked at each request: programmes give their roles after this app."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return roles_required(*reader_roles())(view)(request, *args, **kwargs)

    return checked


def readable(path: str, **also: Any) -> dict[Role, Rule]:
    """The row rule of what belongs to a survey, whose code is at `path`: the city's officers see every row, each
    role that was let read the rows of its surveys; of those only such as are `also` so."""

    def of_own_surveys(actor: Actor) -> Q:
        return Q(**{f"{path}__in": sorted(_readers.get(actor.role, ()))}, **also)

    rules: dict[Role, Rule] = dict.fromkeys(MEMBERSHIP_ROLES, of_own_surveys)
    return rules | {Role.CITY_OFFICER: everything}
