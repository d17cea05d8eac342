"""The portal on the production server, and clients that keep their connections."""

from __future__ import annotations

import http.client
import multiprocessing
import re
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from bench.databases import PROJECT
from portal.local.processes import leash, stop

WORKERS, THREADS = 2, 4  # as in the Procfile
CLIENT_PROCESSES, CLIENT_THREADS = 2, 4
START_WITHIN = 180  # seconds; a busy machine takes its time over the imports
_CSRF = secrets.token_hex(16)  # a secret of our own, sent as cookie and field: the double-submit check passes


class Server:
    """Granian with the portal and the bare views on a free port, for the length of a `with`."""

    def __init__(self, env: dict[str, str]) -> None:
        self.env = env | {"PROCESS_NAME": "bench", "DATABASE_POOL": "8"}
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]

    def __enter__(self) -> Server:
        granian = str(Path(sys.executable).with_name("granian"))
        command = [granian, "--interface", "wsgi", "--no-ws", "--host", "127.0.0.1", "--port", str(self.port)]
        command += ["--workers", str(WORKERS), "--blocking-threads", str(THREADS), "--no-access-log"]
        self.process = subprocess.Popen(
            [*command, "--log-level", "warning", "portal.wsgi:application"],
            cwd=PROJECT, env=self.env, start_new_session=True, preexec_fn=leash(signal.SIGTERM),  # noqa: PLW1509 - no thread runs yet
        )  # fmt: skip
        deadline = time.monotonic() + START_WITHIN
        while not self._answers():
            if time.monotonic() > deadline or self.process.poll() is not None:
                stop(self.process, signal.SIGTERM, within=5)
                raise RuntimeError("the server did not start; its words are above")
            time.sleep(0.1)
        return self

    def __exit__(self, *raised: object) -> None:
        stop(self.process, signal.SIGTERM, within=10)

    def _answers(self) -> bool:
        with suppress(OSError, http.client.HTTPException):
            return Browser(self.port).get("/livez").status == http.HTTPStatus.OK
        return False


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


class Browser:
    """One keep-alive connection of one signed-in person."""

    def __init__(self, port: int, session: str = "") -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.headers = {"Cookie": _cookies(session)}

    def get(self, path: str, **headers: str) -> Answer:
        self.connection.request("GET", path, headers=self.headers | headers)
        response = self.connection.getresponse()
        return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())

    def page(self, path: str) -> Answer:
        """A page that must be there: a benchmark of an error page is worthless."""
        answer = self.get(path)
        if answer.status != http.HTTPStatus.OK:
            raise RuntimeError(f"{path} answers {answer.status}: {answer.body[:300].decode(errors='replace')}")
        return answer


def _cookies(session: str) -> str:
    return f"csrftoken={_CSRF}" + (f"; sessionid={session}" if session else "")


@dataclass(frozen=True)
class Post:
    """A form sent by the person of this session; its answer must be a redirect that matches `to`."""

    path: str
    session: str
    values: dict[str, str]
    to: str


def posts_per_second(port: int, posts: Sequence[Post]) -> float:
    """All of them, by keep-alive clients in processes of their own, from a common start to the last answer."""
    clients = CLIENT_PROCESSES * CLIENT_THREADS
    context = multiprocessing.get_context("spawn")
    barrier, failures = context.Barrier(CLIENT_PROCESSES + 1), context.SimpleQueue()
    processes = [
        context.Process(
            target=_client_process,
            args=(port, [posts[at::clients] for at in range(first, clients, CLIENT_PROCESSES)], barrier, failures),
        )
        for first in range(CLIENT_PROCESSES)
    ]
    for process in processes:
        process.start()
    barrier.wait(timeout=60)
    started = time.perf_counter()
    barrier.wait(timeout=600)
    elapsed = time.perf_counter() - started
    for process in processes:
        process.join()
    if not failures.empty():
        raise RuntimeError(failures.get())
    return len(posts) / elapsed


def _client_process(port, shares, barrier, failures) -> None:
    """A process of clients, a thread and a connection each; requests are made ready before the clock starts."""
    ready = [[(p.path, _cookies(p.session), _body(p.values), p.to) for p in share] for share in shares]
    threads = [threading.Thread(target=_client, args=(port, share, failures)) for share in ready]
    barrier.wait()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    barrier.wait()


def _body(values: dict[str, str]) -> str:
    return urlencode({"csrfmiddlewaretoken": _CSRF} | values)


def _client(port: int, requests: list[tuple[str, str, str, str]], failures) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for path, cookies, body, to in requests:
        connection.request("POST", path, body, form | {"Cookie": cookies})
        response = connection.getresponse()
        answer = response.read()
        location = response.getheader("Location", "")
        if response.status != http.HTTPStatus.FOUND or not re.fullmatch(to, location):
            failures.put(f"{path} answers {response.status} {location}: {answer[:300].decode(errors='replace')}")
            return
