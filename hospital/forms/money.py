"""What operator and city enter about settlements and fees, and what a replay is asked."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.forms import refuse_resident_number
from accounts.months import previous_month
from accounts.roles import Actor
from hospital.models import Payment, SettlementLine
from hospital.selectors.money import terms_rows
from programs.forms.queue import date_input

MONTHS_BACK = 12
MOST_DAYS = 366


def _ended_months() -> list[tuple[str, str]]:
    """The last months that are over, the latest first."""
    months, month = [], timezone.localdate()
    for _n in range(MONTHS_BACK):
        month = previous_month(month)
        months.append((month.isoformat(), date_format(month, "YEAR_MONTH_FORMAT")))
    return months


class MonthForm(forms.Form):
    month = forms.TypedChoiceField(label=_("정산 월"), coerce=dt.date.fromisoformat)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["month"].choices = _ended_months()  # type: ignore[attr-defined]


class _ReasonForm(forms.Form):
    reason = forms.CharField(max_length=300, widget=forms.Textarea(attrs={"rows": 3}))

    def clean_reason(self) -> str:
        return refuse_resident_number(self.cleaned_data["reason"].strip())


class DisputeForm(_ReasonForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = _("이의 사유")
        self.fields["reason"].required = False
        self.fields["reason"].help_text = _("무엇이 왜 다른지 적으십시오. 비우고 저장하면 이의를 거둡니다.")


class ResolveForm(_ReasonForm):
    outcome = forms.ChoiceField(
        label=_("처리"),
        widget=forms.RadioSelect,
        choices=[
            (SettlementLine.State.OK, _("정산합니다")),
            (SettlementLine.State.EXCLUDED, _("이 정산에서 제외합니다")),
        ],
        help_text=_("제외한 동행은 수행기관이 시각을 바로잡으면 다음 정산에 다시 들어갑니다."),
    )
    minutes = forms.IntegerField(
        label=_("인정하는 시간(분)"), required=False, min_value=0, max_value=1440,
        help_text=_("이의가 맞으면 바로잡은 시간을 적으십시오. 비우면 이용료를 매긴 시간을 씁니다."),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip
    field_order = ("outcome", "minutes", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = _("처리 사유")


class TakeForm(_ReasonForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = _("내려받는 사유")


class PayForm(forms.Form):
    """Money received for one fee; `key` makes it once."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    method = forms.ChoiceField(label=_("결제 방법"), choices=[("", _("선택하십시오")), *Payment.Method.choices])


class ReplayForm(forms.Form):
    """Trips of which days, under which other terms."""

    first = forms.DateField(label=_("시작일"), widget=date_input())
    last = forms.DateField(label=_("마지막 날"), widget=date_input())
    terms = forms.ModelChoiceField(None, label=_("적용해 볼 조건"), empty_label=_("선택하십시오"))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["terms"].queryset = terms_rows(actor)  # type: ignore[attr-defined]
        self.fields["terms"].label_from_instance = _terms_label  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first, last = data.get("first"), data.get("last")
        if first and last and last < first:
            self.add_error("last", _("시작일보다 앞선 날입니다."))
        elif first and last and (last - first).days >= MOST_DAYS:
            self.add_error("last", _("한 번에 1년까지 견줄 수 있습니다."))
        return data


def _terms_label(row: Any) -> str:
    first, after = row.valid.lower, row.valid.upper
    last = date_format(after - dt.timedelta(days=1), "Y. n. j.") if after else ""
    return f"{date_format(first, 'Y. n. j.')} ~ {last}"
