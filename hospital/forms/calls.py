"""What the call centre enters: the caller's number, a booking for them, how the call ended, a proof, a lifted ban."""

from __future__ import annotations

import re
import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms import PhoneField, refuse_resident_number
from accounts.models import District
from hospital.booking import Booking
from hospital.forms.booking import BookingForm, PersonFields
from hospital.models import CallRecord, FreeProof, Payment

_PICK = ("", _("선택하십시오"))
Result = CallRecord.Result


class CallerNumberField(forms.CharField):
    """Any number somebody may call from, of a mobile or not; cleaned to digits."""

    widget = forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"})

    def clean(self, value: Any) -> str:
        digits = re.sub(r"[\s().-]", "", super().clean(value)).replace("+82", "0", 1)
        if not re.fullmatch(r"0\d{8,10}|1\d{7}", digits):
            raise ValidationError(_("전화번호는 010-1234-5678이나 02-123-4567처럼 입력하십시오."))
        return digits


class BeginCallForm(forms.Form):
    phone = CallerNumberField(label=_("전화번호"))


class CallBookingForm(PersonFields, BookingForm):
    """For the caller, or for somebody of the caller's family. `known` is the person the form was begun with."""

    known = forms.IntegerField(required=False, widget=forms.HiddenInput)
    family_name = forms.CharField(
        label=_("전화한 가족의 이름과 관계"), max_length=60, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("가실 분이 직접 전화하였으면 비워 둡니다. 예) 김하늘(딸)"),
    )  # fmt: skip
    family_phone = PhoneField(label=_("전화한 가족의 휴대전화"), required=False)
    call_note = forms.CharField(
        label=_("통화 메모"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():  # these are not the reader's own
            field.widget.attrs["autocomplete"] = "off"

    def clean_family_name(self) -> str:
        return refuse_resident_number(" ".join(self.cleaned_data["family_name"].split()))

    def clean_call_note(self) -> str:
        return refuse_resident_number(self.cleaned_data["call_note"].strip())

    def home_district(self) -> District | None:
        return self.cleaned_data.get("home")

    def to_book(self) -> Booking:
        data = self.cleaned_data
        family = {"family_name": data["family_name"], "family_phone": data["family_phone"]}
        return self.booking(self.person(), for_oneself=not data["family_name"], known=data["known"], **family)


class EndCallForm(forms.Form):
    """Of a call in which nothing was booked."""

    result = forms.ChoiceField(
        label=_("통화 결과"),
        choices=[(r.value, r.label) for r in (Result.INQUIRY, Result.REFUSED, Result.CHANGED, Result.COMPLAINT)],
        widget=forms.RadioSelect(attrs={"class": "inline"}),
    )
    note = forms.CharField(
        label=_("통화 메모"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean_note(self) -> str:
        return refuse_resident_number(self.cleaned_data["note"].strip())


class _DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class ProofForm(forms.Form):
    kind = forms.ChoiceField(label=_("증빙"), choices=[_PICK, *FreeProof.Kind.choices])
    income_percent = forms.IntegerField(
        label=_("기준중위소득 대비(%) 이하"), min_value=1, max_value=200, initial=100,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip
    first = forms.DateField(label=_("첫날"), widget=_DayInput())
    last = forms.DateField(label=_("마지막 날"), widget=_DayInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        self.initial = {"first": today, "last": today.replace(month=12, day=31)} | self.initial


class LiftForm(forms.Form):
    reason = forms.CharField(
        label=_("제한을 푸는 사유"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def clean_reason(self) -> str:
        return refuse_resident_number(self.cleaned_data["reason"].strip())


class PaymentForm(forms.Form):
    """All that is still owed, by this method."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    method = forms.ChoiceField(label=_("결제 방법"), choices=Payment.Method.choices)
