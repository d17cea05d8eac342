"""The self-check's one short form. No name, no date of birth: a year is enough."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import District
from accounts.models.people import Tenure
from accounts.roles import Actor
from programs.forms.money import MoneyField

YES_NO = [("yes", _("예")), ("no", _("아니요")), ("", _("모르겠습니다"))]
_AS_FACT = {"yes": True, "no": False, "": None}


class FinderForm(forms.Form):
    """`answers()` gives plain JSON for the session, money in won; `as_typed()` turns it back."""

    district = forms.ModelChoiceField(
        District.objects.none(), label=_("사는 자치구"), empty_label=_("선택하십시오"),
        error_messages={"required": _("사는 자치구를 고르십시오.")},
    )  # fmt: skip
    birth_year = forms.IntegerField(
        label=_("태어난 해"),
        help_text=_("네 자리로 적으십시오. 예) 1996"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "bday-year", "maxlength": 4}),
        error_messages={"required": _("태어난 해를 적으십시오.")},
    )
    household_size = forms.IntegerField(
        label=_("함께 사는 사람 수(본인 포함)"),
        help_text=_("주민등록등본에 함께 있는 사람 수입니다. 혼자이면 1입니다."),
        min_value=1,
        max_value=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    tenure = forms.ChoiceField(label=_("주택 점유형태"))
    deposit = MoneyField(
        label=_("보증금(원)"),
        required=False,
        max_value=10_000_000_000,
        help_text=_("세 들어 사는 때에만 적습니다. 예) 5천만 원이면 50,000,000"),
    )
    monthly_rent = MoneyField(
        label=_("월세(원)"),
        required=False,
        max_value=100_000_000,
        help_text=_("월세가 있으면 적습니다. 예) 450,000"),
    )
    has_wifi = forms.ChoiceField(
        label=_("집에 무선인터넷(Wi-Fi) 공유기가 있습니까?"), choices=YES_NO, required=False, widget=forms.RadioSelect
    )
    hard_to_move = forms.ChoiceField(
        label=_("몸이 불편하여 혼자 병원에 가기 어렵습니까?"), choices=YES_NO, required=False, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["district"].queryset = District.objects.visible_to(actor).order_by("name_ko")
        self.fields["tenure"].choices = [("", _("선택하십시오")), *Tenure.choices]

    def clean_birth_year(self) -> int:
        year = self.cleaned_data["birth_year"]
        if not 1900 <= year <= timezone.localdate().year:
            raise ValidationError(_("태어난 해를 네 자리로 적으십시오. 예) 1996"))
        return year

    def answers(self) -> dict[str, Any]:
        """The answers as plain JSON values: money in won, yes and no as booleans, what was left open as None."""
        data = self.cleaned_data
        return {
            "district": data["district"].pk,
            "birth_year": data["birth_year"],
            "household_size": data["household_size"],
            "tenure": data["tenure"],
            "has_wifi": _AS_FACT[data["has_wifi"]],
            "hard_to_move": _AS_FACT[data["hard_to_move"]],
            "deposit": data["deposit"],
            "monthly_rent": data["monthly_rent"],
        }

    @staticmethod
    def as_typed(answers: dict[str, Any]) -> dict[str, Any]:
        """Initial values for the form from kept answers."""
        words = {True: "yes", False: "no", None: ""}
        typed = dict(answers)
        for name in ("has_wifi", "hard_to_move"):
            typed[name] = words[answers.get(name)]
        return typed
