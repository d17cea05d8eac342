"""Door Guard's own transitions, beyond the standard ones: what happens to a household after its selection.

selected → handed_over → install_scheduled → installed → subsidy_ended → expired; to the side selection_cancelled
(installation impossible), withdrawn and terminated, each of which frees the place. All are hidden from the general
case page: they are acted on the door guard's own pages, where their inputs are asked.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from accounts.roles import DISTRICT_STAFF, Actor, Role
from accounts.templatetags.ui import kdate
from programs.models import Application, Consent, ConsentItem
from programs.models.applications import State
from programs.standard import STANDARD
from programs.workflow import Act, StateInfo, Transition
from safety.doorguard.agreement import Agreement
from safety.doorguard.models import ClaimLine, Relocation, Service, Termination
from safety.doorguard.models.services import IMPOSSIBLE_REASONS, TERMINATION_REASONS, EndReason

HANDED_OVER, INSTALL_SCHEDULED, INSTALLED = "handed_over", "install_scheduled", "installed"
SUBSIDY_ENDED, EXPIRED, TERMINATED = "subsidy_ended", "expired", "terminated"
BEFORE_INSTALLATION = (HANDED_OVER, INSTALL_SCHEDULED)
IN_SERVICE = (INSTALLED, SUBSIDY_ENDED)
Data = dict[str, Any]


def has_third_party_consent(application: Application) -> bool:
    """Whether the applicant agreed that the company is given their data (개인정보 보호법 §17②)."""
    return Consent.objects.filter(
        application=application, item__kind=ConsentItem.Kind.THIRD_PARTY, given=True, withdrawn_at__isnull=True
    ).exists()


def _consented(application: Application, actor: Actor, now: dt.datetime, data: Data) -> str | None:
    """A bulk hand-over has asked for all consents at once and says so in `consented`."""
    consented = data["consented"] if "consented" in data else has_third_party_consent(application)
    if not consented:
        return _("보안업체에 개인정보를 제공하는 데 동의하지 않아 이관할 수 없습니다.")
    return None if not data or data.get("company") else _("보안업체를 고르십시오.")


def _hand_over(act: Act) -> None:
    company = act.data["company"]
    act.application.handed_to = company
    act.record["company"] = company.pk
    act.data["letter_variables"] = {"업체": company}


def _visit_is_ahead(application: Application, actor: Actor, now: dt.datetime, data: Data) -> str | None:
    if data and (data.get("visit_at") is None or data["visit_at"] <= now):
        return _("방문 일시는 지금보다 뒤여야 합니다.")
    return None


def _schedule(act: Act) -> None:
    service = act.application.service
    service.visit_at = act.data["visit_at"]
    service.save(update_fields=["visit_at"])
    act.record["visit_at"] = service.visit_at.isoformat()
    act.data["letter_variables"] = {"방문일시": service.visit_at, "업체": service.company}


def _installation_is_possible(application: Application, actor: Actor, now: dt.datetime, data: Data) -> str | None:
    if not data:
        return None
    day, serial = data.get("installed_on"), data.get("serial")
    if day is None or day > timezone.localdate(now):
        return _("설치일은 오늘이나 그 전이어야 합니다.")
    if day < timezone.localdate(application.service.handed_over_at):
        return _("설치일은 이관받은 날보다 앞설 수 없습니다.")
    if not serial:
        return _("기기 일련번호를 적으십시오.")
    if Service.objects.filter(serial=serial, ended_on__isnull=True).exists():
        return _("이 일련번호의 기기는 이미 다른 집에서 쓰이고 있습니다. 번호를 확인하십시오.")
    return None


def _install(act: Act) -> None:
    service = act.application.service
    service.installed_on, service.serial = act.data["installed_on"], act.data["serial"]
    service.save(update_fields=["installed_on", "serial"])
    act.record["installed_on"] = service.installed_on.isoformat()
    act.data["letter_variables"] = {
        "설치일": service.installed_on,
        "보조종료일": service.subsidy_until,
        "자부담": f"{service.self_pay:,}",
    }


def _impossible_says_why(application: Application, actor: Actor, now: dt.datetime, data: Data) -> str | None:
    return _("설치할 수 없는 사유를 고르십시오.") if data and data.get("reason") not in IMPOSSIBLE_REASONS else None


def _report_impossible(act: Act) -> None:
    reason = EndReason(act.data["reason"])
    end_service(act.application.service, timezone.localdate(act.now), reason)
    act.record["reason"] = reason.value
    act.data["letter_variables"] = {"사유": reason.label}


def end_service(service: Service, day: dt.date, reason: EndReason) -> None:
    service.ended_on, service.end_reason = day, reason
    service.save(update_fields=["ended_on", "end_reason"])


def _relocation_is_complete(application: Application, actor: Actor, now: dt.datetime, data: Data) -> str | None:
    if Relocation.objects.filter(service=application.pk, done_on__isnull=True).exists():
        return _("이미 접수한 이전설치가 있습니다. 먼저 마치십시오.")
    if not data:
        return None
    if data.get("requested_on") is None or data["requested_on"] > timezone.localdate(now):
        return _("신청일은 오늘이나 그 전이어야 합니다.")
    return None if data.get("address") else _("새 주소를 적으십시오.")


def _request_relocation(act: Act) -> None:
    Relocation.objects.create(
        service_id=act.application.pk, requested_on=act.data["requested_on"], address=act.data["address"],
        recorded_by=act.actor.membership, recorded_at=act.now,
    )  # fmt: skip
    act.record["requested_on"] = act.data["requested_on"].isoformat()


def _relocation_is_open(application: Application, actor: Actor, now: dt.datetime, data: Data) -> str | None:
    asked = Relocation.objects.filter(service=application.pk, done_on__isnull=True).first()
    if asked is None:
        return _("접수한 이전설치가 없습니다.")
    if data and not asked.requested_on <= (data.get("done_on") or dt.date.max) <= timezone.localdate(now):
        return _("이전 설치일은 신청일과 오늘 사이여야 합니다.")
    return None


def _complete_relocation(act: Act) -> None:
    Relocation.objects.filter(service=act.application.pk, done_on__isnull=True).update(
        done_on=act.data["done_on"], fee=act.data.get("fee")
    )
    act.record["done_on"] = act.data["done_on"].isoformat()


def claimed_until(service: Service) -> dt.date | None:
    """The last day of the last service month that is in a claim the company has confirmed, or None."""
    return (
        ClaimLine.objects.filter(service=service, state__in=[ClaimLine.State.OK, ClaimLine.State.DISPUTED])
        .exclude(claim__state__in=["draft", "computed"])
        .order_by("-ends_on")
        .values_list("ends_on", flat=True)
        .first()
    )


def _termination_is_possible(application: Application, actor: Actor, now: dt.datetime, data: Data) -> str | None:
    if not data:
        return None
    day, service = data.get("on"), application.service
    if day is None or day > timezone.localdate(now) or day < service.installed_on:
        return _("해지일은 설치일과 오늘 사이여야 합니다.")
    if (claimed := claimed_until(service)) and day < claimed:
        return _("%(day)s까지의 이용료가 이미 청구되었습니다. 그날 이후를 해지일로 적으십시오.") % {
            "day": kdate(claimed)
        }
    return None if data.get("reason") in TERMINATION_REASONS else _("해지 사유를 고르십시오.")


def _terminate(act: Act) -> None:
    """A household that had its whole subsidy has used its place; one that ends sooner gives it back."""
    service, reason = act.application.service, EndReason(act.data["reason"])
    end_service(service, act.data["on"], reason)
    penalty = Agreement.of(service.terms).termination_penalty
    Termination.objects.create(
        service=service, on=act.data["on"], reason=reason, penalty=penalty, recorded_by=act.actor.membership,
        recorded_at=act.now,
    )  # fmt: skip
    act.target = EXPIRED if act.application.state == SUBSIDY_ENDED else TERMINATED
    act.record |= {"on": act.data["on"].isoformat(), "reason": reason.value}
    act.data["letter_variables"] = {
        "해지일": act.data["on"],
        "사유": reason.label,
        "위약금": __("약정에 따름") if penalty is None else format_lazy(__("{won}원"), won=f"{penalty:,}"),
    }


def _announce_subsidy_end(act: Act) -> None:
    service = act.application.service
    service.subsidy_end_announced_at = act.now
    service.save(update_fields=["subsidy_end_announced_at"])
    act.data["letter_variables"] = {
        "보조종료일": service.subsidy_until,
        "약정종료일": service.agreement_until,
        "협약가": f"{Agreement.of(service.terms).agreement_price:,}",
    }


def _expire(act: Act) -> None:
    service = act.application.service
    end_service(service, service.agreement_until or timezone.localdate(act.now), EndReason.COMPLETED)


def _end_with(name: str, reason: EndReason) -> Transition:
    """A standard transition that, after the hand-over, also ends the service."""
    standard = STANDARD.transitions[name]

    def effect(act: Act) -> None:
        if standard.effect:
            standard.effect(act)
        if act.application.state in BEFORE_INSTALLATION:
            end_service(act.application.service, timezone.localdate(act.now), reason)

    return replace(standard, sources=(*standard.sources, *BEFORE_INSTALLATION), effect=effect)


STATES = (
    StateInfo(
        HANDED_OVER, __("업체 연결"), "progress",
        __("선정되어 보안업체에 연결하였습니다."), __("보안업체가 전화하여 방문 날짜를 정합니다."), holds_place=True,
    ),
    StateInfo(
        INSTALL_SCHEDULED, __("설치 예정"), "progress",
        __("설치 방문 날짜가 정해졌습니다."),
        __("방문일에 보안업체가 현관 카메라를 설치합니다. 바꾸려면 업체에 알려 주십시오."),
        holds_place=True,
    ),
    StateInfo(
        INSTALLED, __("설치됨"), "success",
        __("도어지킴이를 이용하고 있습니다."), __("보조 기간이 끝나기 한 달 전에 알려 드립니다."), holds_place=True,
    ),
    StateInfo(
        SUBSIDY_ENDED, __("보조 끝남"), "neutral",
        __("이용료 보조 기간이 끝났습니다."), __("약정 기간까지 협약가로 계속 이용할 수 있습니다."), holds_place=True,
    ),
    StateInfo(
        EXPIRED, __("이용 끝남"), "neutral",
        __("도어지킴이 이용이 끝났습니다."), __("더 하실 일은 없습니다."), holds_place=True, closes=True,
    ),
    StateInfo(
        TERMINATED, __("중도해지"), "neutral",
        __("도어지킴이 이용을 도중에 해지하였습니다."), __("위약금 등은 업체와 맺은 약정에 따릅니다."), closes=True,
    ),
)  # fmt: skip

COMPANY = (Role.COMPANY_STAFF,)
COMPANY_AND_DISTRICT = (Role.COMPANY_STAFF, *DISTRICT_STAFF)
SYSTEM = (Role.SYSTEM,)

DOOR_GUARD = STANDARD.adding(
    Transition("hand_over", __("업체에 이관"), (State.SELECTED,), HANDED_OVER, DISTRICT_STAFF, guard=_consented,
               effect=_hand_over, needs=("company",), letter="handed_over", hidden=True),
    Transition("schedule_install", __("방문일 정하기"), BEFORE_INSTALLATION, INSTALL_SCHEDULED, COMPANY,
               guard=_visit_is_ahead, effect=_schedule, needs=("visit_at",), letter="install_scheduled", hidden=True),
    Transition("install", __("설치 완료"), BEFORE_INSTALLATION, INSTALLED, COMPANY, guard=_installation_is_possible,
               effect=_install, needs=("installed_on", "serial"), letter="installed", tone="success", hidden=True),
    Transition("report_impossible", __("설치 불가"), BEFORE_INSTALLATION, State.SELECTION_CANCELLED, COMPANY,
               guard=_impossible_says_why, effect=_report_impossible, needs=("reason", "note"),
               letter="install_impossible", tone="danger", hidden=True, moves_places=True),
    Transition("request_relocation", __("이전설치 접수"), IN_SERVICE, None, COMPANY_AND_DISTRICT,
               guard=_relocation_is_complete, effect=_request_relocation, needs=("requested_on", "address"),
               hidden=True),
    Transition("complete_relocation", __("이전설치 완료"), IN_SERVICE, None, COMPANY, guard=_relocation_is_open,
               effect=_complete_relocation, needs=("done_on", "fee"), hidden=True),
    Transition("terminate", __("중도해지"), IN_SERVICE, None, COMPANY_AND_DISTRICT, guard=_termination_is_possible,
               effect=_terminate, needs=("on", "reason"), letter="terminated", tone="danger", hidden=True,
               moves_places=True),
    Transition("announce_subsidy_end", __("보조 종료 안내"), (INSTALLED,), None, SYSTEM, effect=_announce_subsidy_end,
               letter="subsidy_ending", hidden=True),
    Transition("end_subsidy", __("보조 종료"), (INSTALLED,), SUBSIDY_ENDED, SYSTEM, hidden=True),
    Transition("expire", __("약정 만료"), (SUBSIDY_ENDED,), EXPIRED, SYSTEM, effect=_expire, hidden=True),
    _end_with("withdraw", EndReason.WITHDRAWN),
    _end_with("cancel_selection", EndReason.CANCELLED),
    states=STATES,
)  # fmt: skip
