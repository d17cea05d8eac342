"""Booking a trip: by the person, by family for them, or by the call centre for a caller."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, field

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Organisation
from accounts.roles import OPERATOR_STAFF, Actor, Role
from hospital import letters
from hospital.allowances import LimitReached, reserve
from hospital.events import Action
from hospital.models import (
    EscortConsent,
    Mobility,
    ServiceUser,
    State,
    Trip,
    TripConsent,
    TripEvent,
    UnmetDemand,
)
from hospital.possible import Answer, Refusal, Wish, ask
from hospital.service_users import Person, take_in
from programs.workflow import UnableToPerform

Kind = EscortConsent.Kind


class UnableToBook(UnableToPerform):
    """The wish cannot be met; `refusals` say why, each with what to do. It is recorded as unmet demand."""

    def __init__(self, refusals: list[Refusal]) -> None:
        super().__init__(" ".join(refusal.text for refusal in refusals))
        self.refusals = refusals


@dataclass(frozen=True)
class Booking:
    """All that a booking brings. `key` makes it once; `consents` by kind. Health details are kept only with the
    consent to sensitive data (개인정보 보호법 §23)."""

    key: uuid.UUID
    person: Person
    wish: Wish
    pickup: str
    consents: dict[str, bool]
    mobility: str = ""
    notes: str = ""
    department: str = ""
    appointment_at: dt.datetime | None = None
    for_oneself: bool = True
    family_name: str = ""
    family_phone: str = ""
    synthetic: bool = field(default=False)


def operator_on(day: dt.date) -> Organisation:
    """Who runs the service. Raises UnableToPerform where nobody does."""
    found = Organisation.objects.filter(kind=Organisation.Kind.ESCORT_OPERATOR).order_by("-pk").first()
    if found is None:
        raise UnableToPerform(_("수행기관이 등록되어 있지 않아 예약을 받을 수 없습니다. 시 담당자에게 알려 주십시오."))
    return found


def book(booking: Booking, *, actor: Actor) -> Trip:
    """Book, taking the person's limits. Twice with one key it is still one trip.

    Raises UnableToBook with every reason, each of which is recorded as unmet demand; UnableToPerform for a missing
    consent or a stranger."""
    _check_actor(actor)
    if found := Trip.objects.filter(booking_key=booking.key).first():
        return found
    wanted = _consents(booking)
    try:
        with transaction.atomic():
            return _book(booking, wanted, actor)
    except UnableToBook as refused:
        record_unmet(booking.wish, refused.refusals, key=booking.key, actor=actor)
        raise


def _check_actor(actor: Actor) -> None:
    if actor.role not in (Role.CITIZEN, *OPERATOR_STAFF, Role.SYSTEM):
        raise UnableToPerform(_("%(role)s은(는) 예약할 수 없습니다.") % {"role": actor.role.label})


def texts_in_force(day: dt.date) -> list[EscortConsent]:
    """The consents asked that day, in order."""
    return list(EscortConsent.objects.filter(valid__contains=day).order_by("sort", "pk"))


def _consents(booking: Booking) -> dict[EscortConsent, bool]:
    """Each text with its answer. Raises UnableToPerform where a required one is refused."""
    answers = {text: bool(booking.consents.get(text.kind)) for text in texts_in_force(timezone.localdate())}
    for text, given in answers.items():
        if text.required and not given:
            raise UnableToPerform(_("‘%(title)s’에 동의하지 않으면 예약할 수 없습니다.") % {"title": text})
    if (booking.notes or booking.mobility) and not booking.consents.get(Kind.SENSITIVE):
        raise UnableToPerform(
            _("거동과 건강에 관한 내용은 민감정보 처리에 동의하여야 적을 수 있습니다. 동의하거나 지우십시오.")
        )
    return answers


def _book(booking: Booking, consents: dict[EscortConsent, bool], actor: Actor) -> Trip:
    own = booking.for_oneself and actor.is_citizen
    service_user = take_in(booking.person, user=actor.user if own else None, synthetic=booking.synthetic)
    with connection.cursor() as cursor:  # one booking of a person at a time: two must not both think they come first
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"hospital.person:{service_user.pk}"])
    if found := Trip.objects.filter(booking_key=booking.key).first():
        return found
    now = timezone.now()
    answer = ask(booking.wish, service_user, now)
    refusals = answer.refusals + _of_the_same_time(service_user, answer)
    if refusals:
        raise UnableToBook(refusals)
    trip = new_trip(booking, answer, service_user, actor=actor, now=now)
    trip.save(force_insert=True)
    _write_first_event(trip, actor, now)
    TripConsent.objects.bulk_create(
        TripConsent(trip=trip, consent=text, given=given) for text, given in consents.items()
    )
    try:
        reserve(trip, answer.terms)
    except LimitReached as reached:
        raise UnableToBook([Refusal(UnmetDemand.Reason.LIMIT, str(reached))]) from reached
    letters.tell(trip, "booked", answer=answer)
    return trip


def new_trip(booking: Booking, answer: Answer, service_user: ServiceUser, *, actor: Actor, now: dt.datetime) -> Trip:
    """The trip of a possible wish (not saved)."""
    wish = booking.wish
    sensitive = bool(booking.consents.get(Kind.SENSITIVE))
    return Trip(
        number=next_number(answer.day.year), booking_key=booking.key, service_user=service_user,
        operator=operator_on(answer.day), terms=answer.terms.row, kind=wish.kind,
        channel=Trip.Channel.WEB if actor.is_citizen else Trip.Channel.PHONE, booked_by=actor.user,
        family_name=booking.family_name or None, family_phone=booking.family_phone or None, requested_at=now,
        day=answer.day, earliest=answer.earliest, latest=answer.latest, minutes=answer.minutes,
        district=wish.district, pickup=booking.pickup, hospital=wish.hospital, department=booking.department,
        appointment_at=booking.appointment_at, purpose=wish.purpose,
        mobility=Mobility(booking.mobility) if booking.mobility and sensitive else "",
        notes=booking.notes or None if sensitive else None,
        free_kind=answer.proof.kind if answer.proof else "", synthetic=booking.synthetic,
    )  # fmt: skip


def next_number(year: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('hospital_trip_number_seq')")
        return f"HE-{year}-{cursor.fetchone()[0]:06d}"


def _write_first_event(trip: Trip, actor: Actor, now: dt.datetime) -> None:
    TripEvent.objects.create(
        trip=trip, action=Action.BOOK, to_state=State.REQUESTED, occurred_at=now, kind=trip.kind, purpose=trip.purpose,
        district_id=trip.district_id, role=actor.role.value, user=actor.user, synthetic=trip.synthetic,
    )  # fmt: skip


def _of_the_same_time(service_user: ServiceUser, answer: Answer) -> list[Refusal]:
    """One person goes to one hospital at a time."""
    ends = answer.latest + dt.timedelta(minutes=answer.minutes)
    others = Trip.objects.filter(service_user=service_user, ended_at__isnull=True, day=answer.day)
    for other in others:
        if other.earliest < ends and answer.earliest < other.ends_about:
            return [
                Refusal(
                    UnmetDemand.Reason.ELIGIBILITY,
                    _("같은 때에 이미 예약이 있습니다(%(number)s). 그 예약을 취소하거나 다른 때로 신청하십시오.")
                    % {"number": other.number},
                )
            ]
    return []


def record_unmet(wish: Wish, refusals: list[Refusal], *, key: uuid.UUID | None, actor: Actor) -> None:
    """Keep the demand that could not be met by its first reason, once for a booking's key, without who it was."""
    now = timezone.now()
    UnmetDemand.objects.bulk_create(
        [
            UnmetDemand(
                operator=operator_on(timezone.localdate()), key=key, reason=refusals[0].reason, kind=wish.kind,
                purpose=wish.purpose, district=wish.district, wanted_at=wish.wanted_at, occurred_at=now,
                recorded_by=actor.membership,
            )
        ],
        ignore_conflicts=True,
    )  # fmt: skip
