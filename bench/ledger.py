"""The budget and the report: its figures and files, its tree at a million entries, and posting against a bare view."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from itertools import cycle

from bench.databases import Databases, inside
from bench.harness import ROUNDS, Result, compared, single
from bench.pages import FIVE_YEARS, growth
from bench.server import Browser, Post, Server, posts_per_second

A_ROUND, WARM_UP = 160, 80
APPROVER = "disbursing@demo.invalid"


def report(databases: Databases) -> list[Result]:
    """The report of 2021 beside a million applications and a million entries: its figures, then its three files."""
    pairs = inside("bench.tasks.ledger.report", databases.large, rounds=ROUNDS)
    figures, files = zip(*pairs, strict=True)
    return [
        single("report_figures_1m_seconds", "s", list(figures)),
        single("report_files_seconds", "s", list(files)),
    ]


def execution_growth(databases: Databases) -> list[Result]:
    """The city's budget tree with every line, of a random day of the last five years."""
    today = dt.datetime.now(tz=dt.UTC).date()

    def visit(browser: Browser, rng: random.Random) -> None:
        day = today - dt.timedelta(days=rng.randrange(FIVE_YEARS - 366))
        browser.page(f"/work/budget/?year={day.year}&as_of={day}&open=all")

    return [growth(databases, "execution_growth_10k_1m", visit)]


def posting(databases: Databases) -> list[Result]:
    """Approvals a second: voucher locked, checked, posted; entry, line, sums. The bare view: one conditional UPDATE
    and one INSERT in a transaction, behind the same session."""
    env = databases.fresh()
    made = inside("bench.tasks.ledger.vouchers", env, count=WARM_UP + ROUNDS * A_ROUND)
    session = str(inside("bench.tasks.people.session_of", env, email=APPROVER))
    approvals = [
        Post(f"/work/budget/vouchers/{pk}/approve/", session, {"version": "1"}, f"/work/budget/vouchers/{pk}/")
        for pk in made["vouchers"]
    ]
    lines = cycle(made["lines"])
    bare = [
        Post("/bench/post/", session, {"line": str(next(lines)), "key": uuid.uuid4().hex}, "/bench/page/")
        for _pk in made["vouchers"]
    ]
    pairs = []
    with Server(env) as server:
        posts_per_second(server.port, approvals[:WARM_UP])
        posts_per_second(server.port, bare[:WARM_UP])
        for start in range(WARM_UP, len(approvals), A_ROUND):
            some = slice(start, start + A_ROUND)
            pairs.append((posts_per_second(server.port, approvals[some]), posts_per_second(server.port, bare[some])))
    return [compared("posting_vs_bare_update", "requests/s", pairs)]
