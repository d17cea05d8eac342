"""Everybody there is, and one row of everything in each of two districts, full of secrets that must not leak."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.access_log import Action, record_access
from accounts.models import AccessLog, PartnerToken, User
from accounts.models.access import Purpose
from accounts.months import previous_month
from accounts.privacy_requests import file_request
from accounts.roles import Actor, Role
from notifications.models import Message
from programs import applying, objections, selection
from programs.documents import add_to_application
from programs.models import Application, DistrictCall, Document, DocumentPage, ExportJob, ImportJob
from programs.models.applications import Channel
from programs.workflow import perform
from safety.doorguard import claims, services
from safety.doorguard.models import Service
from tests.access.budget_world import fill_budget, money_handlers
from tests.access.escort_world import fill_escort, make_escort_staff
from tests.access.papers import make_papers
from tests.access.survey_world import make_survey_rows
from tests.budget.conftest import make_book
from tests.doorguard.conftest import Guarded, make_guarded
from tests.factories import cast as c
from tests.programs import files
from tests.programs.signed_in import client_of

MONTH = previous_month(timezone.localdate())
NAMES = {c.DONGJAK: "남궁동작가림", c.GWANAK: "선우관악가림"}


@dataclass
class Side:
    """One district: its citizen, its staff, one row of everything, and what nobody else may read."""

    district: str
    owner: User
    officer: Actor
    manager: Actor
    share: DistrictCall
    who: set[str]  # the subjects that may see these rows, masked; the owner sees them whole
    owner_key: str
    secrets: set[str] = field(default_factory=set)
    args: dict[str, list[Any]] = field(default_factory=dict)

    def secret(self, what: str) -> str:
        text = f"{what}-{NAMES[self.district]}"
        self.secrets.add(text)
        return text


@dataclass
class World:
    """Subjects by key with a browser each, and the two sides: `here` (Dongjak-gu) and `there` (Gwanak-gu)."""

    here: Side
    there: Side
    clients: dict[str, Client]
    headers: dict[str, dict[str, str]]


def make_world() -> World:
    cast = c.make_cast(quota=30)
    guarded = make_guarded(cast)
    neighbour_manager = cast.actor(Role.DISTRICT_MANAGER, c.GWANAK)
    owner, stranger = (
        c.citizen(c.DONGJAK, name=NAMES[c.DONGJAK], phone="01088880001", address="가린길 1"),
        c.citizen(c.GWANAK, name=NAMES[c.GWANAK], phone="01088880002", address="가린길 2"),
    )
    both = {"city", "company", "privacy_city", "finance", "disbursing", "cashier", "council"}
    here = Side(
        c.DONGJAK,
        owner,
        cast.officer,
        cast.manager,
        cast.dongjak,
        both | {"officer", "manager", "privacy_district", "finance_district", "disbursing_district"},
        "citizen",
    )
    there = Side(
        c.GWANAK, stranger, cast.neighbour, neighbour_manager, cast.gwanak,
        both | {"neighbour", "neighbour_manager"}, "stranger",
    )  # fmt: skip
    criterion = c.scoring_criterion(cast.program)
    for number, side in enumerate((here, there), 1):
        side.args["criterion"] = [criterion.call.code, criterion.pk]
        _fill(side, guarded, number)
    book = make_book()
    finance, disbursing = money_handlers(c.DONGJAK)
    fill_budget(here, book, finance, disbursing, payee=NAMES[c.DONGJAK])
    fill_budget(there, book, *money_handlers(c.GWANAK), payee=NAMES[c.GWANAK])
    escort, escort_staff = make_escort_staff()
    for side in (here, there):
        side.who |= {"call_center", "dispatcher"}
        fill_escort(side, escort, cast.city)
    here.who |= {"agency", "escort_manager"}
    there.who |= {"agency"}
    staff = escort_staff | {
        "officer": cast.officer,
        "manager": cast.manager,
        "neighbour": cast.neighbour,
        "neighbour_manager": neighbour_manager,
        "city": cast.city,
        "finance": book.finance,
        "disbursing": book.disbursing,
        "cashier": cast.actor(Role.CASHIER),
        "finance_district": finance,
        "disbursing_district": disbursing,
        "privacy_city": cast.actor(Role.PRIVACY_OFFICER),
        "privacy_district": cast.actor(Role.PRIVACY_OFFICER, c.DONGJAK),
        "company": guarded.staff,
        "other_company": guarded.stranger,
        "council": cast.actor(Role.COUNCIL_READER),
    }
    clients = {key: client_of(actor) for key, actor in staff.items()}
    clients |= {"citizen": client_of(Actor.citizen(owner)), "stranger": client_of(Actor.citizen(stranger))}
    clients |= {"anonymous": Client(), "token": Client()}
    token, secret = PartnerToken.issue(
        name="partner", membership=staff["council"].membership, expires_at=timezone.now() + dt.timedelta(days=1)
    )
    here.args["token"] = there.args["token"] = [token.pk]
    return World(here, there, clients, {"token": {"Authorization": f"Bearer {secret}"}})


def _fill(side: Side, guarded: Guarded, number: int) -> None:
    cast, me = guarded.cast, Actor.citizen(side.owner)
    side.secrets |= {NAMES[side.district]}
    made = iter(range(1, 100))

    def receive(**more: Any) -> Application:
        phone = f"0108{number}77{next(made):04d}"
        address = side.secret(f"가린로 {phone[-4:]}")
        side.secrets |= {phone, f"{phone[:3]}-{phone[3:7]}-{phone[7:]}"}
        who = c.person(side.district, name=NAMES[side.district], phone=phone, address=address)
        return cast.receive(who, **({"applicant": side.owner} | more))

    case = receive()
    perform(case, "note", actor=side.officer, data={"note": side.secret("내부 메모")})
    until = timezone.localdate() + dt.timedelta(days=7)
    ask = {"note": side.secret("보완 사유"), "until": until, "document_kinds": ["register"]}
    perform(case, "request_supplement", actor=side.officer, data=ask)
    document = _document(case, side, me)

    rejected = receive()
    perform(
        rejected, "reject", actor=side.officer, data={"reasons": ["not_single"], "note": side.secret("미선정 사유")}
    )
    objection = objections.file_objection(rejected.pk, actor=me, text=side.secret("이의 내용"))
    paper = receive(channel=Channel.COUNTER)
    household, claim = _household(receive(), side, guarded)
    for_batch = [receive(), receive()]
    for row in for_batch:
        perform(row, "confirm", actor=side.officer)
    batch = selection.draft(
        side.share, actor=side.officer, places=1, pass_over={for_batch[0].pk: side.secret("건너뛴 사유")}
    )
    approved = household.application.district_call.batches.get(state="approved")
    draft = applying.begin(cast.call, side.owner.profile, timezone.now(), actor=me)
    letter = Message.objects.filter(recipient=side.owner).first()
    dead = Message.objects.filter(recipient=side.owner).last()
    Message.objects.filter(pk=dead.pk).update(state=Message.State.DEAD)
    export = ExportJob.objects.create(
        membership=side.officer.membership, what="applications", reason=side.secret("내려받는 사유")
    )
    importing = ImportJob.objects.create(
        membership=side.officer.membership, call=cast.call, filename=side.secret("종이 신청"), sha256="0" * 64
    )
    asked = file_request(me, kind="correct", detail=side.secret("정정 요구"))
    record_access(
        side.officer,
        Action.READ,
        about=f"application:{case.pk}",
        ids=[case.pk],
        subject_id=side.owner.pk,
        purpose=Purpose.SCREENING,
    )
    side.args |= {
        "log_row": [AccessLog.objects.filter(subject=side.owner).latest("at").id],
        "month": [side.officer.membership.organisation.code, f"{timezone.localdate():%Y-%m}"],
        "program": [cast.program.pk],
        "call": [cast.call.code],
        "call_id": [cast.call.pk],
        "rule": [cast.call.code, cast.call.rules.first().pk],
        "required_document": [cast.call.code, cast.call.required_documents.first().pk],
        "share": [side.share.pk],
        "case": [case.receipt_no],
        "rejected": [rejected.receipt_no],
        "paper": [paper.receipt_no],
        "document": [document.key],
        "page": [document.key, 1],
        "objection": [objection.pk],
        "batch": [batch.pk],
        "approved": [approved.pk],
        "draft": [draft.pk],
        "letter": [letter.pk],
        "dead": [dead.pk],
        "export": [export.key],
        "import": [importing.key],
        "request": [asked.pk],
        "member": [side.officer.membership.pk],
        "household": [household.application.receipt_no],
        "claim": [claim.pk],
        "line": [claim.pk, claim.lines.first().pk],
        **make_papers(side.secret, cast.city),
        **make_survey_rows(side, cast.city),
    }


def _document(case: Application, side: Side, me: Actor) -> Document:
    name = side.secret("등본")
    document = add_to_application(case, "register", SimpleUploadedFile(f"{name}.pdf", files.pdf()), actor=me)
    DocumentPage.objects.create(
        document=document, number=1, image=ContentFile(files.image(), "x"), width=60, height=40
    )
    return document


def _household(row: Application, side: Side, guarded: Guarded) -> tuple[Service, Any]:
    """Installed two months ago, with the claim of last month; each step by whoever's it is."""
    perform(row, "confirm", actor=side.officer)
    selection.approve(selection.draft(side.share, actor=side.officer, places=1).pk, actor=side.manager)
    services.hand_over([row.pk], company=guarded.company, actor=side.officer)
    on = previous_month(MONTH) + dt.timedelta(days=4)
    Service.objects.filter(pk=row.pk).update(handed_over_at=timezone.make_aware(dt.datetime.combine(on, dt.time(9))))
    services.install(row, installed_on=on, serial=f"SN-{row.pk}", actor=guarded.staff)
    claim = claims.compute_claim(
        company_id=guarded.company.pk, district_id=side.district, month=MONTH, actor=guarded.staff
    )
    return Service.objects.select_related("application__district_call").get(pk=row.pk), claim
