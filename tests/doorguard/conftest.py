"""The door guard after selection: one company, its staff, the terms of 2021, and households at every stage."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from accounts.models import Organisation
from accounts.roles import Actor, Role
from programs import selection
from programs.models import Application, ConsentItem, Terms
from programs.workflow import perform
from safety.doorguard import services
from safety.doorguard.models import Service
from tests.factories import cast as c
from tests.factories.money import fund

VALUES_2021 = {
    "market_price": 18750, "agreement_price": 9900, "subsidy": 8900, "self_pay": 1000,
    "subsidy_months": 12, "agreement_months": 36,
}  # fmt: skip


@dataclass
class Guarded:
    """What the `guarded` fixture gives: the cast and the security company."""

    cast: c.Cast
    company: Organisation
    staff: Actor
    stranger: Actor  # of another company

    def selected(self, count: int = 1, district: str = c.DONGJAK, **overrides) -> list[Application]:
        rows = [self.cast.receive(c.person(district), **overrides) for _ in range(count)]
        officer, manager = self.of(district)
        for row in rows:
            perform(row, "confirm", actor=officer)
        share = self.cast.gwanak if district == c.GWANAK else self.cast.dongjak
        selection.approve(selection.draft(share, actor=officer, places=count).pk, actor=manager)
        return [Application.objects.get(pk=row.pk) for row in rows]

    def of(self, district: str) -> tuple[Actor, Actor]:
        if district == c.DONGJAK:
            return self.cast.officer, self.cast.manager
        return self.cast.neighbour, self.cast.actor(Role.DISTRICT_MANAGER, district)

    def handed_over(self, count: int = 1, district: str = c.DONGJAK) -> list[Application]:
        rows = self.selected(count, district)
        services.hand_over([row.pk for row in rows], company=self.company, actor=self.of(district)[0])
        return rows

    def installed(self, on: dt.date, count: int = 1, district: str = c.DONGJAK) -> list[Application]:
        """Installed that day, which may be long ago: the hand-over is dated back."""
        rows = self.handed_over(count, district)
        Service.objects.filter(pk__in=[row.pk for row in rows]).update(
            handed_over_at=timezone.make_aware(dt.datetime.combine(on, dt.time(9)))
        )
        for row in rows:
            services.install(row, installed_on=on, serial=f"SN-{row.pk}", actor=self.staff)
        return rows


def make_guarded(cast: c.Cast) -> Guarded:
    consent = ConsentItem.objects.create(
        call=cast.call, kind=ConsentItem.Kind.THIRD_PARTY, title="제3자 제공", title_en="Third party", purpose="설치",
        purpose_en="Installation", items="이름", items_en="Name", kept_for="3년", kept_for_en="3 years",
        recipient="든든보안", recipient_en="Sturdy", if_refused="설치할 수 없습니다.",
        if_refused_en="No installation.", required=False,
    )  # fmt: skip
    cast.consents.append(consent)
    Terms.objects.create(
        program=cast.program,
        values=VALUES_2021,
        valid=DateRange(dt.date(2021, 8, 13), None),
        basis="업무협약 2021. 8. 13.",
    )
    staff = c.member(Role.COMPANY_STAFF)
    other = Organisation.objects.create(code="company-other", kind="company", name="다른보안", phone="15880000")
    stranger = c.member(Role.COMPANY_STAFF)
    stranger.organisation = other
    stranger.save()
    this_year = timezone.localdate().year
    for district in (c.DONGJAK, c.GWANAK):
        for year in (this_year - 1, this_year):
            fund(c.organisation("district", district), "door-guard", year)
    return Guarded(cast, staff.organisation, Actor.of(staff), Actor.of(stranger))


@pytest.fixture
def guarded(cast: c.Cast) -> Guarded:
    for share in (cast.dongjak, cast.gwanak):
        share.quota = 30
        share.save()
    return make_guarded(cast)
