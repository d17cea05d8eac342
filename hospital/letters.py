"""The escort's messages, Korean (as the AlimTalk provider approves them) and English. They go to the person who is
escorted, in their language; to the family who booked, where the person has no account."""
# ruff: noqa: E501 - a notice is easier to proof-read in one line

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format

from accounts.bulk import Together
from accounts.clock import SEOUL
from accounts.masking import format_phone
from hospital.models import Assignment, Ban, FreeProof, Offer, Payment, ServiceUser, Trip
from hospital.trip_links import token_of
from notifications.outbox import prepare, queue_message, queue_messages
from notifications.templates import MessageTemplate, register_template

if TYPE_CHECKING:
    from hospital.possible import Answer

CALL_CENTER = "15331179"  # the service's own number (report, page 24)


def tell(trip: Trip, what: str, *, of: object = "", within: Together | None = None, **facts: Any) -> None:
    """Queue one message about a trip, once for each of its versions (and each thing it is `of`, where the trip stays as
    it is), or `within` the statement that writes what it tells of. Synthetic trips tell nobody."""
    person = trip.service_user
    to, recipient = _to(trip, person)
    if trip.synthetic or not to:
        return
    with translation.override(person.language):
        variables = _of_trip(trip, person) | _facts(trip, facts)
    message = prepare(
        key=f"trip:{trip.pk}:{trip.version}:{what}:{of}",
        template=f"escort.{what}",
        to=to,
        variables=variables,
        recipient_id=recipient,
        about=f"trip:{trip.pk}",
        language=person.language,
    )
    queue_messages([message], within=within)


def _to(trip: Trip, person: ServiceUser) -> tuple[str | None, int | None]:
    """The phone and, where there is one, the account: the person's own, or their family's who booked for them."""
    if person.user_id or not trip.family_phone:
        return person.phone, trip.subject_id
    return trip.family_phone, trip.booked_by_id


def _of_trip(trip: Trip, person: ServiceUser) -> dict[str, Any]:
    return {
        "이름": person.name,
        "예약번호": trip.number,
        "병원": str(trip.hospital),
        "만나는때": _moment(trip.meet_at) if trip.meet_at else _window(trip),
        "콜센터": format_phone(CALL_CENTER),
        "확인": f"{settings.SITE_URL}{reverse('hospital:shared_trip', args=[token_of(trip)])}",
    }


def _moment(at: dt.datetime) -> str:
    local = at.astimezone(SEOUL)
    if translation.get_language() == "en":
        return f"{local:%-d %b %Y %H:%M}"
    return date_format(local, "Y. n. j. H:i")


def _window(trip: Trip) -> str:
    if trip.kind == Trip.Kind.RESERVED:
        return _moment(trip.latest)
    return f"{_moment(trip.latest)} {translation.gettext('이전')}"


def _facts(trip: Trip, facts: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if answer := facts.get("answer"):
        found |= _estimate(answer)
    if assignment := facts.get("assignment"):
        found |= _manager(assignment)
    if payment := facts.get("payment"):
        found |= _receipt(payment)
    if "fee" in facts:
        found["금액"] = f"{facts['fee']:,}"
    if "minutes" in facts:
        found["분"] = facts["minutes"]
    return found


def _estimate(answer: Answer) -> dict[str, Any]:
    free = str(FreeProof.Kind(answer.proof.kind).label) if answer.proof else ""
    return {
        "예상시간": answer.minutes,
        "예상이용료": f"{answer.price.amount:,}",
        "면제": translation.gettext(" (면제: %(proof)s)") % {"proof": free} if free else "",
    }


def _manager(assignment: Assignment) -> dict[str, Any]:
    manager = assignment.manager
    return {
        "매니저": str(manager),
        "자격": manager.qualification,
        "소속": str(manager.organisation),
        "매니저전화": format_phone(manager.phone),
    }


def _receipt(payment: Payment) -> dict[str, Any]:
    return {
        "금액": f"{payment.amount:,}",
        "방법": str(Payment.Method(payment.method).label),
        "납부일시": _moment(payment.paid_at),
    }


def tell_banned(person: ServiceUser, ban: Ban) -> None:
    """Queue the notice of a ban, with its reason and how to be heard."""
    if person.synthetic or not person.phone:
        return
    with translation.override(person.language):
        variables = {
            "이름": person.name,
            "사유": str(ban.get_reason_display()),
            "시작": date_format(ban.days.lower, "Y. n. j."),
            "끝": date_format(ban.days.upper - dt.timedelta(days=1), "Y. n. j."),
            "콜센터": format_phone(CALL_CENTER),
        }
    queue_message(
        key=f"ban:{ban.pk}", template="escort.banned", to=person.phone, variables=variables,
        recipient_id=person.user_id, about=f"service_user:{person.pk}", language=person.language,
    )  # fmt: skip


def tell_agency(offer: Offer) -> None:
    """Tell the agency's staff that something is offered; nothing of the person is in it."""
    if offer.trip.synthetic:
        return
    for membership in offer.organisation.memberships.in_force().filter(role="agency_staff").select_related("user"):
        queue_message(
            key=f"offer:{offer.pk}:{membership.pk}",
            template="escort.offered",
            to=membership.user.email,
            language=membership.user.language,
            variables={
                "구분": str(offer.trip.get_kind_display()),
                "자치구": str(offer.trip.district),
                "기한": f"{offer.expires_at.astimezone(SEOUL):%H:%M}",
                "바로가기": f"{settings.SITE_URL}{reverse('hospital:offers')}",
            },
            about=f"trip:{offer.trip_id}",
        )


_FOOT_KO = "\n\n예약번호: #{예약번호}\n문의: 콜센터 #{콜센터}\n확인: #{확인}"
_FOOT_EN = "\n\nBooking no.: #{예약번호}\nContact: call centre #{콜센터}\nSee: #{확인}"

_LETTERS: dict[str, tuple[tuple[str, str], tuple[str, str]]] = {
    "booked": (
        ("병원 동행 예약을 받았습니다", "#{병원} 동행 예약을 받았습니다.\n매니저가 오는 때: #{만나는때}\n예상 시간: 약 #{예상시간}분\n예상 이용료: #{예상이용료}원#{면제}\n매니저가 정해지면 이름과 자격을 알려 드립니다."),
        ("Your hospital escort is booked", "we booked your escort to #{병원}.\nThe manager comes: #{만나는때}\nExpected time: about #{예상시간} minutes\nExpected fee: #{예상이용료} won#{면제}\nYou will be told the manager's name and qualification."),
    ),
    "assigned": (
        ("동행매니저가 정해졌습니다", "#{만나는때}에 동행매니저 #{매니저}(#{자격}, #{소속})이(가) 모시러 갑니다. 사진은 아래 주소에서 볼 수 있습니다.\n매니저 전화: #{매니저전화}"),
        ("Your escort manager", "#{매니저} (#{자격}, #{소속}) comes for you at #{만나는때}. See the photo at the address below.\nManager's phone: #{매니저전화}"),
    ),
    "started": (
        ("매니저가 출발하였습니다", "동행매니저 #{매니저}이(가) 출발하였습니다. #{만나는때}에 만납니다.\n매니저 전화: #{매니저전화}"),
        ("Your manager is on the way", "#{매니저} is on the way and meets you at #{만나는때}.\nManager's phone: #{매니저전화}"),
    ),
    "delayed": (
        ("매니저가 늦어지고 있습니다", "동행매니저가 약 #{분}분 늦어집니다. 죄송합니다. 병원 예약 시간이 급하면 콜센터에 전화하여 주십시오."),
        ("Your manager is late", "your escort manager will be about #{분} minutes late. We are sorry. If your appointment is urgent, please call us."),
    ),
    "completed": (
        ("동행을 마쳤습니다", "#{병원} 동행을 마쳤습니다. 이용료는 #{금액}원입니다."),
        ("Your escort is finished", "your escort to #{병원} is finished. The fee is #{금액} won."),
    ),
    "checking": (
        ("동행을 마쳤습니다", "#{병원} 동행을 마쳤습니다. 걸린 시간을 확인한 뒤 이용료를 알려 드립니다."),
        ("Your escort is finished", "your escort to #{병원} is finished. We will tell you the fee once we have checked how long it took."),
    ),
    "paid": (
        ("이용료를 받았습니다(영수증)", "병원 동행 이용료를 받았습니다.\n금액: #{금액}원\n방법: #{방법}\n납부일시: #{납부일시}"),
        ("Receipt for your fee", "we received your escort fee.\nAmount: #{금액} won\nMethod: #{방법}\nPaid: #{납부일시}"),
    ),
    "reminder": (
        ("이용료를 내 주십시오", "병원 동행 이용료 #{금액}원을 아직 받지 못하였습니다. 콜센터에 전화하시면 내는 방법을 알려 드립니다. 이미 내셨으면 알려 주십시오."),
        ("Please pay your fee", "we have not yet received your escort fee of #{금액} won. Please call us to pay it; if you have paid, let us know."),
    ),
    "waived": (
        ("이용료를 받지 않습니다", "#{병원} 동행의 이용료(위약금) #{금액}원을 받지 않기로 하였습니다. 내지 않으셔도 됩니다."),
        ("You need not pay", "we have waived the fee or charge of #{금액} won for your escort to #{병원}. You need not pay it."),
    ),
    "cancelled": (
        ("예약이 취소되었습니다", "#{병원} 동행 예약이 취소되었습니다. 취소 위약금은 #{금액}원입니다."),
        ("Your booking is cancelled", "your escort to #{병원} is cancelled. The cancellation charge is #{금액} won."),
    ),
    "no_show": (
        ("만나지 못하였습니다", "동행매니저가 약속한 곳에 갔으나 만나지 못하여 이용한 것으로 셉니다. 위약금은 #{금액}원입니다. 사정이 있었으면 콜센터에 알려 주십시오."),
        ("We could not meet you", "the manager came to the agreed place and could not meet you, so it counts as a use. The charge is #{금액} won. Please tell us if there was a reason."),
    ),
    "unmet": (
        ("동행해 드리지 못하게 되었습니다", "갈 수 있는 매니저를 찾지 못하여 #{병원} 동행을 해 드리지 못하게 되었습니다. 죄송합니다. 이용 횟수에는 세지 않습니다. 급하면 119나 다산콜 120에 문의하십시오."),
        ("We cannot escort you", "we found no manager for your escort to #{병원}. We are sorry. It does not count as a use. If it is urgent, call 119 or 120."),
    ),
}  # fmt: skip


def register_letters() -> None:
    for key, (ko, en) in _LETTERS.items():
        register_template(
            MessageTemplate(
                key=f"escort.{key}",
                title={"ko": f"[안심서울] {ko[0]}", "en": f"[Ansim Seoul] {en[0]}"},
                body={"ko": f"#{{이름}} 님, {ko[1]}{_FOOT_KO}", "en": f"Dear #{{이름}}, {en[1]}{_FOOT_EN}"},
            )
        )
    register_template(
        MessageTemplate(
            key="escort.banned",
            title={"ko": "[안심서울] 병원 동행 이용이 제한됩니다", "en": "[Ansim Seoul] You cannot book for a time"},
            body={
                "ko": "#{이름} 님, #{사유}이(가) 거듭되어 #{시작}부터 #{끝}까지 병원 동행을 예약할 수 없습니다. 사정이 있었으면 콜센터 #{콜센터}에 알려 주십시오. 사유를 듣고 제한을 풀 수 있습니다.",
                "en": "Dear #{이름}, because of repeated #{사유} you cannot book an escort from #{시작} to #{끝}. Call #{콜센터} if there were reasons; the restriction can be lifted.",
            },
        )
    )
    register_template(
        MessageTemplate(
            key="escort.offered",
            title={"ko": "[안심서울] 병원 동행 제안이 왔습니다", "en": "[Ansim Seoul] An escort is offered to you"},
            body={
                "ko": "#{자치구}의 #{구분} 동행을 제안합니다. #{기한}까지 답하여 주십시오.\n#{바로가기}",
                "en": "A #{구분} escort in #{자치구} is offered. Please answer by #{기한}.\n#{바로가기}",
            },
        )
    )
