"""The supervisor, seen from outside: started as a command, stopped by signals."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from typing import TypeVar

import psutil
import pytest

from portal.local.processes import PROJECT

T = TypeVar("T")

SUPERVISE = """
import sys
from portal.local.processes import main
from portal.local.supervisor import Supervisor
def supervise(arguments):
    commands = dict(argument.split("=", 1) for argument in arguments)
    Supervisor(commands, {"PATH": "/usr/bin:/bin"}).run(each_second=lambda: None)
main(supervise)
"""


@pytest.fixture
def supervise():
    started = []

    def start(**commands: str) -> subprocess.Popen:
        arguments = [f"{name}={command}" for name, command in commands.items()]
        process = subprocess.Popen(
            [sys.executable, "-c", SUPERVISE, *arguments],
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def wait_for(find: Callable[[], T], within: float = 5) -> T:
    deadline = time.monotonic() + within
    while not (found := find()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)
    return found


def descendants(process: subprocess.Popen, count: int) -> list[psutil.Process]:
    def all_there() -> list[psutil.Process] | None:
        found = psutil.Process(process.pid).children(recursive=True)
        return found if len(found) >= count else None

    return wait_for(all_there)


def all_gone(processes: list[psutil.Process]) -> bool:
    return not any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in processes)


def test_it_prefixes_whole_lines_with_the_name(supervise):
    process = supervise(web="echo hello; exec sleep 60", worker="printf 'half '; sleep 0.3; echo line; exec sleep 60")
    lines = [process.stdout.readline().decode() for _ in range(2)]
    assert lines == ["web    | hello\n", "worker | half line\n"]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything(supervise, how):
    process = supervise(web="exec sleep 60", worker="sleep 60 & wait")
    running = descendants(process, 3)
    process.send_signal(how)
    assert process.wait(5) == 128 + how
    assert all_gone(running)


def test_nothing_outlives_a_killed_supervisor(supervise):
    process = supervise(web="exec sleep 60", worker="exec sleep 60")
    running = descendants(process, 2)
    process.kill()
    process.wait()
    wait_for(lambda: all_gone(running))


def test_a_process_that_falls_is_started_again(supervise, tmp_path):
    count = tmp_path / "count"
    process = supervise(web=f"echo x >> {count}; [ $(wc -l < {count}) -gt 1 ] && exec sleep 60; exit 3")
    lines = [process.stdout.readline().decode() for _ in range(1)]
    assert lines == ["web ended (exit status 3); starting it again in 1 s\n"]
    wait_for(lambda: count.read_text().count("x") == 2)
    assert process.poll() is None


@pytest.mark.slow
def test_a_process_that_always_falls_stops_the_rest_and_says_why(supervise):
    process = supervise(web="echo cannot; exit 3", worker="exec sleep 60")
    running = descendants(process, 1)
    output, _ = process.communicate(timeout=20)
    assert process.returncode == 1
    assert "error: web ended 4 times at once (exit status 3)" in output.decode()
    assert output.decode().count("web    | cannot") == 4
    assert all_gone(running)


@pytest.mark.slow
def test_a_process_that_ignores_the_request_is_killed(supervise):
    process = supervise(web="trap '' TERM; echo deaf; while true; do sleep 1; done")
    assert process.stdout.readline() == b"web | deaf\n"
    running = descendants(process, 1)
    os.kill(process.pid, signal.SIGTERM)
    process.communicate(timeout=15)
    assert all_gone(running)
