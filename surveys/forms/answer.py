"""What somebody fills in by the link of a message."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import refuse_resident_number
from surveys.models import Question

SCALE = (
    (1, _("전혀 그렇지 않다")),
    (2, _("그렇지 않다")),
    (3, _("보통이다")),
    (4, _("그렇다")),
    (5, _("매우 그렇다")),
)
YES_NO = ((1, _("예")), (0, _("아니요")))
MOST = 500  # characters of a comment


class AnswerForm(forms.Form):
    """One field a question, all to be answered, and a comment that need not be."""

    comment = forms.CharField(
        label=_("더 하실 말씀이 있으면 적어 주십시오"),
        required=False,
        max_length=MOST,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "500자까지 쓸 수 있습니다. 이름이나 연락처는 적지 마십시오. 급한 일은 다산콜 120에 알려 주십시오."
        ),
    )

    def __init__(self, *args: Any, questions: list[Question], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = questions
        for question in questions:
            is_scale = question.kind == Question.Kind.SCALE
            self.fields[self._name(question)] = forms.TypedChoiceField(
                label=str(question), choices=SCALE if is_scale else YES_NO, coerce=int, widget=forms.RadioSelect,
                error_messages={"required": _("답을 하나 골라 주십시오.")},
            )  # fmt: skip
        self.order_fields([*map(self._name, questions), "comment"])

    @staticmethod
    def _name(question: Question) -> str:
        return f"q{question.pk}"

    @property
    def asked(self) -> list[dict[str, Any]]:
        """The questions' fields with what is special about them."""
        return [
            {"field": self[self._name(question)], "is_scale": question.kind == Question.Kind.SCALE}
            for question in self.questions
        ]

    def clean_comment(self) -> str:
        return refuse_resident_number(self.cleaned_data["comment"].strip())

    @property
    def values(self) -> dict[int, int]:
        return {question.pk: self.cleaned_data[self._name(question)] for question in self.questions}
