"""`make lint`: every check, each with its own verdict, so that one failure does not hide the next."""

import os
import subprocess
import sys
import time
from pathlib import Path

from portal.local.processes import PROJECT, main

APPS = ["accounts", "notifications", "budget", "surveys", "programs", "safety", "hospital", "reports", "portal"]
# Settings are read, no database is: makemigrations only warns that it could not ask for the history.
_SETTINGS = {
    "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
    "DEBUG": "1",
    "PYTHONWARNINGS": "ignore:Got an error checking a consistent migration history:RuntimeWarning",
}
_PRODUCTION = {
    "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
    "DEBUG": "0",
    "DEMO": "0",
    "SECRET_KEY": "".join(map(chr, range(48, 112))),
    "ALLOWED_HOSTS": "portal.example",
    "SITE_URL": "https://portal.example",
    "FIELD_KEYS": "1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "BLIND_INDEX_KEY": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
}


def _tool(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def _checks() -> list[tuple[str, list[str], dict[str, str]]]:
    manage = [sys.executable, "manage.py"]
    return [
        ("ruff check", [_tool("ruff"), "check", "--quiet", "."], {}),
        ("ruff format", [_tool("ruff"), "format", "--quiet", "--diff", "."], {}),
        ("layers (lint-imports)", [_tool("lint-imports")], {}),
        ("types (mypy)", [_tool("mypy")], _SETTINGS),
        ("templates (djlint)", [_tool("djlint"), "templates", "--lint", "--quiet"], {}),
        ("security (bandit)", [_tool("bandit"), "-q", "-lll", "-c", "pyproject.toml", "-r", *APPS], {}),
        ("migrations", [*manage, "makemigrations", "--check", "--dry-run"], _SETTINGS),
        ("demo", [*manage, "check"], _SETTINGS | {"DEMO": "1"}),
        ("deployment", [*manage, "check", "--deploy", "--fail-level", "WARNING"], _PRODUCTION),
    ]


def _run(command: list[str], env: dict[str, str]) -> str | None:
    """What the check said when it failed, None when it passed."""
    result = subprocess.run(
        command,
        cwd=PROJECT,
        env=os.environ | env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return (result.stdout.strip() or f"exit status {result.returncode}") if result.returncode else None


def _host_names_in_locks() -> str | None:
    """A lock file that names a host breaks wherever that host is not reachable."""
    files = [*sorted((PROJECT / "requirements").glob("*.txt")), PROJECT / "package-lock.json"]
    found = [
        f"{file.relative_to(PROJECT)}:{number}: {line.strip()}"
        for file in files
        if file.exists()
        for number, line in enumerate(file.read_text().splitlines(), start=1)
        if "://" in line and '"url": "https://' not in line  # npm notes where to donate
    ]
    return "\n".join(found) or None


def lint(_arguments: list[str]) -> int:
    failed = []
    for name, check in [(name, lambda c=command, e=env: _run(c, e)) for name, command, env in _checks()] + [
        ("lock files", _host_names_in_locks)
    ]:
        began = time.monotonic()
        words = check()
        print(f"{'FAILED' if words else 'ok':7}{name} ({time.monotonic() - began:.1f} s)", flush=True)
        if words:
            failed.append(name)
            print(words, end="\n\n", flush=True)
    if failed:
        print(f"lint failed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    main(lint)
