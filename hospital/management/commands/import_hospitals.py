"""The national list of hospitals, from the file that the Health Insurance Review & Assessment Service gives out."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from hospital.hospital_import import UnableToImport, import_hospitals


class Command(BaseCommand):
    help = "Takes in the national list of hospitals (XLSX); with --dry-run says what would change."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with options["file"].open("rb") as file:
                found = import_hospitals(file, dry_run=options["dry_run"])
        except (UnableToImport, OSError) as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(
            f"{found.new} new, {found.changed} changed, {found.same} unchanged, {found.closed} closed, "
            f"{found.elsewhere} elsewhere, {found.passed_over} passed over"
        )
        for line in found.wrong:
            self.stdout.write(f"  line {line.row}, {line.column}: {line.message}")
