from typing import Any

from django.core.management.base import BaseCommand

from reports import rollup


class Command(BaseCommand):
    help = "Make the figures' roll-ups again from the application events."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{rollup.rebuild():,} daily sums")
