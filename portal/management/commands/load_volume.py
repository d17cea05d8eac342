"""Many more applications, for benchmarks: spread over five years and 25 districts, 2 % of them open.

They are rolled up at once: beat would do so within a minute, but until then every figure counts millions of events."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from accounts.encryption import encrypt
from accounts.models import Membership
from accounts.roles import Role
from portal.seoul2021 import reference, volume_ledger
from programs.deadlines import SEOUL
from programs.models import Application, Call
from reports import rollup

SQL = Path(reference.DATA) / "volume.sql"
POOL = 200  # ciphertexts to draw from: a new one for each row would only measure AES
CHUNK = 100_000


TABLES = ["programs_application", "programs_applicationevent", "doorguard_doorguarddetail"]


@contextmanager
def _without_indexes_and_keys(cursor: CursorWrapper) -> Iterator[None]:
    """Drop plain indexes and foreign keys and make them again (and so check every row) in the same transaction:
    checking a million rows at once is a hash join, one by one it is half an hour. Needs the tables' owner."""
    cursor.execute(
        "SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname), "
        "       format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', "
        "              conrelid::regclass, conname, pg_get_constraintdef(oid)) "
        "FROM pg_constraint WHERE contype = 'f' AND conrelid = ANY(%s::regclass[]) "
        "UNION ALL SELECT format('DROP INDEX %%s', i.indexrelid::regclass), pg_get_indexdef(i.indexrelid) "
        "FROM pg_index i WHERE NOT i.indisunique AND i.indrelid = ANY(%s::regclass[])",
        [TABLES, TABLES],
    )
    statements = cursor.fetchall()
    cursor.execute("; ".join(drop for drop, _make in statements))
    yield
    cursor.execute("; ".join(make for _drop, make in statements))


class Command(BaseCommand):
    help = "Add N synthetic applications with their events, or entries of the budget (needs load_seoul_2021 first)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--applications", type=int, default=0, metavar="N")
        parser.add_argument("--entries", type=int, default=0, metavar="N", help="of the budget ledger")

    def handle(self, *args: Any, applications: int, entries: int, **options: Any) -> None:
        if not applications and not entries:
            raise CommandError("say how many: --applications N, --entries N, or both")
        if applications:
            self._applications(applications)
        if entries:
            started = time.monotonic()
            written = volume_ledger.load_entries(entries, today=timezone.localdate())
            self.stdout.write(f"{written:,} entries more ({time.monotonic() - started:.1f} s).")

    def _applications(self, applications: int) -> None:
        started = time.monotonic()
        calls = [self._call(year) for year in range(timezone.now().year - 4, timezone.now().year + 1)]
        seed = Application.objects.count()  # a second run makes other receipt numbers and people
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0; SET LOCAL maintenance_work_mem = '512MB'")
            with _without_indexes_and_keys(cursor):
                for first in range(0, applications, CHUNK):
                    self._load(calls, min(CHUNK, applications - first), seed + first)
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
            cursor.execute("VACUUM (ANALYZE) programs_application, programs_applicationevent")
        loaded = time.monotonic()
        self.stdout.write(f"{applications:,} applications more ({loaded - started:.1f} s).")
        sums = rollup.roll_up()
        self.stdout.write(f"{sums:,} daily sums of the figures added ({time.monotonic() - loaded:.1f} s).")

    def _call(self, year: int) -> Call:
        return reference.load_call(
            code=f"door-guard-volume-{year}",
            title=f"{year}년 대량 시험 자료",
            title_en=f"Volume data {year}",
            opens_at=dt.datetime(year, 1, 2, 9, tzinfo=SEOUL),
            closes_at=dt.datetime(year, 12, 31, 18, tzinfo=SEOUL),
            year=year,
            is_demo=True,
            round_=90,
            published=False,
        )

    def _load(self, calls: list[Call], count: int, seed: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS volume_share, bulk, bulk_case")
            cursor.execute(
                "CREATE TEMPORARY TABLE volume_share AS "
                "SELECT row_number() OVER (ORDER BY s.id) AS row_no, s.id, s.call_id, s.district_id, "
                "       m.id AS officer_id, m.user_id "
                "FROM programs_districtcall s "
                "JOIN accounts_organisation o ON o.district_id = s.district_id AND o.kind = 'district' "
                "JOIN LATERAL (SELECT id, user_id FROM accounts_membership WHERE organisation_id = o.id "
                "              AND role = %s ORDER BY id LIMIT 1) m ON true WHERE s.call_id = ANY(%s)",
                [Role.DISTRICT_OFFICER.value, [call.pk for call in calls]],
            )
            cursor.execute("CREATE UNIQUE INDEX ON volume_share (row_no); ANALYZE volume_share")
            cursor.execute(SQL.read_text(), self._values() | {"n": count, "seed": seed, "shares": 25 * len(calls)})

    def _values(self) -> dict[str, Any]:
        def pool(label: str, value: str) -> list[bytes]:
            return [encrypt(value.format(n).encode(), label=f"application.{label}") for n in range(POOL)]

        if not Membership.objects.filter(role=Role.DISTRICT_OFFICER).exists():
            raise Application.DoesNotExist("run load_seoul_2021 first")
        return {
            "names": pool("name", "김대량{:03}"),
            "births": pool("birth_date", "1990-01-15"),
            "phones": pool("phone", "0100300{:04}"),
            "addresses": pool("address", "시연로 {}"),
            "pool": POOL,
        }
