"""Receiving an application: online from a draft, at the counter, or by import. Creates the row; everything after that
goes through programs.workflow."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import IntegrityError, connection, transaction
from django.db.models import F, OuterRef
from django.utils.translation import gettext as _

from accounts.bulk import insert_many
from accounts.encryption import blind_index
from accounts.models import AdminDong, CitizenProfile, District, User
from accounts.models.people import person_index
from accounts.roles import Actor
from programs import letters, registry
from programs.call_terms import terms_at, terms_of
from programs.deadlines import SEOUL, WorkingCalendar
from programs.eligibility import evaluate, refusals
from programs.models import (
    Application,
    ApplicationDraft,
    ApplicationEvent,
    Call,
    Consent,
    ConsentItem,
    DistrictCall,
    Document,
    RequiredDocument,
)
from programs.models.applications import Channel, State
from programs.workflow import Act, event_for, lock_district_call


class UnableToReceive(Exception):
    """The application cannot be received; `reasons` says why, in words for the applicant. `code` is one of
    closed, full, not_eligible, duplicate, incomplete."""

    def __init__(self, code: str, *reasons: str) -> None:
        super().__init__("; ".join(reasons))
        self.code = code
        self.reasons = list(reasons)


@dataclass(frozen=True)
class Person:
    """The applicant, as stated in this application."""

    name: str
    birth_date: dt.date
    phone: str
    address: str
    district: District
    household_size: int
    tenure: str
    dong: AdminDong | None = None
    ci: str | None = None

    @classmethod
    def of(cls, profile: CitizenProfile) -> Person:
        return cls(
            name=profile.name, birth_date=profile.birth_date, phone=profile.phone, address=profile.address,
            district=profile.district, household_size=profile.household_size, tenure=profile.tenure,
            dong=profile.dong, ci=profile.ci,
        )  # fmt: skip

    @property
    def index(self) -> bytes:
        return person_index(name=self.name, birth_date=self.birth_date, phone=self.phone, ci=self.ci)

    def facts(self) -> dict[str, Any]:
        return {
            "district": self.district.pk,
            "birth_date": self.birth_date,
            "household_size": self.household_size,
            "tenure": self.tenure,
        }


@dataclass(frozen=True)
class Intake:
    """One application about to be received. `stated_received_at` is the stamp on a paper form."""

    person: Person
    district_call: DistrictCall  # with call and call.program loaded
    detail: dict[str, Any]
    consents: dict[int, bool]
    channel: Channel = Channel.WEB
    applicant: User | None = None
    submission_key: uuid.UUID = field(default_factory=uuid.uuid4)
    stated_received_at: dt.datetime | None = None
    proxy_name: str | None = None
    proxy_phone: str | None = None
    synthetic: bool = False  # the loader's: no real person, so no letters


def address_index(district: District, address: str) -> bytes:
    return blind_index("address", district.pk + "".join(address.split()).lower())


def obstacles(intake: Intake, now: dt.datetime) -> UnableToReceive | None:
    """Why this cannot be received now: told before anything is typed, and again at submit."""
    district_call, call = intake.district_call, intake.district_call.call
    if intake.channel == Channel.WEB and not district_call.is_receiving(now):
        return UnableToReceive("closed", _("지금은 접수 기간이 아닙니다."))
    if intake.person.district.pk != district_call.district_id:
        return UnableToReceive("not_eligible", _("사는 자치구에만 신청할 수 있습니다."))
    day = now.astimezone(SEOUL).date()
    facts = intake.person.facts() | registry.get(call.program_id).facts(intake.detail)
    failed = refusals(evaluate(terms_of(call).rules_on(day), facts, day))
    if failed:
        return UnableToReceive("not_eligible", *(verdict.text for verdict in failed))
    if call.when_full == Call.WhenFull.CLOSE and places_left(district_call) <= 0:
        return UnableToReceive("full", _("정원이 찼습니다."))
    if found := live_duplicate(call, intake.person):
        return UnableToReceive(
            "duplicate",
            _("이미 신청하셨습니다(접수번호 %(no)s). 두 번 신청할 수 없습니다.") % {"no": found.receipt_no},
        )
    return None


def places_left(district_call: DistrictCall) -> int:
    """Quota less the places selected or held. Zero or less: full."""
    return district_call.quota - Application.objects.filter(district_call=district_call, holds_place=True).count()


def live_duplicate(call: Call, person: Person) -> Application | None:
    """This person's live application to the call, with only its receipt number and applicant loaded."""
    live = Application.objects.filter(call=call, person_index=person.index, closed_at__isnull=True)
    return live.only("receipt_no", "applicant").order_by().first()


def missing_consents(call: Call, consents: dict[int, bool]) -> list[ConsentItem]:
    """Required consents that were not given; refusing an optional one blocks nothing (개인정보 보호법 §22⑤)."""
    return [item for item in terms_of(call).consents if item.required and not consents.get(item.pk)]


def missing_documents(call: Call, district_id: str | None, kinds: set[str]) -> list[RequiredDocument]:
    asked = terms_of(call).documents_in(district_id)
    return [document for document in asked if document.required and document.kind not in kinds]


def submit(draft_key: uuid.UUID, *, actor: Actor) -> Application:
    """Turn a citizen's draft into one application. A second tap, a replay or another tab gets the same row back.

    Raises UnableToReceive; ApplicationDraft.DoesNotExist when the key was never this person's."""
    try:
        with transaction.atomic():
            return _submit(draft_key, actor=actor)
    except IntegrityError as error:
        if "one_live_application_a_person" not in str(error):
            raise
        raise UnableToReceive("duplicate", _("같은 분의 신청이 이미 있습니다. 두 번 신청할 수 없습니다.")) from error


def _draft_to_submit(draft_key: uuid.UUID, actor: Actor) -> ApplicationDraft | None:
    """The draft, locked, with its owner's profile; `kinds` are those of its documents."""
    kinds = Document.objects.filter(draft=OuterRef("pk")).order_by().values("kind")
    return (
        ApplicationDraft.objects.visible_to(actor)
        .select_related("owner__profile__district", "owner__profile__dong")
        .annotate(kinds=ArraySubquery(kinds), terms_version=F("call__terms_version"))
        .select_for_update(of=("self",))
        .filter(pk=draft_key)
        .order_by()
        .first()
    )


def _submit(draft_key: uuid.UUID, *, actor: Actor) -> Application:
    draft = _draft_to_submit(draft_key, actor)
    if draft is None:
        done = Application.objects.visible_to(actor).filter(submission_key=draft_key).first()
        if done is None:
            raise ApplicationDraft.DoesNotExist
        return done
    draft.call = terms_at(draft.call_id, draft.terms_version).call  # type: ignore[attr-defined]
    profile: CitizenProfile | None = getattr(draft.owner, "profile", None)
    if profile is None:
        raise UnableToReceive("incomplete", _("먼저 내 정보를 적어 주십시오."))
    answers = draft.answers
    consents = {int(pk): given for pk, given in answers.get("consents", {}).items()}
    district_call = DistrictCall.objects.filter(call=draft.call, district=profile.district_id).first()
    if district_call is None:
        raise UnableToReceive("closed", _("사는 자치구는 이 모집에 참여하지 않습니다."))
    district_call.call, district_call.district = draft.call, profile.district
    if missing := missing_consents(draft.call, consents):
        raise UnableToReceive("incomplete", *(_("동의가 필요합니다: %(x)s") % {"x": item} for item in missing))
    kinds: set[str] = set(draft.kinds)  # type: ignore[attr-defined]  # annotated
    if missing_kinds := missing_documents(draft.call, profile.district_id, kinds):
        raise UnableToReceive("incomplete", *(_("서류가 필요합니다: %(x)s") % {"x": doc} for doc in missing_kinds))
    intake = Intake(
        person=Person.of(profile), district_call=district_call, detail=answers.get("detail", {}), consents=consents,
        applicant=actor.user, submission_key=draft.key,
    )  # fmt: skip
    application = receive(intake, actor=actor)
    if kinds:
        Document.objects.filter(draft=draft).update(application=application, draft=None)
    ApplicationDraft.objects.filter(pk=draft.pk)._raw_delete("default")
    return application


def receive(intake: Intake, *, actor: Actor) -> Application:
    """Insert one application with its detail, consents, event and letter. Call inside a transaction.

    The shared lock is taken before the clock is read, so that order of receipt is order of `received_at`."""
    district_call, call = intake.district_call, intake.district_call.call
    now = lock_district_call(district_call.pk, "shared")
    if refused := obstacles(intake, now):
        raise refused
    programme = registry.get(call.program_id)
    detail_form = programme.detail_form(intake.detail)
    if not detail_form.is_valid():
        raise UnableToReceive("incomplete", *(str(e) for errors in detail_form.errors.values() for e in errors))
    (number,) = receipt_numbers(1)
    application = build(intake, intake.stated_received_at or now, number=number, calendar=WorkingCalendar())
    insert_many([application])
    detail = detail_form.save(commit=False)
    detail.application = application
    insert_many([detail])
    insert_many(
        Consent(application=application, item_id=item, given=given, given_at=now)
        for item, given in intake.consents.items()
    )
    insert_many([receipt_event(application, actor, intake)])
    letters.queue([(application, "received", {})])
    return application


def build(intake: Intake, received_at: dt.datetime, *, number: int, calendar: WorkingCalendar) -> Application:
    """The application as it is received, not yet saved. `number` is of the receipt sequence."""
    person, district_call, call = intake.person, intake.district_call, intake.district_call.call
    prefix = registry.get(call.program_id).receipt_prefix
    return Application(
        receipt_no=f"{prefix}-{received_at.astimezone(SEOUL).year}-{number:07d}",
        submission_key=intake.submission_key,
        program=call.program,
        call=call,
        district_call=district_call,
        district=district_call.district,
        applicant=intake.applicant,
        channel=intake.channel,
        state=State.SUBMITTED,
        received_at=received_at,
        order_at=received_at,
        due_at=calendar.due_at(received_at, call.processing_days),
        name=person.name,
        birth_date=person.birth_date,
        phone=person.phone,
        address=person.address,
        dong=person.dong,
        household_size=person.household_size,
        tenure=person.tenure,
        proxy_name=intake.proxy_name or None,
        proxy_phone=intake.proxy_phone or None,
        synthetic=intake.synthetic,
        **indexes_of(person),
    )


def indexes_of(person: Person) -> dict[str, bytes]:
    """The blind indexes by which an application is found and duplicates are flagged."""
    return {
        "name_index": blind_index("name", "".join(person.name.split())),
        "phone_index": blind_index("phone", person.phone),
        "phone4_index": blind_index("phone4", person.phone[-4:]),
        "person_index": person.index,
        "address_index": address_index(person.district, person.address),
    }


def receipt_numbers(count: int) -> list[int]:
    """The next numbers of the receipt sequence, in order."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('programs_receipt_seq') FROM generate_series(1, %s)", [count])
        return sorted(row[0] for row in cursor.fetchall())


def receipt_event(application: Application, actor: Actor, intake: Intake) -> ApplicationEvent:
    """The event of its receipt, not yet saved."""
    act = Act(application, actor, application.received_at, target=State.SUBMITTED, calendar=WorkingCalendar({}))
    act.record = {"channel": intake.channel.value}
    return event_for(act, "submit", "", application.district_id, None)
