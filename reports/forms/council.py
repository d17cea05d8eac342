"""Forms of the council report: a new edition, its days, a section's text, publishing, comparing."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from reports.forms.questions import FIRST_DAY, LAST_DAY
from reports.models import CouncilReport, ReportSection

CUTOFF_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


class Day(forms.DateField):
    """A day that figures can be asked for."""

    def __init__(self, **more: Any) -> None:
        super().__init__(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more)

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value and not FIRST_DAY <= value <= LAST_DAY:
            raise forms.ValidationError(_("기준일은 2000년부터 2100년 사이여야 합니다."))


class CopyForm(forms.Form):
    """A new edition made of another one."""

    title = forms.CharField(label=_("제목"), max_length=80)
    as_of = Day(
        label=_("보고일"), help_text=_("지표의 기준일도 모두 이날이 됩니다. 만든 뒤에 하나씩 바꿀 수 있습니다.")
    )


class DaysForm(forms.Form):
    """Title, unit and days; a cut-off left empty is the report's own day."""

    title = forms.CharField(label=_("제목"), max_length=80)
    unit = forms.CharField(label=_("보고 부서"), max_length=80)
    as_of = Day(label=_("보고일"), help_text=_("따로 정하지 않은 지표의 기준일입니다."))
    new_name = forms.CharField(
        label=_("새 기준일 이름"), required=False, max_length=40, help_text=_("본문에서 as_of=@이름 으로 씁니다.")
    )
    new_day = Day(label=_("새 기준일"), required=False)

    def __init__(self, *args: Any, report: CouncilReport, **kwargs: Any) -> None:
        kwargs["initial"] = {"title": report.title, "unit": report.unit, "as_of": report.as_of}
        super().__init__(*args, **kwargs)
        self.names = sorted(report.cutoffs)
        for name in self.names:
            self.fields[f"day-{name}"] = Day(label=f"@{name}", required=False, initial=report.cutoffs[name])
        self.order_fields(["title", "unit", "as_of", *(f"day-{name}" for name in self.names), "new_name", "new_day"])

    def clean_new_name(self) -> str:
        name = self.cleaned_data["new_name"].removeprefix("@")
        if name and not CUTOFF_NAME.fullmatch(name):
            raise forms.ValidationError(_("영문 소문자로 시작하고 소문자, 숫자, 밑줄만 쓰십시오."))
        if name in self.names:
            raise forms.ValidationError(_("이미 있는 이름입니다. 위에서 고치십시오."))
        return name

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if bool(data.get("new_name")) != bool(data.get("new_day")) and not self.errors:
            self.add_error("new_day", _("새 기준일은 이름과 날짜를 함께 적으십시오."))
        return data

    @property
    def cutoffs(self) -> dict[str, dt.date]:
        data = self.cleaned_data
        days = {name: data[f"day-{name}"] for name in self.names if data.get(f"day-{name}")}
        return days | ({data["new_name"]: data["new_day"]} if data["new_name"] else {})


class SectionForm(forms.Form):
    """The text of a section, and the version it was written on."""

    body = forms.CharField(
        label=_("본문"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 26, "class": "report-source"}),
    )
    written_on = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class RestoreForm(forms.Form):
    number = forms.IntegerField(min_value=1)
    written_on = forms.IntegerField(min_value=0)


class VersionsForm(forms.Form):
    """Which two versions are compared."""

    before = forms.TypedChoiceField(label=_("앞의 판"), coerce=int)
    after = forms.TypedChoiceField(label=_("뒤의 판"), coerce=int)

    def __init__(self, *args: Any, section: ReportSection, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        numbers = range(section.version, 0, -1)
        for name in ("before", "after"):
            self.fields[name].choices = [(n, _("제%(n)s판") % {"n": n}) for n in numbers]


class PublishForm(forms.Form):
    seen = forms.BooleanField(
        label=_("미리보기로 내용을 확인하였습니다."),
        error_messages={"required": _("미리보기로 내용을 확인한 뒤 표시하십시오.")},
    )


class CompareForm(forms.Form):
    """With which report, and whether what is the same is shown too."""

    other = forms.ModelChoiceField(None, label=_("견줄 보고서"), empty_label=None)
    unchanged = forms.BooleanField(label=_("같은 지표도 보기"), required=False)

    def __init__(self, *args: Any, others: QuerySet[CouncilReport], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["other"].queryset = others
