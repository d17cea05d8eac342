"""One count, one selection, one batch of messages: timed inside a process, without the web server."""

from __future__ import annotations

from bench.databases import Databases, inside
from bench.harness import ROUNDS, Result, compared, single


def asof_count(databases: Databases) -> list[Result]:
    """A figure at random dates; the baseline is counting the rows behind it one by one, hash included."""
    pairs = inside("bench.tasks.acts.asof_counts", databases.large, rounds=ROUNDS)
    return [compared("asof_count_1m_seconds", "s", [tuple(pair) for pair in pairs])]


def select_next_100(databases: Databases) -> list[Result]:
    """Draft and approval of the next hundred in order, events and letters included."""
    seconds = inside("bench.tasks.acts.select_next_100", databases.fresh(), rounds=ROUNDS)
    return [single("select_next_100_seconds", "s", seconds)]


def outbox(databases: Databases) -> list[Result]:
    """One worker process, delivering to the embedded mailbox."""
    rates = inside("bench.tasks.acts.messages_per_second", databases.fresh(), rounds=ROUNDS)
    return [single("outbox_messages_per_second", "messages/s", rates)]
