"""Everything between an empty database and a portal to look at, in one start of Django."""

import hashlib
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from portal.env import env_str, postgres_from_url
from portal.local.state import State


class Command(BaseCommand):
    help = "Migrates, grants, collects static files and loads Seoul 2021; what is done already is not done again."
    requires_system_checks = ()

    def handle(self, **_options: Any) -> None:
        state = State(Path(settings.STATE_DIR))
        # The network brings the front end while the database is filled.
        packages = subprocess.Popen([sys.executable, "-m", "portal.local.frontend"])
        try:
            self._fill(state)
        finally:
            packages.wait()
        if packages.returncode:
            raise CommandError("the front-end packages are not there; see above")
        self._collect_static(state)

    def _fill(self, state: State) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
        call_command("migrate", verbosity=0)
        self._grant()
        self._load(state)
        self._write_accounts(state)

    def _grant(self) -> None:
        """The run-time role owns nothing; after a migration it may need rights on what is new."""
        runtime = postgres_from_url(env_str("DATABASE_URL", ""))["USER"]
        if runtime != connection.settings_dict["USER"]:
            call_command("grant_runtime", runtime)

    def _collect_static(self, state: State) -> None:
        """Hashing and compressing every file takes seconds, so only when one has changed."""
        fingerprint = _static_fingerprint()
        if state.recall("static") != fingerprint or not Path(settings.STATIC_ROOT).exists():
            self.stdout.write("Collecting static files …")
            call_command("collectstatic", interactive=False, clear=True, verbosity=0)
            state.keep("static", fingerprint)

    def _load(self, state: State) -> None:
        name = connection.settings_dict["NAME"]
        loaded = state.recall("loaded") or []
        if name not in loaded:
            self.stdout.write("Loading Seoul 2021 …")
            call_command("load_seoul_2021", verbosity=0)
            state.keep("loaded", [*loaded, name])

    def _write_accounts(self, state: State) -> None:
        with state.path("accounts.txt").open("w") as file:
            call_command("demo_accounts", stdout=file)


def _static_fingerprint() -> str:
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            stat = Path(storage.path(path)).stat()
            digest.update(f"{path} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()
