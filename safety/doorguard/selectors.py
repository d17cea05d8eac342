"""Reads of the door guard's console: households by stage, who waits for hand-over, claims and their lines."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from accounts.roles import Actor
from programs.models import Application, Consent, ConsentItem
from programs.models.applications import State
from programs.registry import Text
from safety.doorguard.agreement import PROGRAM
from safety.doorguard.models import Claim, ClaimLine, Service
from safety.doorguard.workflow import HANDED_OVER, IN_SERVICE, INSTALL_SCHEDULED


@dataclass(frozen=True)
class Tab:
    """One stage of the work list."""

    code: str
    label: Text
    rows: Q
    order: tuple[str, ...]
    empty: Text


TABS = {
    tab.code: tab
    for tab in (
        Tab(
            "new", _("새로 받은"), Q(ended_on__isnull=True, application__state=HANDED_OVER),
            ("handed_over_at", "pk"), _("자치구가 이관하면 여기에 나타납니다."),
        ),
        Tab(
            "visits", _("방문 예정"), Q(ended_on__isnull=True, application__state=INSTALL_SCHEDULED),
            ("visit_at", "pk"), _("새로 받은 가구에 전화하여 방문 일시를 정하면 여기에 나타납니다."),
        ),
        Tab(
            "installed", _("설치됨"), Q(ended_on__isnull=True, application__state__in=IN_SERVICE),
            ("-installed_on", "pk"), _("설치를 마친 가구가 여기에 나타납니다."),
        ),
        Tab(
            "ended", _("끝남"), Q(ended_on__isnull=False), ("-ended_on", "pk"),
            _("설치할 수 없었거나 이용이 끝난 가구가 여기에 나타납니다."),
        ),
    )
}  # fmt: skip


def tab_counts(actor: Actor) -> dict[str, int]:
    """How many households are at each stage, in one statement."""
    return Service.objects.visible_to(actor).aggregate(
        **{tab.code: Count("pk", filter=tab.rows) for tab in TABS.values()}
    )


def work_list(actor: Actor, tab: Tab, receipt_no: str = "") -> QuerySet[Service]:
    """The households of one stage, or the one with this receipt number at whatever stage."""
    rows = Service.objects.visible_to(actor).select_related("application", "district", "company")
    if receipt_no:
        return rows.filter(application__receipt_no=receipt_no).order_by("pk")
    return rows.filter(tab.rows).order_by(*tab.order)


def service_of(actor: Actor, receipt_no: str) -> Service:
    """One household's service. Raises Service.DoesNotExist for one the actor may not see."""
    return (
        Service.objects.visible_to(actor)
        .select_related(
            "application__program", "application__district", "application__call", "company", "district", "terms",
            "termination",
        )
        .get(application__receipt_no=receipt_no)
    )  # fmt: skip


def awaiting_hand_over(actor: Actor) -> QuerySet[Application]:
    """Selected households not yet handed over, with whether they agreed to the company being told (`consented`)."""
    consents = Consent.objects.filter(
        application=OuterRef("pk"), item__kind=ConsentItem.Kind.THIRD_PARTY, given=True, withdrawn_at__isnull=True
    )
    return (
        Application.objects.visible_to(actor)
        .filter(program=PROGRAM, state=State.SELECTED)
        .annotate(consented=Exists(consents))
        .order_by("decided_at", "pk")
    )


def claims_list(actor: Actor) -> QuerySet[Claim]:
    return (
        Claim.objects.visible_to(actor).select_related("company", "district").order_by("-month", "district", "company")
    )


def claim_of(actor: Actor, pk: int) -> Claim:
    """One claim with who acted on it. Raises Claim.DoesNotExist for one the actor may not see."""
    people = [
        f"{who}__{part}" for who in ("confirmed_by", "checked_by", "closed_by") for part in ("user", "organisation")
    ]
    return Claim.objects.visible_to(actor).select_related("company", "district", *people).get(pk=pk)


def claim_lines(actor: Actor, claim: Claim, *, only: str = "") -> QuerySet[ClaimLine]:
    """Its lines, those that need a decision first; `only` one state."""
    lines = ClaimLine.objects.visible_to(actor).filter(claim=claim).select_related("service__application")
    if only:
        lines = lines.filter(state=only)
    disputed_first = Case(When(state=ClaimLine.State.DISPUTED, then=Value(0)), default=Value(1))
    return lines.order_by(disputed_first, F("service__application__receipt_no"), "service_month_no")


def line_counts(claim: Claim) -> dict[str, int]:
    """Lines by state, in one statement."""
    return dict(ClaimLine.objects.filter(claim=claim).values_list("state").annotate(n=Count("pk")).order_by("state"))
