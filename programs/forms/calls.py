from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms import refuse_resident_number
from accounts.models import District
from accounts.models.people import Tenure
from programs.eligibility import KINDS
from programs.models import Call, DistrictCall, Program, RequiredDocument, ScoringCriterion

_FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]


def moment(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(
        label=label, required=required, help_text=help_text, widget=widget, input_formats=_FORMATS
    )


def day(label: Any, *, help_text: Any = "") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, help_text=help_text, widget=widget)


class Reasoned(forms.Form):
    """Asks why, last; the reason stays in the history of the row."""

    reason = forms.CharField(label=_("고치는 사유"), max_length=300)

    def clean_reason(self) -> str:
        return refuse_resident_number(self.cleaned_data["reason"].strip())


class MoveForm(forms.Form):
    """`seen_source` and `seen_target` are the quotas on the screen, so that a form sent twice moves once."""

    source = forms.ModelChoiceField(None, label=_("내놓는 자치구"))
    target = forms.ModelChoiceField(None, label=_("받는 자치구"))
    places = forms.IntegerField(label=_("옮길 인원"), min_value=1, max_value=100_000)
    reason = forms.CharField(label=_("사유"), max_length=300)

    def __init__(self, *args: Any, shares: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("source", "target"):
            self.fields[name].queryset = shares
            self.fields[name].empty_label = _("선택하십시오")
            self.fields[name].label_from_instance = lambda row: f"{row.district} ({row.quota})"

    def clean_reason(self) -> str:
        return refuse_resident_number(self.cleaned_data["reason"].strip())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("source") and data.get("source") == data.get("target"):
            self.add_error("target", _("내놓는 곳과 다른 자치구를 고르십시오."))
        return data


class Period(forms.Form):
    """From when until when applications are received."""

    opens_at, closes_at = moment(_("접수 시작")), moment(_("접수 마감"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("opens_at") and data.get("closes_at") and data["closes_at"] <= data["opens_at"]:
            self.add_error("closes_at", _("마감은 시작보다 뒤여야 합니다."))
        return data


class CallForm(Reasoned, Period, forms.ModelForm):
    """What the city changes of a call."""

    class Meta:
        model = Call
        fields = [
            "title", "title_en", "opens_at", "closes_at", "selection", "order_by", "when_full", "processing_days",
            "accept_days", "objection_days", "objection_decide_days", "objection_extend_days", "published",
        ]  # fmt: skip
        labels = {"title_en": _("공고명(영어)")}


class CopyForm(Period):
    """A new call like this one."""

    year = forms.IntegerField(label=_("연도"), min_value=2021, max_value=2100)
    round = forms.IntegerField(label=_("회차"), min_value=1, max_value=99, initial=1)
    title = forms.CharField(label=_("공고명"), max_length=120)
    title_en = forms.CharField(label=_("공고명(영어)"), max_length=160, required=False)
    field_order = ("year", "round", "title", "title_en", "opens_at", "closes_at")


class DistrictCallForm(Reasoned, forms.ModelForm):
    """What a district says of its own share; its dates lie within the call's."""

    opens_at = moment(_("자치구 접수 시작"), required=False, help_text=_("비우면 모집의 시작과 같습니다."))
    closes_at = moment(_("자치구 접수 마감"), required=False, help_text=_("비우면 모집의 마감과 같습니다."))

    class Meta:
        model = DistrictCall
        fields = ["unit", "phone", "opens_at", "closes_at", "conditions", "conditions_en"]
        labels = {"conditions_en": _("자치구 안내(영어)")}

    def clean_phone(self) -> str:
        return "".join(filter(str.isdigit, self.cleaned_data["phone"]))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        call = self.instance.call
        for name in ("opens_at", "closes_at"):
            if data.get(name) and not call.opens_at <= data[name] <= call.closes_at:
                self.add_error(name, _("모집의 접수 기간 안에서 고르십시오."))
        if data.get("opens_at") and data.get("closes_at") and data["closes_at"] <= data["opens_at"]:
            self.add_error("closes_at", _("마감은 시작보다 뒤여야 합니다."))
        return data


class ProgramForm(Reasoned, forms.ModelForm):
    class Meta:
        model = Program
        fields = [
            "name", "name_en", "summary", "summary_en", "who", "who_en", "benefit", "benefit_en", "how", "how_en",
            "period", "period_en", "keywords", "unit", "phone", "published",
        ]  # fmt: skip
        labels = {
            "name_en": _("사업명(영어)"), "summary_en": _("한 줄 소개(영어)"), "who_en": _("지원대상(영어)"),
            "benefit_en": _("지원내용(영어)"), "how_en": _("신청방법(영어)"), "period_en": _("사업기간(영어)"),
            "published": _("공개"),
        }  # fmt: skip


class DatedTermsForm(forms.Form):
    """New terms from a day on, begun with the `values` of the present ones; `values` are the new ones."""

    first = day(_("적용 시작일"), help_text=_("지금 조건은 그 전날에 끝나고, 지난 지급은 그대로입니다."))
    basis = forms.CharField(label=_("근거"), max_length=200)

    def __init__(self, *args: Any, values: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.present = values

    @property
    def values(self) -> dict[str, Any]:
        raise NotImplementedError

    def clean_first(self) -> Any:
        if self.cleaned_data["first"] <= timezone.localdate():
            raise ValidationError(_("지난 지급이 바뀌지 않도록 내일 이후로 정하십시오."))
        return self.cleaned_data["first"]


class TermsForm(DatedTermsForm):
    """One number for each of the present ones."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, value in self.present.items():
            label = TERM_LABELS.get(name, name)
            self.fields[f"value-{name}"] = forms.IntegerField(label=label, min_value=0, initial=value)
        self.order_fields([name for name in self.fields if name != "basis"])

    @property
    def values(self) -> dict[str, int]:
        return {k.removeprefix("value-"): v for k, v in self.cleaned_data.items() if k.startswith("value-")}


TERM_LABELS: dict[str, Any] = {
    "market_price": _("시중가(원)"),
    "agreement_price": _("협약가(원)"),
    "subsidy": _("보조금(원)"),
    "self_pay": _("자부담(원)"),
    "subsidy_months": _("보조 기간(개월)"),
    "agreement_months": _("약정 기간(개월)"),
}
KIND_LABELS: dict[str, Any] = {
    "lives_in": _("서울 거주"),
    "min_age": _("최소 나이"),
    "max_age": _("최대 나이"),
    "household_size": _("최대 세대원 수"),
    "tenure": _("주택 점유형태"),
    "max_converted_deposit": _("환산보증금 상한(원)"),
    "has_wifi": _("무선인터넷 필요"),
    "hard_to_move": _("거동 불편"),
}
_NUMBER_OF = {"min_age": "age", "max_age": "age", "household_size": "max", "max_converted_deposit": "won"}


class RuleForm(forms.Form):
    """One eligibility rule with its number or choices."""

    district = forms.ModelChoiceField(District.objects.none(), label=_("자치구"), required=False)
    kind = forms.ChoiceField(label=_("조건"), choices=[(code, KIND_LABELS.get(code, code)) for code in KINDS])
    number = forms.IntegerField(
        label=_("값"), required=False, min_value=0, help_text=_("나이, 세대원 수, 환산보증금일 때 적습니다.")
    )
    tenures = forms.MultipleChoiceField(
        label=_("주택 점유형태일 때 허용할 것"),
        required=False,
        choices=Tenure.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    first = day(_("적용 시작일"), help_text=_("같은 조건이 이미 있으면 그 조건은 전날에 끝납니다."))
    basis = forms.CharField(label=_("근거"), max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["district"].queryset = District.objects.order_by("name_ko")
        self.fields["district"].empty_label = _("모든 자치구")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        kind = data.get("kind")
        if kind in _NUMBER_OF and data.get("number") is None:
            self.add_error("number", _("이 조건의 값을 적으십시오."))
        if kind == "tenure" and not data.get("tenures"):
            self.add_error("tenures", _("하나 이상 고르십시오."))
        return data

    @property
    def params(self) -> dict[str, Any]:
        kind = self.cleaned_data["kind"]
        if kind in _NUMBER_OF:
            return {_NUMBER_OF[kind]: self.cleaned_data["number"]}
        return {"any_of": self.cleaned_data["tenures"]} if kind == "tenure" else {}


class CriterionForm(Reasoned, forms.ModelForm):
    class Meta:
        model = ScoringCriterion
        fields = ["title", "title_en", "max_points", "tie_break", "sort"]
        help_texts = {
            "max_points": _("이 기준으로 받을 수 있는 가장 높은 점수입니다."),
            "tie_break": _(
                "총점이 같으면 1, 2, 3 차례로 견줍니다. 비우면 견주지 않으며, 끝까지 같으면 접수 순서입니다."
            ),
        }


class DocumentForm(Reasoned, forms.ModelForm):
    class Meta:
        model = RequiredDocument
        fields = ["district", "kind", "label", "label_en", "hint", "hint_en", "required", "sort"]
        labels = {
            "district": _("자치구"), "kind": _("구분(영문자)"),
            "label": _("서류 이름"), "label_en": _("서류 이름(영어)"),
            "hint": _("도움말"), "hint_en": _("도움말(영어)"), "required": _("꼭 내야 합니다"), "sort": _("순서"),
        }  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["district"].queryset = District.objects.order_by("name_ko")
        self.fields["district"].empty_label = _("모든 자치구")
        if self.instance.pk:
            del self.fields["kind"]  # what was handed in is filed under it
