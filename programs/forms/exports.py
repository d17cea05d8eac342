"""Asking for a download: the purpose and the reason it is for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import refuse_resident_number
from accounts.models.access import Purpose
from accounts.roles import Actor
from programs.exports import Exportable


class ExportForm(forms.Form):
    purpose = forms.ChoiceField(label=_("업무 목적"), choices=[("", _("선택하십시오")), *Purpose.choices])
    reason = forms.CharField(
        label=_("내려받는 사유"),
        min_length=5,
        max_length=300,
        help_text=_("무엇에 쓸 자료인지 적으십시오. 접속기록에 남고 개인정보 보호담당자가 매달 점검합니다."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    unmasked = forms.BooleanField(
        label=_("이름·전화·주소를 가리지 않고 내려받기"),
        required=False,
        help_text=_("업무에 꼭 필요할 때만 고르십시오. 받은 파일은 쓰고 나면 바로 지워야 합니다."),
    )

    def __init__(self, data: Any = None, *, exportable: Exportable, actor: Actor) -> None:
        super().__init__(data)
        if actor.role not in exportable.unmasked_roles:
            del self.fields["unmasked"]

    def clean_reason(self) -> str:
        return refuse_resident_number(" ".join(self.cleaned_data["reason"].split()))
