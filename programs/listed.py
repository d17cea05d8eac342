"""Which rows of the access log are about many applications at once, and so about everyone whose application is one."""

from __future__ import annotations

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Q

from accounts.roles import Actor
from programs.models import Application

_names: set[str] = set()


def lists_applications(*names: str) -> None:
    """Rows about one of these names, or about `name:12`, hold the ids of applications."""
    _names.update(names)


def with_my_application(actor: Actor) -> Q:
    """Found by the index of the ids, so at the cost of these rows alone, however long the log is."""
    mine = ArraySubquery(Application.objects.filter(applicant=actor.user_id).values("pk"))
    about = Q(about__in=_names)
    for name in sorted(_names):
        about |= Q(about__startswith=f"{name}:")
    return about & Q(ids__overlap=mine)
