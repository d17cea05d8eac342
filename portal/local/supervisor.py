"""Run the processes of the Procfile side by side, restart what falls, leave nothing behind."""

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from portal.local.processes import PROJECT, LocalError, kill_group, leash

AT_ONCE = 10  # seconds: who dies sooner has failed to start
GIVE_UP_AFTER = 4
STOP_WITHIN = 10


def read_procfile(path: Path = PROJECT / "Procfile") -> dict[str, str]:
    lines = [line for line in path.read_text().splitlines() if line.strip() and not line.startswith("#")]
    return {name.strip(): command.strip() for name, _, command in (line.partition(":") for line in lines)}


@dataclass
class _Child:
    name: str
    command: str
    process: subprocess.Popen | None = None
    started: float = 0.0
    failures: int = 0
    start_at: float = 0.0
    unfinished: bytes = field(default=b"")


class Supervisor:
    """One thread: the kernel ties a child to the thread that started it (see `leash`)."""

    def __init__(self, commands: Mapping[str, str], env: Mapping[str, str]) -> None:
        self._env = dict(env)
        self._children = [_Child(name, command) for name, command in commands.items()]
        self._width = max(map(len, commands))
        self._output = selectors.DefaultSelector()

    def run(self, *, each_second: Callable[[], None]) -> None:
        """Until a signal raises, or a process cannot be kept running."""
        next_call = 0.0
        try:
            while True:
                self._start_what_is_due()
                self._forward_output(wait=0.2)
                self._note_the_dead()
                if time.monotonic() >= next_call:
                    each_second()
                    next_call = time.monotonic() + 1
        finally:
            self._stop_all()

    def _start_what_is_due(self) -> None:
        for child in self._children:
            if child.process is None and time.monotonic() >= child.start_at:
                self._start(child)

    def _start(self, child: _Child) -> None:
        child.started = time.monotonic()
        child.process = subprocess.Popen(
            ["/bin/sh", "-c", child.command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=PROJECT,
            env=self._env,
            start_new_session=True,  # Ctrl-C reaches the supervisor, which asks each to end
            preexec_fn=leash(signal.SIGTERM),
        )
        assert child.process.stdout is not None  # noqa: S101 — it is a pipe
        os.set_blocking(child.process.stdout.fileno(), False)
        self._output.register(child.process.stdout, selectors.EVENT_READ, child)

    def _forward_output(self, *, wait: float) -> None:
        for key, _ in self._output.select(wait):
            self._forward(key.data)

    def _forward(self, child: _Child) -> None:
        """Whole lines only, so that the processes do not write into each other's."""
        assert child.process is not None and child.process.stdout is not None  # noqa: S101, PT018
        chunk = child.process.stdout.read()
        if chunk == b"" and child.process.stdout in self._output.get_map():
            self._output.unregister(child.process.stdout)
        *lines, child.unfinished = (child.unfinished + (chunk or b"")).split(b"\n")
        for line in lines:
            print(f"{child.name:{self._width}} | {line.decode(errors='replace')}", flush=True)

    def _note_the_dead(self) -> None:
        for child in self._children:
            if child.process is None or child.process.poll() is None:
                continue
            status = child.process.returncode
            self._bury(child)
            at_once = time.monotonic() - child.started < AT_ONCE
            child.failures = child.failures + 1 if at_once else 0
            if child.failures >= GIVE_UP_AFTER:
                raise LocalError(
                    f"{child.name} ended {child.failures} times at once (exit status {status}); see above"
                )
            pause = 2**child.failures / 2
            child.start_at = time.monotonic() + pause
            print(f"{child.name} ended (exit status {status}); starting it again in {pause:g} s", flush=True)

    def _bury(self, child: _Child) -> None:
        assert child.process is not None and child.process.stdout is not None  # noqa: S101, PT018
        kill_group(child.process)
        self._forward(child)
        if child.process.stdout in self._output.get_map():
            self._output.unregister(child.process.stdout)
        child.process.stdout.close()
        child.process = None

    def _stop_all(self) -> None:
        running = [child for child in self._children if child.process is not None]
        for child in running:
            if child.process and child.process.poll() is None:
                child.process.terminate()
        deadline = time.monotonic() + STOP_WITHIN
        while time.monotonic() < deadline and any(c.process and c.process.poll() is None for c in running):
            self._forward_output(wait=0.1)
        for child in running:
            self._bury(child)
        self._output.close()
