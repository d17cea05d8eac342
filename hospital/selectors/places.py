"""Finding hospitals by a part of their name, and the list of them all."""

from __future__ import annotations

from django.db.models import Case, F, IntegerField, QuerySet, Value, When
from django.db.models.functions import Length, Replace

from accounts.roles import Actor
from hospital.models import Hospital, HospitalFile

_KINDS = {Hospital.Kind.TERTIARY: 0, Hospital.Kind.GENERAL: 1, Hospital.Kind.HOSPITAL: 2}
_COMPACT = Replace(F("name"), Value(" "), Value(""))


def _compact(words: str) -> str:
    return "".join(words.split())[:40]


def find_hospitals(actor: Actor, words: str, limit: int = 10) -> QuerySet[Hospital]:
    """Open ones whose name has these letters, spaces aside: Seoul's first, then the large ones, then short names."""
    wanted = _compact(words)
    if not wanted:
        return Hospital.objects.none()
    rank = Case(*(When(kind=kind, then=Value(n)) for kind, n in _KINDS.items()), default=Value(3))
    seoul = Case(When(region=Hospital.Region.SEOUL, then=Value(0)), default=Value(1), output_field=IntegerField())
    return (
        Hospital.objects.visible_to(actor)
        .filter(open=True)
        .annotate(compact=_COMPACT, rank=rank, outside=seoul)
        .filter(compact__icontains=wanted)
        .select_related("district")
        .order_by("outside", "rank", Length("name"), "name", "pk")[:limit]
    )


def hospitals_list(
    actor: Actor, *, words: str = "", region: str = "", kind: str = "", closed: bool = False
) -> QuerySet[Hospital]:
    """Those that are open, or those that closed, by name."""
    rows = Hospital.objects.visible_to(actor).filter(open=not closed)
    if wanted := _compact(words):
        rows = rows.annotate(compact=_COMPACT).filter(compact__icontains=wanted)
    asked = {name: value for name, value in (("region", region), ("kind", kind)) if value}
    return rows.filter(**asked).select_related("district").order_by("name", "pk")


def hospital_files(actor: Actor) -> QuerySet[HospitalFile]:
    rows = HospitalFile.objects.visible_to(actor).select_related("membership__user")
    return rows.order_by("-uploaded_at", "-pk")
