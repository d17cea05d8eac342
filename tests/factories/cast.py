"""The small fixed cast of every test: one call in two districts, one citizen, and the people who work on it.

Dongjak-gu (동작구) is where things happen; Gwanak-gu (관악구) is the neighbour that must see nothing of it.
"""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from accounts.models import CitizenProfile, District, Membership, Organisation, User
from accounts.roles import Actor, Role
from programs import intake
from programs.models import (
    Application,
    Call,
    ConsentItem,
    DistrictCall,
    EligibilityRule,
    Program,
    RequiredDocument,
    ScoringCriterion,
)
from programs.models.applications import Channel

DONGJAK, GWANAK = "11590", "11620"
PASSWORD = "correct horse battery"
_numbers = itertools.count(1)


def person(district: str = DONGJAK, **overrides: Any) -> intake.Person:
    """A new adult who rents and lives alone."""
    n = next(_numbers)
    values: dict[str, Any] = {
        "name": f"김시험{n}",
        "birth_date": dt.date(1990, 1, 1) + dt.timedelta(days=n % 5000),
        "phone": f"010{n:08d}",
        "address": f"시험로 {n}",
        "district": District.objects.get(pk=district),
        "household_size": 1,
        "tenure": "monthly",
    }
    return intake.Person(**(values | overrides))


def user(name: str = "", **fields: Any) -> User:
    return User.objects.create_user(f"user{next(_numbers)}@example.com", PASSWORD, name=name, **fields)


def citizen(district: str = DONGJAK, *, ci: str | None = None, **overrides: Any) -> User:
    """An account with a finished profile, of a verified identity where there is a CI."""
    made, someone = user(), person(district, **overrides)
    CitizenProfile.objects.create(
        user=made, name=someone.name, birth_date=someone.birth_date, phone=someone.phone,
        district=someone.district, address=someone.address, household_size=someone.household_size,
        tenure=someone.tenure, ci=ci, identity_verified_at=timezone.now() if ci else None,
    )  # fmt: skip
    return made


def organisation(kind: str, district: str | None = None) -> Organisation:
    code = f"{kind}-{district or 'seoul'}"
    name = f"{District.objects.get(pk=district).name_ko}청" if district else {"city": "서울시"}.get(kind, "든든보안")
    return Organisation.objects.get_or_create(
        code=code, defaults={"kind": kind, "name": name, "district_id": district, "phone": "0228200000"}
    )[0]


def member(role: Role, district: str | None = None, kind: str | None = None) -> Membership:
    """A new person with this role in force since yesterday."""
    kind = kind or (
        "district" if district else {"company_staff": "company", "council_reader": "council"}.get(role, "city")
    )
    return Membership.objects.create(
        user=user(f"{role.label}"), organisation=organisation(kind, district), role=role,
        starts_at=timezone.now() - dt.timedelta(days=1),
    )  # fmt: skip


@dataclass
class Cast:
    """What the `cast` fixture gives."""

    program: Program
    call: Call
    dongjak: DistrictCall
    gwanak: DistrictCall
    officer: Actor
    manager: Actor
    neighbour: Actor  # an officer of Gwanak-gu
    city: Actor
    consents: list[ConsentItem]

    def actor(self, role: Role, district: str | None = None, kind: str | None = None) -> Actor:
        return Actor.of(member(role, district, kind))

    def receive(self, who: intake.Person | None = None, **overrides: Any) -> Application:
        """One application, received now."""
        who = who or person()
        district_call = self.gwanak if who.district.pk == GWANAK else self.dongjak
        values: dict[str, Any] = {
            "person": who,
            "district_call": district_call,
            "detail": DETAIL,
            "consents": {item.pk: True for item in self.consents},
            "channel": Channel.WEB,
        }
        return intake.receive(intake.Intake(**(values | overrides)), actor=Actor.system())


def scoring_criterion(program: Program, title: str = "필요한 정도", **fields: Any) -> ScoringCriterion:
    """A criterion of a scored call that has not opened yet, made with it where there is none."""
    ahead = timezone.now() + dt.timedelta(days=5)
    call, _new = Call.objects.get_or_create(
        code="scored-test",
        defaults={
            "program": program, "title": "심사하는 모집", "title_en": "Scored call", "year": ahead.year, "round": 9,
            "opens_at": ahead, "closes_at": ahead + dt.timedelta(days=30), "selection": Call.Selection.SCORED,
        },
    )  # fmt: skip
    values = {"title": title, "title_en": title, "max_points": 50} | fields
    return ScoringCriterion.objects.create(call=call, **values)


DETAIL = {"building_type": "villa", "has_wifi": "yes", "deposit": "10000000", "monthly_rent": "500000"}


def make_cast(*, quota: int = 3) -> Cast:
    now = timezone.now()
    program = Program.objects.create(
        code="door-guard", name="안전 도어지킴이", name_en="Door Guard", summary="현관 카메라 이용료를 보조합니다.",
        summary_en="Subsidised door camera.", areas=["crime"], phone="0221331234", unit="1인가구담당관",
    )  # fmt: skip
    call = Call.objects.create(
        program=program, code="door-guard-test", title="도어지킴이 모집", title_en="Door Guard call", year=now.year,
        opens_at=now - dt.timedelta(days=10), closes_at=now + dt.timedelta(days=30),
    )  # fmt: skip
    shares = [
        DistrictCall.objects.create(call=call, district_id=code, quota=quota, unit="복지정책과", phone="0228201234")
        for code in (DONGJAK, GWANAK)
    ]
    forever = DateRange(dt.date(2021, 1, 1), None)
    for kind, params in (("min_age", {"age": 18}), ("household_size", {"max": 1}), ("has_wifi", {})):
        EligibilityRule.objects.create(call=call, kind=kind, params=params, valid=forever, basis="모집공고")
    RequiredDocument.objects.create(call=call, kind="register", label="주민등록등본", label_en="Resident register")
    consents = [
        ConsentItem.objects.create(
            call=call, kind=kind, title=title, title_en=title, purpose="심사", purpose_en="Screening",
            items="이름", items_en="Name", kept_for="5년", kept_for_en="5 years", recipient="", recipient_en="",
            if_refused="신청할 수 없습니다.", if_refused_en="You cannot apply.", required=required,
        )
        for kind, title, required in (("collection", "수집·이용 동의", True), ("notice", "안내 수신", False))
    ]  # fmt: skip
    return Cast(
        program, call, *shares,
        officer=Actor.of(member(Role.DISTRICT_OFFICER, DONGJAK)),
        manager=Actor.of(member(Role.DISTRICT_MANAGER, DONGJAK)),
        neighbour=Actor.of(member(Role.DISTRICT_OFFICER, GWANAK)),
        city=Actor.of(member(Role.CITY_OFFICER)),
        consents=consents,
    )  # fmt: skip
