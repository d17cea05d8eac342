"""What operator and agencies enter about their managers."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import District, Membership
from accounts.roles import Actor, Role
from accounts.uploads import Taken, UnableToTake, take_in
from hospital.models import Absence, Credential
from hospital.models.managers import monday_of
from programs.forms.queue import date_input

WEEKS_AHEAD = 6
PHOTO_MOST_BYTES = 2 * 1024 * 1024


class _ClockInput(forms.TimeInput):
    input_type = "time"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%H:%M", **kwargs)


class _MomentInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M", **kwargs)


class _ManagerForm(forms.Form):
    """What users are told of a manager, and where their day begins."""

    base_id = forms.ChoiceField(label=_("출발 자치구"))
    qualification = forms.CharField(
        label=_("자격"), max_length=80, help_text=_("이용자에게 알립니다. 예) 요양보호사 1급")
    )
    phone = forms.RegexField(
        r"^[\d-]{8,14}$", label=_("업무용 전화"), help_text=_("이용자에게 알립니다."),
        error_messages={"invalid": _("전화번호는 02-2133-1234처럼 숫자로 적으십시오.")},
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        districts = sorted(District.objects.all(), key=str)
        self.fields["base_id"].choices = [("", _("선택하십시오")), *((one.pk, str(one)) for one in districts)]  # type: ignore[attr-defined]

    def clean_phone(self) -> str:
        return self.cleaned_data["phone"].replace("-", "")


class RegisterForm(_ManagerForm):
    """A colleague with the manager's role who is not on the roster yet."""

    membership = forms.ModelChoiceField(None, label=_("동행매니저"), empty_label=_("선택하십시오"))
    field_order = ("membership", "base_id", "qualification", "phone")

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        colleagues = Membership.objects.visible_to(actor).filter(
            organisation=actor.organisation_id, role=Role.ESCORT_MANAGER, escort_manager__isnull=True, ends_at=None
        )
        self.fields["membership"].queryset = colleagues.select_related("user").order_by("pk")  # type: ignore[attr-defined]
        self.fields["membership"].label_from_instance = lambda row: str(row.user)  # type: ignore[attr-defined]


class EditForm(_ManagerForm):
    active = forms.BooleanField(
        label=_("지금 일합니다"), required=False, help_text=_("표시를 지우면 배정할 사람에 나오지 않습니다.")
    )


class PhotoForm(forms.Form):
    """A picture as the citizen will see it: known by its content, without what the camera wrote into it."""

    file = forms.FileField(
        label=_("사진 파일"), widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png"}),
        help_text=_("얼굴이 보이는 JPG 또는 PNG, 2MB까지. 찍은 곳과 때의 정보는 지웁니다."),
    )  # fmt: skip

    def clean_file(self) -> Taken:
        upload = self.cleaned_data["file"]
        if upload.size > PHOTO_MOST_BYTES:
            raise forms.ValidationError(_("사진은 2MB까지 올릴 수 있습니다. 더 작은 사진을 고르십시오."))
        try:
            taken = take_in(upload).taken
        except UnableToTake as refused:
            raise forms.ValidationError(str(refused)) from refused
        if taken.content_type not in ("image/jpeg", "image/png"):
            raise forms.ValidationError(_("JPG 또는 PNG 사진을 고르십시오."))
        return taken


def week_label(monday: dt.date) -> str:
    """11. 30. – 12. 6."""
    written = gettext("n. j.")
    return f"{date_format(monday, written)} – {date_format(monday + dt.timedelta(days=6), written)}"


class CopyForm(forms.Form):
    """Into which week the one before is copied."""

    week = forms.TypedChoiceField(label=_("주"), coerce=dt.date.fromisoformat)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        first = monday_of(timezone.localdate())
        weeks = [first + dt.timedelta(days=7 * n) for n in range(WEEKS_AHEAD)]
        self.fields["week"].choices = [(day.isoformat(), week_label(day)) for day in weeks]  # type: ignore[attr-defined]


class ShiftForm(CopyForm):
    weekdays = forms.TypedMultipleChoiceField(
        label=_("요일"), coerce=int, widget=forms.CheckboxSelectMultiple,
        choices=list(enumerate((_("월"), _("화"), _("수"), _("목"), _("금"), _("토"), _("일")))),
        error_messages={"required": _("요일을 하나 이상 고르십시오.")},
    )  # fmt: skip
    begins = forms.TimeField(label=_("시작"), widget=_ClockInput, initial="09:00")
    ends = forms.TimeField(label=_("끝"), widget=_ClockInput, initial="18:00")
    break_minutes = forms.IntegerField(label=_("휴게(분)"), min_value=0, max_value=180, initial=60)

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


class EndForm(forms.Form):
    last_day = forms.DateField(label=_("마지막 날"), widget=date_input())
