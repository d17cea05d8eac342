"""`make demo`: the whole portal on this machine, until Ctrl-C."""

import hashlib
import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from portal.local import messages
from portal.local.environment import port, portal_environment
from portal.local.processes import PROJECT, LocalError, is_free, leash, main, stop
from portal.local.servers import servers
from portal.local.state import State, default_state
from portal.local.supervisor import Supervisor, read_procfile

_NOT_PREPARED = {"__pycache__", "bench", "docs", "node_modules", "tests", "vendor"}
PATIENCE = 60  # seconds until we say what /healthz complains about


def demo(_arguments: list[str]) -> int:
    state = default_state()
    with state.locked("demo", otherwise=f"the demo already runs from {state.folder}: stop it first (Ctrl-C there)"):
        _check_port()
        with servers(state, must_own=True) as addresses:
            # Tools of the virtual environment first: the Procfile names them without a path.
            path = f"{PROJECT / '.venv' / 'bin'}:{os.environ.get('PATH', '/usr/bin:/bin')}"
            env = os.environ | portal_environment(state) | addresses | {"PATH": path}
            _prepare(state, env)
            Supervisor(read_procfile(), env).run(each_second=_Welcome(state))
    return 0


def _check_port() -> None:
    if not port().isdecimal():
        raise LocalError(f"PORT={port()} is not a number")
    if not is_free(int(port())):
        raise LocalError(f"port {port()} is taken by another program: choose one, for example PORT=8001 make demo")


def _prepare(state: State, env: dict[str, str]) -> None:
    """Nothing to do, and seconds saved, when neither a file nor the database is another than last time."""
    fingerprint = _fingerprint()
    if state.recall("prepared") == fingerprint:
        return
    messages.compile_all()
    (PROJECT / "vendor").mkdir(exist_ok=True)  # settings name it only where it is, and it is filled while they stand
    _step([sys.executable, "manage.py", "prepare_demo"], env | {"AS_DATABASE_OWNER": "1"})
    state.keep("prepared", _fingerprint())


def _fingerprint() -> str:
    """Of every file a preparation may depend on, and of the database the environment gives."""
    digest = hashlib.sha256(os.environ.get("DATABASE_OWNER_URL", os.environ.get("DATABASE_URL", "")).encode())
    files = [PROJECT / ".venv" / "installed", PROJECT / "package-lock.json", PROJECT / "vendor" / ".stamp"]
    for folder, inside, names in os.walk(PROJECT):
        inside[:] = [name for name in inside if not name.startswith(".") and name not in _NOT_PREPARED]
        files += [Path(folder, name) for name in names]
    for file in sorted(files):
        if file.exists():
            stat = file.stat()
            digest.update(f"{file} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _step(command: list[str], env: Mapping[str, str]) -> None:
    """One step of the preparation, in a session of its own so that Ctrl-C ends it without a traceback."""
    process = subprocess.Popen(
        command, cwd=PROJECT, env=dict(env), start_new_session=True, preexec_fn=leash(signal.SIGTERM)
    )
    try:
        status = process.wait()
    finally:
        stop(process, signal.SIGTERM, within=5)
    if status:
        raise LocalError(f"`{' '.join(command[1:])}` failed (exit status {status}); its words are above")


class _Welcome:
    """Says where the portal is as soon as it is well; when that takes long, says why."""

    def __init__(self, state: State) -> None:
        self._accounts = state.path("accounts.txt")
        self._complain_at = time.monotonic() + PATIENCE
        self._done = False

    def __call__(self) -> None:
        if self._done:
            return
        reasons = _reasons_to_wait()
        if not reasons:
            self._done = True
            print(f"\n{self._accounts.read_text().rstrip()}")
            print(f"\nThe portal is at http://localhost:{port()} — Ctrl-C stops it.\n", flush=True)
        elif time.monotonic() > self._complain_at:
            self._complain_at = time.monotonic() + PATIENCE
            print(f"Still waiting: {reasons}", flush=True)


def _reasons_to_wait() -> str:
    """What /healthz says is missing; nothing when all is well."""
    connection = http.client.HTTPConnection("127.0.0.1", int(port()), timeout=3)
    try:
        connection.request("GET", "/healthz")
        response = connection.getresponse()
        body = response.read()
    except (OSError, http.client.HTTPException) as error:
        return f"the web server does not answer yet ({error})"
    finally:
        connection.close()
    if response.status == http.HTTPStatus.OK:
        return ""
    try:
        return str(json.loads(body)["reasons"])
    except (ValueError, KeyError):
        return f"/healthz answers {response.status}"


if __name__ == "__main__":
    main(demo)
