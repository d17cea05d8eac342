"""What the tests of the council report's pages share."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone

from reports.council.publish import publish


def address(name, *args):
    return reverse(f"reports:{name}", args=args)


def published(book, report):
    publish(report.pk, actor=book.officer, known_at=timezone.now())
    report.refresh_from_db()
    return report
