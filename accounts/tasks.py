from __future__ import annotations

from celery import shared_task
from django.db import connection, transaction

from accounts.models import Destruction

KEEP_MONTHS = 25  # two years, and the month that is not over


@shared_task
def rotate_access_log(**kwargs: object) -> None:
    """Make the coming months' partitions and drop those older than two years, with a destruction record."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT accesslog_ensure_partition((now() + make_interval(months => n))::date) "
            "FROM generate_series(0, 3) AS n"
        )
        cursor.execute(
            "SELECT to_date(right(inhrelid::regclass::text, 6), 'YYYYMM') FROM pg_inherits "
            "WHERE inhparent = 'accounts_accesslog'::regclass AND inhrelid::regclass::text ~ '[0-9]{6}$' "
            "AND to_date(right(inhrelid::regclass::text, 6), 'YYYYMM') + make_interval(months => %s) <= now()",
            [KEEP_MONTHS],
        )
        months = [row[0] for row in cursor.fetchall()]
        for month in months:
            with transaction.atomic():
                cursor.execute("SELECT accesslog_drop_partition(%s)", [month])
                rows = cursor.fetchone()[0]
                Destruction.objects.create(
                    what=f"접속기록 {month:%Y-%m}", rule="개인정보의 안전성 확보조치 기준 §8: 2년", rows=rows
                )
