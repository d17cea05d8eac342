"""Local servers: who starts them, who uses them, and that none is left behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from portal.local import postgres
from portal.local import servers as servers_module
from portal.local.postgres import OWNER, RUNTIME
from portal.local.processes import PROJECT, LocalError
from portal.local.servers import servers
from portal.local.state import State
from portal.local.valkey import ping
from tests.portal.test_supervisor import all_gone, descendants, wait_for

HOLD = """
import sys, time
from pathlib import Path
from portal.local.processes import main
from portal.local.servers import servers
from portal.local.state import State
def hold(arguments):
    with servers(State(Path(arguments[0])), throw_away=True, must_own="own" in arguments) as addresses:
        print(addresses["DATABASE_URL"], flush=True)
        sys.stdin.readline()
    return 0
main(hold)
"""


@pytest.fixture
def nothing_given(monkeypatch):
    for name in servers_module.URLS:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Iterator[Path]:
    """One for all, since making a cluster takes a second: each test leaves it stopped, or killed.

    Root lends PostgreSQL to another user, who may not pass through pytest's folders: the harder case.
    """
    folder = tmp_path_factory.mktemp("state") / "state"
    yield folder
    postgres.forget(State(folder))


@pytest.fixture
def holding(nothing_given, folder):
    """Start another command that uses the servers of `folder` until it is told to go on."""
    started = []

    def hold(*options: str) -> subprocess.Popen:
        process = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(folder), *options],
            cwd=PROJECT,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        started.append(process)
        return process

    yield hold
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def test_the_servers_it_starts_answer_and_stop(nothing_given, folder):
    with servers(State(folder), throw_away=True) as addresses:
        with psycopg.connect(addresses["DATABASE_URL"]) as connection:
            assert connection.execute("SELECT current_user").fetchone() == (RUNTIME,)
            assert connection.execute("SELECT '가' < '나', lower('Ä')").fetchone() == (True, "ä")
        with psycopg.connect(addresses["DATABASE_OWNER_URL"]) as connection:
            assert connection.execute("SELECT current_user").fetchone() == (OWNER,)
            rights = connection.execute(
                "SELECT rolname, rolsuper, rolcreatedb FROM pg_roles WHERE rolname IN (%s, %s) ORDER BY 1",
                [OWNER, RUNTIME],
            )
            assert rights.fetchall() == [(RUNTIME, False, False), (OWNER, False, True)]
        ping(addresses["REDIS_URL"])
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(addresses["DATABASE_URL"], connect_timeout=1)


def test_a_wrong_password_and_no_password_are_refused(nothing_given, folder):
    with servers(State(folder), throw_away=True) as addresses:
        with pytest.raises(redis.AuthenticationError):
            ping(addresses["REDIS_URL"].replace(State(folder).secret("valkey"), "guess"))
        with pytest.raises(redis.AuthenticationError):
            ping(addresses["REDIS_URL"].replace(f":{State(folder).secret('valkey')}@", ""))
        stranger = addresses["DATABASE_URL"].replace(State(folder).secret(RUNTIME), "guess")
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(stranger)


def test_secrets_are_for_our_eyes_only(nothing_given, folder):
    with servers(State(folder), throw_away=True):
        for name in ("state.json", "running.json", "valkey.conf"):
            assert (folder / name).stat().st_mode & 0o077 == 0


def test_a_second_command_is_a_guest_and_the_owner_waits_for_it(holding):
    owner = holding()
    address = owner.stdout.readline()
    guest = holding()
    assert guest.stdout.readline() == address
    owner.stdin.write("\n")
    owner.stdin.flush()
    assert owner.stdout.readline().startswith("Waiting for another command")
    with psycopg.connect(address.strip()):
        pass
    guest.communicate("\n", timeout=10)
    assert owner.wait(10) == 0


def test_the_demo_does_not_wait_for_its_guests(holding):
    owner = holding("own")
    owner.stdout.readline()
    guest = holding()
    guest.stdout.readline()
    owner.communicate("\n", timeout=10)
    assert owner.returncode == 0


def test_the_data_and_the_ports_are_kept(nothing_given, folder):
    with servers(State(folder), throw_away=True) as first, psycopg.connect(first["DATABASE_OWNER_URL"]) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    with servers(State(folder), throw_away=True) as second:
        assert second == first
        with psycopg.connect(second["DATABASE_OWNER_URL"]) as connection:
            assert connection.execute("SELECT number FROM kept").fetchone() == (7,)


def test_no_server_outlives_a_killed_command_and_the_next_one_starts(holding):
    killed = holding()
    killed.stdout.readline()
    running = descendants(killed, 3)
    killed.kill()
    killed.wait()
    wait_for(lambda: all_gone(running))
    assert holding().stdout.readline().startswith("postgres://")


def test_a_killed_postmaster_does_not_hinder_the_next_start(holding):
    killed = holding()
    killed.stdout.readline()
    postmaster = next(p for p in descendants(killed, 3) if p.name() == "postgres" and p.ppid() == killed.pid)
    os.kill(postmaster.pid, signal.SIGKILL)
    killed.kill()
    killed.wait()
    assert holding().stdout.readline().startswith("postgres://")


@pytest.mark.parametrize("name", ["DATABASE_URL", "REDIS_URL"])
def test_a_given_but_dead_server_is_an_error_in_one_sentence(nothing_given, tmp_path, monkeypatch, name):
    elsewhere = tmp_path / "elsewhere"
    scheme = "postgres" if name == "DATABASE_URL" else "redis"
    monkeypatch.setenv(name, f"{scheme}://user:s3cret@127.0.0.1:1/name")
    began = time.monotonic()
    with pytest.raises(LocalError) as refusal, servers(State(elsewhere)):
        pass
    assert f"{name} points to" in str(refusal.value)
    assert "127.0.0.1:1/name" in str(refusal.value)
    assert "s3cret" not in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert time.monotonic() - began < 4
    assert not list(elsewhere.iterdir())


def test_an_owner_alone_is_refused(nothing_given, folder, monkeypatch):
    monkeypatch.setenv("DATABASE_OWNER_URL", "postgres://user@127.0.0.1:1/name")
    with pytest.raises(LocalError, match="without DATABASE_URL"), servers(State(folder)):
        pass


def test_given_servers_are_used_and_the_owner_defaults_to_the_user(nothing_given, folder, tmp_path, monkeypatch):
    with servers(State(folder), throw_away=True) as ours:
        monkeypatch.setenv("DATABASE_URL", ours["DATABASE_URL"])
        monkeypatch.setenv("REDIS_URL", ours["REDIS_URL"])
        elsewhere = State(tmp_path / "elsewhere")
        with servers(elsewhere) as addresses:
            assert addresses == ours | {"DATABASE_OWNER_URL": ours["DATABASE_URL"]}
        assert not list(elsewhere.folder.iterdir())
