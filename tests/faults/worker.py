"""The portal's worker with a short lease and a provider that takes its time and writes down every attempt: what the
tests start and kill. `python -m tests.faults.worker 2000` queues that many messages, as the web processes would."""

from __future__ import annotations

import os
import sys
import time

import django

from portal.celery import app

django.setup()

from notifications import outbox  # noqa: E402
from notifications.channels.mailbox import MailboxChannel  # noqa: E402

__all__ = ["app"]

outbox.LEASE_SECONDS = 6
app.conf.beat_schedule = {"sweep the outbox": {"task": "notifications.tasks.deliver_due", "schedule": 1.0}}
_send = MailboxChannel.send


def send_slowly(self: MailboxChannel, *, key: str, **content: object) -> str:
    """One line an attempt, written at once, so that a kill loses none."""
    log = os.open(os.environ["ATTEMPTS"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(log, f"{key}\n".encode())
    os.close(log)
    time.sleep(0.02)
    return _send(self, key=key, **content)


MailboxChannel.send = send_slowly


if __name__ == "__main__":
    from tests.faults.messages import queue

    for n in range(int(sys.argv[1])):
        queue(f"fault:{n}")
        time.sleep(0.01)
