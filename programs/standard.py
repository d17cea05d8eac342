"""The STANDARD workflow, which a programme narrows or extends."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.utils.translation import pgettext_lazy

from accounts.models import Membership
from accounts.roles import DISTRICT_STAFF, Actor, Role
from programs.deadlines import SEOUL
from programs.models import Application, DistrictCall, Supplement
from programs.models.applications import State
from programs.workflow import Act, StateInfo, Transition, Workflow

MOST_EXTENSIONS = 2
OPEN = (State.SUBMITTED, State.UNDER_REVIEW)
STAFF_AND_CITIZEN = (*DISTRICT_STAFF, Role.CITIZEN)


def _needs_note(application: Application, actor: Actor, now: dt.datetime, data: dict[str, Any]) -> str | None:
    """Before a form is filled in, nothing stands in the way; after it, the reason must be there."""
    return _("사유를 적으십시오.") if data and not data.get("note") else None


def _staff_needs_note(application: Application, actor: Actor, now: dt.datetime, data: dict[str, Any]) -> str | None:
    """A citizen owes nobody a reason for withdrawing; an officer who withdraws for them does."""
    return None if actor.role == Role.CITIZEN else _needs_note(application, actor, now, data)


def _start_review(act: Act) -> None:
    act.application.assignee = act.actor.membership


def _confirm(act: Act) -> None:
    act.application.checked_at = act.now
    act.application.assignee = act.application.assignee or act.actor.membership


def _is_not_checked(application: Application, actor: Actor, now: dt.datetime, data: dict[str, Any]) -> str | None:
    return _("이미 적격을 확인하였습니다.") if application.checked_at else None


def _supplement_is_complete(
    application: Application, actor: Actor, now: dt.datetime, data: dict[str, Any]
) -> str | None:
    if not data:
        return None
    if not data.get("note"):
        return _("보완할 내용을 적으십시오.")
    until = data.get("until")
    if until is None or until <= timezone.localdate(now):
        return _("보완 기한은 내일 이후로 정하십시오.")
    return None


def _request_supplement(act: Act) -> None:
    application = act.application
    application.supplement_until = act.data["until"]
    application.clock_stopped_at = act.now
    application.checked_at = None
    application.assignee = application.assignee or act.actor.membership
    act.record["until"] = act.data["until"].isoformat()
    Supplement.objects.create(
        application=application,
        document_kinds=act.data.get("document_kinds", []),
        text=act.data["note"],
        requested_at=act.now,
        until=act.data["until"],
        requested_by=act.actor.user,
    )


def _open_supplement(application: Application) -> Supplement:
    """The request now open; the state guarantees one."""
    return Supplement.objects.get(application=application, answered_at__isnull=True)


def _supplement_is_answered(
    application: Application, actor: Actor, now: dt.datetime, data: dict[str, Any]
) -> str | None:
    """A citizen's answer holds every document that was asked for; an officer may take it otherwise."""
    if actor.role != Role.CITIZEN or not data:
        return None
    asked = _open_supplement(application)
    added = application.documents.filter(uploaded_at__gte=asked.requested_at)
    if set(asked.document_kinds) - set(added.values_list("kind", flat=True)):
        return _("요청받은 서류를 모두 올린 뒤 내 주십시오.")
    if not data.get("answer") and not added.exists():
        return _("보완 내용을 적거나 서류를 올려 주십시오.")
    return None


def supplement_extensions(application: Application) -> int:
    """How often the open supplement period was extended; twice is the most (민원처리법 시행령 §24)."""
    asked = _open_supplement(application)
    return application.events.filter(action="extend_supplement", occurred_at__gte=asked.requested_at).count()


def _supplement_can_be_extended(
    application: Application, actor: Actor, now: dt.datetime, data: dict[str, Any]
) -> str | None:
    until = application.supplement_until
    if until is None or now.astimezone(SEOUL).date() > until:
        return _("보완 기한이 이미 지났습니다.")
    if supplement_extensions(application) >= MOST_EXTENSIONS:
        return _("보완 기한은 두 번까지만 연장할 수 있습니다.")
    return None


def _extend_supplement(act: Act) -> None:
    """By as many days as were given at first."""
    application = act.application
    asked = _open_supplement(application)
    given = application.events.filter(action="request_supplement").order_by("-id").first()
    first_until = dt.date.fromisoformat(given.data["until"]) if given else asked.until
    asked.until += dt.timedelta(days=max((first_until - asked.requested_at.astimezone(SEOUL).date()).days, 1))
    asked.save(update_fields=["until"])
    application.supplement_until = asked.until
    act.record["until"] = asked.until.isoformat()


def _answer_supplement(act: Act) -> None:
    application = act.application
    Supplement.objects.filter(application=application, answered_at__isnull=True).update(
        answered_at=act.now, answer=act.data.get("answer") or None
    )
    _restart_clock(act)
    if application.call.order_by == application.call.OrderBy.COMPLETE:
        application.order_at = act.now


def _restart_clock(act: Act) -> None:
    application = act.application
    assert application.clock_stopped_at is not None  # noqa: S101 - the database's check says so
    application.due_at = act.calendar.resume(
        application.due_at, application.clock_stopped_at, act.now, application.call.processing_days
    )
    application.clock_stopped_at = application.supplement_until = None


def _close_supplement(act: Act) -> None:
    application = act.application
    if application.clock_stopped_at:
        Supplement.objects.filter(application=application, answered_at__isnull=True).update(answered_at=act.now)
        application.clock_stopped_at = application.supplement_until = None


def _extension_is_allowed(
    application: Application, actor: Actor, now: dt.datetime, data: dict[str, Any]
) -> str | None:
    """Once within the processing period; again once with the applicant's consent (민원처리법 시행령 §21)."""
    if application.extended_days >= 2 * application.call.processing_days:
        return _("두 번 연장하여 더 연장할 수 없습니다.")
    if application.extended_days and not data.get("with_consent"):
        if not data:
            return None
        return _("이미 한 번 연장하였습니다. 신청인의 동의를 받은 경우에만 한 번 더 연장할 수 있습니다.")
    return _needs_note(application, actor, now, data)


def _extend(act: Act) -> None:
    days = act.application.call.processing_days
    act.application.due_at = act.calendar.extend(act.application.due_at, days)
    act.application.extended_days += days
    act.record["days"] = days


def _reject_is_complete(application: Application, actor: Actor, now: dt.datetime, data: dict[str, Any]) -> str | None:
    if not data:
        return None
    if not data.get("reasons"):
        return _("미선정 사유를 하나 이상 고르십시오.")
    return _needs_note(application, actor, now, data)


def _reject(act: Act) -> None:
    _close_supplement(act)
    act.application.decided_at = act.now
    act.application.reject_reasons = act.data["reasons"]
    act.record["reasons"] = act.data["reasons"]


def _decide(act: Act) -> None:
    act.application.decided_at = act.now
    act.application.offer_until = None
    act.application.waitlist_no = None


def next_waitlist_no(district_call_id: int) -> int:
    """One more than any number given so far; the caller holds the exclusive lock."""
    found = Application.objects.filter(district_call=district_call_id).aggregate(last=Max("waitlist_no"))["last"]
    return (found or 0) + 1


def _waitlist(act: Act) -> None:
    act.application.waitlist_no = act.data.get("number") or next_waitlist_no(act.application.district_call_id)
    act.record["number"] = act.application.waitlist_no


def _offer(act: Act) -> None:
    act.application.offer_until = act.now + dt.timedelta(days=act.application.call.accept_days)


def _offer_stands(application: Application, actor: Actor, now: dt.datetime, data: dict[str, Any]) -> str | None:
    if application.offer_until and now > application.offer_until:
        return _("수락 기한이 지났습니다.")
    return None


def _target_district(application: Application, actor: Actor, now: dt.datetime, data: dict[str, Any]) -> str | None:
    if not data:
        return None
    if data.get("district") == application.district_id:
        return _("지금 자치구와 다른 자치구를 고르십시오.")
    if not DistrictCall.objects.filter(call=application.call_id, district=data.get("district")).exists():
        return _("그 자치구는 이 모집에 참여하지 않습니다.")
    return _needs_note(application, actor, now, data)


def _transfer(act: Act) -> None:
    """To the competent district: the time of receipt stays, the screening starts anew."""
    application = act.application
    target = DistrictCall.objects.select_related("district").get(
        call=application.call_id, district=act.data["district"]
    )
    application.district, application.district_call = target.district, target
    application.assignee, application.checked_at = None, None


def _uphold(act: Act) -> None:
    """An objection upheld: the next free place, or the head of the waiting list."""
    application = act.application
    district_call = application.district_call
    used = Application.objects.filter(district_call=district_call, holds_place=True).count()
    application.reject_reasons = []
    if used < district_call.quota:
        act.target = State.SELECTED
        application.decided_at = act.now
    else:
        act.target = State.WAITLISTED
        application.waitlist_no = 0


def _assignee_works_here(application: Application, actor: Actor, now: dt.datetime, data: dict[str, Any]) -> str | None:
    if application.closed_at:
        return _("이미 끝난 건입니다.")
    if not data:
        return None
    colleagues = Membership.objects.in_force().filter(
        organisation=actor.organisation_id, role__in=[role.value for role in DISTRICT_STAFF]
    )
    return None if colleagues.filter(pk=data.get("assignee")).exists() else _("우리 구의 담당자를 고르십시오.")


def _successor_works_there(
    application: Application, actor: Actor, now: dt.datetime, data: dict[str, Any]
) -> str | None:
    successors = Membership.objects.in_force().filter(
        organisation__district=application.district_id, role__in=[role.value for role in DISTRICT_STAFF]
    )
    return None if successors.filter(pk=data.get("assignee")).exists() else _("그 구의 담당자를 고르십시오.")


def _assign(act: Act) -> None:
    act.application.assignee_id = act.data["assignee"]
    act.record["assignee"] = act.data["assignee"]


def _keep_internal(act: Act) -> None:
    act.data["internal"] = True


STATES = {
    info.code: info
    for info in (
        StateInfo(
            State.SUBMITTED, __("접수"), "info",
            __("신청서가 접수되었습니다."), __("담당자가 접수 순서대로 검토합니다."),
        ),
        StateInfo(
            State.UNDER_REVIEW, __("검토 중"), "progress",
            __("담당자가 자격과 서류를 확인하고 있습니다."), __("처리기한 안에 결과를 알려 드립니다."),
        ),
        StateInfo(
            State.SUPPLEMENT_REQUESTED, __("보완 요청"), "warning",
            __("더 필요한 것이 있습니다."), __("기한 안에 보완하면 검토를 이어 갑니다. 접수 순서는 그대로입니다."),
        ),
        StateInfo(
            State.WAITLISTED, __("대기"), "info",
            __("자격은 확인되었으나 정원이 찼습니다."), __("자리가 나면 대기 순번대로 알려 드립니다."),
        ),
        StateInfo(
            State.OFFERED, __("승계 확인 중"), "warning",
            __("자리가 났습니다."), __("기한 안에 수락하면 선정됩니다."), holds_place=True,
        ),
        StateInfo(
            State.SELECTED, __("선정"), "success",
            __("지원 대상으로 선정되었습니다."), __("서비스 제공을 위해 곧 연락드립니다."), holds_place=True,
        ),
        StateInfo(
            State.REJECTED, __("미선정"), "danger",
            __("이번에는 선정되지 않았습니다."), __("사유에 동의하지 않으면 기한 안에 이의신청할 수 있습니다."),
            closes=True,
        ),
        StateInfo(
            State.RETURNED, __("반려"), "danger",
            __("신청서를 되돌려 드렸습니다."), __("사유를 확인하고 다시 신청할 수 있습니다."), closes=True,
        ),
        StateInfo(
            State.WITHDRAWN, __("취하"), "neutral",
            __("신청을 거두었습니다."), __("접수 기간이면 다시 신청할 수 있습니다."), closes=True,
        ),
        StateInfo(
            State.SELECTION_CANCELLED, __("선정취소"), "danger",
            __("선정이 취소되었습니다."), __("사유는 통지문에서 볼 수 있습니다."), closes=True,
        ),
    )
}  # fmt: skip

MANAGER = (Role.DISTRICT_MANAGER,)
SYSTEM = (Role.SYSTEM,)

STANDARD = Workflow(
    STATES,
    {
        t.name: t
        for t in (
            Transition("start_review", __("검토 시작"), (State.SUBMITTED,), State.UNDER_REVIEW, DISTRICT_STAFF,
                       effect=_start_review, tone="progress",
                       plain=__("검토를 시작하였습니다.")),
            Transition("confirm", pgettext_lazy("act", "적격 확인"), OPEN, State.UNDER_REVIEW, DISTRICT_STAFF,
                       guard=_is_not_checked, effect=_confirm, tone="success",
                       plain=__("자격과 서류를 확인하였습니다.")),
            Transition("request_supplement", pgettext_lazy("act", "보완 요청"), OPEN, State.SUPPLEMENT_REQUESTED,
                       DISTRICT_STAFF, guard=_supplement_is_complete, effect=_request_supplement,
                       needs=("document_kinds", "until", "note"), letter="supplement_requested", tone="warning",
                       plain=__("보완을 요청하였습니다.")),
            Transition("answer_supplement", __("보완 완료"), (State.SUPPLEMENT_REQUESTED,), State.UNDER_REVIEW,
                       STAFF_AND_CITIZEN, guard=_supplement_is_answered, effect=_answer_supplement,
                       needs=("answer",), letter="supplement_received", plain=__("보완 내용을 받았습니다.")),
            Transition("extend_supplement", __("보완 기한 연장"), (State.SUPPLEMENT_REQUESTED,), None,
                       STAFF_AND_CITIZEN, guard=_supplement_can_be_extended, effect=_extend_supplement,
                       letter="supplement_extended", plain=__("보완 기한을 연장하였습니다.")),
            Transition("extend", __("처리기간 연장"), OPEN, None, DISTRICT_STAFF, guard=_extension_is_allowed,
                       effect=_extend, needs=("with_consent", "note"), letter="extended",
                       plain=__("처리기간을 연장하였습니다.")),
            Transition("transfer", __("다른 자치구로 이송"), OPEN, State.SUBMITTED, DISTRICT_STAFF,
                       guard=_target_district, effect=_transfer, needs=("district", "note"), letter="transferred",
                       moves_places=True, plain=__("담당 자치구를 옮겼습니다.")),
            Transition("select", pgettext_lazy("act", "선정"), (State.UNDER_REVIEW,), State.SELECTED, MANAGER,
                       effect=_decide, letter="selected", hidden=True, moves_places=True,
                       plain=__("지원 대상으로 선정되었습니다.")),
            Transition("waitlist", __("대기자로 결정"), (State.UNDER_REVIEW,), State.WAITLISTED, MANAGER,
                       effect=_waitlist, letter="waitlisted", hidden=True, moves_places=True,
                       plain=__("대기자로 결정되었습니다.")),
            Transition("offer", __("대기 승계 안내"), (State.WAITLISTED,), State.OFFERED, SYSTEM, effect=_offer,
                       letter="offered", hidden=True, moves_places=True,
                       plain=__("자리가 나서 승계를 안내하였습니다.")),
            Transition("accept_offer", __("승계 수락"), (State.OFFERED,), State.SELECTED, STAFF_AND_CITIZEN,
                       guard=_offer_stands, effect=_decide, letter="selected", tone="success", moves_places=True,
                       plain=__("승계를 수락하여 선정되었습니다.")),
            Transition("let_offer_lapse", __("승계 기한 지남"), (State.OFFERED,), State.WITHDRAWN, SYSTEM,
                       letter="offer_lapsed", hidden=True, moves_places=True,
                       plain=__("승계 수락 기한이 지났습니다.")),
            Transition("reject", pgettext_lazy("act", "미선정"), (*OPEN, State.SUPPLEMENT_REQUESTED), State.REJECTED,
                       DISTRICT_STAFF, guard=_reject_is_complete, effect=_reject,
                       needs=("reasons", "note"), letter="rejected", tone="danger", moves_places=True,
                       plain=__("선정되지 않았습니다.")),
            Transition("return", pgettext_lazy("act", "반려"), (*OPEN, State.SUPPLEMENT_REQUESTED), State.RETURNED,
                       (*DISTRICT_STAFF, Role.SYSTEM), guard=_needs_note, effect=_close_supplement, needs=("note",),
                       letter="returned", tone="danger", moves_places=True,
                       plain=__("신청서를 되돌려 드렸습니다.")),
            Transition("withdraw", pgettext_lazy("act", "취하"),
                       (*OPEN, State.SUPPLEMENT_REQUESTED, State.WAITLISTED, State.OFFERED, State.SELECTED),
                       State.WITHDRAWN, STAFF_AND_CITIZEN, guard=_staff_needs_note, effect=_close_supplement,
                       needs=("note",), letter="withdrawn", tone="danger", moves_places=True,
                       plain=__("신청을 취하하였습니다.")),
            Transition("cancel_selection", pgettext_lazy("act", "선정취소"), (State.SELECTED,),
                       State.SELECTION_CANCELLED, DISTRICT_STAFF, guard=_needs_note, needs=("note",),
                       letter="selection_cancelled", tone="danger", moves_places=True,
                       plain=__("선정이 취소되었습니다.")),
            Transition("uphold_objection", __("이의신청 인용"), (State.REJECTED,), None,
                       (*DISTRICT_STAFF, Role.CITY_OFFICER), effect=_uphold, letter="objection_upheld", hidden=True,
                       moves_places=True,
                       plain=__("이의신청이 받아들여졌습니다.")),
            Transition("assign", __("담당자 배정"), (), None, DISTRICT_STAFF, guard=_assignee_works_here,
                       effect=_assign, needs=("assignee",)),
            Transition("reassign", __("담당자 인계"), (), None, (*DISTRICT_STAFF, Role.CITY_OFFICER),
                       guard=_successor_works_there, effect=_assign, needs=("assignee",), hidden=True),
            Transition("note", __("내부 메모"), (), None, DISTRICT_STAFF, guard=_needs_note, effect=_keep_internal,
                       needs=("note",)),
        )
    },
)  # fmt: skip
