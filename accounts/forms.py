"""Sign-up, the profile, and choosing the membership to act in."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.masking import format_phone, has_resident_number, normalise_phone
from accounts.models import AccessRequest, AdminDong, CitizenProfile, District, User
from accounts.models.people import Language, Tenure

GUARDIAN_WAY = _(
    "만 14세 미만은 직접 가입할 수 없습니다. 법정대리인이 가입하여 대신 신청하거나, 사는 곳의 구청에 함께 방문하여 "
    "신청하십시오. 문의: 다산콜센터 120"
)


def age_on(birth_date: dt.date, day: dt.date) -> int:
    """Full years (만 나이) on that day."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def refuse_resident_number(text: str) -> str:
    if has_resident_number(text):
        raise ValidationError(_("주민등록번호로 보이는 숫자가 있습니다. 지우고 다시 입력하십시오."), code="rrn")
    return text


class SignupForm(forms.Form):
    """Asked beside e-mail and password: only what decides whether an account may be made (개인정보 보호법 §22의2)."""

    field_order = ("email", "password1", "password2", "over_14")
    over_14 = forms.BooleanField(
        label=_("만 14세 이상입니다"),
        error_messages={"required": GUARDIAN_WAY},
    )

    def signup(self, request: HttpRequest, user: Any) -> None:
        """Nothing more to keep: the answer is a condition, not data."""

    def clean_email(self) -> str:
        email = self.cleaned_data["email"]
        if len(email) > 160:
            raise ValidationError(_("이메일 주소는 160자까지 쓸 수 있습니다."))
        return email


class PhoneField(forms.CharField):
    """A Korean mobile number in any usual writing; cleaned to digits."""

    widget = forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"})

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text and not self.required:
            return ""
        digits = normalise_phone(text)
        if digits is None:
            raise ValidationError(_("휴대전화 번호는 010-1234-5678처럼 입력하십시오."))
        return digits

    def prepare_value(self, value: Any) -> Any:
        return format_phone(value) if isinstance(value, str) and value.isdigit() else value


class BirthDateField(forms.DateField):
    """A birth date written 1996-03-14, 1996.3.14, 1996. 3. 14. or 19960314."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "bday", "placeholder": "1996-03-14"})
    default_error_messages = {"invalid": _("생년월일은 1996-03-14처럼 입력하십시오.")}

    def to_python(self, value: Any) -> dt.date | None:
        if isinstance(value, str):
            value = value.replace(" ", "").rstrip(".").replace(".", "-").replace("/", "-")
            if len(value) == 8 and value.isdigit():
                value = f"{value[:4]}-{value[4:6]}-{value[6:]}"
        day = super().to_python(value)
        if day and not dt.date(1900, 1, 1) <= day <= timezone.localdate():
            raise ValidationError(_("생년월일을 다시 확인하십시오."))
        return day


class ProfileForm(forms.ModelForm):
    """A citizen's details, kept once and reused by every programme."""

    birth_date = BirthDateField(label=_("생년월일"))
    phone = PhoneField(label=_("휴대전화"))
    name = forms.CharField(label=_("이름"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    address = forms.CharField(
        label=_("도로명주소"),
        max_length=200,
        help_text=_("예) 사당로 27길 10, 302호"),
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    household_size = forms.IntegerField(
        label=_("세대원 수(본인 포함)"),
        min_value=1,
        max_value=20,
        help_text=_("주민등록등본에 함께 있는 사람 수입니다. 혼자이면 1입니다."),
    )

    language = forms.ChoiceField(
        label=_("알림을 받을 언어"), choices=Language.choices, widget=forms.RadioSelect, required=False
    )

    class Meta:
        model = CitizenProfile
        fields = ["name", "birth_date", "phone", "district", "dong", "address", "household_size", "tenure"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["district"].queryset = District.objects.order_by("name_ko")
        self.fields["district"].empty_label = _("선택하십시오")
        dong = self.fields["dong"]
        dong.queryset = AdminDong.objects.filter(district=self._district_code()).order_by("name")
        dong.required = False
        dong.empty_label = _("모르겠습니다")
        dong.error_messages["invalid_choice"] = _("고른 자치구의 행정동이 아닙니다. 다시 고르십시오.")
        self.fields["tenure"].choices = [("", _("선택하십시오")), *Tenure.choices]

        if self.instance.identity_verified_at:
            for name in ("name", "birth_date", "phone"):
                self.fields[name].disabled = True  # as the provider said; changed by verifying again

    def _district_code(self) -> str:
        """The district whose dongs may be chosen: as typed, else as kept."""
        code = (
            self.data.get(self.add_prefix("district"))
            if self.is_bound
            else self.get_initial_for_field(self.fields["district"], "district")
        )
        return str(getattr(code, "pk", code) or "")

    def clean_birth_date(self) -> dt.date:
        day = self.cleaned_data["birth_date"]
        if age_on(day, timezone.localdate()) < 14:
            raise ValidationError(GUARDIAN_WAY, code="under_14")
        return day

    def clean_name(self) -> str:
        return refuse_resident_number(" ".join(self.cleaned_data["name"].split()))

    def clean_address(self) -> str:
        return refuse_resident_number(" ".join(self.cleaned_data["address"].split()))


class LocalIdentityForm(forms.Form):
    """What the stand-in identity provider asks; the hidden fields are of the attempt."""

    name = forms.CharField(label=_("이름"), max_length=40)
    birth_date = BirthDateField(label=_("생년월일"))
    phone = PhoneField(label=_("휴대전화"))
    state = forms.CharField(widget=forms.HiddenInput, max_length=64)
    nonce = forms.CharField(widget=forms.HiddenInput, max_length=64)


class AccessRequestForm(forms.ModelForm):
    """What a person asks of their own data."""

    detail = forms.CharField(
        label=_("요구 내용"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("어떤 정보를 어떻게 해 달라는지 적으십시오. 예) 2021년 신청서의 주소를 고쳐 주십시오."),
    )

    class Meta:
        model = AccessRequest
        fields = ["kind", "detail"]
        widgets = {"kind": forms.RadioSelect}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = AccessRequest.Kind.choices

    def clean_detail(self) -> str:
        return refuse_resident_number(self.cleaned_data["detail"].strip())


class LeaveForm(forms.Form):
    """Leaving cannot be undone: the password is asked once more, where there is one."""

    understood = forms.BooleanField(
        label=_("되돌릴 수 없다는 것을 알았습니다"),
        error_messages={"required": _("되돌릴 수 없다는 것을 확인하십시오.")},
    )
    password = forms.CharField(
        label=_("비밀번호"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}), strip=False
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        if not user.has_usable_password():
            del self.fields["password"]

    def clean_password(self) -> str:
        if not self.user.check_password(self.cleaned_data["password"]):
            raise ValidationError(_("비밀번호가 맞지 않습니다."))
        return ""
