"""Moving places between the districts of one call: an act of the city, recorded, never below what is used."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.roles import Actor, Role
from programs.models import Application, DistrictCall, QuotaMove
from programs.workflow import UnableToPerform, lock_district_call, promote_waiting


@transaction.atomic
def move(
    source_id: int,
    target_id: int,
    *,
    actor: Actor,
    places: int,
    reason: str,
    expected: tuple[int, int] | None = None,
) -> QuotaMove:
    """Move `places` from one district call to another and offer the new ones to the waiting list.

    `expected` are both quotas as they were on the screen: a form sent twice moves once. Both are locked in the order
    of their ids, as everywhere, so that neither a selection nor another move comes between. Raises UnableToPerform."""
    if actor.role != Role.CITY_OFFICER or actor.user is None:
        raise UnableToPerform(_("인원은 시 담당자가 옮깁니다."))
    if not reason.strip():
        raise UnableToPerform(_("옮기는 사유를 적으십시오."))
    for district_call_id in sorted({source_id, target_id}):
        lock_district_call(district_call_id, "exclusive")
    rows = {
        row.pk: row
        for row in DistrictCall.objects.filter(pk__in=[source_id, target_id])
        .select_related("district")
        .select_for_update(of=("self",))
        .order_by("pk")
    }
    source, target = rows[source_id], rows[target_id]
    _check(source, target, places, expected)
    source.quota -= places
    target.quota += places
    for row in sorted(rows.values(), key=lambda row: row.pk):
        row.save(update_fields=["quota"])
    moved = QuotaMove.objects.create(source=source, target=target, places=places, reason=reason, moved_by=actor.user)
    promote_waiting(target.pk)
    return moved


def _check(source: DistrictCall, target: DistrictCall, places: int, expected: tuple[int, int] | None) -> None:
    if source.pk == target.pk or source.call_id != target.call_id:
        raise UnableToPerform(_("같은 모집의 서로 다른 두 자치구를 고르십시오."))
    if expected is not None and expected != (source.quota, target.quota):
        raise UnableToPerform(_("그 사이 인원이 바뀌었습니다. 지금 인원을 확인하고 다시 하십시오."))
    if places < 1:
        raise UnableToPerform(_("1명 이상 옮기십시오."))
    used = Application.objects.filter(district_call=source, holds_place=True).count()
    if source.quota - places < used:
        raise UnableToPerform(
            _("%(district)s은(는) 이미 %(used)s명이 선정되었거나 확인 중입니다. %(most)s명까지 옮길 수 있습니다.")
            % {"district": source.district, "used": used, "most": max(source.quota - used, 0)}
        )
