"""What pages offer to choose from: years, holders, lines with the room they have, colleagues."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from accounts.models import Membership, Organisation
from accounts.roles import Actor
from budget.models import BudgetLine, EntryKind, Project, Voucher
from budget.posting import DRAFTERS, lines_of

DISTRICTS = "districts"
GRANTS_TO_DISTRICTS = "308"  # 자치단체등이전
ROOM = {
    Voucher.Kind.BUDGET: (lambda line: line.current_budget, __("지금 예산현액")),
    Voucher.Kind.ALLOTMENT: (lambda line: line.current_budget - line.allotted, __("미배정액")),
    Voucher.Kind.RE_ALLOTMENT: (lambda line: line.allotted - line.committed, __("남은 배정액")),
    Voucher.Kind.COMMITMENT: (lambda line: line.allotted - line.committed, __("남은 배정액")),
    Voucher.Kind.EXPENDITURE: (lambda line: line.committed - line.spent, __("남은 원인행위액")),
    Voucher.Kind.TRANSFER: (lambda line: line.current_budget - line.allotted, __("미배정액")),
}


def fiscal_years(actor: Actor) -> list[int]:
    """The years there is a budget of, the newest first."""
    years: Any = Project.objects.visible_to(actor).order_by("-fiscal_year").values_list("fiscal_year", flat=True)
    return list(years.distinct()) or [timezone.localdate().year]


def this_or_last_year(years: list[int]) -> int:
    """The current year where it has a budget, else the newest that has."""
    today = timezone.localdate().year
    return today if today in years else years[0]


def holders(actor: Actor) -> list[Organisation]:
    """Who may hold budget, the city first."""
    kinds = (Organisation.Kind.CITY, Organisation.Kind.DISTRICT)
    rows = Organisation.objects.filter(kind__in=kinds).order_by("kind", "name", "id")
    if actor.district_id is not None:
        rows = rows.filter(pk=actor.membership.organisation_id) if actor.membership else rows.none()
    return list(rows)


def held_lines(actor: Actor, holder: str) -> QuerySet[BudgetLine]:
    """The lines of one holder (its code), or of all districts together, as far as the actor may see them."""
    lines: Any = BudgetLine.objects.visible_to(actor)
    if actor.district_id is not None:
        return lines
    if holder == DISTRICTS:
        return lines.filter(organisation__kind=Organisation.Kind.DISTRICT)
    return lines.filter(organisation__code=holder)


def name_of(line: BudgetLine) -> str:
    """세부항목 · 통계목 · 재원"""
    return f"{line.item} · {line.object_code} · {line.get_fund_display()}"


def path_of(line: BudgetLine) -> str:
    """세부사업 › 세부항목 · 통계목 · 재원"""
    return f"{line.projects[2]} › {name_of(line)}"


Choices = list[tuple[str, list[tuple[str, str]]]]


def line_choices(organisation_id: int, fiscal_year: int, kind: str) -> Choices:
    """Every line of a holder by its detailed project, with the room it has for this kind of voucher."""
    room_of, label = ROOM[Voucher.Kind(kind)]
    words = _("%(line)s — %(label)s %(won)s원")
    return _grouped(
        (
            str(line.projects[2]),
            line.pk,
            words % {"line": name_of(line), "label": label, "won": f"{room_of(line):,}"},
        )
        for line in lines_of(organisation_id, fiscal_year)
    )  # fmt: skip


def receiving_choices(organisation_id: int, fiscal_year: int) -> Choices:
    """Lines of every other holder, for a re-allotment."""
    lines = (
        BudgetLine.objects.filter(item__fiscal_year=fiscal_year)
        .exclude(organisation=organisation_id)
        .select_related("organisation", "object_code", "item")
        .order_by("organisation__kind", "organisation__name", "item__sort", "object_code", "fund", "id")
    )
    return _grouped((str(line.organisation), line.pk, name_of(line)) for line in lines)


def _grouped(rows: Iterable[tuple[str, int, str]]) -> Choices:
    groups: dict[str, list[tuple[str, str]]] = {}
    for group, pk, label in rows:
        groups.setdefault(group, []).append((str(pk), label))
    return list(groups.items())


def grant_sources(fiscal_year: int) -> QuerySet[BudgetLine]:
    """Lines of the city from which districts are granted money; which there are is public."""
    return (
        BudgetLine.objects.filter(
            item__fiscal_year=fiscal_year, organisation__kind=Organisation.Kind.CITY,
            object_code__object_class=GRANTS_TO_DISTRICTS,
        )
        .select_related("organisation", "object_code", "item__parent__parent__parent")
        .order_by("item__sort", "object_code", "fund", "id")
    )  # fmt: skip


def colleagues_who_draft(actor: Actor) -> QuerySet[Membership]:
    """Others of the actor's organisation who may draft."""
    return (
        Membership.objects.in_force()
        .filter(organisation=actor.organisation_id, role__in=DRAFTERS)
        .exclude(user=actor.user_id)
        .select_related("user", "organisation")
        .order_by(F("role"), "id")
    )


BUDGET_ENTRY_KINDS = (EntryKind.ORIGINAL, EntryKind.SUPPLEMENTARY, EntryKind.CARRY_OVER, EntryKind.RESERVE)
