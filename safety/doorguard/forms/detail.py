from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from safety.doorguard.models import BuildingType, DoorGuardDetail


class DoorGuardDetailForm(forms.ModelForm):
    """The conditions step of the application. Money is asked in 10,000 won, as leases state it, and kept in won."""

    building_type = forms.ChoiceField(label=_("집의 종류"), choices=[("", _("선택하십시오")), *BuildingType.choices])
    has_wifi = forms.TypedChoiceField(
        label=_("집에 무선인터넷(Wi-Fi) 공유기가 있습니까?"),
        choices=[("yes", _("있습니다")), ("no", _("없습니다"))],
        coerce=lambda value: value in ("yes", "True", True),
        widget=forms.RadioSelect,
        help_text=_("현관 카메라가 무선인터넷으로 연결됩니다."),
    )

    class Meta:
        model = DoorGuardDetail
        fields = ["building_type", "has_wifi", "deposit", "monthly_rent", "lease_ends_on"]
        help_texts = {
            "deposit": _("임대차계약서에 적힌 금액입니다. 없으면 비워 두십시오."),
            "lease_ends_on": _("계약이 끝나는 날이 정해져 있으면 적으십시오."),
        }
        widgets = {
            "deposit": forms.TextInput(attrs={"inputmode": "numeric"}),
            "monthly_rent": forms.TextInput(attrs={"inputmode": "numeric"}),
            "lease_ends_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }
