"""The trips' filters, and what staff enter about one trip."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms import refuse_resident_number
from accounts.models import District, Organisation
from accounts.roles import Actor, Role
from hospital.models import Payment, Purpose, State, Trip, UnmetDemand
from hospital.selectors.board import agencies
from hospital.selectors.trips import TripFilter, UnmetFilter

_ALL = ("", _("모두"))
_WEEK = dt.timedelta(days=7)
MOST_DAYS = 366  # of one list


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class MomentInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M", **kwargs)


class _DaysForm(forms.Form):
    """A stretch of days; what is missing or nonsense takes its default."""

    first = forms.DateField(label=_("이용일부터"), required=False, widget=DayInput)
    last = forms.DateField(label=_("이용일까지"), required=False, widget=DayInput)

    def days(self) -> tuple[dt.date, dt.date]:
        first, last = self.default_days()
        first = self.cleaned_data.get("first") or first
        last = max(self.cleaned_data.get("last") or max(last, first), first)
        return first, min(last, first + dt.timedelta(days=MOST_DAYS))

    @staticmethod
    def default_days() -> tuple[dt.date, dt.date]:
        raise NotImplementedError


class TripsForm(_DaysForm):
    state = forms.ChoiceField(label=_("상태"), required=False, choices=[_ALL, *State.choices])
    kind = forms.ChoiceField(label=_("구분"), required=False, choices=[_ALL, *Trip.Kind.choices])
    district = forms.ChoiceField(label=_("출발 자치구"), required=False)
    agency = forms.ChoiceField(label=_("기관"), required=False)
    number = forms.CharField(
        label=_("예약번호"), required=False, max_length=20, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    flagged = forms.BooleanField(label=_("시각이 의심되는 동행만"), required=False)
    unended = forms.BooleanField(label=_("지난 날에 끝나지 않은 동행만"), required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["district"].choices = [_ALL, *((one.pk, str(one)) for one in District.objects.order_by("code"))]
        if actor.role == Role.AGENCY_STAFF:
            del self.fields["agency"]
        else:
            self.fields["agency"].choices = [_ALL, ("own", _("수행기관이 직접")), *_agency_choices(agencies())]

    @staticmethod
    def default_days() -> tuple[dt.date, dt.date]:
        today = timezone.localdate()
        return today - _WEEK, today + _WEEK

    def wanted(self) -> TripFilter:
        self.is_valid()
        first, last = self.days()
        get = self.cleaned_data.get
        return TripFilter(
            first=first, last=last, state=get("state") or "", kind=get("kind") or "", district=get("district") or "",
            agency=get("agency") or "", number=(get("number") or "").strip().upper(), flagged=bool(get("flagged")),
            unended=bool(get("unended")),
        )  # fmt: skip


class UnmetForm(_DaysForm):
    first = forms.DateField(label=_("접수일부터"), required=False, widget=DayInput)
    last = forms.DateField(label=_("접수일까지"), required=False, widget=DayInput)
    reason = forms.ChoiceField(label=_("사유"), required=False, choices=[_ALL, *UnmetDemand.Reason.choices])
    district = forms.ChoiceField(label=_("출발 자치구"), required=False)
    purpose = forms.ChoiceField(label=_("목적"), required=False, choices=[_ALL, *Purpose.choices])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["district"].choices = [_ALL, *((one.pk, str(one)) for one in District.objects.order_by("code"))]

    @staticmethod
    def default_days() -> tuple[dt.date, dt.date]:
        today = timezone.localdate()
        return today - dt.timedelta(days=30), today

    def wanted(self) -> UnmetFilter:
        self.is_valid()
        first, last = self.days()
        get = self.cleaned_data.get
        return UnmetFilter(
            first=first, last=last, reason=get("reason") or "", district=get("district") or "",
            purpose=get("purpose") or "",
        )  # fmt: skip


def _agency_choices(found: list[Organisation]) -> list[tuple[str, str]]:
    return [(str(one.pk), str(one)) for one in found]


class CancelForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("취소 사유"),
        choices=[
            ("", _("선택하십시오")),
            ("person", _("이용자 사정")),
            ("hospital", _("병원 일정 변경")),
            ("other_escort", _("다른 분이 동행하게 됨")),
            ("operator", _("수행기관 사정")),
            ("other", _("그 밖")),
        ],
        help_text=_("수행기관 사정으로 취소하면 위약금이 없고 이용 횟수를 돌려드립니다."),
    )


class CorrectForm(forms.Form):
    met_at = forms.DateTimeField(label=_("만난 때"), widget=MomentInput)
    returned_at = forms.DateTimeField(label=_("귀가한 때"), widget=MomentInput)
    reason = forms.ChoiceField(
        label=_("바로잡는 사유"),
        choices=[
            ("", _("선택하십시오")),
            ("phone_clock", _("전화기 시계가 틀림")),
            ("late_tap", _("제때 누르지 못함")),
            ("wrong_tap", _("잘못 누름")),
            ("confirmed", _("시각이 맞음을 확인함")),
        ],
        help_text=_("동행매니저에게 확인한 시각을 적으십시오."),
    )


class RecordForm(CorrectForm):
    """A trip that was served, though no phone said so."""

    reason = forms.ChoiceField(
        label=_("대신 적는 사유"),
        choices=[
            ("", _("선택하십시오")),
            ("no_phone", _("전화기를 쓰지 못함")),
            ("late_tap", _("제때 누르지 못함")),
        ],
        help_text=_("동행매니저에게 확인한 시각을 적으십시오."),
    )


class PaymentForm(forms.Form):
    key = forms.UUIDField(widget=forms.HiddenInput)
    method = forms.ChoiceField(
        label=_("결제 방법"), choices=[("", _("선택하십시오")), *Payment.Method.choices]
    )  # fmt: skip
    amount = forms.IntegerField(
        label=_("받은 금액(원)"), required=False, min_value=1, max_value=10_000_000,
        help_text=_("비워 두면 남은 금액을 모두 받은 것으로 기록합니다."),
    )  # fmt: skip


class WaiveForm(forms.Form):
    reason = forms.CharField(
        label=_("받지 않는 사유"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("수행기관의 잘못이나 이용자가 어쩔 수 없던 사정을 적으십시오."),
    )  # fmt: skip

    def clean_reason(self) -> str:
        return refuse_resident_number(self.cleaned_data["reason"])


class RefundForm(forms.Form):
    key = forms.UUIDField(widget=forms.HiddenInput)
    amount = forms.IntegerField(label=_("돌려드린 금액(원)"), min_value=1, max_value=10_000_000)
    reason = forms.CharField(label=_("돌려드린 사유"), max_length=100)

    def clean_reason(self) -> str:
        return refuse_resident_number(self.cleaned_data["reason"])
