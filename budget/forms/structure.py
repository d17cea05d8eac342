"""Making projects, their other names and lines of a fiscal year."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from accounts.roles import Actor
from budget.models import Fund, ObjectCode, Project

_CODE = RegexValidator(r"^[a-z0-9][a-z0-9-]*$", _("소문자와 숫자, 붙임표(-)로 적으십시오."))


def _projects(actor: Actor, year: int, **narrowed: Any) -> Any:
    rows = Project.objects.visible_to(actor).filter(fiscal_year=year, **narrowed)
    return rows.order_by("level", "sort", "id")


class LineForm(forms.Form):
    item = forms.ModelChoiceField(Project.objects.none(), label=_("세부항목"))
    object_code = forms.ModelChoiceField(ObjectCode.objects.none(), label=_("통계목"))
    fund = forms.ChoiceField(label=_("재원"), choices=Fund.choices)

    def __init__(self, *args: Any, actor: Actor, year: int, **kwargs: Any) -> None:
        super().__init__(*args, prefix="line", **kwargs)
        self.fields["item"].queryset = _projects(actor, year, level=Project.Level.ITEM)
        self.fields["object_code"].queryset = ObjectCode.objects.visible_to(actor).order_by("code")


class ProjectForm(forms.Form):
    parent = forms.ModelChoiceField(
        Project.objects.none(), label=_("위 사업"), required=False, empty_label=_("없음(정책사업)")
    )
    code = forms.CharField(
        label=_("코드"), max_length=60, validators=[_CODE], help_text=_("해가 바뀌어도 같은 코드를 씁니다.")
    )
    name = forms.CharField(label=_("이름"), max_length=80)
    name_en = forms.CharField(label=_("영어 이름"), max_length=120)
    programme = forms.SlugField(
        label=_("지원사업 코드"),
        max_length=50,
        required=False,
        help_text=_("이 예산을 쓰는 지원사업이 있으면 적으십시오."),
    )

    def __init__(self, *args: Any, actor: Actor, year: int, **kwargs: Any) -> None:
        super().__init__(*args, prefix="project", **kwargs)
        self.fields["parent"].queryset = _projects(actor, year, level__lt=Project.Level.ITEM)
        self.fields["parent"].label_from_instance = lambda row: f"{row.get_level_display()} {row}"


class AliasForm(forms.Form):
    project = forms.ModelChoiceField(Project.objects.none(), label=_("사업"))
    name = forms.CharField(label=_("다른 이름"), max_length=80)
    source = forms.CharField(label=_("쓰인 곳"), max_length=120, required=False)

    def __init__(self, *args: Any, actor: Actor, year: int, **kwargs: Any) -> None:
        super().__init__(*args, prefix="alias", **kwargs)
        self.fields["project"].queryset = _projects(actor, year)
        self.fields["project"].label_from_instance = lambda row: f"{row.get_level_display()} {row}"


class CopyForm(forms.Form):
    to_year = forms.IntegerField(label=_("새 회계연도"), min_value=2000, max_value=2100)

    def __init__(self, *args: Any, actor: Actor, year: int, **kwargs: Any) -> None:
        super().__init__(*args, prefix="copy", initial={"to_year": year + 1}, **kwargs)
