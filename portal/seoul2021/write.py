"""Writing the built history into the tables, in bulk. Rows are marked synthetic: known from the start, no letters."""

from __future__ import annotations

import datetime as dt
import hashlib
import random
import uuid

from django.core.files.base import ContentFile
from django.db import connection

from accounts.bulk import insert_many, update_many
from accounts.models import Membership
from accounts.roles import Actor, Role
from portal.seoul2021.history import Case
from portal.seoul2021.people import PeopleMaker, sample_document
from portal.seoul2021.staff import COMPANY, history_actor
from programs.deadlines import WorkingCalendar
from programs.intake import Person, indexes_of
from programs.models import (
    Application,
    ApplicationEvent,
    Call,
    Consent,
    DistrictCall,
    Document,
    DocumentPage,
    Note,
    Supplement,
)
from programs.models.applications import Channel
from programs.workflow import deadline_record
from safety.doorguard.models import DoorGuardDetail
from safety.doorguard.models.services import EndReason
from safety.doorguard.seed import seed_claims, seed_services
from safety.doorguard.workflow import DOOR_GUARD

Staff = dict[tuple[str, str], Membership]
_CALENDAR = WorkingCalendar({})


def write_history(call: Call, cases: list[Case], staff: Staff) -> list[Application]:
    """Insert applications, answers, consents, notes, events and services of all cases."""
    maker = PeopleMaker(random.Random(1), first_number=1_000_000)  # noqa: S311 - made-up data
    shares = {share.district_id: share for share in call.district_calls.select_related("call__program")}
    pairs = []
    for number, case in enumerate(cases, 1):
        person = maker.person(case.district)
        pairs.append((case, _application(shares[case.district], case, person, number, staff)))
    rows = insert_many(row for _case, row in pairs)
    insert_many(
        DoorGuardDetail(application=row, building_type=d["building_type"], has_wifi=True, deposit=int(d["deposit"]),
                        monthly_rent=int(d["monthly_rent"]))
        for row, d in ((row, maker.detail()) for row in rows)
    )  # fmt: skip
    _write_consents(call, rows)
    _write_events(pairs, staff)
    _write_supplements(pairs, staff)
    with connection.cursor() as cursor:
        # Without statistics the triggers' look-ups scan; and numbers given here are never given again.
        cursor.execute("ANALYZE programs_application, programs_applicationevent, programs_consent")
        cursor.execute(
            "SELECT setval('programs_receipt_seq', greatest(%s, nextval('programs_receipt_seq')))", [len(rows)]
        )
    _write_services(pairs, staff)
    return rows


def _application(share: DistrictCall, case: Case, person: Person, number: int, staff: Staff) -> Application:
    call = share.call
    info = DOOR_GUARD.states[case.state]
    last = case.steps[-1]
    decided = next((s.at for s in reversed(case.steps) if s.action in ("select", "accept_offer", "reject")), None)
    return Application(
        receipt_no=f"DG-2021-{number:07d}",
        submission_key=uuid.uuid5(uuid.NAMESPACE_OID, f"seoul-2021-{number}"),
        program=call.program, call=call, district_call=share, district_id=case.district,
        channel=Channel.WEB if number % 6 else Channel.COUNTER,
        state=case.state, received_at=case.received_at, order_at=case.received_at,
        due_at=_keep_deadlines(case, call),
        checked_at=case.ready_at, waitlist_no=case.waitlist_no, decided_at=decided,
        closed_at=last.at if info.closes else None, holds_place=info.holds_place,
        reject_reasons=[case.reject_reason] if case.reject_reason else [],
        handed_to=staff[COMPANY, "company"].organisation if case.visit_at else None,
        assignee=staff[case.district, "officer"], version=len(case.steps), synthetic=True,
        name=person.name, birth_date=person.birth_date, phone=person.phone, address=person.address, dong=person.dong,
        household_size=1, tenure=person.tenure, **indexes_of(person),
    )  # fmt: skip


def _keep_deadlines(case: Case, call: Call) -> dt.datetime:
    """Write into each step the deadline it led to, as an act of the portal does; the last of them."""
    due_at, stopped_at = _CALENDAR.due_at(case.received_at, call.processing_days), None
    for step in case.steps:
        due_was = due_at
        if step.action == "request_supplement":
            stopped_at = step.at
        elif step.action == "answer_supplement" and stopped_at:
            due_at = _CALENDAR.resume(due_at, stopped_at, step.at, call.processing_days)
        step.data |= deadline_record(step.source, step.target, due_at=due_at, due_was=due_was)
    return due_at


def _write_consents(call: Call, rows: list[Application]) -> None:
    items = list(call.consent_items.order_by("sort"))
    insert_many(
        Consent(application=row, item=item, given=item.required or row.pk % 2 == 0, given_at=row.received_at)
        for row in rows
        for item in items
    )


def _write_events(pairs: list[tuple[Case, Application]], staff: Staff) -> None:
    notes = {
        row.pk: Note(application=row, text=case.note, written_at=case.steps[-1].at) for case, row in pairs if case.note
    }
    insert_many(notes.values())
    events = []
    for case, row in pairs:
        for step in case.steps:
            actor = history_actor(staff, case.district, step.by)
            noted = step.action in ("reject", "withdraw", "request_supplement", "report_impossible") or (
                step.action == "return" and case.waitlist_no
            )
            events.append(
                ApplicationEvent(
                    application=row, program_id=row.program_id, call_id=row.call_id, district_id=case.district,
                    action=step.action, from_state=step.source, to_state=step.target, occurred_at=step.at,
                    actor=actor.user, membership=actor.membership,
                    role=(Role.CITIZEN if step.by == "citizen" else actor.role).value,
                    note=notes.get(row.pk) if noted else None, data=step.data, synthetic=True,
                )
            )  # fmt: skip
    insert_many(events)


def _write_supplements(pairs: list[tuple[Case, Application]], staff: Staff) -> None:
    supplements = []
    for case, row in pairs:
        asked = next((s for s in case.steps if s.action == "request_supplement"), None)
        if asked is None or case.supplement_until is None:
            continue
        answered = next((s.at for s in case.steps if s.at > asked.at), None)
        supplements.append(
            Supplement(
                application=row, document_kinds=["resident-register"], text="등본을 다시 내 주십시오(시연용).",
                requested_at=asked.at, until=case.supplement_until, answered_at=answered,
                requested_by=staff[case.district, "officer"].user,
            )
        )  # fmt: skip
    insert_many(supplements)


def write_documents(rows: list[Application], uploader: Actor) -> None:
    """Sample papers, each with the picture of its page. One file is both the original and the picture."""
    pages = {
        "resident-register": sample_document("RESIDENT REGISTER COPY"),
        "lease-contract": sample_document("LEASE CONTRACT"),
    }
    documents, pictures = [], []
    for row in rows:
        for kind in ("resident-register", "lease-contract") if row.district_id == "11590" else ("resident-register",):
            content = pages[kind]
            document = Document(
                application=row, kind=kind, filename=f"{kind}.jpg", content_type="image/jpeg", size=len(content),
                sha256=hashlib.sha256(content).hexdigest(), uploaded_by=uploader.user, uploaded_at=row.received_at,
                pictures=Document.Pictures.READY,
            )  # fmt: skip
            document.file.save("sample", ContentFile(content), save=False)
            documents.append(document)
            pictures.append(DocumentPage(document=document, number=1, image=document.file.name, width=620, height=877))
    insert_many(documents)
    for picture in pictures:
        picture.document_id = picture.document.pk
    insert_many(pictures)


def _write_services(pairs: list[tuple[Case, Application]], staff: Staff) -> None:
    """The households' services and their claims, month by month; each agreement ran its three years."""
    served = {row.pk: case for case, row in pairs if case.visit_at}
    rows = [
        (
            row,
            next(step.at for step in case.steps if step.action == "hand_over"),
            case.installed_on,
            f"SY21{number:06d}" if case.installed_on else None,
        )
        for number, (case, row) in enumerate(pairs, 1)
        if row.pk in served
    ]
    services = seed_services(rows, company=staff[COMPANY, "company"].organisation)
    for service in services:
        case = served[service.pk]
        service.visit_at = case.visit_at
        if service.agreement_until:
            service.ended_on, service.end_reason = service.agreement_until, EndReason.COMPLETED
        else:
            service.ended_on, service.end_reason = case.visit_at.date(), EndReason.DOOR
    update_many(services, ["visit_at", "ended_on", "end_reason"])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE doorguard_service")
    seed_claims(2021, range(9, 13))
    seed_claims(2022, range(1, 13))
