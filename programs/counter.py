"""Applications on paper, handed in at the counter, by post or by a proxy: entered by an officer, with their scans.

The time of receipt is the one stamped on the paper. It orders the queue, and undoes no selection already made.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.encryption import blind_index
from accounts.masking import format_phone
from accounts.roles import DISTRICT_STAFF, Actor
from accounts.uploads import Incoming
from programs import documents, registry
from programs.intake import Intake, Person, UnableToReceive, address_index, missing_consents, receive
from programs.models import Application, ConsentItem, DistrictCall, RequiredDocument
from programs.workflow import database_now

MOST_ALIKE = 10


@dataclass(frozen=True)
class Alike:
    """An application that may be the same person's: nothing of it but what another district may know."""

    application_id: int
    receipt_no: str
    state: str
    district: str
    phone: str
    why: str


def alike(person: Person, program_code: str) -> list[Alike]:
    """Applications of this programme by the same person, phone or address, in any district, newest first."""
    phone = blind_index("phone", person.phone)
    address = address_index(person.district, person.address)
    rows = (
        Application.objects.filter(program=program_code)
        .filter(Q(person_index=person.index) | Q(phone_index=phone) | Q(address_index=address))
        .select_related("district", "district_call")
        .order_by("-received_at", "-id")[:MOST_ALIKE]
    )
    states = registry.get(program_code).workflow.states
    return [
        Alike(
            application_id=row.pk,
            receipt_no=row.receipt_no,
            state=str(states[row.state].label),
            district=str(row.district),
            phone=format_phone(row.district_call.phone) or "120",
            why=_why(row, person.index, phone),
        )
        for row in rows
    ]


def _why(row: Application, person: bytes, phone: bytes) -> str:
    if row.person_index and bytes(row.person_index) == person:
        return _("같은 사람")
    if row.phone_index and bytes(row.phone_index) == phone:
        return _("같은 전화번호")
    return _("같은 주소")


def asked_consents(district_call: DistrictCall) -> list[ConsentItem]:
    """The consents the paper form asks for, in its order."""
    return list(ConsentItem.objects.filter(call=district_call.call_id).order_by("sort", "id"))


def asked_documents(district_call: DistrictCall) -> list[RequiredDocument]:
    """The documents asked for in this district."""
    rows = RequiredDocument.objects.filter(call=district_call.call_id).order_by("sort", "id")
    return [row for row in rows if row.district_id in (None, district_call.district_id)]


def wrong_time(district_call: DistrictCall, stated: dt.datetime, now: dt.datetime) -> str | None:
    """Why a paper cannot have been received then: not yet, before the call opened, or after it closed."""
    if stated > now:
        return _("접수일시가 지금보다 늦습니다. 종이 신청서를 받은 때를 적으십시오.")
    if stated < district_call.effective_opens_at:
        return _("접수가 시작되기 전의 때입니다. 모집 기간을 확인하십시오.")
    ends = (district_call.effective_closes_at, district_call.closed_at, district_call.call.closed_at)
    if any(end is not None and stated > end for end in ends):
        return _("접수가 마감된 뒤의 때입니다. 마감 전에 받은 신청서만 입력할 수 있습니다.")
    return None


def enter(intake: Intake, files: Iterable[tuple[str, Incoming]], *, actor: Actor) -> tuple[Application, bool]:
    """Receive one paper application with its scans; the row, and whether it is new. The same key gives the same row.

    Raises UnableToReceive with the reasons."""
    if done := _entered(intake, actor):
        return done, False
    try:
        with transaction.atomic():
            return _enter(intake, files, actor=actor), True
    except UnableToReceive:
        # Another tab may have entered this very paper since we looked: its receipt is the answer, not "duplicate".
        if done := _entered(intake, actor):
            return done, False
        raise
    except IntegrityError as error:
        if "submission_key" in str(error) and (done := _entered(intake, actor)):
            return done, False
        if "one_live_application_a_person" not in str(error):
            raise
        raise UnableToReceive(
            "duplicate", _("같은 분의 신청이 방금 접수되었습니다. 두 번 신청할 수 없습니다.")
        ) from error


def _entered(intake: Intake, actor: Actor) -> Application | None:
    return Application.objects.visible_to(actor).filter(submission_key=intake.submission_key).first()


def _enter(intake: Intake, files: Iterable[tuple[str, Incoming]], *, actor: Actor) -> Application:
    district_call = intake.district_call
    if actor.role not in DISTRICT_STAFF or actor.district_id != district_call.district_id:
        raise UnableToReceive("closed", _("이 자치구의 담당자만 접수할 수 있습니다."))
    if intake.stated_received_at and (reason := wrong_time(district_call, intake.stated_received_at, database_now())):
        raise UnableToReceive("closed", reason)
    if missing := missing_consents(district_call.call, intake.consents):
        raise UnableToReceive("incomplete", *(_("동의가 필요합니다: %(x)s") % {"x": item} for item in missing))
    application = receive(intake, actor=actor)
    for kind, incoming in files:
        documents.keep_scan(application, kind, incoming, actor=actor)
    return application
