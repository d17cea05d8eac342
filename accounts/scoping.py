"""Row rules: each model says once, per role, which rows that role may see.

    class Call(models.Model):
        scope = {Role.ANONYMOUS: published, Role.CITY_OFFICER: everything}
        objects = ScopedManager()

`Call.objects.visible_to(actor)` reads it. A role that is not listed sees nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.db import models
from django.db.models import Q

from accounts.roles import Actor, Role

Rule = Callable[[Actor], Q]


def everything(actor: Actor) -> Q:
    return Q()


@dataclass(frozen=True)
class Unscoped:
    """A named exemption: rows of this model are never shown by themselves."""

    why: str


class ScopedQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> Self:
        scope: dict[Role, Rule] = self.model.scope  # type: ignore[attr-defined]
        rule = scope.get(actor.role)
        return self.filter(rule(actor)) if rule else self.none()


ScopedManager = models.Manager.from_queryset(ScopedQuerySet)


@register("scoping")
def check_every_model_has_a_scope(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """accounts.E001: a model of ours without a row rule and without a named exemption."""
    errors: list[CheckMessage] = []
    for model in apps.get_models(include_auto_created=True):
        if not _is_ours(model) or _is_history(model):
            continue
        scope = getattr(model, "scope", None)
        if isinstance(scope, Unscoped):
            continue
        if not isinstance(scope, dict):
            errors.append(
                Error(f"{model._meta.label} has no row rule", hint="Set `scope`.", obj=model, id="accounts.E001")
            )
        elif not hasattr(model._default_manager, "visible_to"):
            errors.append(Error(f"{model._meta.label}.objects has no visible_to", obj=model, id="accounts.E002"))
    return errors


def _is_ours(model: type[models.Model]) -> bool:
    path = Path(apps.get_app_config(model._meta.app_label).path)
    return path.is_relative_to(settings.BASE_DIR) and "site-packages" not in path.parts


def _is_history(model: type[models.Model]) -> bool:
    return any(base.__module__.startswith("pghistory") for base in model.__mro__)
