"""What the privacy officer writes: findings of a review, the purpose of opening a row, an answer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import AccessRequest
from accounts.models.access import Purpose
from programs.forms.acts import PlainText

Kind = AccessRequest.Kind


class FindingsForm(forms.Form):
    findings = PlainText(
        label=_("점검 결과"),
        help_text=_(
            "살펴본 것과 조치한 것을 적으십시오. 이상이 없으면 ‘이상 없음’이라고 적습니다. 사람 이름은 적지 않습니다."
        ),
    )


class PurposeForm(forms.Form):
    purpose = forms.ChoiceField(
        label=_("여는 목적"),
        choices=[(one.value, one.label) for one in (Purpose.AUDIT, Purpose.INQUIRY, Purpose.OBJECTION)],
    )


class AnswerForm(forms.Form):
    decision = forms.ChoiceField(
        label=_("결정"),
        choices=[("grant", _("요구대로 처리함")), ("refuse", _("거절"))],
        widget=forms.RadioSelect,
    )
    done = PlainText(
        label=_("정정하거나 삭제한 내용"),
        required=False,
        help_text=_("요구대로 처리한 때에만 적습니다. 무엇을 어떻게 고치거나 지웠는지 적으십시오."),
    )
    answer = PlainText(
        label=_("회신 내용"),
        help_text=_("요구한 사람에게 그대로 보입니다. 거절하면 이유와 불복 방법을 적으십시오."),
    )

    def __init__(self, data: Any = None, *, kind: str) -> None:
        super().__init__(data)
        self.kind = kind
        if kind not in (Kind.CORRECT, Kind.ERASE):
            del self.fields["done"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "done" in self.fields and data.get("decision") == "grant" and not data.get("done"):
            self.add_error("done", _("무엇을 정정하거나 삭제하였는지 적으십시오."))
        return data

    @property
    def inputs(self) -> dict[str, Any]:
        """What programs.privacy.answer_request takes."""
        data = self.cleaned_data
        return {"granted": data["decision"] == "grant", "answer": data["answer"], "done": data.get("done", "")}
