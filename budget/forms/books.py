"""Settling an advance, closing the books, and bringing in a file of e-호조."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.roles import Actor
from budget.forms.fields import DayField, WonField
from budget.selectors.choices import colleagues_who_draft, fiscal_years, this_or_last_year


class SettleForm(forms.Form):
    actual_cost = WonField(label=_("실제 비용(원)"), min_value=0)
    settled_on = DayField(label=_("정산일"))
    drafted_by = forms.ModelChoiceField(
        label=_("정산서를 낸 담당자"), queryset=None, empty_label=_("선택하십시오"),
        help_text=_("정산하는 사람과 다른 사람이어야 합니다."),
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["drafted_by"].queryset = colleagues_who_draft(actor)
        self.fields["drafted_by"].label_from_instance = lambda membership: f"{membership.user} ({membership})"


class CloseForm(forms.Form):
    """Which period; and, to be asked last, that it is final."""

    fiscal_year = forms.TypedChoiceField(label=_("회계연도"), coerce=int)
    month = forms.TypedChoiceField(label=_("기간"), coerce=int, empty_value=None, required=False)
    understood = forms.BooleanField(
        label=_("마감하면 되돌릴 수 없다는 것을 확인했습니다"),
        error_messages={"required": _("되돌릴 수 없다는 것을 확인하십시오.")},
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fiscal_year"].choices = [(year, str(year)) for year in fiscal_years(actor)]
        self.fields["month"].choices = [
            ("", _("회계연도 전체")),
            *((n, _("%(month)s월") % {"month": n}) for n in range(1, 13)),
        ]


class FileOfYearForm(forms.Form):
    """The XLSX file and the fiscal year it is of."""

    fiscal_year = forms.TypedChoiceField(label=_("회계연도"), coerce=int)
    file = forms.FileField(
        label=_("집행자료 파일(XLSX)"), widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        help_text=_("문서번호마다 누적 금액을 적은 파일입니다. 5MB, 5,000줄까지 올릴 수 있습니다."),
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fiscal_year"].choices = [(year, str(year)) for year in fiscal_years(actor)]


def year_asked(asked: QueryDict, actor: Actor) -> int:
    """`?year=` where there is a budget of it, else the usual one."""
    years = fiscal_years(actor)
    text = asked.get("year", "")
    return int(text) if text.isdigit() and int(text) in years else this_or_last_year(years)
