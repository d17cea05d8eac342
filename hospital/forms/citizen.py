"""Booking by a citizen, for themself or for somebody of their family."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import refuse_resident_number
from accounts.models import CitizenProfile, District
from accounts.models.people import person_index
from hospital.booking import Booking
from hospital.forms.booking import PERSON_FIELDS, BookingForm, PersonFields, first_values
from hospital.models import Trip
from hospital.service_users import Person


class CitizenBookingForm(PersonFields, BookingForm):
    """The person's fields count only where it is for family."""

    whom = forms.ChoiceField(
        label=_("누가 가십니까?"),
        choices=[("me", _("제가 갑니다")), ("family", _("가족이 갑니다"))],
        widget=forms.RadioSelect(attrs={"class": "inline"}),
    )
    relation = forms.CharField(
        label=_("신청인과의 관계"), max_length=20, required=False, help_text=_("예) 어머니, 할아버지"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip

    def __init__(self, *args: Any, profile: CitizenProfile, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.profile = profile
        for name in PERSON_FIELDS:
            self.fields[name].required = False
            self.fields[name].widget.attrs["autocomplete"] = "off"  # not the reader's own

    @property
    def for_oneself(self) -> bool:
        return self.cleaned_data.get("whom") != "family"

    def clean_relation(self) -> str:
        return refuse_resident_number(self.cleaned_data["relation"].strip())

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not self.for_oneself:
            for name in (*PERSON_FIELDS, "relation"):
                if name not in self.errors and not data.get(name):
                    self.add_error(name, _("가족 대신 예약하시려면 적으십시오."))
        return data

    def home_district(self) -> District | None:
        return self.profile.district if self.for_oneself else self.cleaned_data.get("home")

    def birth_date(self) -> dt.date | None:
        return self.profile.birth_date if self.for_oneself else self.cleaned_data.get("birth_date")

    def family_index(self) -> bytes | None:
        """The index of the family member, once name, birth date and phone are said."""
        data = self.cleaned_data
        if not all(data.get(name) for name in ("name", "birth_date", "phone")):
            return None
        return person_index(name=data["name"], birth_date=data["birth_date"], phone=data["phone"])

    def to_book(self) -> Booking:
        if self.for_oneself:
            return self.booking(Person.of(self.profile), for_oneself=True)
        family = f"{self.profile.name} ({self.cleaned_data['relation']})"
        return self.booking(self.person(), for_oneself=False, family_name=family, family_phone=self.profile.phone)


def values_again(trip: Trip, profile: CitizenProfile) -> dict[str, Any]:
    """A past trip of mine, or one I booked for family: then what I said of them that time. Nothing is shown that the
    person may have changed since."""
    values, person = first_values(trip), trip.service_user
    if trip.subject_id == profile.pk:
        values["whom"] = "me"
        if trip.pickup and trip.pickup != profile.address:
            values |= {"pickup": trip.pickup, "district": trip.district_id}
        return values
    values |= {"whom": "family", "name": person.name, "birth_date": person.birth_date}
    values |= {"home": trip.district_id, "address": trip.pickup, "relation": _relation(trip)}
    if person.user_id is None:  # else the account's owner may have a new number
        values["phone"] = person.phone
    return values


def _relation(trip: Trip) -> str:
    return (trip.family_name or "").partition(" (")[2].removesuffix(")")
