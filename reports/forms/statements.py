"""Forms of what staff state with a source."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reports import stating
from reports.forms.council import Day


class SearchForm(forms.Form):
    q = forms.CharField(label=_("찾을 말"), required=False, max_length=80, help_text=_("이름의 일부를 적으십시오."))


class StatementForm(forms.Form):
    """One number, or one table."""

    name = forms.RegexField(
        r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$",
        label=_("지표 이름"),
        max_length=80,
        help_text=_("영문 소문자로 시작하는 말을 점으로 잇습니다. 예: media.reports"),
        error_messages={"invalid": _("media.reports처럼 영문 소문자로 시작하는 말을 점으로 이어 적으십시오.")},
    )
    label = forms.CharField(label=_("이름"), max_length=120)
    value = forms.DecimalField(
        label=_("값"),
        required=False,
        max_digits=20,
        decimal_places=4,
        help_text=_("값이나 표 가운데 하나만 적으십시오."),
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    unit = forms.CharField(label=_("단위"), required=False, max_length=30)
    table = forms.CharField(
        label=_("표"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "class": "report-source"}),
        help_text=_("첫 줄은 제목입니다. 칸은 | 로 나누거나, 스프레드시트에서 복사해 붙이십시오."),
    )
    as_of = Day(label=_("기준일"))
    source = forms.CharField(
        label=_("출처"),
        max_length=200,
        help_text=_("어디에서 온 값인지 적으십시오. 예: 홍보담당관 2021. 10. 25. 제출"),
    )

    def clean_table(self) -> list[list[str]] | None:
        text = self.cleaned_data["table"]
        if not text.strip():
            return None
        try:
            return stating.table_of(text)
        except stating.UnableToState as refused:
            raise forms.ValidationError(str(refused)) from refused

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors and (data["value"] is None) == (data["table"] is None):
            self.add_error("value", _("값과 표 가운데 하나만 적으십시오."))
        return data
