"""Places moved between districts: recorded, never below what is used, safe beside a selection."""

import pytest

from programs import quota, selection
from programs.models import Application, DistrictCall, QuotaMove
from programs.workflow import UnableToPerform, perform
from tests.factories import cast as c
from tests.scratch import in_threads


def confirmed(cast, count, district=c.DONGJAK):
    officer = cast.officer if district == c.DONGJAK else cast.neighbour
    rows = [cast.receive(c.person(district)) for _ in range(count)]
    for row in rows:
        perform(row, "confirm", actor=officer)
    return rows


def move(cast, places, **more):
    values = {"actor": cast.city, "places": places, "reason": "수요 조정"} | more
    return quota.move(cast.dongjak.pk, cast.gwanak.pk, **values)


def quotas(cast):
    return [DistrictCall.objects.get(pk=row.pk).quota for row in (cast.dongjak, cast.gwanak)]


def test_a_move_keeps_the_sum_and_is_recorded(cast):
    moved = move(cast, 2)
    assert quotas(cast) == [1, 5]
    assert (moved.places, moved.reason, moved.moved_by) == (2, "수요 조정", cast.city.user)


def test_never_below_what_is_used(cast):
    confirmed(cast, 2)
    selection.approve(selection.draft(cast.dongjak, actor=cast.officer, places=2).pk, actor=cast.manager)
    with pytest.raises(UnableToPerform, match=r"이미 2명.*1명까지"):
        move(cast, 2)
    assert quotas(cast) == [3, 3]
    move(cast, 1)
    assert quotas(cast) == [2, 4]


def test_new_places_are_offered_to_the_waiting_list_in_order(cast):
    rows = confirmed(cast, 5, c.GWANAK)
    manager = cast.actor(cast.manager.role, c.GWANAK)
    batch = selection.draft(cast.gwanak, actor=cast.neighbour, places=3, waitlist_rest=True)
    selection.approve(batch.pk, actor=manager)
    move(cast, 1)
    states = [Application.objects.get(pk=row.pk).state for row in rows]
    assert states == ["selected"] * 3 + ["offered", "waitlisted"]


def test_the_same_form_sent_twice_moves_once(cast):
    move(cast, 1, expected=(3, 3))
    with pytest.raises(UnableToPerform, match="그 사이 인원이"):
        move(cast, 1, expected=(3, 3))
    assert QuotaMove.objects.count() == 1


@pytest.mark.parametrize(("change", "words"), [({"reason": " "}, "사유"), ({"places": 0}, "1명 이상")])
def test_it_needs_a_reason_and_a_number(cast, change, words):
    with pytest.raises(UnableToPerform, match=words):
        move(cast, **({"places": 1} | change))


def test_only_the_city_moves_and_only_within_one_call(cast):
    with pytest.raises(UnableToPerform, match="시 담당자"):
        move(cast, 1, actor=cast.manager)
    with pytest.raises(UnableToPerform, match="서로 다른"):
        quota.move(cast.dongjak.pk, cast.dongjak.pk, actor=cast.city, places=1, reason="x")


def test_moving_while_selecting_never_goes_over_quota_nor_deadlocks(scratch_database):
    """Places leave and come back both ways while both districts approve; nothing waits on anything in a circle."""
    cast = c.make_cast(quota=6)
    officers = {cast.dongjak.pk: (cast.officer, cast.manager)}
    officers[cast.gwanak.pk] = (cast.neighbour, cast.actor(cast.manager.role, c.GWANAK))
    batches = {}
    for district_call, district in ((cast.dongjak, c.DONGJAK), (cast.gwanak, c.GWANAK)):
        confirmed(cast, 8, district)
        officer, manager = officers[district_call.pk]
        batches[selection.draft(district_call, actor=officer, places=6, waitlist_rest=True).pk] = manager

    def approve(batch_id):
        seal = ""
        for _ in range(20):
            try:
                return selection.approve(batch_id, actor=batches[batch_id], accept_changes=seal)
            except selection.ChangedSinceDrafted as changed:
                seal = changed.seal
        return None

    def shift(direction):
        source, target = (cast.dongjak, cast.gwanak) if direction else (cast.gwanak, cast.dongjak)
        return quota.move(source.pk, target.pk, actor=cast.city, places=2, reason="수요 조정")

    work = [(approve, pk) for pk in batches] + [(shift, n % 2) for n in range(8)]
    results = in_threads(lambda job: job[0](job[1]), work)
    failures = [one for one in results if isinstance(one, Exception) and not isinstance(one, UnableToPerform)]
    assert failures == []
    assert sum(quotas(cast)) == 12
    for row in DistrictCall.objects.all():
        assert Application.objects.filter(district_call=row, holds_place=True).count() <= row.quota
    assert Application.objects.filter(state="selected").exists()
    out, back = (QuotaMove.objects.filter(source=row).count() for row in (cast.dongjak, cast.gwanak))
    assert quotas(cast)[0] == 6 - 2 * (out - back)
