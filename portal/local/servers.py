"""PostgreSQL and Redis for a command: those the environment gives, our own where it gives none."""

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

import psycopg
import redis

from portal.local.postgres import OWNER, RUNTIME, Postgres
from portal.local.processes import LocalError
from portal.local.state import WAIT_FOR_OTHERS, State
from portal.local.valkey import Valkey, ping

URLS = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")


@contextmanager
def servers(state: State, *, throw_away: bool = False, must_own: bool = False) -> Iterator[dict[str, str]]:
    """The addresses for the environment of a command, valid inside the `with`.

    The first command of a state folder starts the servers and owns them; another one that comes while
    they run uses them as a guest, and the owner stops them only when its guests have gone. The demo
    `must_own` its servers: it waits for its turn, and Ctrl-C there ends the servers whoever uses them.
    """
    given = _given()
    if given.keys() >= {"DATABASE_URL", "REDIS_URL"}:
        yield given
        return
    with ExitStack() as stack:
        running = _enter(state, stack, given, throw_away=throw_away, must_own=must_own)
        yield running | given


def _given() -> dict[str, str]:
    """What the environment gives, proved alive: a dead server is an error and never a reason to start another."""
    given = {name: os.environ[name] for name in URLS if os.environ.get(name)}
    if "DATABASE_OWNER_URL" in given and "DATABASE_URL" not in given:
        raise LocalError("DATABASE_OWNER_URL is set without DATABASE_URL: set both, or neither")
    for name, url in given.items():
        (_check_redis if name == "REDIS_URL" else _check_database)(name, url)
    if "DATABASE_URL" in given:
        given.setdefault("DATABASE_OWNER_URL", given["DATABASE_URL"])
    return given


def _enter(
    state: State, stack: ExitStack, given: dict[str, str], *, throw_away: bool, must_own: bool
) -> dict[str, str]:
    deadline = time.monotonic() + WAIT_FOR_OTHERS
    while time.monotonic() < deadline:
        if owner := state.try_lock("servers"):
            stack.enter_context(owner)
            return _start(state, stack, given, throw_away=throw_away, wait_for_guests=not must_own)
        if not must_own and (guest := state.try_lock("guests", shared=True)):
            addresses = state.running()
            if addresses:
                stack.enter_context(guest)
                return addresses
            guest.close()
        time.sleep(0.2)
    raise LocalError(f"another command has held {state.folder} for {WAIT_FOR_OTHERS} s: end it, or set STATE_DIR")


def _start(
    state: State, stack: ExitStack, given: dict[str, str], *, throw_away: bool, wait_for_guests: bool
) -> dict[str, str]:
    addresses: dict[str, str] = {}
    if "DATABASE_URL" not in given:
        postgres = Postgres(state, throw_away=throw_away)
        stack.callback(postgres.stop)
        postgres.start()
        addresses |= {"DATABASE_URL": postgres.url(RUNTIME), "DATABASE_OWNER_URL": postgres.url(OWNER)}
    if "REDIS_URL" not in given:
        valkey = Valkey(state)
        stack.callback(valkey.stop)
        valkey.start()
        addresses["REDIS_URL"] = valkey.url()
    if wait_for_guests:
        stack.callback(state.wait_until_unused, "guests")
    stack.callback(state.withdraw)
    state.announce(addresses)
    return addresses


def _check_database(name: str, url: str) -> None:
    try:
        psycopg.connect(url, connect_timeout=3).close()
    except (psycopg.OperationalError, psycopg.ProgrammingError) as error:
        raise LocalError(_dead(name, url, "PostgreSQL", error)) from None


def _check_redis(name: str, url: str) -> None:
    try:
        ping(url)
    except (redis.RedisError, ValueError) as error:
        raise LocalError(_dead(name, url, "Redis", error)) from None


def _dead(name: str, url: str, kind: str, error: Exception) -> str:
    """The address without its password: error messages are pasted into chats."""
    parts = urlsplit(url)
    why = " ".join(str(error).split()) or type(error).__name__
    return (
        f"{name} points to {kind} at {parts.hostname}:{parts.port or 'its usual port'}{parts.path}, which does not "
        f"let us in ({why}): start it or correct {name}, or unset {name} to use the one that comes with this project"
    )
