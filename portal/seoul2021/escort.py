"""The escort's organisations and people (report, page 25): an operator with 5 of the call centre and 10 managers, 4
hubs and 24 partner agencies. Who they are is made up; how many they are is the report's."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from accounts.bulk import insert_many
from accounts.clock import SEOUL
from accounts.models import District, Membership, Organisation, User
from accounts.roles import Role
from hospital.models import Credential, EscortManager, Shift
from hospital.models.managers import monday_of
from portal.seoul2021.staff import account, membership

OPERATOR = "escort-operator"
HUBS, PARTNERS = 4, 24
CALLERS, MANAGERS = 4, 10  # and one dispatcher: 15 in all
_HUB_MANAGERS, _PARTNER_MANAGERS = 3, 1
_BASES = ("11680", "11680", "11590", "11620", "11440", "11500", "11350", "11290", "11215", "11710")
_QUALIFICATIONS = ("요양보호사 1급", "사회복지사 2급", "간호조무사", "요양보호사 1급")
_FAMILY = "김이박최정강조윤장임"
# Three kinds of day between them cover the hours of the service, with the way to the first door before them.
_DAYS = ((dt.time(6, 30), dt.time(15, 30)), (dt.time(8, 30), dt.time(17, 30)), (dt.time(11, 30), dt.time(20, 30)))


def load_escort_organisations() -> None:
    """Under neutral names: the report's operator is a real company, and what the demo shows of it is made up."""
    for code, kind, name, name_en in _organisations():
        Organisation.objects.get_or_create(
            code=code, defaults={"kind": kind, "name": name, "name_en": name_en, "phone": "15331179"}
        )


def _organisations() -> list[tuple[str, str, str, str]]:
    kinds = Organisation.Kind
    rows = [(OPERATOR, kinds.ESCORT_OPERATOR, "병원동행 수행기관(시연용)", "Escort operator (demo)")]
    rows += [
        (f"escort-hub-{n}", kinds.ESCORT_HUB, f"병원동행 거점기관 {n}(시연용)", f"Escort hub {n} (demo)")
        for n in range(1, HUBS + 1)
    ]
    rows += [
        (f"escort-partner-{n}", kinds.ESCORT_PARTNER, f"병원동행 협력기관 {n}(시연용)", f"Escort partner {n} (demo)")
        for n in range(1, PARTNERS + 1)
    ]
    return rows  # type: ignore[return-value]


def load_escort_people() -> list[EscortManager]:
    """Everybody who works for the escort; managers with what they must hold. Call after the demo's accounts."""
    operator = Organisation.objects.get(code=OPERATOR)
    for n in range(1, CALLERS):
        _history(f"call-center-{n}", Role.CALL_CENTER, operator)
    members = [_demo_manager()]
    members += [_history(f"escort-{n}", Role.ESCORT_MANAGER, operator) for n in range(1, MANAGERS)]
    for agency in Organisation.objects.filter(kind__in=("escort_hub", "escort_partner")).order_by("pk"):
        _history(f"staff-{agency.code}", Role.AGENCY_STAFF, agency)
        count = _HUB_MANAGERS if agency.kind == Organisation.Kind.ESCORT_HUB else _PARTNER_MANAGERS
        members += [_history(f"{agency.code}-{n}", Role.ESCORT_MANAGER, agency) for n in range(count)]
    return _managers(members)


def _demo_manager() -> Membership:
    return Membership.objects.get(user=User.objects.get(email="escort@demo.invalid"), role=Role.ESCORT_MANAGER)


def _history(key: str, role: Role, organisation: Organisation) -> Membership:
    number = sum(map(ord, key))
    name = f"{_FAMILY[number % len(_FAMILY)]}{'동행' if role == Role.ESCORT_MANAGER else '상담'}{number % 97}(시연)"
    return membership(account(f"{key}@history.invalid", name, None), role, organisation.code)


def _managers(members: list[Membership]) -> list[EscortManager]:
    codes = sorted(District.objects.values_list("code", flat=True))
    bases = itertools.chain(_BASES, itertools.cycle(codes))
    made = []
    for number, (member, base) in enumerate(zip(members, bases, strict=False)):
        row, new = EscortManager.objects.get_or_create(
            membership=member,
            defaults={
                "organisation": member.organisation, "base_id": base, "phone": "15331179", "synthetic": True,
                "qualification": _QUALIFICATIONS[number % len(_QUALIFICATIONS)],
            },
        )  # fmt: skip
        if new:
            insert_many(_credentials(row))
        made.append(row)
    return made


def _credentials(manager: EscortManager) -> list[Credential]:
    titles: dict[str, Any] = {
        Credential.Kind.CERTIFICATE: manager.qualification, Credential.Kind.TRAINING: "동행매니저 기본교육",
        Credential.Kind.INSURANCE: "책임배상보험",
    }  # fmt: skip
    return [
        Credential(manager=manager, kind=kind, title=title, valid_from=dt.date(2021, 10, 1))
        for kind, title in titles.items()
    ]


def hours_of(number: int) -> tuple[dt.time, dt.time]:
    """Which of the three kinds of day the nth manager works."""
    return _DAYS[number % len(_DAYS)]


def load_shifts(managers: list[EscortManager], first: dt.date, last: dt.date) -> None:
    """Five days a week of eight hours; every fourth manager works the weekend and is off on Monday and Tuesday."""
    rows = []
    for number, manager in enumerate(managers):
        for n in range((last - first).days + 1):
            day = first + dt.timedelta(days=n)
            off = (0, 1) if number % 4 == 3 else (5, 6)
            if day.weekday() not in off:
                rows.append(_shift(manager, day, hours_of(number)))
    insert_many(rows, ignore_conflicts=True)


def _shift(manager: EscortManager, day: dt.date, hours: tuple[dt.time, dt.time]) -> Shift:
    begins, ends = (dt.datetime.combine(day, clock, SEOUL) for clock in hours)
    return Shift(
        manager=manager, span=DateTimeTZRange(begins, ends), break_minutes=60, week=monday_of(day),
        minutes=int((ends - begins).total_seconds() // 60) - 60,
    )  # fmt: skip
