"""Child processes that never outlive us, and the few things every command here needs of the system."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
_PR_SET_PDEATHSIG = 1


class LocalError(Exception):
    """Something the person at the keyboard can put right; printed as one sentence, without a traceback."""


def leash(death_signal: signal.Signals) -> Callable[[], None]:
    """A `preexec_fn`: the kernel sends the child `death_signal` when this process dies, even by `kill -9`."""
    if sys.platform != "linux":
        return lambda: None
    libc = ctypes.CDLL(None)
    parent = os.getpid()

    def attach() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(death_signal))
        if os.getppid() != parent:  # it died before the kernel could know of our wish
            os._exit(1)

    return attach


def stop(process: subprocess.Popen, how: signal.Signals, *, within: float) -> None:
    """Ask the process to end; after `within` seconds kill it and everything it started."""
    if process.poll() is None:
        process.send_signal(how)
        with suppress(subprocess.TimeoutExpired):
            process.wait(within)
    kill_group(process)


def kill_group(process: subprocess.Popen) -> None:
    """Leave nothing of a process that was started as a session of its own."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def run(command: Sequence[str], *, env: Mapping[str, str]) -> int:
    """Run a command in the foreground: Ctrl-C is for the command to handle, and then we still clean up."""
    previous = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        child = subprocess.Popen(command, env=dict(env), cwd=PROJECT, preexec_fn=leash(signal.SIGTERM))
        try:
            status = child.wait()
        except SystemExit:
            child.terminate()
            child.wait()
            raise
    finally:
        signal.signal(signal.SIGINT, previous)
    return status if status >= 0 else 128 - status


_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def exit_on_signals() -> None:
    """Turn the first signal to end into SystemExit, so that context managers stop what they started undisturbed."""

    def end(number: int, _frame: object) -> None:
        for ending in _ENDING:
            signal.signal(ending, signal.SIG_IGN)
        sys.exit(128 + number)

    for ending in _ENDING:
        signal.signal(ending, end)


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def main(command: Callable[[list[str]], int]) -> None:
    """Run a command of this package: its errors are sentences, its exit status is the shell's."""
    exit_on_signals()
    try:
        sys.exit(command(sys.argv[1:]))
    except LocalError as error:
        sys.exit(f"error: {error}")
