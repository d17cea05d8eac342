"""Finding a hospital by a part of its name."""

from __future__ import annotations

from django.db.models import Case, F, IntegerField, QuerySet, Value, When
from django.db.models.functions import Length, Replace

from accounts.roles import Actor
from hospital.models import Hospital

_KINDS = {Hospital.Kind.TERTIARY: 0, Hospital.Kind.GENERAL: 1, Hospital.Kind.HOSPITAL: 2}


def find_hospitals(actor: Actor, words: str, limit: int = 10) -> QuerySet[Hospital]:
    """Open ones whose name has these letters, spaces aside: Seoul's first, then the large ones, then short names."""
    wanted = "".join(words.split())[:40]
    if not wanted:
        return Hospital.objects.none()
    rank = Case(*(When(kind=kind, then=Value(n)) for kind, n in _KINDS.items()), default=Value(3))
    seoul = Case(When(region=Hospital.Region.SEOUL, then=Value(0)), default=Value(1), output_field=IntegerField())
    return (
        Hospital.objects.visible_to(actor)
        .filter(open=True)
        .annotate(compact=Replace(F("name"), Value(" "), Value("")), rank=rank, outside=seoul)
        .filter(compact__icontains=wanted)
        .select_related("district")
        .order_by("outside", "rank", Length("name"), "name", "pk")[:limit]
    )
