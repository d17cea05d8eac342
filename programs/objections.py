"""Objections to a refusal (이의신청): in time, decided by someone else, 14 + 10 days (행정기본법 §36)."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.roles import DISTRICT_STAFF, Actor, Role
from programs import letters
from programs.deadlines import SEOUL
from programs.models import Application, Objection
from programs.models.applications import State
from programs.workflow import UnableToPerform, database_now, perform

DECIDERS = (*DISTRICT_STAFF, Role.CITY_OFFICER)


def last_day(application: Application) -> dt.date | None:
    """Until when a refusal can be objected to; None when nothing was refused."""
    if application.state != State.REJECTED or application.decided_at is None:
        return None
    return application.decided_at.astimezone(SEOUL).date() + dt.timedelta(days=application.call.objection_days)


@transaction.atomic
def file_objection(application_id: int, *, actor: Actor, text: str) -> Objection:
    """File one objection. Raises UnableToPerform when nothing was refused, the time is over, or one is open."""
    application = (
        Application.objects.visible_to(actor)
        .select_related("call", "program", "district", "district_call")
        .select_for_update(of=("self",))
        .get(pk=application_id)
    )
    now = database_now()
    until = last_day(application)
    if until is None:
        raise UnableToPerform(_("미선정된 신청에만 이의신청할 수 있습니다."))
    if now.astimezone(SEOUL).date() > until:
        raise UnableToPerform(_("이의신청 기간이 %(day)s에 끝났습니다.") % {"day": until})
    if application.objections.exists():
        raise UnableToPerform(_("이 신청에 대한 이의신청이 이미 있습니다."))
    if not text.strip():
        raise UnableToPerform(_("이의 내용을 적으십시오."))
    rejection = application.events.filter(action="reject").order_by("-id").first()
    objection = Objection.objects.create(
        application=application,
        text=text,
        filed_at=now,
        due_on=now.astimezone(SEOUL).date() + dt.timedelta(days=application.call.objection_decide_days),
        first_decider=rejection.actor if rejection else None,
    )
    _tell(objection, "objection_filed")
    return objection


def _tell(objection: Objection, template: str, text: str = "") -> None:
    due = {"결정기한": objection.due_on}
    application = objection.application
    # The version alone would make the second letter about one version look like a repetition.
    application.version += 1
    Application.objects.filter(pk=application.pk).update(version=application.version)
    letters.queue([(application, template, {"letter_variables": due, "letter_text": text})])


def why_not_decide(objection: Objection, actor: Actor) -> str | None:
    """The reason why this person cannot decide this objection, or None."""
    if actor.role not in DECIDERS:
        return _("이의신청을 처리할 권한이 없습니다.")
    if objection.state != Objection.State.FILED:
        return _("이미 결정된 이의신청입니다.")
    if objection.first_decider_id is not None and objection.first_decider_id == actor.user_id:
        return _("처음 결정한 사람은 이의신청을 결정할 수 없습니다. 다른 담당자가 결정해야 합니다.")
    return None


def why_not_extend(objection: Objection, actor: Actor) -> str | None:
    """The reason why the time cannot be extended, or None."""
    if actor.role not in DECIDERS:
        return _("이의신청을 처리할 권한이 없습니다.")
    if objection.state != Objection.State.FILED:
        return _("이미 결정된 이의신청입니다.")
    if objection.extended:
        return _("결정 기한은 한 번만 연장할 수 있습니다.")
    return None


def _refuse(reason: str | None) -> None:
    if reason:
        raise UnableToPerform(reason)


def _locked(objection_id: int, actor: Actor) -> Objection:
    """The application is locked before its objection, as upholding one does: else two deciders could deadlock."""
    Application.objects.visible_to(actor).select_for_update(of=("self",)).get(objections=objection_id)
    return (
        Objection.objects.visible_to(actor)
        .select_related(
            "application__call", "application__program", "application__district", "application__district_call"
        )
        .select_for_update(of=("self",))
        .get(pk=objection_id)
    )


@transaction.atomic
def extend(objection_id: int, *, actor: Actor, reason: str) -> Objection:
    """Extend the time to decide, once."""
    objection = _locked(objection_id, actor)
    _refuse(why_not_extend(objection, actor))
    if not reason.strip():
        raise UnableToPerform(_("연장 사유를 적으십시오."))
    objection.due_on += dt.timedelta(days=objection.application.call.objection_extend_days)
    objection.extended, objection.extension_reason = True, reason
    objection.save(update_fields=["due_on", "extended", "extension_reason"])
    _tell(objection, "objection_extended", reason)
    return objection


def decide(objection_id: int, *, actor: Actor, upheld: bool, answer: str) -> Objection:
    """Uphold or dismiss. Upheld takes a free place now, or stands first on the waiting list."""
    try:
        with transaction.atomic():
            return _decide(objection_id, actor=actor, upheld=upheld, answer=answer)
    except IntegrityError as error:
        if "one_live_application_a_person" not in str(error):
            raise
        raise UnableToPerform(_("신청인이 그 사이 새로 신청하였습니다. 새 신청을 먼저 처리하십시오.")) from error


def _decide(objection_id: int, *, actor: Actor, upheld: bool, answer: str) -> Objection:
    if not answer.strip():
        raise UnableToPerform(_("결정 이유를 적으십시오."))
    objection = Objection.objects.visible_to(actor).get(pk=objection_id)
    _refuse(why_not_decide(objection, actor))
    if upheld:  # places are locked before rows, everywhere
        perform(objection.application_id, "uphold_objection", actor=actor, data={"letter_text": answer})
    objection = _locked(objection_id, actor)
    _refuse(why_not_decide(objection, actor))
    objection.state = Objection.State.UPHELD if upheld else Objection.State.DISMISSED
    objection.decided_by, objection.decided_at, objection.answer = actor.user, database_now(), answer
    objection.save(update_fields=["state", "decided_by", "decided_at", "answer"])
    if not upheld:
        _tell(objection, "objection_dismissed", answer)
    return objection
