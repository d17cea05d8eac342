"""What a booking asks, of citizens and callers alike: where, when, why, the three answers, and each consent by itself.

A person's fields are for whoever has no account, or is not the one who books."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.clock import SEOUL
from accounts.forms import BirthDateField, PhoneField, refuse_resident_number
from accounts.models import District
from accounts.roles import Actor
from hospital.booking import Booking
from hospital.escort_terms import EscortTerms
from hospital.models import EscortConsent, Hospital, Mobility, Purpose, ServiceUser, Trip
from hospital.possible import Wish
from hospital.service_users import Person
from programs.deadlines import WorkingCalendar

_PICK = ("", _("선택하십시오"))
_YES_NO = [("yes", _("예")), ("no", _("아니요"))]
_CHOOSE_HOSPITAL = _("병원 이름을 찾아 고르십시오.")
SENSITIVE = EscortConsent.Kind.SENSITIVE
PERSON_FIELDS = ("name", "birth_date", "phone", "home", "address")


class _TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M", attrs={"step": "300"})


def _yes_no(label: Any, help_text: Any = "") -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label, help_text=help_text, choices=_YES_NO, coerce=lambda value: value == "yes", empty_value=None,
        widget=forms.RadioSelect(attrs={"class": "inline"}),
        error_messages={"required": _("예와 아니요 가운데 하나를 고르십시오.")},
    )  # fmt: skip


def _text(label: Any, longest: int, help_text: Any = "", **attrs: str) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=longest, required=False, help_text=help_text,
        widget=forms.TextInput(attrs={"autocomplete": "off"} | attrs),
    )  # fmt: skip


class BookingForm(forms.Form):
    """The trip and its consents. `home` is where the person lives; pick-up is there where nothing else is said."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label=_("언제 가십니까?"),
        choices=[("reserved", _("날을 정해 예약")), ("now", _("지금 바로"))],
        widget=forms.RadioSelect(attrs={"class": "inline"}),
    )
    day = forms.TypedChoiceField(label=_("이용일"), coerce=dt.date.fromisoformat, empty_value=None, required=False)
    clock = forms.TimeField(
        label=_("매니저와 만날 시각"), required=False, widget=_TimeInput(),
        error_messages={"invalid": _("시각은 09:30처럼 적으십시오.")},
    )  # fmt: skip
    hospital = forms.ModelChoiceField(
        label=_("병원"),
        queryset=Hospital.objects.none(),
        error_messages={"required": _CHOOSE_HOSPITAL, "invalid_choice": _CHOOSE_HOSPITAL},
    )
    purpose = forms.ChoiceField(label=_("가시는 까닭"), choices=[_PICK, *Purpose.choices])
    department = _text(_("진료과"), 40, _("예) 내과, 인공신장실"))
    appointment = forms.TimeField(
        label=_("진료 예약 시각"), required=False, widget=_TimeInput(),
        error_messages={"invalid": _("시각은 09:30처럼 적으십시오.")},
    )  # fmt: skip
    extra_minutes = forms.TypedChoiceField(
        label=_("진료가 보통보다 오래 걸립니까?"),
        coerce=int,
        empty_value=0,
        required=False,
        choices=[(0, _("보통입니다")), (30, _("30분쯤 더")), (60, _("1시간쯤 더")), (120, _("2시간쯤 더"))],
    )
    district = forms.ModelChoiceField(
        label=_("만나는 곳의 자치구"),
        queryset=District.objects.none(),
        required=False,
        empty_label=_("사는 곳과 같음"),
    )
    pickup = _text(_("만나는 곳"), 200, _("비워 두면 사는 곳의 문 앞에서 만납니다."))
    lives_alone = _yes_no(_("실제로 혼자 생활하십니까?"))
    sits_and_toilets = _yes_no(_("휠체어에 앉을 수 있고 화장실을 스스로 쓸 수 있습니까?"))
    has_other_service = _yes_no(
        _("다른 돌봄서비스를 받고 있습니까?"), _("장기요양, 가사간병, 장애인활동지원, 노인맞춤돌봄")
    )
    mobility = forms.ChoiceField(
        label=_("거동"), required=False, choices=[("", _("말하지 않겠습니다")), *Mobility.choices]
    )
    notes = forms.CharField(
        label=_("건강상 알릴 것"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("매니저가 알아야 안전한 것만 적으십시오. 예) 귀가 어두움, 투석 뒤 어지러움"),
    )  # fmt: skip

    def __init__(
        self, *args: Any, actor: Actor, terms: EscortTerms, consents: list[EscortConsent], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.actor, self.terms, self.texts = actor, terms, consents
        for name in ("district", "home"):
            if name in self.fields:
                self.fields[name].queryset = District.objects.visible_to(actor).order_by("name_ko")  # type: ignore[attr-defined]
        self.fields["hospital"].queryset = (  # type: ignore[attr-defined]
            Hospital.objects.visible_to(actor).filter(open=True).select_related("district")
        )
        self.fields["day"].choices = [_PICK, *_service_days(terms)]  # type: ignore[attr-defined]
        if not terms.living_alone:
            del self.fields["lives_alone"]
        for text in consents:
            self.fields[f"consent_{text.kind}"] = forms.BooleanField(label=str(text), required=False)

    # --- What the page shows ------------------------------------------------------------------
    def consent_cards(self) -> list[tuple[EscortConsent, forms.BoundField]]:
        return [(text, self[f"consent_{text.kind}"]) for text in self.texts]

    def questions(self) -> list[forms.BoundField]:
        names = ("lives_alone", "sits_and_toilets", "has_other_service")
        return [self[name] for name in names if name in self.fields]

    def chosen_hospital(self) -> Hospital | None:
        """The one chosen so far, right or not."""
        found = str(self["hospital"].value() or "")
        queryset = self.fields["hospital"].queryset  # type: ignore[attr-defined]
        return queryset.filter(pk=found).first() if found.isdigit() and len(found) < 16 else None

    # --- Cleaning -----------------------------------------------------------------------------
    def clean_department(self) -> str:
        return refuse_resident_number(self.cleaned_data["department"].strip())

    def clean_pickup(self) -> str:
        return refuse_resident_number(" ".join(self.cleaned_data["pickup"].split()))

    def clean_notes(self) -> str:
        return refuse_resident_number(self.cleaned_data["notes"].strip())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("kind") == Trip.Kind.RESERVED:
            for name, text in (("day", _("이용일을 고르십시오.")), ("clock", _("만날 시각을 적으십시오."))):
                if name not in self.errors and not data.get(name):
                    self.add_error(name, text)
        if data.get("pickup") and not self.place():
            self.add_error("district", _("만나는 곳의 자치구를 고르십시오."))
        if data.get("district") and not data.get("pickup") and "pickup" not in self.errors:
            self.add_error("pickup", _("만나는 곳의 주소를 적으십시오."))
        self._clean_consents(data)
        return data

    def _clean_consents(self, data: dict[str, Any]) -> None:
        for text in self.texts:
            if text.required and not data.get(f"consent_{text.kind}"):
                self.add_error(f"consent_{text.kind}", text.localised("if_refused"))
        wants = data.get("notes") or data.get("mobility") or data.get("department")
        if wants and f"consent_{SENSITIVE}" in self.fields and not data.get(f"consent_{SENSITIVE}"):
            self.add_error(
                f"consent_{SENSITIVE}",
                _("진료과, 거동, 건강에 관한 내용은 이 동의가 있어야 받습니다. 동의하거나 그 내용을 지우십시오."),
            )

    # --- What was asked for -------------------------------------------------------------------
    def home_district(self) -> District | None:
        """Where the person to be escorted lives; said by whoever knows the person."""
        raise NotImplementedError

    def place(self) -> District | None:
        return self.cleaned_data.get("district") or self.home_district()

    def wanted_at(self) -> dt.datetime | None:
        data = self.cleaned_data
        if data.get("kind") == Trip.Kind.NOW:
            return timezone.now()
        if data.get("day") and data.get("clock"):
            return dt.datetime.combine(data["day"], data["clock"], SEOUL)
        return None

    def lacking(self) -> list[str]:
        """What must still be said before an answer is possible."""
        data, found = self.cleaned_data, []
        if data.get("kind") == Trip.Kind.RESERVED:
            found += [str(self.fields[name].label) for name in ("day", "clock") if not data.get(name)]
        found += [str(self.fields[name].label) for name in ("hospital", "purpose") if not data.get(name)]
        return found if self.place() else [*found, _t("자치구")]

    def wish(self) -> Wish | None:
        """What was said so far as a wish; None while something is lacking. An open question counts in favour."""
        data, at, place = self.cleaned_data, self.wanted_at(), self.place()
        if self.lacking() or at is None or place is None:
            return None
        sits, other = data.get("sits_and_toilets"), data.get("has_other_service")
        return Wish(
            kind=data["kind"], wanted_at=at, district=place, hospital=data["hospital"], purpose=data["purpose"],
            lives_alone=data.get("lives_alone") is not False, sits_and_toilets=sits is not False,
            has_other_service=other is True, birth_date=self.birth_date(),
            guardian_comes=bool(data.get("guardian_comes")), extra_minutes=data.get("extra_minutes") or 0,
        )  # fmt: skip

    def whole_wish(self) -> Wish:
        """Of a form that is right."""
        wish = self.wish()
        if wish is None:
            raise ValueError("the form lacks something")
        return wish

    def birth_date(self) -> dt.date | None:
        return self.cleaned_data.get("birth_date")

    def consents(self) -> dict[str, bool]:
        return {text.kind: bool(self.cleaned_data.get(f"consent_{text.kind}")) for text in self.texts}

    def booking(self, person: Person, **who: Any) -> Booking:
        """Of a form that is right. `who`: for oneself, or the family that books."""
        data, wish = self.cleaned_data, self.whole_wish()
        appointment = data.get("appointment")
        day = wish.wanted_at.astimezone(SEOUL).date()
        return Booking(
            key=data["key"], person=person, wish=wish, pickup=data["pickup"] or person.address,
            consents=self.consents(), mobility=data["mobility"], notes=data["notes"], department=data["department"],
            appointment_at=dt.datetime.combine(day, appointment, SEOUL) if appointment else None, **who,
        )  # fmt: skip


def _service_days(terms: EscortTerms) -> list[tuple[str, str]]:
    """The days one may reserve for, as choices."""
    calendar, today = WorkingCalendar(), timezone.localdate()
    days = (today + dt.timedelta(days=n) for n in range(terms.reserve_days + 1))
    return [(day.isoformat(), date_format(day, _t("n월 j일(D)"))) for day in days if terms.hours_on(day, calendar)]


class PersonFields(forms.Form):
    """Somebody who is to be escorted and has not written it in a profile of their own."""

    name = forms.CharField(label=_("이름"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    birth_date = BirthDateField(label=_("생년월일"))
    phone = PhoneField(label=_("휴대전화"))
    home = forms.ModelChoiceField(
        label=_("사는 자치구"), queryset=District.objects.none(), empty_label=_("선택하십시오")
    )
    address = forms.CharField(
        label=_("사는 곳의 도로명주소"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("예) 사당로 27길 10, 302호"),
    )  # fmt: skip
    guardian_comes = forms.BooleanField(label=_("보호자가 함께 갑니다"), required=False)

    def clean_name(self) -> str:
        return refuse_resident_number(" ".join(self.cleaned_data["name"].split()))

    def clean_address(self) -> str:
        return refuse_resident_number(" ".join(self.cleaned_data["address"].split()))

    def person(self) -> Person:
        data = self.cleaned_data
        return Person(data["name"], data["birth_date"], data["phone"], data["address"], data["home"])


def first_values(trip: Trip | None = None) -> dict[str, Any]:
    """A new form's start; of a past trip its hospital, purpose and place. Health is asked anew, with its consent."""
    values: dict[str, Any] = {"key": uuid.uuid4(), "kind": Trip.Kind.RESERVED, "extra_minutes": 0}
    if trip is None:
        return values
    values["purpose"] = trip.purpose
    if trip.hospital.open:
        values["hospital"] = trip.hospital_id
    if trip.kind == Trip.Kind.RESERVED:
        values["clock"] = trip.local_latest.time()
    if trip.appointment_at:
        values["appointment"] = trip.appointment_at.astimezone(SEOUL).time()
    return values


def person_values(row: ServiceUser) -> dict[str, Any]:
    """What is known of a person, for a caller's form."""
    return {
        "known": row.pk, "name": row.name, "birth_date": row.birth_date, "phone": row.phone, "home": row.district_id,
        "address": row.address,
    }  # fmt: skip


def words_kept(form: forms.Form) -> dict[str, Any]:
    """What was typed, as the start of a form that shows no errors yet."""
    return {name: value for name, value in form.data.items() if value not in ("", "False")}
