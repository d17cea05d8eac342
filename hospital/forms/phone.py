"""What a manager enters at the phone."""

from __future__ import annotations

import re
import uuid
from typing import Any

from django import forms
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive
from django.utils.translation import gettext_lazy as _

from accounts.forms import refuse_resident_number
from hospital.models import Incident, Payment, TripEvent
from hospital.taps import STEPS, Tap

# The strokes of a signature as an SVG path: M x y L x y …, whole numbers only. A finger's dot is an M and an L.
_STROKES = re.compile(r"M \d{1,3} \d{1,3}(?: [ML] \d{1,3} \d{1,3})*")
_LONGEST_SIGNATURE = 12_000
_ACTIONS = [*STEPS, TripEvent.Action.NO_SHOW]
DELAYS = (10, 20, 30, 60)


def is_drawn(signature: str) -> bool:
    """Strokes, not a typed name."""
    return bool(_STROKES.fullmatch(signature))


class _DeviceMoment(forms.Field):
    """A moment by the phone's clock, with its zone; empty where there is no script."""

    def to_python(self, value: Any) -> Any:
        if not value:
            return None
        try:
            moment = parse_datetime(str(value))
        except ValueError:
            moment = None
        if moment is None or is_naive(moment):
            raise forms.ValidationError(_("휴대전화의 시각을 읽을 수 없습니다."))
        return moment


class TapForm(forms.Form):
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    action = forms.ChoiceField(choices=[(action, action) for action in _ACTIONS], widget=forms.HiddenInput)
    device_at = _DeviceMoment(required=False, widget=forms.HiddenInput)
    device_sent_at = _DeviceMoment(required=False, widget=forms.HiddenInput)

    def tap(self) -> Tap:
        return Tap(**self.cleaned_data)


class DelayForm(forms.Form):
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    minutes = forms.TypedChoiceField(
        label=_("늦어지는 시간"), coerce=int, choices=[(n, _("약 %(n)d분") % {"n": n}) for n in DELAYS],
        widget=forms.RadioSelect,
    )  # fmt: skip


class IncidentForm(forms.Form):
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    kind = forms.ChoiceField(label=_("종류"), choices=[("", _("선택하십시오")), *Incident.Kind.choices])
    text = forms.CharField(
        label=_("내용"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("언제, 어디서, 무슨 일이 있었고 지금 어떤지 적으십시오."),
    )  # fmt: skip
    called_119 = forms.BooleanField(label=_("119에 신고하였습니다"), required=False)

    def clean_text(self) -> str:
        return refuse_resident_number(self.cleaned_data["text"].strip())


class SignForm(forms.Form):
    """Strokes drawn with a finger, or the name typed."""

    strokes = forms.CharField(required=False, max_length=_LONGEST_SIGNATURE, widget=forms.HiddenInput)
    name = forms.CharField(
        label=_("이름을 적어 확인"), required=False, max_length=40,
        help_text=_("서명할 수 없으면 이용자의 이름을 적으십시오."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip

    def clean_strokes(self) -> str:
        strokes = " ".join(self.cleaned_data["strokes"].split())
        if strokes and not is_drawn(strokes):
            raise forms.ValidationError(_("서명을 읽을 수 없습니다. 지우고 다시 서명하십시오."))
        return strokes

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors and not data.get("strokes") and not (data.get("name") or "").strip():
            raise forms.ValidationError(_("서명하거나 이름을 적으십시오."))
        return data

    @property
    def signature(self) -> str:
        return self.cleaned_data["strokes"] or self.cleaned_data["name"].strip()


class PaidForm(forms.Form):
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    method = forms.ChoiceField(label=_("결제 방법"), choices=Payment.Method.choices, widget=forms.RadioSelect)


class CloseForm(forms.Form):
    resolution = forms.CharField(label=_("조치"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))

    def clean_resolution(self) -> str:
        return refuse_resident_number(self.cleaned_data["resolution"].strip())
