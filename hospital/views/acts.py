"""What staff can do with a trip, wherever they stand: on the board or on the trip's own page."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from accounts.roles import OPERATOR_STAFF, Actor, Role
from accounts.templatetags.ui import won
from hospital import offering, taps
from hospital.assigning import PLANNABLE, assign_manager, unassign
from hospital.cancelling import cancel, consequence, record_no_show
from hospital.forms.board import AssignForm, DelayForm, GiveUpForm, NothingForm, OfferForm
from hospital.forms.trips import CancelForm, CorrectForm, PaymentForm, RecordForm, RefundForm, WaiveForm
from hospital.models import UNDER_WAY, Fee, State, Trip
from hospital.payments import refund, take_payment, waive
from hospital.selectors.board import offers_of
from hospital.selectors.trips import fee_of, payments_of

Do = Callable[[Trip, dict[str, Any], Actor], object]
When = Callable[[Trip, Actor], bool]
DISPATCH = (Role.DISPATCHER,)
AGENCY = (Role.AGENCY_STAFF,)
WORKERS = (*OPERATOR_STAFF, *AGENCY)
WAITS = (State.REQUESTED,)


@dataclass(frozen=True)
class TripAct:
    """`states`: where it is offered; `when` narrows it further. `confirm` asks once before it is done."""

    code: str
    label: Any
    form: type[forms.Form]
    do: Do
    done: Any
    roles: tuple[Role, ...]
    states: tuple[State, ...]
    when: When = lambda _trip, _actor: True
    danger: bool = False
    confirm: Any = ""


def _ours(trip: Trip, actor: Actor) -> bool:
    """The operator plans what no agency took; an agency what it took."""
    return trip.agency_id == (actor.organisation_id if actor.role == Role.AGENCY_STAFF else None)


def _has_begun(trip: Trip, _actor: Actor) -> bool:
    return trip.meet_at is not None and trip.meet_at <= timezone.now()


def _is_due(trip: Trip, actor: Actor) -> bool:
    fee = fee_of(actor, trip)
    return fee is not None and fee.state == Fee.State.DUE


def _is_paid(trip: Trip, actor: Actor) -> bool:
    return sum(payment.amount for payment in payments_of(actor, trip)) > 0


ACTS = {
    act.code: act
    for act in (
        TripAct(
            "assign", __("매니저 배정"), AssignForm,
            lambda trip, data, actor: assign_manager(
                trip.pk, data["manager"], meet_at=data["meet_at"], late=data["late"], actor=actor
            ),
            __("매니저를 배정하고 이용자에게 알렸습니다."), (*DISPATCH, *AGENCY), PLANNABLE, _ours,
        ),
        TripAct(
            "unassign", __("배정 해제"), NothingForm, lambda trip, data, actor: unassign(trip.pk, actor=actor),
            __("배정을 풀었습니다. 이 신청은 다시 배정을 기다립니다."), (*DISPATCH, *AGENCY),
            (State.ASSIGNED, State.ON_THE_WAY), _ours,
        ),
        TripAct(
            "delay", __("지연 알림"), DelayForm,
            lambda trip, data, actor: taps.report_delay(trip.pk, actor=actor, **data),
            __("늦어지는 것을 이용자에게 알렸습니다."), OPERATOR_STAFF, (State.ASSIGNED, State.ON_THE_WAY),
        ),
        TripAct(
            "offer", __("협력기관에 제안"), OfferForm,
            lambda trip, data, actor: offering.offer(trip.pk, to=data["to"], actor=actor),
            __("제안을 보냈습니다. 먼저 맡은 기관이 동행합니다."), DISPATCH, WAITS, _ours,
        ),
        TripAct(
            "hand-back", __("돌려보내기"), NothingForm,
            lambda trip, data, actor: offering.hand_back(trip.pk, actor=actor),
            __("수행기관에 돌려보냈습니다."), AGENCY, PLANNABLE, _ours, danger=True,
            confirm=__("수행기관이 다른 매니저를 찾습니다. 되돌릴 수 없습니다."),
        ),
        TripAct(
            "no-show", __("현장 취소·부재"), NothingForm,
            lambda trip, data, actor: record_no_show(trip.pk, actor=actor),
            __("현장 취소·부재로 기록하고 이용자에게 알렸습니다."), DISPATCH, (State.ASSIGNED, State.ON_THE_WAY),
            danger=True, confirm=__("이용한 것으로 세고, 위약금과 이용 제한이 따를 수 있습니다. 되돌릴 수 없습니다."),
        ),
        TripAct(
            "record", __("마친 동행 대신 적기"), RecordForm,
            lambda trip, data, actor: taps.record_times(trip.pk, actor=actor, **data),
            __("마친 동행으로 기록하고 이용료를 계산하였습니다."), DISPATCH, (State.ASSIGNED, *UNDER_WAY), _has_begun,
        ),
        TripAct(
            "correct", __("시각 바로잡기"), CorrectForm,
            lambda trip, data, actor: taps.correct_times(trip.pk, actor=actor, **data),
            __("시각을 바로잡고 이용료를 다시 계산하였습니다."), DISPATCH, (State.COMPLETED,),
        ),
        TripAct(
            "payment", __("이용료 받음"), PaymentForm,
            lambda trip, data, actor: take_payment(trip.pk, actor=actor, **data),
            __("이용료를 기록하고 영수증을 보냈습니다."), OPERATOR_STAFF, tuple(State), _is_due,
        ),
        TripAct(
            "refund", __("이용료 돌려드림"), RefundForm,
            lambda trip, data, actor: refund(trip.pk, actor=actor, **data),
            __("돌려드린 것을 기록하였습니다."), DISPATCH, tuple(State), _is_paid,
        ),
        TripAct(
            "waive", __("이용료 받지 않기"), WaiveForm, lambda trip, data, actor: waive(trip.pk, actor=actor, **data),
            __("이용료를 받지 않기로 기록하고 이용자에게 알렸습니다."), DISPATCH, tuple(State), _is_due, danger=True,
            confirm=__("이용자에게 내지 않아도 된다고 알립니다. 되돌릴 수 없습니다."),
        ),
        TripAct(
            "cancel", __("예약 취소"), CancelForm,
            lambda trip, data, actor: cancel(trip.pk, actor=actor, **data),
            __("예약을 취소하고 이용자에게 알렸습니다."), OPERATOR_STAFF, PLANNABLE, danger=True,
            confirm=__("이용자에게 취소를 알립니다. 되돌릴 수 없습니다."),
        ),
        TripAct(
            "give-up", __("제공하지 못함"), GiveUpForm,
            lambda trip, data, actor: offering.give_up(trip.pk, actor=actor, **data),
            __("제공하지 못한 수요로 기록하고 이용자에게 알렸습니다."), DISPATCH, PLANNABLE, danger=True,
            confirm=__("이용자에게 동행할 수 없다고 알립니다. 되돌릴 수 없습니다."),
        ),
    )
}  # fmt: skip
ON_THE_BOARD = ("assign", "unassign", "delay", "offer", "hand-back", "give-up")


@dataclass(frozen=True)
class Wrong:
    """An act that was refused, with what was typed."""

    trip_id: int
    code: str
    form: forms.Form


def form_of(act: TripAct, trip: Trip, actor: Actor, data: Any = None) -> forms.Form:
    """Its form, for entering or with what was sent."""
    options: dict[str, Any] = {"auto_id": f"id_{act.code}_%s"}
    if act.form is AssignForm:
        options |= {
            "actor": actor,
            "trip": trip,
            "initial": {"meet_at": trip.meet_at and timezone.localtime(trip.meet_at).time()},
        }
    elif act.form is OfferForm:
        options["offers"] = offers_of(actor, trip)
    elif issubclass(act.form, CorrectForm):
        options["initial"] = {"met_at": trip.met_at, "returned_at": trip.returned_at}
    elif "key" in act.form.base_fields:
        options["initial"] = {"key": uuid.uuid4()}
    return act.form(data, **options)


def is_possible(act: TripAct, trip: Trip, actor: Actor) -> bool:
    return actor.role in act.roles and trip.state in act.states and act.when(trip, actor)


def offered(actor: Actor, trip: Trip, codes: tuple[str, ...], wrong: Wrong | None) -> list[dict[str, Any]]:
    """The acts possible now, each with its form; one just refused keeps what was typed."""
    found = []
    for code in codes:
        act = ACTS[code]
        refused = wrong if wrong and (wrong.trip_id, wrong.code) == (trip.pk, code) else None
        if refused or is_possible(act, trip, actor):
            form = refused.form if refused else form_of(act, trip, actor)
            found.append({"act": act, "form": form, "open": bool(refused), "note": _note(act, trip)})
    return found


def _note(act: TripAct, trip: Trip) -> str:
    """What cancelling now would mean."""
    if act.code != "cancel":
        return ""
    means = consequence(trip, timezone.now())
    if not means.late:
        return _("지금은 위약금 없이 취소되고 이용 횟수를 돌려받습니다.")
    text = _("늦은 취소입니다. 이용한 것으로 세고 위약금 %(won)s을 내야 합니다.") % {"won": won(means.fee)}
    if means.ban_after is not None:
        text += " " + _("늦은 취소 %(n)d번이면 이용이 제한됩니다.") % {"n": max(means.ban_after, 1)}
    return text
