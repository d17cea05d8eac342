"""Who escorts: taking colleagues into the roster, what users are told of them, their photo, and what they must hold to
be sent out. Nobody loses a qualification, or stops working, from under a trip that is planned for them."""

from __future__ import annotations

import datetime as dt
from functools import partial

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership
from accounts.roles import Actor
from accounts.uploads import Taken
from hospital.assigning import reroute
from hospital.availability import lacking_on, live_assignments
from hospital.escort_terms import EscortTerms
from hospital.models import Credential, EscortManager
from hospital.rostering import EMPLOYERS, own_manager, planned_trips
from programs.workflow import UnableToPerform


@transaction.atomic
def register_manager(
    membership: Membership, *, base_id: str, qualification: str, phone: str, actor: Actor
) -> EscortManager:
    """Take a colleague with the role into the roster, once."""
    if actor.role not in EMPLOYERS or membership.organisation_id != actor.organisation_id:
        raise UnableToPerform(_("우리 기관의 동행매니저만 등록할 수 있습니다."))
    return EscortManager.objects.get_or_create(
        membership=membership,
        defaults={
            "organisation": membership.organisation, "base_id": base_id, "qualification": qualification,
            "phone": phone,
        },
    )[0]  # fmt: skip


@transaction.atomic
def edit_manager(
    manager_id: int, *, base_id: str, qualification: str, phone: str, active: bool, actor: Actor
) -> EscortManager:
    """What users are told of the manager, where their day begins, and whether they work at present. Raises
    UnableToPerform while trips are planned for one who is to stop, EscortManager.DoesNotExist."""
    manager = own_manager(manager_id, actor)
    coming = (timezone.now(), None)
    if not active and (numbers := planned_trips(manager.pk, coming)):
        raise UnableToPerform(
            _("배정된 동행이 있습니다(%(list)s). 먼저 다른 매니저에게 배정하십시오.") % {"list": ", ".join(numbers)}
        )
    moves = manager.base_id != base_id
    manager.base_id, manager.qualification, manager.phone, manager.active = base_id, qualification, phone, active
    manager.save(update_fields=["base", "qualification", "phone", "active"])
    if moves:
        days = {one.trip.day: one.trip.terms for one in live_assignments([manager.pk], coming).select_related(
            "trip__terms"
        )}  # fmt: skip
        for day, terms in days.items():
            reroute(manager, day, EscortTerms.of(terms))
    return manager


@transaction.atomic
def set_photo(manager_id: int, *, taken: Taken, actor: Actor) -> EscortManager:
    """Shown to those who are escorted, so that they know who comes; the picture before it is deleted."""
    manager = own_manager(manager_id, actor)
    before = manager.photo.name
    manager.photo.save(f"{manager.pk}{taken.suffix}", ContentFile(taken.data), save=False)
    manager.save(update_fields=["photo"])
    _delete_later(manager, before)
    return manager


@transaction.atomic
def remove_photo(manager_id: int, *, actor: Actor) -> EscortManager:
    manager = own_manager(manager_id, actor)
    before, manager.photo = manager.photo.name, ""
    manager.save(update_fields=["photo"])
    _delete_later(manager, before)
    return manager


def _delete_later(manager: EscortManager, name: str | None) -> None:
    """Once it is sure that no row names the file any more."""
    if name:
        transaction.on_commit(partial(manager.photo.storage.delete, name))


@transaction.atomic
def add_credential(
    manager_id: int, *, kind: str, title: str, valid_from: dt.date, valid_until: dt.date | None, actor: Actor
) -> Credential:
    """A certificate, a training or the insurance, from a day, until a day where it ends."""
    if valid_until and valid_until < valid_from:
        raise UnableToPerform(_("만료일이 시작일보다 앞섭니다."))
    manager = own_manager(manager_id, actor)
    return Credential.objects.create(
        manager=manager, kind=kind, title=title, valid_from=valid_from, valid_until=valid_until
    )


@transaction.atomic
def end_credential(credential_id: int, *, last_day: dt.date, actor: Actor) -> Credential:
    """It is valid for the last time on that day. Raises UnableToPerform where a planned trip would be left to somebody
    unqualified, Credential.DoesNotExist, EscortManager.DoesNotExist."""
    manager = own_manager(Credential.objects.visible_to(actor).get(pk=credential_id).manager_id, actor)
    credential = Credential.objects.get(pk=credential_id)
    if last_day < credential.valid_from:
        raise UnableToPerform(_("만료일이 시작일보다 앞섭니다."))
    credential.valid_until = last_day
    credential.save(update_fields=["valid_until"])
    if numbers := _unqualified(manager):
        raise UnableToPerform(
            _("그 뒤에 배정된 동행이 있습니다(%(list)s). 다른 매니저에게 배정하거나 새 자격을 먼저 기록하십시오.")
            % {"list": ", ".join(numbers)}
        )
    return credential


def _unqualified(manager: EscortManager) -> list[str]:
    """The numbers of the coming trips on whose day the manager lacks something."""
    coming = [one.trip for one in live_assignments([manager.pk], (timezone.now(), None)) if one.trip.is_live]
    bad = {day for day in {trip.day for trip in coming} if lacking_on([manager.pk], day)}
    return [trip.number for trip in coming if trip.day in bad]
