"""Messages survive workers killed in mid-sending and a broker that is away: none is lost, none sent twice."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection

from notifications import outbox
from notifications.channels.mailbox import MailboxChannel
from notifications.models import MailboxEntry, Message
from portal.local.processes import PROJECT
from portal.local.state import State
from portal.local.valkey import Valkey
from tests.faults.messages import queue
from tests.scratch import in_threads

MESSAGES, KILLS, WORKERS, OUTAGE = 2000, 8, 3, 5
PATIENCE = 180  # seconds

pytestmark = pytest.mark.slow


class Processes:
    """The portal's processes on the test's database, a broker of our own and one file of attempts."""

    def __init__(self, database: str, broker: str, folder: Path) -> None:
        self.attempts = folder / "attempts"
        self._log = folder / "log"
        # The copy of the test's database grants the run-time role nothing.
        owner = os.environ.get("DATABASE_OWNER_URL") or os.environ["DATABASE_URL"]
        url = urlsplit(owner)._replace(path=f"/{database}").geturl()
        self._env = os.environ | {
            "DATABASE_URL": url,
            "DATABASE_OWNER_URL": url,
            "REDIS_URL": broker,
            "DEMO": "1",
            "SECRET_KEY": settings.SECRET_KEY,
            "FIELD_KEYS": ",".join(settings.FIELD_KEYS),
            "BLIND_INDEX_KEY": settings.BLIND_INDEX_KEY,
            "STATE_DIR": str(folder),
            "ATTEMPTS": str(self.attempts),
        }
        self._beat = ["beat", "--schedule", str(folder / "beat"), "--pidfile="]
        self._running: list[subprocess.Popen] = []

    def start(self, *arguments: str) -> subprocess.Popen:
        with self._log.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", *arguments],
                cwd=PROJECT, env=self._env, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        self._running.append(process)
        return process

    def worker(self) -> subprocess.Popen:
        return self.start(
            *("celery", "--app", "tests.faults.worker", "worker", "--queues", "messages,default", "--pool", "solo"),
            *("--without-gossip", "--without-mingle"),
        )

    def beat(self) -> subprocess.Popen:
        return self.start("celery", "--app", "tests.faults.worker", *self._beat)

    def stop(self) -> None:
        for process in self._running:
            kill(process)

    def log(self) -> str:
        return self._log.read_text(errors="replace")[-4000:]


def kill(process: subprocess.Popen) -> None:
    """`kill -9`, and its children with it."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextmanager
def portal(database: str, folder: Path) -> Iterator[tuple[Processes, Valkey]]:
    broker = Valkey(State(folder / "valkey"))
    broker.start()
    processes = Processes(database, broker.url(), folder)
    try:
        yield processes, broker
    finally:
        processes.stop()
        broker.stop()


def wait_until(done: Callable[[], bool], why: Callable[[], str]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < deadline, why()
        time.sleep(0.2)


def attempted(processes: Processes) -> list[str]:
    return processes.attempts.read_text().split() if processes.attempts.exists() else []


def test_no_message_is_lost_or_doubled_by_killed_workers_and_a_broker_that_is_away(scratch_database, tmp_path):
    """Eight times a worker is killed while messages go out; half way the broker is gone for five seconds."""
    chance = random.Random(2026)
    with portal(scratch_database, tmp_path) as (processes, broker):
        workers = [processes.worker() for _ in range(WORKERS)]
        processes.beat()
        queueing = processes.start("tests.faults.worker", str(MESSAGES))
        killed = 0
        while killed < KILLS:
            share = MESSAGES * (killed + chance.random()) / (KILLS + 1)
            wait_until(lambda share=share: len(attempted(processes)) >= share, processes.log)
            busy = chance.randrange(WORKERS)
            kill(workers[busy])
            killed += 1
            if killed == KILLS // 2:
                broker.stop()
                time.sleep(OUTAGE)
                broker.start()
            workers[busy] = processes.worker()
        wait_until(lambda: queueing.poll() is not None, processes.log)
        assert queueing.returncode == 0, processes.log()
        wait_until(lambda: Message.objects.filter(state="sent").count() == MESSAGES, processes.log)
        attempts = Counter(attempted(processes))
    keys = {f"fault:{n}" for n in range(MESSAGES)}
    assert set(MailboxEntry.objects.values_list("key", flat=True)) == keys == set(attempts)  # none lost
    assert MailboxEntry.objects.count() == MESSAGES  # none doubled at a provider that honours the key
    # Only what was being sent when its worker was killed is tried again; two kills may meet one message.
    assert sum(attempts.values()) - MESSAGES <= KILLS


def test_a_batch_that_takes_longer_than_its_lease_is_still_sent_by_one_worker(scratch_database, monkeypatch):
    """A slow provider: each message in time, the batch of fifty not."""
    monkeypatch.setattr(outbox, "LEASE_SECONDS", 2)
    sent: list[str] = []

    def send(self, *, key, **content):
        sent.append(key)
        time.sleep(0.1)
        return "slow"

    monkeypatch.setattr(MailboxChannel, "send", send)
    monkeypatch.setattr(outbox, "nudge", lambda: None)
    for n in range(outbox.BATCH):
        queue(f"slow:{n}")

    def work(worker):
        time.sleep(worker * 2.5)  # the second comes when the first one's lease would have run out
        return outbox.deliver_due()

    in_threads(work, range(2))
    assert Counter(sent).most_common(1)[0][1] == 1
    assert Message.objects.filter(state="sent").count() == outbox.BATCH
    connection.close()
