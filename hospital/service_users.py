"""Finding or making the one row of a person who is to be escorted."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from accounts.models import AdminDong, CitizenProfile, District, User
from accounts.models.people import person_index
from hospital.models import ServiceUser
from hospital.models.people import index_of_phone


@dataclass(frozen=True)
class Person:
    """Who is to be escorted. `phone` in digits. Of a citizen's own booking everything comes from the profile."""

    name: str
    birth_date: dt.date
    phone: str
    address: str
    district: District
    dong: AdminDong | None = None
    language: str = "ko"
    guardian_name: str = ""
    guardian_phone: str = ""

    @classmethod
    def of(cls, profile: CitizenProfile) -> Person:
        return cls(
            profile.name, profile.birth_date, profile.phone, profile.address, profile.district, profile.dong,
            profile.user.language,
        )  # fmt: skip


def found_by_phone(phone: str) -> list[ServiceUser]:
    """Everybody known under a number: a couple's phone, or a daughter's, may be several people's."""
    return list(
        ServiceUser.objects.filter(phone_index=index_of_phone(phone), destroyed_at__isnull=True)
        .select_related("district", "user")
        .order_by("-pk")
    )


@transaction.atomic
def take_in(person: Person, *, user: User | None = None, synthetic: bool = False) -> ServiceUser:
    """The person's row, made where there is none and brought up to date where there is. Limits follow the person, so
    the row of their index comes first; a caller's row is joined with the account when its owner books on the web."""
    index = _index_of(person, user)
    rows = ServiceUser.objects.select_for_update()
    own = rows.filter(user=user).first() if user else None
    row = rows.filter(person_index=index).first() or own
    if row is None:
        row, _made = ServiceUser.objects.get_or_create(
            person_index=index, defaults=_values(person) | {"user": user, "synthetic": synthetic}
        )
    if row.user_id is None and own is None:
        row.user = user
    for name, value in _values(person).items():
        setattr(row, name, value)
    row.person_index = index
    row.save()
    return row


def _index_of(person: Person, user: User | None) -> bytes:
    profile = CitizenProfile.objects.filter(user=user).first() if user else None
    if profile is not None:
        return bytes(profile.person_index)
    return person_index(name=person.name, birth_date=person.birth_date, phone=person.phone)


def _values(person: Person) -> dict[str, object]:
    values: dict[str, object] = {
        "name": person.name, "birth_date": person.birth_date, "phone": person.phone, "address": person.address,
        "district": person.district, "dong": person.dong, "language": person.language,
        "phone_index": index_of_phone(person.phone),
    }  # fmt: skip
    if person.guardian_name:
        values |= {"guardian_name": person.guardian_name, "guardian_phone": person.guardian_phone}
    return values
