"""Receiving an application: online from a draft, at the counter, or by import. Creates the row; everything after that
goes through programs.workflow."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from accounts.bulk import Together
from accounts.encryption import blind_index
from accounts.models import AdminDong, CitizenProfile, District, User
from accounts.models.people import person_index
from accounts.prepared import columns, prepared_cursor, take
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
    RequiredDocument,
)
from programs.models.applications import Channel, State
from programs.workflow import DISTRICT_CALL_SPACE, Act, deadline_record, event_for


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
    if refused := _refused(intake, now):
        return refused
    found = live_duplicate(intake.district_call.call, intake.person)
    return _already_applied(found.receipt_no) if found else None


def _refused(intake: Intake, now: dt.datetime) -> UnableToReceive | None:
    """The same but for an earlier application of the same person."""
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
    return None


def _already_applied(receipt_no: str) -> UnableToReceive:
    return UnableToReceive(
        "duplicate", _("이미 신청하셨습니다(접수번호 %(no)s). 두 번 신청할 수 없습니다.") % {"no": receipt_no}
    )


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


@dataclass(frozen=True)
class _Submitted:
    """A draft, locked, with what its submit reads. `kinds` are those of its documents."""

    draft: ApplicationDraft
    profile: CitizenProfile | None
    district_call: DistrictCall | None
    kinds: set[str]


_DRAFT = f"""
SELECT call.terms_version, ARRAY(SELECT kind FROM programs_document WHERE draft_id = draft.key),
       {columns(ApplicationDraft, "draft")}, {columns(CitizenProfile, "profile")}, {columns(District, "district")},
       {columns(AdminDong, "dong")}, {columns(DistrictCall, "share")}
FROM programs_applicationdraft AS draft
JOIN programs_call AS call ON call.id = draft.call_id
LEFT JOIN accounts_citizenprofile AS profile ON profile.user_id = draft.owner_id
LEFT JOIN accounts_district AS district ON district.code = profile.district_id
LEFT JOIN accounts_admindong AS dong ON dong.code = profile.dong_id
LEFT JOIN programs_districtcall AS share ON share.call_id = draft.call_id AND share.district_id = profile.district_id
WHERE draft.key = %s AND draft.owner_id = %s
FOR UPDATE OF draft
"""  # noqa: S608 - columns of models


def _draft_to_submit(draft_key: uuid.UUID, actor: Actor) -> _Submitted | None:
    """Only its owner's, as a citizen: what the row rule of drafts says."""
    with prepared_cursor() as cursor:
        cursor.execute(_DRAFT, [draft_key, actor.user_id if actor.is_citizen else None])
        found = cursor.fetchone()
    if found is None:
        return None
    values = iter(found)
    terms_version, kinds = next(values), set(next(values))
    draft, profile, district = take(ApplicationDraft, values), take(CitizenProfile, values), take(District, values)
    dong, share = take(AdminDong, values), take(DistrictCall, values)
    assert draft is not None  # noqa: S101 - the row is its
    draft.call = terms_at(draft.call_id, terms_version).call
    if profile and district:
        profile.district, profile.dong = district, dong
    if share and district:
        share.call, share.district = draft.call, district
    return _Submitted(draft, profile, share, kinds)


def _submit(draft_key: uuid.UUID, *, actor: Actor) -> Application:
    found = _draft_to_submit(draft_key, actor)
    if found is None:
        done = Application.objects.visible_to(actor).filter(submission_key=draft_key).first()
        if done is None:
            raise ApplicationDraft.DoesNotExist
        return done
    writing = Together()
    application = _receive(_intake_of(found, actor), actor, writing)
    writing.also(
        "UPDATE programs_document SET application_id = %s, draft_id = NULL WHERE draft_id = %s",
        [application.pk, draft_key],
    )
    writing.also("DELETE FROM programs_applicationdraft WHERE key = %s", [draft_key])
    writing.write()
    return application


def _intake_of(found: _Submitted, actor: Actor) -> Intake:
    """What the draft applies for. Raises UnableToReceive where something is missing."""
    call, profile = found.draft.call, found.profile
    if profile is None:
        raise UnableToReceive("incomplete", _("먼저 내 정보를 적어 주십시오."))
    answers = found.draft.answers
    consents = {int(pk): given for pk, given in answers.get("consents", {}).items()}
    if found.district_call is None:
        raise UnableToReceive("closed", _("사는 자치구는 이 모집에 참여하지 않습니다."))
    if missing := missing_consents(call, consents):
        raise UnableToReceive("incomplete", *(_("동의가 필요합니다: %(x)s") % {"x": item} for item in missing))
    if missing_kinds := missing_documents(call, profile.district_id, found.kinds):
        raise UnableToReceive("incomplete", *(_("서류가 필요합니다: %(x)s") % {"x": doc} for doc in missing_kinds))
    return Intake(
        person=Person.of(profile), district_call=found.district_call, detail=answers.get("detail", {}),
        consents=consents, applicant=actor.user, submission_key=found.draft.key,
    )  # fmt: skip


def receive(intake: Intake, *, actor: Actor) -> Application:
    """Insert one application with its detail, consents, event and letter. Call inside a transaction."""
    writing = Together()
    application = _receive(intake, actor, writing)
    writing.write()
    return application


# The clock is read after the lock was taken: it comes from the lock's row.
_ADMIT = """
WITH taken AS MATERIALIZED (SELECT pg_advisory_xact_lock_shared(%s, %s))
SELECT clock_timestamp(), nextval('programs_application_id_seq'), nextval('programs_receipt_seq'),
       (SELECT receipt_no FROM programs_application WHERE call_id = %s AND person_index = %s AND closed_at IS NULL)
FROM taken
"""


def _receive(intake: Intake, actor: Actor, writing: Together) -> Application:
    """The application as `writing` will insert it, with all that belongs to it.

    The shared lock is taken before the clock is read, so that order of receipt is order of `received_at`."""
    district_call, call = intake.district_call, intake.district_call.call
    with prepared_cursor() as cursor:
        cursor.execute(_ADMIT, [DISTRICT_CALL_SPACE, district_call.pk, call.pk, intake.person.index])
        now, pk, number, already = cursor.fetchone()
    if refused := _refused(intake, now):
        raise refused
    if already:
        raise _already_applied(already)
    detail_form = registry.get(call.program_id).detail_form(intake.detail)
    if not detail_form.is_valid():
        raise UnableToReceive("incomplete", *(str(e) for errors in detail_form.errors.values() for e in errors))
    application = build(intake, intake.stated_received_at or now, number=number, calendar=WorkingCalendar())
    application.pk = pk
    detail = detail_form.save(commit=False)
    detail.application = application
    writing.insert([application])
    writing.insert([detail])
    writing.insert(
        Consent(application=application, item_id=item, given=given, given_at=now)
        for item, given in intake.consents.items()
    )
    writing.insert([receipt_event(application, actor, intake)])
    letters.queue([(application, "received", {})], within=writing)
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
        due_at=calendar.due_at(district_call.clock_starts_at(received_at), call.processing_days),
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
    act.record = {"channel": intake.channel.value} | deadline_record("", act.target, due_at=application.due_at)
    return event_for(act, "submit", "", application.district_id, None)
