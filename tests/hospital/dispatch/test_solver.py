"""The solver against a brute force that knows nothing of it, and its plans against an independent check."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import cache
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import OptimizeResult

from bench.escort_day import day, travel
from hospital.dispatch import greedy, rank, solve
from hospital.dispatch.packing import Packing, Relaxed
from hospital.dispatch.problem import Gap, Plan, Request

PLACES = ("A", "B", "C", "D")


class Grid:
    """Ten minutes within a place, and ten more for each place between."""

    def minutes(self, origin: str, target: str) -> int:
        return 10 + 10 * abs(ord(origin) - ord(target))


def instance(seed: int, *, requests: int, managers: int) -> tuple[list[Request], list[Gap]]:
    rng = random.Random(seed)
    asked = []
    for key in range(requests):
        start = rng.randrange(420, 1000, 5)
        window = rng.choice((0, 0, 60, 180))
        asked.append(Request(key, rng.choice(PLACES), start, start + window, rng.randrange(60, 200, 5)))
    gaps = []
    for manager in range(managers):
        begins = rng.choice((390, 480, 600))
        ends, base = begins + 540, rng.choice(PLACES)
        if rng.random() < 0.5:
            middle, place = rng.randrange(begins + 60, ends - 120, 5), rng.choice(PLACES)
            gaps.append(Gap(manager * 10, manager, base, begins, middle, place))
            gaps.append(Gap(manager * 10 + 1, manager, place, middle + 100, ends, None))
        else:
            gaps.append(Gap(manager * 10, manager, base, begins, ends, None))
    return asked, gaps


def check(plan: Plan, requests: list[Request], gaps: list[Gap], way) -> None:
    """Nobody twice, every window kept, every way walked, every gap's end kept."""
    by_key, by_gap = {one.key: one for one in requests}, {gap.key: gap for gap in gaps}
    seen: set[int] = set()
    total = 0
    for key, route in plan.routes.items():
        gap = by_gap[key]
        place, at = gap.place, gap.begins
        for stop in route:
            request = by_key[stop.request]
            assert stop.request not in seen
            seen.add(stop.request)
            assert stop.travel == way.minutes(place, request.place)
            assert at <= stop.leaves
            assert stop.leaves + stop.travel <= stop.starts
            assert request.earliest <= stop.starts <= request.latest
            place, at = request.place, stop.starts + request.minutes
            total += stop.travel
        assert at + (way.minutes(place, gap.next_place) if gap.next_place else 0) <= gap.ends
    assert (plan.served, plan.travel) == (len(seen), total)
    assert plan.served <= plan.bound


def brute_force(requests: list[Request], gaps: list[Gap], way) -> tuple[int, int]:
    """The most served, then the least travel, by trying every order of every set in every gap."""
    full = 1 << len(requests)

    def cheapest(gap: Gap, mask: int) -> int | None:
        chosen = [one for at, one in enumerate(requests) if mask >> at & 1]
        best = None
        for order in permutations(chosen):
            place, at, total = gap.place, gap.begins, 0
            for request in order:
                total += way.minutes(place, request.place)
                at = max(at + way.minutes(place, request.place), request.earliest)
                if at > request.latest:
                    break
                place, at = request.place, at + request.minutes
            else:
                onward = way.minutes(place, gap.next_place) if gap.next_place and order else 0
                if at + onward <= gap.ends and (best is None or total < best):
                    best = total
        return best

    costs = [{m: c for m in range(full) if m.bit_count() <= 4 and (c := cheapest(gap, m)) is not None} for gap in gaps]

    @cache
    def most(number: int, left: int) -> tuple[int, int]:
        if number == len(gaps):
            return 0, 0
        found = most(number + 1, left)
        for mask, cost in costs[number].items():
            if mask and mask & left == mask:
                served, way_on = most(number + 1, left & ~mask)
                found = max(found, (served + mask.bit_count(), way_on - cost))
        return found

    served, minus = most(0, full - 1)
    return served, -minus


@pytest.mark.parametrize("seed", range(25))
def test_a_few_requests_are_solved_as_well_as_can_be(seed):
    rng = random.Random(seed)
    requests, gaps = instance(seed, requests=rng.randint(1, 6), managers=rng.randint(1, 3))
    plan = solve(requests, gaps, Grid())
    check(plan, requests, gaps, Grid())
    assert (plan.served, plan.travel) == brute_force(requests, gaps, Grid())
    assert plan.exact


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 108))
def test_eight_requests_and_four_managers_too(seed):
    requests, gaps = instance(seed, requests=8, managers=4)
    plan = solve(requests, gaps, Grid())
    check(plan, requests, gaps, Grid())
    assert (plan.served, plan.travel) == brute_force(requests, gaps, Grid())


@pytest.mark.parametrize("seed", range(6))
def test_many_are_solved_by_columns_and_never_worse_than_greedy(seed):
    requests, gaps = instance(seed, requests=30, managers=8)
    plan, base = solve(requests, gaps, Grid(), seconds=1.0), greedy(requests, gaps, Grid())
    check(plan, requests, gaps, Grid())
    check(base, requests, gaps, Grid())
    assert plan.served >= base.served
    assert plan.served >= plan.bound - 2


@settings(max_examples=60)
@given(seed=st.integers(0, 10**6), requests=st.integers(1, 6), managers=st.integers(1, 3))
def test_any_few_requests_are_solved_as_well_as_can_be(seed, requests, managers):
    asked, gaps = instance(seed, requests=requests, managers=managers)
    plan = solve(asked, gaps, Grid())
    check(plan, asked, gaps, Grid())
    assert (plan.served, plan.travel) == brute_force(asked, gaps, Grid())
    assert (plan.bound, plan.gap) == (plan.served, 0)


@pytest.mark.parametrize("seed", range(12))
def test_columns_reach_what_trying_everything_reaches(seed, monkeypatch):
    monkeypatch.setattr("hospital.dispatch.solver._FEW", 0)
    requests, gaps = instance(seed, requests=6, managers=2)
    plan = solve(requests, gaps, Grid(), seconds=0.6)
    check(plan, requests, gaps, Grid())
    served, way = brute_force(requests, gaps, Grid())
    assert plan.served == served <= plan.bound
    assert plan.travel >= way
    assert not plan.exact or plan.travel == way


@pytest.mark.parametrize("seed", range(12))
def test_without_any_time_the_bound_holds_and_the_plan_is_never_worse_than_greedy(seed, monkeypatch):
    monkeypatch.setattr("hospital.dispatch.solver._FEW", 0)
    requests, gaps = instance(seed, requests=6, managers=2)
    plan, base = solve(requests, gaps, Grid(), seconds=0.0), greedy(requests, gaps, Grid())
    check(plan, requests, gaps, Grid())
    assert brute_force(requests, gaps, Grid())[0] <= plan.bound
    assert (plan.served, -plan.travel) >= (base.served, -base.travel)


def test_a_solver_that_finds_nothing_leaves_the_nearest_first_plan_and_claims_nothing(monkeypatch):
    nothing = OptimizeResult(x=None, mip_dual_bound=None)
    monkeypatch.setattr("hospital.dispatch.packing.milp", lambda *_args, **_options: nothing)
    requests, gaps = instance(3, requests=8, managers=2)
    plan, base = solve(requests, gaps, Grid()), greedy(requests, gaps, Grid())
    assert (plan.routes, plan.bound, plan.exact) == (base.routes, 8, False)


def test_routes_that_were_forgotten_are_let_be_when_they_come_again(monkeypatch):
    monkeypatch.setattr("hospital.dispatch.packing._MANY", 4)
    requests, gaps = instance(5, requests=5, managers=1)
    packing = Packing(requests, gaps, Grid())
    far = Relaxed(0.0, np.zeros(5), np.full(5, 2.0 * packing.weight), np.zeros(len(gaps)))
    singles = [(gaps[0].key, [one.key]) for one in requests]
    for left in (0, 5):
        packing.find(singles)
        packing.purge(far)
        assert len(packing.columns) == left


def test_the_same_requests_in_any_order_give_the_same_plan():
    requests, gaps = instance(7, requests=25, managers=8)
    plans = [
        solve(asked, free, Grid(), seconds=20.0) for asked, free in ((requests, gaps), (requests[::-1], gaps[::-1]))
    ]
    assert plans[0].routes == plans[1].routes


def test_midnight_is_a_time_like_any_other():
    requests, gaps = instance(4, requests=6, managers=2)
    later = 900  # into the next day
    moved = [replace(one, earliest=one.earliest + later, latest=one.latest + later) for one in requests]
    then = [replace(gap, begins=gap.begins + later, ends=gap.ends + later) for gap in gaps]
    plan, night = solve(requests, gaps, Grid()), solve(moved, then, Grid())
    assert (plan.served, plan.travel) == (night.served, night.travel)


def test_people_to_be_met_at_the_same_time_need_a_manager_each():
    requests = [Request(key, "A", 600, 600, 60) for key in range(12)]
    gaps = [Gap(key, key, "A", 540, 900, None) for key in range(5)]
    plan = solve(requests, gaps, Grid())
    assert (plan.served, plan.bound, plan.travel) == (5, 5, 50)


def test_a_gap_too_short_for_the_next_place_is_not_used_and_one_with_a_detour_is():
    requests = [Request(1, "D", 600, 600, 60), Request(2, "B", 720, 780, 60)]
    gap = Gap(1, 1, "C", 560, 860, "A")
    assert solve(requests[:1], [replace(gap, ends=690)], Grid()).served == 0
    plan = solve(requests, [gap], Grid())
    check(plan, requests, [gap], Grid())
    assert [stop.request for stop in plan.routes[1]] == [1, 2]


def test_a_day_of_seoul_keeps_to_its_time():
    requests, gaps = day(11, requests=80, managers=25)
    plan = solve(requests, gaps, travel(), seconds=1.0)
    check(plan, requests, gaps, travel())
    assert plan.served > greedy(requests, gaps, travel()).served


@pytest.mark.parametrize("count", [3, 15])
def test_nothing_to_do_and_nobody_to_do_it(count):
    requests, gaps = instance(1, requests=count, managers=2)
    for plan in (solve([], gaps, Grid()), solve(requests, [], Grid())):
        assert (plan.served, plan.routes, plan.bound, plan.gap) == (0, {}, 0, 0)


@pytest.mark.parametrize("count", [1, 15])
@pytest.mark.parametrize(("earliest", "latest"), [(300, 300), (600, 500)])
def test_a_window_nobody_can_keep_is_left_open(count, earliest, latest):
    requests = [Request(key, "A", earliest, latest, 60) for key in range(count)]
    assert solve(requests, [Gap(1, 1, "A", 390, 900, None)], Grid()).served == 0


def test_ranking_is_by_travel_and_then_by_slack():
    request = Request(1, "B", 600, 700, 60)
    gaps = [Gap(1, 1, "D", 400, 900, None), Gap(2, 2, "B", 400, 700, None), Gap(3, 3, "B", 400, 900, None)]
    assert [one.gap for one in rank(request, gaps, Grid())] == [3, 2, 1]


def test_the_next_commitment_must_still_be_reached():
    request = Request(1, "A", 600, 600, 60)
    assert rank(request, [Gap(1, 1, "A", 500, 690, "C")], Grid()) == [
        one for one in rank(request, [Gap(1, 1, "A", 500, 690, "C")], Grid()) if one.slack == 0
    ]
    assert rank(request, [Gap(1, 1, "A", 500, 685, "C")], Grid()) == []
