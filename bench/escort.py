"""The hospital escort: a day's dispatch against nearest-first, on published seeds; and a booking."""

from __future__ import annotations

from bench.databases import Databases, inside
from bench.escort_day import SEEDS, day, travel
from bench.harness import ROUNDS, Result, compared, single
from bench.intake import A_ROUND, WARM_UP, beside_bare_inserts
from bench.server import Post
from hospital.dispatch import greedy, solve


def dispatch(_databases: Databases) -> list[Result]:
    """200 requests and 60 managers on each of the published seeds: the seconds, and the share met in their windows
    beside nearest-first's. What each could serve at most is printed: the plans' own bound."""
    way, seconds, shares = travel(), [], []
    for seed in SEEDS:
        requests, gaps = day(seed)
        base, plan = greedy(requests, gaps, way), solve(requests, gaps, way)
        seconds.append(plan.seconds)
        shares.append((plan.served / len(requests), base.served / len(requests)))
        print(
            f"  seed {seed}: {plan.served} of {len(requests)} met in time, at most {plan.bound} can be "
            f"(gap {plan.gap:.1%}), {plan.travel} minutes of travel; nearest-first {base.served}, {base.travel}",
            flush=True,
        )
    return [
        single("dispatch_200x60_seconds", "s", seconds),
        compared("dispatch_within_3h_vs_greedy", "share", shares),
    ]


def booking(databases: Databases) -> list[Result]:
    """Requests a second of bookings that were looked over, with health details and consents; the same bodies."""
    env = databases.fresh()
    made = inside("bench.tasks.escort.bookers", env, count=WARM_UP + ROUNDS * A_ROUND)
    posts = [Post("/escort/book/", session, values, r"/escort/trips/[A-Z]+-\d+-\d+/") for session, values in made]
    return [compared("booking_vs_bare_insert", "requests/s", beside_bare_inserts(env, posts))]
