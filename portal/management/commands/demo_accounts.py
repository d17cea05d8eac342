"""The demo's accounts, as `make demo` prints them."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.demo import PASSWORD, demo_accounts


class Command(BaseCommand):
    help = "Print the demo accounts and their password."

    def handle(self, *args: Any, **options: Any) -> None:
        for account in demo_accounts():
            self.stdout.write(f"  {account['email']:<26} {account['label']}")
        self.stdout.write(f"  password of all: {PASSWORD}")
