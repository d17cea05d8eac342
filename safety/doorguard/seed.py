"""Synthetic services and claims of the past, for the loaders: the same rules as today's, with stated dates.

    seed_services(rows)                  rows: (application, handed_over_at, installed_on or None, serial or None)
    services.advance(today)              brings their applications up to today (subsidy ended, agreement expired)
    seed_claims(2021, (9, 10, 11, 12))   computes and closes those months' claims

The loader writes applications and their events itself, in states handed_over, install_scheduled or installed, and
`handed_to`; these functions add what belongs to the door guard. All rows are marked synthetic.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from accounts.bulk import insert_many, update_many
from accounts.models import Organisation
from accounts.months import add_months, last_day
from programs.deadlines import SEOUL
from programs.models import Application, Terms
from safety.doorguard.agreement import terms_on
from safety.doorguard.models import Claim, ClaimLine, Service
from safety.doorguard.service_months import payable_months
from safety.doorguard.services import new_service

SeedRow = tuple[Application, dt.datetime, dt.date | None, str | None]


@transaction.atomic
def seed_services(rows: Iterable[SeedRow], *, company: Organisation) -> list[Service]:
    """Services of applications already handed over to `company`; serial and installation day come together.

    Raises UnableToPerform where no terms were in force on the day of hand-over."""
    terms: dict[tuple[dt.date, str], Terms] = {}
    made = []
    for application, handed_over_at, installed_on, serial in rows:
        key = timezone.localdate(handed_over_at), application.district_id
        if key not in terms:
            terms[key] = terms_on(*key)
        service = new_service(application, company, terms[key], handed_over_at)
        service.installed_on, service.serial, service.synthetic = installed_on, serial, True
        made.append(service)
    return insert_many(made)


@transaction.atomic
def seed_claims(year: int, months: Iterable[int]) -> list[Claim]:
    """Closed claims of these months for every company and district that has something to claim: computed on the 1st
    of the next month, confirmed on the 3rd, checked on the 5th, closed on the 8th. Months must be in order and over.
    A month that already has its claim is left as it is, and a service month is claimed once."""
    wanted = [dt.date(year, month, 1) for month in months]
    seeded = set(Claim.objects.filter(month__in=wanted).values_list("company_id", "district_id", "month"))
    due = _lines_by_claim(wanted)
    claims = {
        key: Claim(
            company_id=key[0], district_id=key[1], month=key[2], computed_at=_morning(key[2], 1), synthetic=True
        )
        for key in sorted(due)
        if key not in seeded
    }
    insert_many(claims.values())
    lines = []
    for key, claim in claims.items():
        for line in due[key]:
            line.claim = claim
        lines += due[key]
        claim.state = Claim.State.CLOSED
        claim.households, claim.total = len(due[key]), sum(line.amount for line in due[key])
        claim.confirmed_at, claim.checked_at, claim.closed_at = (_morning(key[2], day) for day in (3, 5, 8))
    insert_many(lines)
    update_many(claims.values(), ["state", "households", "total", "confirmed_at", "checked_at", "closed_at"])
    return list(claims.values())


def _lines_by_claim(wanted: list[dt.date]) -> dict[tuple[int, str, dt.date], list[ClaimLine]]:
    """The lines (not saved) of service months completed by the last wanted month, in the claim of the month in
    which they were completed, or of the first wanted one if that is earlier."""
    claimed = set(
        ClaimLine.objects.exclude(state=ClaimLine.State.POSTPONED).values_list("service_id", "service_month_no")
    )
    due: dict[tuple[int, str, dt.date], list[ClaimLine]] = defaultdict(list)
    for service in Service.objects.filter(installed_on__isnull=False).order_by("pk"):
        for month in payable_months(
            service.installed_on,  # type: ignore[arg-type]  # the filter says so
            until=last_day(wanted[-1]),
            ended_on=service.ended_on,
            limit=service.subsidy_months,
        ):
            if (service.pk, month.number) not in claimed:
                claim_month = max(month.ends_on.replace(day=1), wanted[0])
                due[service.company_id, service.district_id, claim_month].append(
                    ClaimLine(
                        service=service, service_month_no=month.number, starts_on=month.starts_on,
                        ends_on=month.ends_on, amount=service.subsidy,
                    )
                )  # fmt: skip
    return due


def _morning(month: dt.date, day: int) -> dt.datetime:
    """Ten o'clock on that day of the month after."""
    return dt.datetime.combine(add_months(month, 1).replace(day=day), dt.time(10), tzinfo=SEOUL)
