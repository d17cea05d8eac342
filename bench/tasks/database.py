"""Making a benchmark's database."""

from __future__ import annotations

from django.core.management import call_command
from django.db import connection

from accounts.tasks import rotate_access_log
from bench.models import BareLine, BareRow
from budget.models import Entry
from portal.env import env_str, postgres_from_url
from reports.models import CouncilReport
from reports.rollup import roll_up


def prepare(*, load: int, entries: int) -> None:
    """Bring the schema up to date; fill it with `load` applications, if any, and with entries of the budget up to
    `entries`."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
    call_command("migrate", verbosity=0)
    there = connection.introspection.table_names()
    with connection.schema_editor() as editor:
        for model in (BareRow, BareLine):
            if model._meta.db_table not in there:
                editor.create_model(model)
    runtime = postgres_from_url(env_str("DATABASE_URL", ""))["USER"]
    if runtime != connection.settings_dict["USER"]:
        call_command("grant_runtime", runtime, verbosity=0)
    if load:
        call_command("load_seoul_2021", verbosity=0)
        call_command("load_volume", applications=load, verbosity=0)
    elif not CouncilReport.objects.exists():
        call_command("load_seoul_2021", verbosity=0)  # a database from before the budget
    if (missing := entries - Entry.objects.count()) > entries // 10:
        call_command("load_volume", entries=missing, verbosity=0)
    roll_up()  # a migration may have emptied the sums; nothing to do where they stand
    rotate_access_log()


def collect_static() -> None:
    """The files as the production server has them: hashed and compressed."""
    call_command("collectstatic", interactive=False, verbosity=0)
