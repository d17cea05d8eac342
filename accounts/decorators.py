"""Who may open a page at all; which rows they see there is the models' own rule."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from accounts.models import Membership, User
from accounts.roles import Role

View = Callable[..., HttpResponse]


def works_as_any_of(user: User, roles: tuple[Role, ...]) -> bool:
    return Membership.objects.in_force().filter(user=user, role__in=[role.value for role in roles]).exists()


def roles_required(*roles: Role) -> Callable[[View], View]:
    """403 unless the session acts in one of these roles. Staff who have not yet chosen what to act as (they signed in
    on their way to this page) choose first."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.actor.role not in roles:
                if request.actor.is_citizen and request.method == "GET" and works_as_any_of(request.user, roles):
                    return redirect(f"{reverse('accounts:acting')}?{urlencode({'next': request.get_full_path()})}")
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return checked

    return decorate
