"""The door guard's yearly survey: in December every household in service is asked once.

Source: the report of 2 November 2021, Ⅲ-2-1, 향후 추진계획 (시민 만족도 조사: December)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from programs.letters import language_for
from safety.doorguard.models import Service
from safety.doorguard.workflow import IN_SERVICE
from surveys.invitations import Asked, invite_many

SURVEY = "door-guard"
MONTH = 12
BATCH = 1_000  # households a transaction


def survey_households(today: dt.date) -> int:
    """Ask the households in service on this day that were not asked this year; how many. None but in December."""
    if today.month != MONTH:
        return 0
    return sum(
        len(invite_many(SURVEY, [_asked(service, today) for service in services])) for services in _batches(today)
    )


def _batches(today: dt.date) -> Iterator[list[Service]]:
    """Those to be asked, in the order of their keys. Made-up ones have nobody to answer."""
    rows = (
        Service.objects.filter(
            application__state__in=IN_SERVICE, application__phone__isnull=False, installed_on__lte=today,
            ended_on__isnull=True, synthetic=False,
        )
        .select_related("application__applicant", "application__program")
        .order_by("pk")
    )  # fmt: skip
    last = 0
    while services := list(rows.filter(pk__gt=last)[:BATCH]):
        yield services
        last = services[-1].pk


def _asked(service: Service, today: dt.date) -> Asked:
    application = service.application
    language, program = language_for(application), application.program
    return Asked(
        about=f"service:{service.pk}:{today.year}",
        district_id=service.district_id,
        occurred_on=today,
        to=application.proxy_phone or application.phone or "",
        recipient_id=application.applicant_id,
        language=language,
        variables={"서비스": program.name_en if language == "en" else program.name},
    )
