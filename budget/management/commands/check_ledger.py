from typing import Any

from django.core.management.base import BaseCommand, CommandError

from budget.consistency import disagreeing_lines


class Command(BaseCommand):
    help = "Compare the amounts of every budget line and its sums by day with its entries."

    def handle(self, *args: Any, **options: Any) -> None:
        if found := disagreeing_lines():
            ids = ", ".join(map(str, found[:20]))
            raise CommandError(f"{len(found)} budget lines disagree with their entries: {ids}")
        self.stdout.write("Every budget line agrees with its entries.")
