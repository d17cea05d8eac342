"""A citizen's way from the start page to the submit button: what stands in the way, and what the draft remembers."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.masking import has_resident_number
from accounts.models import CitizenProfile
from accounts.roles import Actor
from programs import registry
from programs.call_terms import terms_of
from programs.deadlines import SEOUL
from programs.eligibility import Verdict, evaluate
from programs.expiry import discard_draft
from programs.intake import (
    Intake,
    Person,
    UnableToReceive,
    live_duplicate,
    missing_consents,
    missing_documents,
    obstacles,
    places_left,
)
from programs.models import Application, ApplicationDraft, Call, DistrictCall, RequiredDocument

if TYPE_CHECKING:
    from django import forms

STEPS = {
    "consents": gettext_lazy("동의"),
    "person": gettext_lazy("내 정보 확인"),
    "conditions": gettext_lazy("조건과 서류"),
    "review": gettext_lazy("확인과 제출"),
}


@dataclass(frozen=True)
class Standing:
    """Where a person stands with a call. `refused` says why they cannot apply; `mine` is their application, if any."""

    call: Call
    district_call: DistrictCall | None
    refused: UnableToReceive | None
    mine: Application | None
    places_left: int
    verdicts: list[Verdict]

    @property
    def will_wait(self) -> bool:
        """All places are taken, but the call goes on with a waiting list."""
        return self.refused is None and self.places_left <= 0


def stand(
    call: Call, profile: CitizenProfile, now: dt.datetime, *, actor: Actor, detail: Mapping[str, Any] | None = None
) -> Standing:
    """What can be said before anything is typed, or with the conditions as they are known so far (`detail`)."""
    district_call = DistrictCall.objects.filter(call=call, district=profile.district_id).first()
    if district_call is None:
        outside = UnableToReceive("closed", _("사는 자치구는 이 모집에 참여하지 않습니다."))
        return Standing(call, None, outside, None, 0, [])
    district_call.call, district_call.district = call, profile.district
    person = Person.of(profile)
    found = live_duplicate(call, person)
    mine = found if found and found.applicant_id == actor.user_id else None
    refused: UnableToReceive | None = obstacles(Intake(person, district_call, dict(detail or {}), {}), now)
    if refused and refused.code == "closed":
        refused = UnableToReceive("closed", closed_words(district_call, now))
    day = now.astimezone(SEOUL).date()
    facts = person.facts() | registry.get(call.program_id).facts(dict(detail or {}))
    verdicts = evaluate(terms_of(call).rules_on(day), facts, day)
    return Standing(call, district_call, refused, mine, places_left(district_call), verdicts)


def closed_words(share: DistrictCall | Call, now: dt.datetime) -> str:
    """Not yet, no longer, or ended early."""
    opens = share.effective_opens_at if isinstance(share, DistrictCall) else share.opens_at
    closes = share.effective_closes_at if isinstance(share, DistrictCall) else share.closes_at
    moment = "%Y. %-m. %-d. %H:%M"
    if now < opens:
        return _("아직 접수 기간이 아닙니다. %(at)s에 접수를 시작합니다.") % {
            "at": opens.astimezone(SEOUL).strftime(moment)
        }
    if now >= closes:
        return _("접수가 %(at)s에 끝났습니다.") % {"at": closes.astimezone(SEOUL).strftime(moment)}
    return _("접수가 일찍 마감되었습니다.")


def begin(call: Call, profile: CitizenProfile, now: dt.datetime, *, actor: Actor) -> ApplicationDraft:
    """The person's draft of this call, made if there is none. Raises UnableToReceive."""
    existing = ApplicationDraft.objects.visible_to(actor).filter(call=call).first()
    if existing:
        return existing
    if refused := stand(call, profile, now, actor=actor).refused:
        raise refused
    draft, _created = ApplicationDraft.objects.get_or_create(
        owner=actor.user, call=call, defaults={"district_id": profile.district_id}
    )
    return draft


@transaction.atomic
def remember(
    key: uuid.UUID, section: str, values: Mapping[str, Any], *, actor: Actor, profile: CitizenProfile | None = None
) -> ApplicationDraft:
    """Keep one section's answers. Raises ApplicationDraft.DoesNotExist once it was submitted or discarded."""
    draft = ApplicationDraft.objects.visible_to(actor).select_for_update().get(pk=key)
    draft.remember(section, dict(values))
    draft.step = section
    if profile:
        draft.district = profile.district
    draft.save(update_fields=["payload", "updated_at", "step", "district"])
    return draft


@transaction.atomic
def discard(key: uuid.UUID, *, actor: Actor) -> None:
    """Delete the draft and what was uploaded with it. Twice is once."""
    draft = ApplicationDraft.objects.visible_to(actor).select_for_update().filter(pk=key).first()
    if draft:
        discard_draft(draft)


def consents_of(draft: ApplicationDraft) -> dict[int, bool]:
    return {int(pk): given for pk, given in draft.answers.get("consents", {}).items()}


def detail_of(draft: ApplicationDraft) -> dict[str, Any]:
    return draft.answers.get("detail", {})


def answers_from(form: forms.BaseForm, data: Any) -> dict[str, Any]:
    """The form's raw answers, fit to be kept; what looks like a resident registration number is never kept."""
    found = {
        name: field.widget.value_from_datadict(data, {}, form.add_prefix(name)) for name, field in form.fields.items()
    }
    return {
        name: "" if isinstance(value, str) and has_resident_number(value) else value for name, value in found.items()
    }


def required_documents(call: Call, district_id: str | None) -> list[RequiredDocument]:
    return terms_of(call).documents_in(district_id)


def first_unfinished(draft: ApplicationDraft, profile: CitizenProfile) -> str:
    """The step this draft has come to: nothing later may be opened, so that consents come before documents."""
    if "consents" not in draft.answers or missing_consents(draft.call, consents_of(draft)):
        return "consents"
    if draft.answers.get("person", {}).get("as_of") != profile.updated_at.isoformat():
        return "person"
    if not registry.get(draft.call.program_id).detail_form(detail_of(draft)).is_valid():
        return "conditions"
    kinds = set(draft.documents.values_list("kind", flat=True))
    return "conditions" if missing_documents(draft.call, profile.district_id, kinds) else "review"


def key_from(text: str) -> uuid.UUID:
    """The draft's key as the form sends it. Raises ApplicationDraft.DoesNotExist for what is none."""
    try:
        return uuid.UUID(text)
    except ValueError:
        raise ApplicationDraft.DoesNotExist from None
