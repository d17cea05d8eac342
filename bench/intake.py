"""Receiving: the real submit against a bare view with one INSERT."""

from __future__ import annotations

from bench.databases import Databases, inside
from bench.harness import ROUNDS, Result, compared
from bench.server import Post, Server, posts_per_second

A_ROUND, WARM_UP, TURNS = 160, 80, 4


def intake_vs_bare_insert(databases: Databases) -> list[Result]:
    """Requests a second. Both get the same sessions and bodies, and answer with a redirect."""
    env = databases.fresh()
    made = inside("bench.tasks.people.drafts", env, count=WARM_UP + ROUNDS * A_ROUND)
    path = f"/apply/{made['call']}/submit/"
    submits = [Post(path, session, {"key": key}, r"/my/[A-Z]+-\d+-\d+/receipt/") for session, key in made["people"]]
    return [compared("intake_vs_bare_insert", "requests/s", beside_bare_inserts(env, submits))]


def beside_bare_inserts(env: dict[str, str], posts: list[Post]) -> list[tuple[float, float]]:
    """(requests/s of these, of as many bare inserts with the same sessions and bodies) of each round. Within it they
    take turns, so that other work on the machine meets both."""
    inserts = [Post("/bench/insert/", post.session, post.values, "/bench/page/") for post in posts]
    pairs = []
    with Server(env) as server:
        posts_per_second(server.port, posts[:WARM_UP])
        posts_per_second(server.port, inserts[:WARM_UP])
        for start in range(WARM_UP, len(posts), A_ROUND):
            seconds = [0.0, 0.0]
            for turn in range(start, start + A_ROUND, A_ROUND // TURNS):
                some = slice(turn, turn + A_ROUND // TURNS)
                for which, sent in enumerate((posts[some], inserts[some])):
                    seconds[which] += len(sent) / posts_per_second(server.port, sent)
            pairs.append((A_ROUND / seconds[0], A_ROUND / seconds[1]))
    return pairs


def intake_statements(databases: Databases) -> list[Result]:
    counts = inside("bench.tasks.statements.of_a_submit", databases.fresh(), count=ROUNDS)
    return [compared("intake_statements", "statements", [tuple(pair) for pair in counts])]
