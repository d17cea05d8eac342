"""Booking a trip: by the person, by family for them, or by the call centre for a caller."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.bulk import Together
from accounts.clock import SEOUL
from accounts.roles import OPERATOR_STAFF, Actor, Role
from hospital import letters
from hospital.allowances import in_words, limit_in, uses_of
from hospital.escort_terms import terms_on
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
from hospital.standing import Standing, standing_of
from programs.workflow import UnableToPerform

Kind = EscortConsent.Kind
BOOKERS = (Role.CITIZEN, *OPERATOR_STAFF)


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
    known: int | None = None  # the service user whom the call centre has before it
    synthetic: bool = field(default=False)


def book(booking: Booking, *, actor: Actor) -> Trip:
    """Book, taking the person's limits: locked, read and written in one statement each. Twice with one key it is still
    one trip.

    Raises UnableToBook with every reason, which is recorded as unmet demand; UnableToPerform for a missing consent or
    a stranger."""
    if actor.role not in BOOKERS:
        raise UnableToPerform(_("%(role)s은(는) 예약할 수 없습니다.") % {"role": actor.role.label})
    try:
        with transaction.atomic():
            return _book(booking, actor)
    except UnableToBook as refused:
        record_unmet(booking.wish, refused.refusals, key=booking.key, actor=actor)
        raise
    except IntegrityError as error:
        return _refused(booking, error, actor)


def _refused(booking: Booking, error: IntegrityError, actor: Actor) -> Trip:
    """What the database refused: the same booking sent twice, or a limit that was reached in this moment."""
    if found := Trip.objects.filter(booking_key=booking.key).first():
        return found
    day = booking.wish.wanted_at.astimezone(SEOUL).date()
    limit = limit_in(error, terms_on(day, booking.wish.district.pk), free=True)
    if limit is None:
        raise error
    refusals = [Refusal(UnmetDemand.Reason.LIMIT, in_words(limit))]
    record_unmet(booking.wish, refusals, key=booking.key, actor=actor)
    raise UnableToBook(refusals) from error


def _book(booking: Booking, actor: Actor) -> Trip:
    own = booking.for_oneself and actor.is_citizen
    person = take_in(
        booking.person, user=actor.user if own else None, known=booking.known, corrects=not actor.is_citizen,
        synthetic=booking.synthetic,
    )  # fmt: skip
    now = timezone.now()
    day, district = booking.wish.wanted_at.astimezone(SEOUL).date(), booking.wish.district.pk
    standing = standing_of(person.pk, day, district, now.astimezone(SEOUL).date(), to_book=True)
    answer = ask(booking.wish, person.pk, now, standing)
    found = Trip.objects.filter(booking_key=booking.key).first() if answer.standing.others else None
    if found:
        return found
    consents = _consents(booking, answer.standing.consents)
    if answer.refusals:
        raise UnableToBook(answer.refusals)
    trip = new_trip(booking, answer, person, actor=actor, now=now)
    _write(trip, consents, answer, actor)
    return trip


def _consents(booking: Booking, texts: Iterable[EscortConsent]) -> dict[EscortConsent, bool]:
    """Each text with its answer. Raises UnableToPerform where a required one is refused."""
    answers = {text: bool(booking.consents.get(text.kind)) for text in texts}
    for text, given in answers.items():
        if text.required and not given:
            raise UnableToPerform(_("‘%(title)s’에 동의하지 않으면 예약할 수 없습니다.") % {"title": text})
    if (booking.notes or booking.mobility or booking.department) and not booking.consents.get(Kind.SENSITIVE):
        raise UnableToPerform(
            _("진료과, 거동, 건강에 관한 내용은 민감정보 처리에 동의하여야 적을 수 있습니다. 동의하거나 지우십시오.")
        )
    return answers


def _write(trip: Trip, consents: dict[EscortConsent, bool], answer: Answer, actor: Actor) -> None:
    """Everything of a new trip in one statement. Raises IntegrityError where a limit is reached."""
    together = Together()
    together.insert([trip])
    together.insert([_first_event(trip, actor)])
    together.insert(TripConsent(trip=trip, consent=text, given=given) for text, given in consents.items())
    together.insert(uses_of(trip, answer.terms))
    letters.tell(trip, "booked", answer=answer, within=together)
    together.write()


def new_trip(booking: Booking, answer: Answer, service_user: ServiceUser, *, actor: Actor, now: dt.datetime) -> Trip:
    """The trip of a possible wish (not saved)."""
    if answer.standing.keys is None:
        raise ValueError("the standing was not read to book")
    wish, (pk, number) = booking.wish, answer.standing.keys
    sensitive = bool(booking.consents.get(Kind.SENSITIVE))
    return Trip(
        id=pk, number=f"HE-{answer.day.year}-{number:06d}", booking_key=booking.key, service_user=service_user,
        operator_id=operator_id(answer.standing), terms=answer.terms.row, kind=wish.kind,
        channel=Trip.Channel.WEB if actor.is_citizen else Trip.Channel.PHONE,
        booked_by=actor.user if actor.is_citizen else None,  # an agent's own account is nobody's to see it with
        family_name=booking.family_name or None, family_phone=booking.family_phone or None, requested_at=now,
        day=answer.day, earliest=answer.earliest, latest=answer.latest, minutes=answer.minutes,
        district=wish.district, pickup=booking.pickup, hospital=wish.hospital, purpose=wish.purpose,
        department=booking.department if sensitive else "", appointment_at=booking.appointment_at,
        mobility=Mobility(booking.mobility) if booking.mobility and sensitive else "",
        notes=booking.notes or None if sensitive else None,
        free_kind=answer.proof.kind if answer.proof else "", synthetic=booking.synthetic,
    )  # fmt: skip


def _first_event(trip: Trip, actor: Actor) -> TripEvent:
    return TripEvent(
        trip=trip, action=Action.BOOK, to_state=State.REQUESTED, occurred_at=trip.requested_at, kind=trip.kind,
        purpose=trip.purpose, district_id=trip.district_id, role=actor.role.value, user=actor.user,
        synthetic=trip.synthetic,
    )  # fmt: skip


def operator_id(standing: Standing) -> int:
    """Who runs the service. Raises UnableToPerform where nobody does."""
    if standing.operator_id is None:
        raise UnableToPerform(_("수행기관이 등록되어 있지 않아 예약을 받을 수 없습니다. 시 담당자에게 알려 주십시오."))
    return standing.operator_id


def record_unmet(wish: Wish, refusals: list[Refusal], *, key: uuid.UUID | None, actor: Actor) -> None:
    """Keep the demand that could not be met by its first reason, once for a booking's key, without who it was."""
    now = timezone.now()
    today = timezone.localdate()
    standing = standing_of(None, today, wish.district.pk, today)
    UnmetDemand.objects.bulk_create(
        [
            UnmetDemand(
                operator_id=operator_id(standing), key=key, reason=refusals[0].reason, kind=wish.kind,
                purpose=wish.purpose, district=wish.district, wanted_at=wish.wanted_at, occurred_at=now,
                recorded_by=actor.membership,
            )
        ],
        ignore_conflicts=True,
    )  # fmt: skip
