"""Finding or making the one row of a person who is to be escorted."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from accounts.models import AdminDong, CitizenProfile, District, User
from accounts.models.people import person_index
from accounts.prepared import columns, prepared_cursor, take
from hospital.models import ServiceUser, Trip
from hospital.models.people import index_of_phone


@dataclass(frozen=True)
class Person:
    """Who is to be escorted. `phone` in digits; `language` None where nobody said. Of a citizen's own booking
    everything comes from the profile, and the index of the verified identity where there is one."""

    name: str
    birth_date: dt.date
    phone: str
    address: str
    district: District
    dong: AdminDong | None = None
    language: str | None = None
    guardian_name: str = ""
    guardian_phone: str = ""
    verified_index: bytes | None = None

    @classmethod
    def of(cls, profile: CitizenProfile) -> Person:
        verified = bytes(profile.person_index) if profile.identity_verified_at else None
        return cls(
            profile.name, profile.birth_date, profile.phone, profile.address, profile.district, profile.dong,
            profile.user.language, verified_index=verified,
        )  # fmt: skip

    @property
    def contact_index(self) -> bytes:
        return person_index(name=self.name, birth_date=self.birth_date, phone=self.phone)


def found_by_phone(phone: str) -> list[ServiceUser]:
    """Everybody known under a number: a couple's phone, or a daughter's, may be several people's."""
    return list(
        ServiceUser.objects.filter(phone_index=index_of_phone(phone), destroyed_at__isnull=True)
        .select_related("district", "user")
        .order_by("-pk")
    )


def take_in(
    person: Person,
    *,
    user: User | None = None,
    known: int | None = None,
    corrects: bool = False,
    synthetic: bool = False,
) -> ServiceUser:
    """The person's row, locked; made where there is none. Limits, bans and proofs follow it. Within a transaction.

    `user` is the person's own account, which the row joins once the identity is verified. `known` is the row that the
    call centre has before it. What is there already is replaced only where the row joins its account, whose
    profile it follows from then on (`keep_up`), or by the call centre, which `corrects`; else only gaps are filled."""
    owner = user if person.verified_index else None
    rows = _locked(person, owner, known)
    row = _nearest(rows, person, known)
    if row is None:
        _make(person, synthetic)
        rows = _locked(person, owner, known)
        row = _nearest(rows, person, known)
        assert row is not None  # noqa: S101 - it is there now, whoever made it
    joins = _join(row, rows, person, owner)
    _bring_up_to_date(row, person, corrects=corrects or joins)
    return row


def _make(person: Person, synthetic: bool) -> None:
    """Unless somebody else makes it in this moment."""
    new = ServiceUser(synthetic=synthetic, **_values(person), language=person.language or "ko")
    new.index()
    ServiceUser.objects.bulk_create([new], ignore_conflicts=True)


def find(person: Person, *, known: int | None = None) -> ServiceUser | None:
    """The row that `take_in` would take, not locked."""
    return _nearest(_read(_matching(), person, None, known), person, known)


def keep_up(profile: CitizenProfile) -> None:
    """Bring the row of a changed profile up to date: the manager calls the number that is in it. Of an account whose
    identity is not verified only where nobody else ever booked under that row."""
    person = Person.of(profile)
    with transaction.atomic():
        if profile.identity_verified_at:
            rows = _locked(person, profile.user, None)
            if row := _nearest(rows, person, None):
                _join(row, rows, person, profile.user)
                _bring_up_to_date(row, person, corrects=True)
            return
        own = Trip.objects.filter(booked_by=profile.user_id, family_name__isnull=True)
        others = Trip.objects.filter(service_user=OuterRef("pk")).exclude(pk__in=own.values("pk"))
        mine = ServiceUser.objects.filter(~Exists(others), pk__in=own.values("service_user"), user=None)
        for row in mine.select_for_update().order_by("pk"):
            _bring_up_to_date(row, person, corrects=True)


def follow_profile(instance: CitizenProfile, **_signal: Any) -> None:
    """Receives every saved profile."""
    keep_up(instance)


@cache
def _matching() -> str:
    """A person's rows, planned once (docs/decisions/few-statements.md). What is not known is NULL and finds none."""
    return (
        f"SELECT {columns(ServiceUser, 's')} FROM hospital_serviceuser s "  # noqa: S608 - our own words
        "WHERE s.contact_index = %s OR s.person_index = ANY(%s) OR s.user_id = %s::bigint OR s.id = %s::bigint "
        "ORDER BY s.id"
    )


def _locked(person: Person, owner: User | None, known: int | None) -> list[ServiceUser]:
    return _read(f"{_matching()} FOR UPDATE", person, owner, known)


def _read(sql: str, person: Person, owner: User | None, known: int | None) -> list[ServiceUser]:
    by_contact = person.contact_index
    identities = [by_contact, person.verified_index] if person.verified_index else [by_contact]
    with prepared_cursor() as cursor:
        cursor.execute(sql, [by_contact, identities, owner and owner.pk, known])
        found = (take(ServiceUser, iter(row)) for row in cursor.fetchall())
        return [row for row in found if row is not None]


def _nearest(rows: list[ServiceUser], person: Person, known: int | None) -> ServiceUser | None:
    """Of those that match: the one before the call centre where it is the same person, then by verified identity."""

    def distance(row: ServiceUser) -> tuple[bool, bool, bool]:
        is_known = row.pk == known
        by_identity = person.verified_index is not None and _index_of(row) == person.verified_index
        return (not is_known, not by_identity, row.user_id is None)

    fitting = [row for row in rows if row.pk != known or _is_same(row, person) or _is_found_by_index(row, person)]
    return min(fitting, key=distance, default=None)


def _is_same(row: ServiceUser, person: Person) -> bool:
    """Whether only the number may differ: under one number somebody else of the family may be booked for."""
    return (row.name, row.birth_date) == (person.name, person.birth_date)


def _is_found_by_index(row: ServiceUser, person: Person) -> bool:
    """Also by the first one, which stays when a name or number is corrected; whoever it finds cannot be made anew."""
    indexes = {person.contact_index, person.verified_index}
    return any(index is not None and bytes(index) in indexes for index in (row.person_index, row.contact_index))


def _index_of(row: ServiceUser) -> bytes | None:
    return bytes(row.person_index) if row.person_index else None


def _bring_up_to_date(row: ServiceUser, person: Person, *, corrects: bool) -> None:
    values = _values(person)
    if person.language:
        values["language"] = person.language
    if person.dong is None and row.district_id == person.district.pk:
        del values["dong_id"]  # who does not say it does not know better
    was = {name: getattr(row, name) for name in values}
    changed = {name: value for name, value in values.items() if was[name] != value and (corrects or not was[name])}
    if changed:
        for name, value in changed.items():
            setattr(row, name, value)
        row.save()


def _join(row: ServiceUser, rows: list[ServiceUser], person: Person, owner: User | None) -> bool:
    """Make the row the verified account's, whose identity it is known by from now on; whether it was not before."""
    if owner is None or any(other.user_id is not None for other in rows):
        return False
    row.user = owner
    if all(_index_of(other) != person.verified_index for other in rows):
        row.person_index = person.verified_index
    row.save()
    return True


def _values(person: Person) -> dict[str, Any]:
    values: dict[str, Any] = {
        "name": person.name, "birth_date": person.birth_date, "phone": person.phone, "address": person.address,
        "district_id": person.district.pk, "dong_id": person.dong.pk if person.dong else None,
    }  # fmt: skip
    if person.guardian_name:
        values |= {"guardian_name": person.guardian_name, "guardian_phone": person.guardian_phone}
    return values
