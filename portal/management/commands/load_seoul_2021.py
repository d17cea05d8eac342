"""Seoul 2021 as data: reference rows, the catalogue, the door-guard call and its history, and a live demo call."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection, transaction
from django.utils import timezone

from accounts.roles import Actor
from portal.seoul2021 import (
    budget,
    budget_demo,
    edition,
    escort,
    escort_demo,
    history,
    hospitals,
    live,
    reference,
    staff,
    statements,
    surveys,
    write,
)
from portal.seoul2021.escort_terms import load_consents, load_escort_terms


class Command(BaseCommand):
    help = "Load the report of 2 November 2021 and a synthetic history. Running it again changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = 0")
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # else every check waits, and the waiting ones add up
                cursor.execute("SELECT pg_advisory_xact_lock(2021)")  # two loaders take turns
            self._load()
        self.stdout.write(f"Seoul 2021 is loaded ({time.monotonic() - started:.1f} s).")

    def _load(self) -> None:
        reference.load_organisations()
        reference.load_catalogue()
        reference.load_terms()
        escort.load_escort_organisations()
        load_escort_terms()
        load_consents()
        hospitals.load_hospitals()
        surveys.load_surveys()
        memberships = staff.load_history_staff()
        staff.load_demo_accounts()
        managers = escort.load_escort_people()
        call = reference.load_2021_call()
        if not call.applications.exists():
            rows = write.write_history(call, history.build(reference.quotas()), memberships)
            write.write_documents(rows, Actor.of(memberships["11590", "officer"]))
        budget.load_budget_2021(memberships)
        budget_demo.load_demo_budget(timezone.localdate(), memberships)
        live.load_live_cases(live.load_demo_call(timezone.now()), memberships)
        escort_demo.load_escort_history(managers, timezone.localdate())
        statements.load_statements()
        edition.load_demo_report(timezone.localdate())
