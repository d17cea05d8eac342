from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.dateparse import parse_date

from reports.council.assemble import assemble
from reports.council.files import NAMES, contents
from reports.document import Unprintable
from reports.models import CouncilReport


class Command(BaseCommand):
    requires_system_checks = ()  # they take longer than the report
    help = "Write a council report as report.hwpx, report.pdf, report.xlsx and figures.json, without a browser."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--as-of", required=True, help="the report's date: 2021-11-02")
        parser.add_argument("--out", required=True, type=Path, help="folder for the four files")

    def handle(self, *args: Any, as_of: str, out: Path, **options: Any) -> None:
        report = self._report(as_of)
        assembled = assemble(report)
        for problem in assembled.problems:
            self.stderr.write(f"{problem.section or '-'}: {problem.text}")
        out.mkdir(parents=True, exist_ok=True)
        try:
            for kind, data in contents(report, assembled):
                path = out / NAMES[kind]
                path.write_bytes(data)
                self.stdout.write(f"{path} {len(data):,} bytes")
        except Unprintable as error:
            raise CommandError(str(error)) from error

    def _report(self, as_of: str) -> CouncilReport:
        """The published one of that day, else the newest that is being written."""
        try:
            day = parse_date(as_of)
        except ValueError:
            day = None
        if day is None:
            raise CommandError(f"{as_of!r} is no date: write it as 2021-11-02")
        rows = CouncilReport.objects.filter(as_of=day).order_by("-state", "-made_at")
        if report := rows.first():
            return report
        known = ", ".join(f"{d}" for d in CouncilReport.objects.order_by("as_of").values_list("as_of", flat=True))
        raise CommandError(f"there is no report of {day}; there are: {known or 'none'}")
