"""Forms of the staff's pages: which results, which comment, which words."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from accounts.models import District
from accounts.roles import Actor
from surveys.models import Comment, Question, Survey

MOST_QUESTIONS = 5
MONTHS = 12  # shown unless others are asked for


def months_between(first: dt.date, last: dt.date) -> list[dt.date]:
    """The first days of the months from one day's to the other's."""
    count = (last.year - first.year) * 12 + last.month - first.month
    return [
        dt.date(first.year + (first.month - 1 + n) // 12, (first.month - 1 + n) % 12 + 1, 1) for n in range(count + 1)
    ]


def last_of(month: dt.date) -> dt.date:
    return (month + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)


class ResultsForm(forms.Form):
    """Which months of services, and which district. Whole months only: by days somebody's answers could be told from
    the difference of two results."""

    since = forms.ChoiceField(label=__("서비스를 받은 달(부터)"), required=False)
    until = forms.ChoiceField(label=__("서비스를 받은 달(까지)"), required=False)
    district = forms.ChoiceField(label=__("자치구"), required=False)

    def __init__(self, asked: QueryDict, *, actor: Actor, first: dt.date, today: dt.date) -> None:
        self.months = months_between(min(first, today), today)
        data = asked.copy()
        data["since"] = asked.get("since") or f"{self.months[-MONTHS:][0]:%Y-%m}"
        data["until"] = asked.get("until") or f"{self.months[-1]:%Y-%m}"
        super().__init__(data)
        choices = [(f"{month:%Y-%m}", date_format(month, _("Y년 n월"))) for month in reversed(self.months)]
        self.fields["since"].choices = self.fields["until"].choices = choices
        districts = sorted(District.objects.visible_to(actor), key=str)
        self.fields["district"].choices = [("", _("서울시 전체")), *((d.pk, str(d)) for d in districts)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("since") and data.get("until") and data["since"] > data["until"]:
            raise ValidationError(_("시작하는 달이 끝나는 달보다 늦습니다. 다시 고르십시오."))
        return data

    def asked_for(self) -> dict[str, Any]:
        """Arguments of surveys.results.results; what is wrongly asked is everything of the last months."""
        if not self.is_valid():
            return {"since": self.months[-MONTHS:][0], "until": last_of(self.months[-1]), "district": None}
        data = self.cleaned_data
        first, last = (dt.date.fromisoformat(f"{data[name]}-01") for name in ("since", "until"))
        return {"since": first, "until": last_of(last), "district": data["district"] or None}


class ModerationForm(forms.Form):
    """Publish a comment, or hide it and say why."""

    act = forms.ChoiceField(choices=(("publish", ""), ("hide", "")))
    reason = forms.ChoiceField(label=__("비공개 사유"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = [("", _("고르십시오")), *Comment.Reason.choices]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("act") == "hide" and not data.get("reason") and "reason" not in self.errors:
            self.add_error("reason", _("비공개 사유를 고르십시오."))
        return data


class SurveyForm(forms.ModelForm):
    class Meta:
        model = Survey
        fields = ["title", "title_en", "intro", "intro_en", "valid_days", "min_shown", "active"]
        widgets = {"intro": forms.Textarea(attrs={"rows": 3}), "intro_en": forms.Textarea(attrs={"rows": 3})}


class QuestionForm(forms.ModelForm):
    """One place for a question; left empty, there is none."""

    class Meta:
        model = Question
        fields = ["text", "text_en", "kind"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = False

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for one, other in (("text", "text_en"), ("text_en", "text")):
            if data.get(other) and not data.get(one) and one not in self.errors:
                self.add_error(one, _("한국어와 영어를 모두 적으십시오."))
        return data

    @property
    def question(self) -> dict[str, str] | None:
        data = self.cleaned_data
        if not data["text"]:
            return None
        return {"text": data["text"], "text_en": data["text_en"], "kind": data["kind"] or Question.Kind.SCALE}


def question_forms(survey: Survey, data: QueryDict | None) -> list[QuestionForm]:
    """A form for each question there may be, filled with those there are."""
    there = list(survey.questions.order_by("sort"))
    return [
        QuestionForm(data, prefix=f"q{n}", instance=there[n] if n < len(there) else None)
        for n in range(MOST_QUESTIONS)
    ]
