"""The steps of a grant, each with what it asks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import refuse_resident_number
from accounts.roles import Actor
from budget.forms.fields import DayField, WonField
from budget.models import BudgetLine, Grant
from budget.selectors.choices import grant_sources, path_of


class _Line(forms.ModelChoiceField):
    def label_from_instance(self, line: BudgetLine) -> str:
        return path_of(line)


class _Text(forms.CharField):
    widget = forms.Textarea(attrs={"rows": 4})

    def clean(self, value: Any) -> str:
        return refuse_resident_number(super().clean(value).strip())


class ApplyForm(forms.Form):
    city_line = _Line(label=_("시의 보조금 과목"), queryset=BudgetLine.objects.none(), empty_label=_("선택하십시오"))
    district_line = _Line(
        label=_("우리 구의 예산 과목"), queryset=BudgetLine.objects.none(), empty_label=_("선택하십시오")
    )
    amount = WonField(label=_("신청액(원)"))
    applied_on = DayField(label=_("신청일"))
    plan = _Text(label=_("사업계획"), max_length=4000)

    def __init__(self, *args: Any, actor: Actor, fiscal_year: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = BudgetLine.objects.visible_to(actor).filter(item__fiscal_year=fiscal_year)
        self.fields["city_line"].queryset = grant_sources(fiscal_year)
        self.fields["district_line"].queryset = own.select_related(
            "item__parent__parent__parent", "object_code"
        ).order_by("item__sort", "object_code", "fund", "id")


class _Step(forms.Form):
    def __init__(self, *args: Any, grant: Grant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.grant = grant


class DecideForm(_Step):
    amount = WonField(label=_("교부결정액(원)"), min_value=0, help_text=_("0을 적으면 교부하지 않기로 합니다."))
    decided_on = DayField(label=_("결정일"))
    conditions = _Text(label=_("교부조건"), max_length=4000, required=False)


class DisburseForm(_Step):
    amount = WonField(label=_("이번에 교부할 금액(원)"))
    disbursed_on = DayField(label=_("교부일"))


class ReportForm(_Step):
    reported_on = DayField(label=_("실적보고일"))
    report = _Text(label=_("실적보고 내용"), max_length=4000)


class FixForm(_Step):
    amount = WonField(label=_("확정액(원)"), min_value=0)
    fixed_on = DayField(label=_("확정일"))


class ReturnForm(_Step):
    returned_on = DayField(label=_("반환일"))
