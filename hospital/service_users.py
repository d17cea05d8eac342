"""Finding or making the one row of a person who is to be escorted."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from accounts.models import AdminDong, CitizenProfile, District, User
from accounts.models.people import person_index
from hospital.models import ServiceUser
from hospital.models.people import index_of_phone


@dataclass(frozen=True)
class Person:
    """Who is to be escorted. `phone` in digits. Of a citizen's own booking everything comes from the profile, its
    index too: it is of the verified identity where there is one."""

    name: str
    birth_date: dt.date
    phone: str
    address: str
    district: District
    dong: AdminDong | None = None
    language: str = "ko"
    guardian_name: str = ""
    guardian_phone: str = ""
    verified_index: bytes | None = None

    @classmethod
    def of(cls, profile: CitizenProfile) -> Person:
        return cls(
            profile.name, profile.birth_date, profile.phone, profile.address, profile.district, profile.dong,
            profile.user.language, verified_index=bytes(profile.person_index),
        )  # fmt: skip

    @property
    def index(self) -> bytes:
        return self.verified_index or person_index(name=self.name, birth_date=self.birth_date, phone=self.phone)


def found_by_phone(phone: str) -> list[ServiceUser]:
    """Everybody known under a number: a couple's phone, or a daughter's, may be several people's."""
    return list(
        ServiceUser.objects.filter(phone_index=index_of_phone(phone), destroyed_at__isnull=True)
        .select_related("district", "user")
        .order_by("-pk")
    )


def take_in(person: Person, *, user: User | None = None, synthetic: bool = False) -> ServiceUser:
    """The person's row, locked; made where there is none and brought up to date where there is. Limits follow the
    person, so the row of their index comes first; a caller's row is joined with the account when its owner books.
    Within a transaction of the caller's."""
    index, values = person.index, _values(person)
    rows = _locked(index, user)
    if not rows:
        new = ServiceUser(person_index=index, user=user, synthetic=synthetic, **values)
        ServiceUser.objects.bulk_create([new], ignore_conflicts=True)  # somebody else may make it in this moment
        rows = _locked(index, user)
    row = next((row for row in rows if row.person_index and bytes(row.person_index) == index), rows[0])
    values["person_index"] = index
    if user is not None and all(other.user_id is None for other in rows):
        values["user"] = user
    changed = [name for name, value in values.items() if _differs(getattr(row, name), value)]
    if changed:
        for name in changed:
            setattr(row, name, values[name])
        row.save(update_fields=changed)
    return row


def _locked(index: bytes, user: User | None) -> list[ServiceUser]:
    """The rows of the index and of the account; one, or two that are still apart."""
    mine = Q(person_index=index) | Q(user=user) if user else Q(person_index=index)
    return list(ServiceUser.objects.select_for_update().filter(mine).order_by("pk"))


def _differs(was: object, value: object) -> bool:
    return (bytes(was) if isinstance(was, memoryview) else was) != value


def _values(person: Person) -> dict[str, object]:
    values: dict[str, object] = {
        "name": person.name, "birth_date": person.birth_date, "phone": person.phone, "address": person.address,
        "district_id": person.district.pk, "dong_id": person.dong.pk if person.dong else None,
        "language": person.language, "phone_index": index_of_phone(person.phone),
    }  # fmt: skip
    if person.guardian_name:
        values |= {"guardian_name": person.guardian_name, "guardian_phone": person.guardian_phone}
    return values
