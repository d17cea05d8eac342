"""The benchmarks' own databases, beside the demo's on the same server: made once, and reused.

`small` and `large` are only read; `fresh()` is a throw-away copy of the small one for what writes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

PROJECT = Path(__file__).resolve().parents[1]
SMALL = 10_000
LARGE = int(os.environ.get("BENCH_LARGE") or 1_000_000)
_READY = "ansim bench: {} applications"
_REDIS_DATABASE = 15  # not the demo's: its workers must not be woken for rows of another database


def _short(count: int) -> str:
    return f"{count // 1_000_000}m" if count % 1_000_000 == 0 else f"{count // 1_000}k"


def _named(url: str, name: str) -> str:
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, f"/{name}", parts.query, ""))


@dataclass
class Databases:
    """`env_of_*` are environments of processes on each; they are made when first asked for."""

    env: dict[str, str] = field(default_factory=lambda: dict(os.environ))
    has_files: bool = False

    def __post_init__(self) -> None:
        state = Path(self.env["STATE_DIR"]) / "bench"
        (state / "static").mkdir(parents=True, exist_ok=True)
        self.env |= {
            "STATE_DIR": str(state),
            "REDIS_URL": _named(self.env["REDIS_URL"], str(_REDIS_DATABASE)),
            "DJANGO_SETTINGS_MODULE": "bench.settings",
            "LOG_LEVEL": "ERROR",
        }
        self.owner_url = self.env.get("DATABASE_OWNER_URL") or self.env["DATABASE_URL"]

    def _environment(self, name: str) -> dict[str, str]:
        urls = {"DATABASE_URL": self.env["DATABASE_URL"], "DATABASE_OWNER_URL": self.owner_url}
        return self.env | {variable: _named(url, name) for variable, url in urls.items()}

    @cached_property
    def small(self) -> dict[str, str]:
        return self._loaded(SMALL)

    @cached_property
    def large(self) -> dict[str, str]:
        return self._loaded(LARGE)

    def with_files(self, env: dict[str, str]) -> dict[str, str]:
        """The same environment, once the style sheets and scripts that pages name are as the production server has
        them."""
        if not self.has_files:
            frontend = [sys.executable, "-m", "portal.local.frontend"]
            subprocess.run(frontend, cwd=PROJECT, check=True, stdout=subprocess.DEVNULL)
            inside("bench.tasks.database.collect_static", self.small)
            self.has_files = True
        return env

    def fresh(self) -> dict[str, str]:
        """A new copy of the small database, in place of the one before."""
        source = urlsplit(self.small["DATABASE_URL"]).path[1:]
        with self._server() as server:
            copy = sql.Identifier("ansim_bench_write")
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(copy))
            server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(copy, sql.Identifier(source)))
        return self._environment("ansim_bench_write")

    def _loaded(self, count: int) -> dict[str, str]:
        name = f"ansim_bench_{_short(count)}"
        env, ready = self._environment(name), _READY.format(count)
        with self._server() as server:
            found = server.execute(
                "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name]
            ).fetchone()
            is_ready = found is not None and found[0] == ready
            if not is_ready:
                server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
                server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
                print(f"Making {name}, once: {count:,} applications …", flush=True)
        started = time.monotonic()
        inside(
            "bench.tasks.database.prepare",
            env | {"AS_DATABASE_OWNER": "1"},
            load=0 if is_ready else count,
            entries=count,
        )
        if not is_ready:
            with self._server() as server:
                server.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(name), ready))
            print(f"{name} is ready ({time.monotonic() - started:.0f} s).", flush=True)
        return env

    def _server(self) -> psycopg.Connection:
        return psycopg.connect(self.owner_url, autocommit=True)


def inside(task: str, env: dict[str, str], **arguments: object) -> Any:
    """What `task` returns in a new Django process with this environment."""
    command = [sys.executable, "-m", "bench.inside", task, json.dumps(arguments)]
    done = subprocess.run(command, cwd=PROJECT, env=env, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])
