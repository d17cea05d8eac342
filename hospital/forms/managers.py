"""What operator and agencies enter about their managers."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.models import District, Membership
from accounts.roles import Actor, Role
from hospital.models import Absence, Credential
from hospital.models.managers import monday_of
from programs.forms.queue import date_input

WEEKS_AHEAD = 6


class _ClockInput(forms.TimeInput):
    input_type = "time"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%H:%M", **kwargs)


class _MomentInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M", **kwargs)


class RegisterForm(forms.Form):
    """A colleague with the manager's role who is not on the roster yet."""

    membership = forms.ModelChoiceField(None, label=_("동행매니저"), empty_label=_("선택하십시오"))
    base_id = forms.ChoiceField(label=_("출발 자치구"))
    qualification = forms.CharField(
        label=_("자격"), max_length=80, help_text=_("이용자에게 알립니다. 예) 요양보호사 1급")
    )
    phone = forms.RegexField(
        r"^[\d-]{8,14}$", label=_("업무용 전화"), help_text=_("이용자에게 알립니다."),
        error_messages={"invalid": _("전화번호는 02-2133-1234처럼 숫자로 적으십시오.")},
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        colleagues = Membership.objects.visible_to(actor).filter(
            organisation=actor.organisation_id, role=Role.ESCORT_MANAGER, escort_manager__isnull=True, ends_at=None
        )
        self.fields["membership"].queryset = colleagues.select_related("user").order_by("pk")  # type: ignore[attr-defined]
        self.fields["membership"].label_from_instance = lambda row: str(row.user)  # type: ignore[attr-defined]
        districts = sorted(District.objects.all(), key=str)
        self.fields["base_id"].choices = [("", _("선택하십시오")), *((one.pk, str(one)) for one in districts)]  # type: ignore[attr-defined]

    def clean_phone(self) -> str:
        return self.cleaned_data["phone"].replace("-", "")


class ShiftForm(forms.Form):
    week = forms.TypedChoiceField(label=_("주"), coerce=dt.date.fromisoformat)
    weekdays = forms.TypedMultipleChoiceField(
        label=_("요일"), coerce=int, widget=forms.CheckboxSelectMultiple,
        choices=list(enumerate((_("월"), _("화"), _("수"), _("목"), _("금"), _("토"), _("일")))),
        error_messages={"required": _("요일을 하나 이상 고르십시오.")},
    )  # fmt: skip
    begins = forms.TimeField(label=_("시작"), widget=_ClockInput, initial="09:00")
    ends = forms.TimeField(label=_("끝"), widget=_ClockInput, initial="18:00")
    break_minutes = forms.IntegerField(label=_("휴게(분)"), min_value=0, max_value=180, initial=60)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        first = monday_of(timezone.localdate())
        weeks = [first + dt.timedelta(days=7 * n) for n in range(WEEKS_AHEAD)]
        self.fields["week"].choices = [(day.isoformat(), date_format(day, "Y. n. j.")) for day in weeks]  # type: ignore[attr-defined]

    def inputs(self) -> dict[str, Any]:
        """What hospital.rostering.add_shifts takes."""
        data = dict(self.cleaned_data)
        week, weekdays = data.pop("week"), data.pop("weekdays")
        return data | {"days": [week + dt.timedelta(days=n) for n in weekdays]}


class AbsenceForm(forms.Form):
    begins = forms.DateTimeField(label=_("시작"), widget=_MomentInput)
    ends = forms.DateTimeField(label=_("끝"), widget=_MomentInput)
    reason = forms.ChoiceField(label=_("사유"), choices=[("", _("선택하십시오")), *Absence.Reason.choices])


class CredentialForm(forms.Form):
    kind = forms.ChoiceField(label=_("종류"), choices=[("", _("선택하십시오")), *Credential.Kind.choices])
    title = forms.CharField(label=_("이름"), max_length=80)
    valid_from = forms.DateField(label=_("시작일"), widget=date_input())
    valid_until = forms.DateField(
        label=_("만료일"), widget=date_input(), required=False, help_text=_("끝이 없으면 비웁니다.")
    )
