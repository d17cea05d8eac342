"""What a figure was asked of, beside its day, in words: of which project, district or programme."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from accounts.models import District
from accounts.roles import Actor
from budget.models import Project
from programs.models import Program

_DAYS = ("as_of", "known_at", "fiscal_year")


def of_what(actor: Actor, questions: Iterable[Mapping[str, str]]) -> list[str]:
    """For each question its conditions by name; empty where it was asked of everything. Three statements for all."""
    asked = [dict(question) for question in questions]
    wanted = {key: {q[key] for q in asked if key in q} for key in ("item", "district", "program")}
    projects = Project.objects.visible_to(actor).filter(code__in=wanted["item"]).order_by("fiscal_year", "id")
    names = {
        "item": {project.code: str(project) for project in projects},
        "district": {d.pk: str(d) for d in District.objects.visible_to(actor).filter(pk__in=wanted["district"])},
        "program": {p.pk: str(p) for p in Program.objects.visible_to(actor).filter(pk__in=wanted["program"])},
    }
    return [
        " · ".join(
            f"{value} ~" if key == "since" else names.get(key, {}).get(value, value)
            for key, value in question.items()
            if key not in _DAYS
        )
        for question in asked
    ]
