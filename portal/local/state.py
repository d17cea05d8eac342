"""The state folder: what the demo keeps between runs, and who may use it now."""

import fcntl
import json
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from portal.local.processes import PROJECT, LocalError, free_port, is_free

WAIT_FOR_OTHERS = 60


class State:
    """Files under one folder. Others may pass through it (a server may run as another user), not list it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        if not self.folder.exists():
            self.folder.mkdir(parents=True)
            self.folder.chmod(0o711)

    def path(self, name: str) -> Path:
        return self.folder / name

    def secret(self, name: str) -> str:
        """A random secret, made once and kept where only its owner reads it."""
        return self.remember(f"secret:{name}", lambda: secrets.token_urlsafe(32))

    def port(self, name: str) -> int:
        """The port this server had last time, or another when something else sits on it."""
        port = self.recall(f"port:{name}")
        if port is None or not is_free(port):
            port = free_port()
            self.keep(f"port:{name}", port)
        return port

    def recall(self, name: str) -> Any:
        return self._read("state.json").get(name)

    def keep(self, name: str, value: Any) -> None:
        self._write("state.json", self._read("state.json") | {name: value})

    def remember(self, name: str, make: Any) -> Any:
        value = self.recall(name)
        if value is None:
            value = make()
            self.keep(name, value)
        return value

    def announce(self, addresses: dict[str, str]) -> None:
        """Tell other commands of this folder where the running servers are."""
        self._write("running.json", addresses)

    def running(self) -> dict[str, str]:
        return self._read("running.json")

    def withdraw(self) -> None:
        self.path("running.json").unlink(missing_ok=True)

    def try_lock(self, name: str, *, shared: bool = False) -> IO | None:
        """The lock, held until the file is closed or the process dies; None when another holds it."""
        file = self.path(f"{name}.lock").open("a")
        try:
            fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return None
        return file

    @contextmanager
    def locked(self, name: str, *, otherwise: str) -> Iterator[None]:
        file = self.try_lock(name)
        if file is None:
            raise LocalError(otherwise)
        with file:
            yield

    def wait_until_unused(self, name: str) -> None:
        """Wait until no other command holds the shared lock `name`."""
        told = False
        while (file := self.try_lock(name)) is None:
            if not told:
                print("Waiting for another command that uses these servers …", flush=True)
                told = True
            time.sleep(0.2)
        file.close()

    def _read(self, name: str) -> dict[str, Any]:
        try:
            return json.loads(self.path(name).read_text())
        except FileNotFoundError:
            return {}

    def _write(self, name: str, content: dict[str, Any]) -> None:
        """Replace the file in one step and readable by us alone, so that a kill leaves the old or the new."""
        new = self.path(f"{name}.{os.getpid()}")
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(content, file, indent=1)
        new.replace(self.path(name))


def default_state() -> State:
    return State(Path(os.environ.get("STATE_DIR") or PROJECT / ".state"))
