"""The list of hospitals: its filter, one hospital as the city edits it, and a file of the national list."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import refuse_resident_number
from hospital.models import Hospital
from programs.forms.calls import Reasoned

BY_HAND = "서울시 담당자 등록"


@dataclass(frozen=True)
class HospitalFilter:
    words: str = ""
    region: str = ""
    kind: str = ""
    closed: bool = False


class HospitalFilterForm(forms.Form):
    words = forms.CharField(label=_("병원 이름"), required=False, max_length=40)
    region = forms.ChoiceField(label=_("지역"), required=False, choices=[("", _("모두")), *Hospital.Region.choices])
    kind = forms.ChoiceField(label=_("종별"), required=False, choices=[("", _("모두")), *Hospital.Kind.choices])
    closed = forms.BooleanField(label=_("문 닫은 병원만"), required=False)

    def wanted(self) -> HospitalFilter:
        """What is asked; nonsense asks for nothing."""
        self.is_valid()
        return HospitalFilter(**{name: value for name, value in self.cleaned_data.items() if value})


class HospitalForm(Reasoned, forms.ModelForm):
    """One hospital; one that closed is no longer found at booking and stays for its past trips."""

    class Meta:
        model = Hospital
        fields = ["name", "name_en", "kind", "region", "district", "address", "phone", "open"]
        help_texts = {
            "district": _("서울에 있는 병원만 고릅니다."),
            "open": _("끄면 예약할 때 찾을 수 없고, 지난 동행의 기록은 그대로입니다."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["district"].queryset = self.fields["district"].queryset.order_by("name_ko")  # type: ignore[attr-defined]
        self.fields["district"].empty_label = _("서울 밖")  # type: ignore[attr-defined]
        self.fields["kind"].choices = [("", _("선택하십시오")), *Hospital.Kind.choices]  # type: ignore[attr-defined]
        self.fields["phone"].widget.attrs["inputmode"] = "tel"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name in ("name", "name_en", "address", "phone"):
            refuse_resident_number(data.get(name) or "")
        in_seoul, district = data.get("region") == Hospital.Region.SEOUL, data.get("district")
        if in_seoul and district is None and "district" not in self.errors:
            self.add_error("district", _("서울에 있는 병원의 자치구를 고르십시오."))
        if not in_seoul and district is not None:
            self.add_error("district", _("서울 밖의 병원은 자치구를 비워 두십시오."))
        return data

    def save(self, commit: bool = True) -> Hospital:
        if self.instance.pk is None:
            self.instance.code, self.instance.source = f"city-{uuid.uuid4().hex}", BY_HAND
        saved: Hospital = super().save(commit)
        return saved


class HospitalFileForm(forms.Form):
    file = forms.FileField(
        label=_("병원 목록 파일(XLSX)"), widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        help_text=_("건강보험심사평가원 병원정보서비스에서 내려받은 그대로의 파일입니다. 30MB까지 올릴 수 있습니다."),
    )  # fmt: skip
