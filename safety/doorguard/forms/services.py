"""What the company and the district enter about a household after its hand-over. What is possible is the workflow's
to say; these only read the inputs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms import refuse_resident_number
from accounts.models import Organisation
from accounts.roles import Actor
from safety.doorguard.models import Dispatch
from safety.doorguard.models.services import IMPOSSIBLE_REASONS, TERMINATION_REASONS

_PICK = ("", _("선택하십시오"))


class _MomentInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M", **kwargs)


class _DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


def _today() -> Any:
    return timezone.localdate()


class ScheduleForm(forms.Form):
    visit_at = forms.DateTimeField(
        label=_("방문 일시"), widget=_MomentInput, help_text=_("이용자와 전화로 정한 때를 적으십시오.")
    )


class InstallForm(forms.Form):
    installed_on = forms.DateField(label=_("설치일"), widget=_DayInput, initial=_today)
    serial = forms.CharField(
        label=_("기기 일련번호"), max_length=40, help_text=_("카메라 뒷면에 적혀 있습니다."),
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off"}),
    )  # fmt: skip

    def clean_serial(self) -> str:
        return "".join(self.cleaned_data["serial"].split()).upper()


class ImpossibleForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("설치할 수 없는 사유"), choices=[_PICK, *((r.value, r.label) for r in IMPOSSIBLE_REASONS)]
    )
    note = forms.CharField(
        label=_("신청인에게 알릴 설명"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("선정취소 통지문에 적힙니다."),
    )  # fmt: skip

    def clean_note(self) -> str:
        return refuse_resident_number(self.cleaned_data["note"].strip())


class DispatchForm(forms.Form):
    at = forms.DateTimeField(label=_("출동 일시"), widget=_MomentInput)
    kind = forms.ChoiceField(label=_("신고 경로"), choices=[_PICK, *Dispatch.Kind.choices])
    result = forms.ChoiceField(label=_("출동 결과"), choices=[_PICK, *Dispatch.Result.choices])


class RelocationForm(forms.Form):
    requested_on = forms.DateField(label=_("이전 신청일"), widget=_DayInput, initial=_today)
    address = forms.CharField(
        label=_("새 주소"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("이전설치비는 이용자와 맺은 약정에 따릅니다."),
    )  # fmt: skip

    def clean_address(self) -> str:
        return refuse_resident_number(" ".join(self.cleaned_data["address"].split()))


class RelocationDoneForm(forms.Form):
    done_on = forms.DateField(label=_("이전 설치일"), widget=_DayInput, initial=_today)
    fee = forms.IntegerField(
        label=_("이용자가 낸 이전설치비(원)"), required=False, min_value=0, max_value=10_000_000,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip


class TerminationForm(forms.Form):
    on = forms.DateField(
        label=_("해지일"), widget=_DayInput, initial=_today,
        help_text=_("이용한 마지막 날입니다. 다 채우지 못한 서비스 월은 보조하지 않습니다."),
    )  # fmt: skip
    reason = forms.ChoiceField(
        label=_("해지 사유"), choices=[_PICK, *((r.value, r.label) for r in TERMINATION_REASONS)]
    )


def _row_id(value: str) -> int:
    if not value.isdigit() or len(value) > 15:
        raise ValueError
    return int(value)


class HandOverForm(forms.Form):
    """Which selected households go to which company. Whether they may is the hand-over's own to say."""

    company = forms.ModelChoiceField(
        label=_("보안업체"), queryset=Organisation.objects.none(), empty_label=_("선택하십시오")
    )
    household = forms.TypedMultipleChoiceField(
        label=_("이관할 가구"), coerce=_row_id, error_messages={"required": _("이관할 가구를 하나 이상 고르십시오.")}
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        companies = (
            Organisation.objects.visible_to(actor).filter(kind=Organisation.Kind.COMPANY).order_by("name", "pk")
        )
        self.fields["company"].queryset = companies  # type: ignore[attr-defined]
        if len(companies) == 1:
            self.initial["company"] = companies[0].pk
        chosen = self.data.getlist("household") if isinstance(self.data, QueryDict) else []
        self.fields["household"].choices = [(pk, pk) for pk in chosen]  # type: ignore[attr-defined]
