"""Assigning all of a day at once, seen by the dispatcher: the solver is stood in for, so that each case is plain."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from hospital import planning
from hospital.assigning import assign_manager
from hospital.models import DispatchPlan, Offer, PlanLine, State, Trip
from tests.programs.signed_in import client_of


def text(response):
    return response.content.decode()


@pytest.fixture
def desk(escort):
    return client_of(escort.dispatcher)


@pytest.fixture
def solved(monkeypatch):
    """The first request goes to the first gap that takes it; the others are left."""

    def solve(requests, gaps, travel, *, seconds):
        first = requests[0]
        gap = next(gap for gap in gaps if gap.begins + travel.minutes(gap.place, first.place) <= first.latest)
        stop = SimpleNamespace(request=first.key, starts=first.latest, leaves=first.latest - 10, travel=10)
        return SimpleNamespace(routes={gap.key: (stop,)}, served=1, travel=10, bound=2.0, seconds=0.2)

    monkeypatch.setattr(planning, "solve", solve)


def proposed(escort, desk):
    answer = desk.post(f"/work/escort/board/{escort.day}/plan/")
    assert answer.status_code == 302
    return DispatchPlan.objects.get(), answer.headers["Location"]


def test_a_plan_says_what_it_would_do_and_does_nothing(escort, desk, solved):
    first, left = escort.booked("10:00"), escort.booked("11:00", person=escort.person())
    _plan, url = proposed(escort, desk)
    page = text(desk.get(url))
    for shown in (
        "더 좋은 배정은 많아야 2건",
        first.number,
        left.number,
        "다른 신청과 겹칩니다",
        "아직 아무것도 배정하지",
    ):
        assert shown in page
    assert Trip.objects.get(pk=first.pk).state == State.REQUESTED


def test_it_is_applied_once(escort, desk, solved):
    trip = escort.booked("10:00")
    _plan, url = proposed(escort, desk)
    for _ in range(2):
        desk.post(f"{url}apply/")
    assert trip.assignments.count() == 1
    assert "배정한 결과" in text(desk.get(url))


def test_what_changed_meanwhile_is_listed_with_why(escort, desk, solved):
    trip = escort.booked("10:00")
    _plan, url = proposed(escort, desk)
    assign_manager(trip.pk, escort.managers[1].pk, actor=escort.dispatcher)
    page = text(desk.post(f"{url}apply/", follow=True))
    assert PlanLine.objects.get().outcome == "refused"
    assert "그사이 달라진 1건은 배정하지 않았습니다" in page
    assert "매니저 배정’ 상태여서 할 수 없습니다" in page


def test_it_is_discarded_and_then_cannot_be_applied(escort, desk, solved):
    escort.booked("10:00")
    plan, url = proposed(escort, desk)
    desk.post(f"{url}discard/")
    assert "버린 제안입니다" in text(desk.post(f"{url}apply/", follow=True))
    assert DispatchPlan.objects.get(pk=plan.pk).state == "discarded"


def test_what_it_cannot_serve_is_offered_right_there(escort, desk, solved):
    escort.booked("10:00")
    left = escort.booked("11:00", person=escort.person())
    _plan, url = proposed(escort, desk)
    assert desk.post(f"{url}offer/", {"whom": "hubs"}).status_code == 422
    assert desk.post(f"{url}offer/", {"whom": "some", "trip": left.pk}).status_code == 422
    desk.post(f"{url}offer/", {"whom": "hubs", "trip": left.pk})
    assert [one.organisation for one in Offer.objects.filter(trip=left)] == [escort.hub]


def test_nothing_to_plan_is_said_on_the_board(escort, desk):
    page = text(desk.post(f"/work/escort/board/{escort.day}/plan/", follow=True))
    assert "배정을 기다리는 신청이 없습니다" in page


def test_only_the_dispatcher_plans(escort, desk, solved):
    escort.booked("10:00")
    _plan, url = proposed(escort, desk)
    caller = client_of(escort.caller)
    assert caller.post(f"/work/escort/board/{escort.day}/plan/").status_code == 403
    assert caller.get(url).status_code == 403
    assert caller.post(f"{url}apply/").status_code == 403
    for code in ("", "apply/", "discard/", "offer/"):
        answer = desk.get("/work/escort/plans/0/") if not code else desk.post(f"/work/escort/plans/0/{code}")
        assert answer.status_code == 404
