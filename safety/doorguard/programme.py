"""Door Guard (안전 도어지킴이) as the portal knows it. Source: the report of 2 November 2021, pages 19–21."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from programs import money
from programs.registry import DetailColumn, FigureSpec, Programme
from safety.doorguard.forms.detail import DoorGuardDetailForm
from safety.doorguard.models import DoorGuardDetail
from safety.doorguard.workflow import DOOR_GUARD


def facts(detail: dict[str, Any]) -> dict[str, Any]:
    """What the conditions step tells the eligibility rules."""
    wifi = detail.get("has_wifi")
    return {
        "has_wifi": None if wifi in (None, "") else wifi in ("yes", "True", True),
        "deposit": money.amount(detail.get("deposit")),
        "monthly_rent": money.amount(detail.get("monthly_rent")),
    }


def destroy_detail(application_ids: list[int]) -> None:
    """The lease is personal; the kind of home is not."""
    DoorGuardDetail.objects.filter(pk__in=application_ids).update(deposit=None, monthly_rent=None, lease_ends_on=None)


DOOR_GUARD_PROGRAMME = Programme(
    code="door-guard",
    receipt_prefix="DG",
    workflow=DOOR_GUARD,
    detail_model=DoorGuardDetail,
    detail_form=DoorGuardDetailForm,
    detail_template="doorguard/_detail.html",
    conditions_template="doorguard/_conditions.html",
    reject_reasons={
        "not_resident": _("서울 또는 해당 자치구에 살지 않음"),
        "not_single": _("1인가구가 아님(세대원 2인 이상)"),
        "under_age": _("만 18세 미만"),
        "not_renting": _("임차 가구가 아니거나 계약자가 다름"),
        "lease_ended": _("임대차계약이 끝남"),
        "deposit_too_high": _("보증금 기준 초과"),
        "already_helped": _("이미 같은 지원을 받음"),
        "documents_missing": _("서류 미비(보완하지 않음)"),
        "cannot_install": _("설치할 수 없음(현관 구조·무선인터넷)"),
        "quota_full": _("정원 마감"),
    },
    exported=(
        DetailColumn("building_type"),
        DetailColumn("has_wifi"),
        DetailColumn("deposit", personal=True),
        DetailColumn("monthly_rent", personal=True),
        DetailColumn("lease_ends_on", personal=True),
    ),
    facts=facts,
    destroy_detail=destroy_detail,
    figures=(
        FigureSpec("door_guard.applications", _("도어지킴이 설치 신청"), "flow", actions=("submit",)),
        FigureSpec("door_guard.selected", _("도어지킴이 선정"), "flow", actions=("select", "accept_offer")),
        FigureSpec("door_guard.rejected", _("도어지킴이 미선정"), "flow", actions=("reject",)),
        FigureSpec(
            "door_guard.open", _("도어지킴이 처리 중"), "stock",
            states=("submitted", "under_review", "supplement_requested"),
        ),
        FigureSpec("door_guard.handed_over", _("도어지킴이 이관"), "flow", actions=("hand_over",), unit=_("가구")),
        FigureSpec("door_guard.installed", _("도어지킴이 설치"), "flow", actions=("install",), unit=_("가구")),
        FigureSpec(
            "door_guard.active", _("도어지킴이 이용 중"), "stock", states=("installed", "subsidy_ended"),
            unit=_("가구"),
        ),
        FigureSpec("door_guard.terminated", _("도어지킴이 중도해지"), "flow", actions=("terminate",), unit=_("가구")),
        FigureSpec("door_guard.waiting", _("도어지킴이 대기"), "stock", states=("waitlisted",), unit=_("명")),
    ),
)  # fmt: skip
