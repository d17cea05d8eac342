from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from programs.forms.money import MoneyField
from safety.doorguard.models import BuildingType, DoorGuardDetail


class DoorGuardDetailForm(forms.ModelForm):
    """The conditions step of the application. Money in won, as leases state it."""

    building_type = forms.ChoiceField(label=_("집의 종류"), choices=[("", _("선택하십시오")), *BuildingType.choices])
    has_wifi = forms.TypedChoiceField(
        label=_("집에 무선인터넷(Wi-Fi) 공유기가 있습니까?"),
        choices=[("yes", _("있습니다")), ("no", _("없습니다"))],
        coerce=lambda value: value in ("yes", "True", True),
        widget=forms.RadioSelect,
        help_text=_("현관 카메라가 무선인터넷으로 연결됩니다."),
    )
    deposit = MoneyField(
        label=_("보증금(원)"),
        required=False,
        max_value=10_000_000_000,
        help_text=_("임대차계약서에 적힌 금액입니다. 없으면 비워 두십시오. 예) 5천만 원이면 50,000,000"),
    )
    monthly_rent = MoneyField(
        label=_("월세(원)"), required=False, max_value=100_000_000, help_text=_("없으면 비워 두십시오. 예) 450,000")
    )

    class Meta:
        model = DoorGuardDetail
        fields = ["building_type", "has_wifi", "deposit", "monthly_rent", "lease_ends_on"]
        help_texts = {"lease_ends_on": _("계약이 끝나는 날이 정해져 있으면 적으십시오.")}
        widgets = {"lease_ends_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}
