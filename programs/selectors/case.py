"""Everything an officer sees of one case, and what they may be told of cases elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, Q
from django.forms.models import model_to_dict
from django.utils.translation import gettext as _

from accounts.masking import format_phone
from accounts.roles import Actor
from notifications.models import Message
from programs import registry
from programs.deadlines import SEOUL
from programs.eligibility import Verdict, evaluate, rules_of
from programs.models import Application, Document, DocumentPage, RequiredDocument
from programs.selectors.queue import was_helped
from programs.workflow import state_info, workflow_of

_TWINS_AT_MOST = 50


def case_of(actor: Actor, receipt_no: str) -> Application:
    """The case with this number. Raises Application.DoesNotExist where the actor may not see it."""
    return (
        Application.objects.visible_to(actor)
        .select_related("program", "call", "district", "district_call", "dong", "assignee__user")
        .get(receipt_no=receipt_no)
    )


def detail_of(application: Application) -> Any:
    """The programme's own answers, or None for a case that came without any."""
    model = registry.get(application.program_id).detail_model
    return model._default_manager.filter(pk=application.pk).first()


def verdicts_of(application: Application, detail: Any) -> list[Verdict]:
    """Each rule of the day of receipt on what this application states; nothing is known of a destroyed person."""
    day = application.received_at.astimezone(SEOUL).date()
    facts = {
        "district": application.district_id,
        "birth_date": application.birth_date,
        "household_size": application.household_size,
        "tenure": application.tenure,
    }
    if detail is not None:
        facts |= registry.get(application.program_id).facts(model_to_dict(detail))
    return evaluate(rules_of([application.call_id], day)[application.call_id], facts, day)


@dataclass(frozen=True)
class Happening:
    """One line of the case's history."""

    title: str
    at: Any
    who: str
    moved_to: str  # the state it led to, where it changed
    note: str | None
    internal: bool


def history_of(application: Application) -> list[Happening]:
    """What happened, the latest first."""
    workflow = workflow_of(application)
    events = application.events.select_related("actor", "membership__organisation", "note").order_by("-id")
    return [
        Happening(
            title=action_label(application, event.action),
            at=event.occurred_at,
            who=_who(event),
            moved_to=str(workflow.states[event.to_state].label)
            if event.to_state != event.from_state and event.to_state in workflow.states
            else "",
            note=event.note.text if event.note else None,
            internal=bool(event.note and event.note.internal),
        )
        for event in events
    ]


def action_label(application: Application, action: str) -> str:
    if action == "submit":
        return _("접수")
    transition = workflow_of(application).transitions.get(action)
    return str(transition.label) if transition else action


def _who(event: Any) -> str:
    """Staff by organisation and name; of an applicant only that it was they."""
    if event.membership:
        return f"{event.membership.organisation} {event.actor}"
    return _("신청인") if event.actor else _("시스템")


def letters_of(application: Application) -> list[Message]:
    """The notices of this case with what became of them, the latest first."""
    return list(Message.objects.filter(about=f"application:{application.pk}").order_by("-id"))


@dataclass(frozen=True)
class Twin:
    """Another application that may be the same person's. `receipt_no` and `phone` are all that another district's
    officer is told."""

    application: Application
    why: list[str]
    state: Any
    helped: bool
    mine: bool

    @property
    def phone(self) -> str:
        share = self.application.district_call
        return format_phone(share.phone) or "120"


def twins_of(application: Application, actor: Actor) -> list[Twin]:
    """Applications with the same person, phone or address, in any district: live ones and those that were decided."""
    if not application.person_index:
        return []
    found = (
        Application.objects.filter(
            Q(person_index=application.person_index)
            | Q(phone_index=application.phone_index)
            | Q(address_index=application.address_index)
        )
        .exclude(pk=application.pk)
        .select_related("district", "district_call", "program")
        .order_by("-id")[:_TWINS_AT_MOST]
    )
    return [
        Twin(
            application=other,
            why=_resemblance(application, other),
            state=state_info(other),
            helped=was_helped(other),
            mine=actor.district_id is None or other.district_id == actor.district_id,
        )
        for other in found
    ]


def _resemblance(one: Application, other: Application) -> list[str]:
    words = []
    if one.person_index == other.person_index:
        words.append(_("같은 사람"))
    if one.phone_index == other.phone_index:
        words.append(_("같은 전화"))
    if one.address_index == other.address_index:
        words.append(_("같은 주소"))
    return words


@dataclass(frozen=True)
class Sheet:
    """One document of a case as the officer sees it."""

    document: Document
    label: str
    pages: list[DocumentPage]


def sheets_of(application: Application) -> list[Sheet]:
    """The case's documents under the names the call gives them, each with its pages' pictures."""
    labels = {kind.kind: str(kind) for kind in document_kinds_of(application)}
    documents = application.documents.filter(destroyed_at__isnull=True).order_by("uploaded_at", "pk")
    pages = DocumentPage.objects.only("document_id", "number", "width", "height").order_by("number")
    return [
        Sheet(document, labels.get(document.kind, _("그 밖의 서류")), list(document.pages.all()))
        for document in documents.prefetch_related(Prefetch("pages", pages))
    ]


def document_kinds_of(application: Application) -> list[RequiredDocument]:
    """The documents the call asks for in this case's district."""
    return list(
        RequiredDocument.objects.filter(call=application.call_id)
        .filter(Q(district__isnull=True) | Q(district=application.district_id))
        .order_by("sort", "id")
    )
