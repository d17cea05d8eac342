from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import District
from accounts.roles import Actor
from budget.models import ObjectCode, Project
from programs import registry
from programs.forms.moments import MomentInput
from programs.models import Program
from reports.questions import Question

FIRST_DAY, LAST_DAY = dt.date(2000, 1, 1), dt.date(2100, 1, 1)


class QuestionForm(forms.Form):
    """As of when, as known when, of which programme and district. A district's staff ask about their own district."""

    as_of = forms.DateField(
        label=_("기준일"),
        required=False,
        help_text=_("그날 24시까지 일어난 일을 셉니다."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    program = forms.ChoiceField(label=_("사업"), required=False)
    district = forms.ChoiceField(label=_("자치구"), required=False)
    known_at = forms.DateTimeField(
        label=_("알려진 때"),
        required=False,
        help_text=_("비우면 지금까지 기록된 것을 모두 셉니다. 적으면 그때와 지금을 견줍니다."),
        widget=MomentInput(attrs={"type": "datetime-local", "step": "any"}),
    )

    def __init__(self, asked: QueryDict, *, actor: Actor) -> None:
        asked = asked.copy()
        asked["as_of"] = asked.get("as_of") or timezone.localdate().isoformat()
        super().__init__(asked)
        self.actor = actor
        codes = [programme.code for programme in registry.programmes()]
        names = Program.objects.visible_to(actor).filter(pk__in=codes).order_by("sort", "code")
        self.fields["program"].choices = [("", _("모든 사업")), *((p.pk, str(p)) for p in names)]
        if actor.district_id:
            del self.fields["district"]
        else:
            districts = sorted(District.objects.visible_to(actor), key=str)
            self.fields["district"].choices = [("", _("서울시 전체")), *((d.pk, str(d)) for d in districts)]

    def clean_as_of(self) -> dt.date | None:
        day = self.cleaned_data["as_of"]
        if day and not FIRST_DAY <= day <= LAST_DAY:
            raise forms.ValidationError(_("기준일은 2000년부터 2100년 사이여야 합니다."))
        return day

    def question(self) -> Question:
        """What is asked; what could not be understood is left at its default, and the form says so."""
        self.is_valid()
        asked = self.cleaned_data
        return Question(
            as_of=asked.get("as_of") or timezone.localdate(),
            known_at=asked.get("known_at"),
            district=self.actor.district_id or asked.get("district") or None,
            program=asked.get("program") or None,
            since=asked.get("since"),
            item=asked.get("item") or None,
            object_code=asked.get("object_code") or None,
            fiscal_year=asked.get("fiscal_year"),
        )


class LedgerForm(QuestionForm):
    """The question about the budget: also of which project, of which fiscal year."""

    item = forms.ChoiceField(label=_("예산 사업"), required=False)
    object_code = forms.ChoiceField(label=_("통계목"), required=False)
    fiscal_year = forms.IntegerField(
        label=_("회계연도"), required=False, min_value=2000, max_value=2100, help_text=_("비우면 기준일의 연도입니다.")
    )
    field_order = ("as_of", "fiscal_year", "item", "object_code", "district", "known_at")

    def __init__(self, asked: QueryDict, *, actor: Actor) -> None:
        super().__init__(asked, actor=actor)
        del self.fields["program"]
        latest: dict[str, Project] = {}
        for project in Project.objects.visible_to(actor).order_by("fiscal_year", "level", "sort", "id"):
            latest[project.code] = project
        self.fields["item"].choices = [("", _("모든 예산")), *((code, str(p)) for code, p in latest.items())]
        codes = ObjectCode.objects.visible_to(actor).order_by("code")
        self.fields["object_code"].choices = [("", _("모든 통계목")), *((c.pk, str(c)) for c in codes)]


class PeriodForm(QuestionForm):
    """The question about something that happens over days: also from when on."""

    since = forms.DateField(
        label=_("집계 시작일"),
        required=False,
        help_text=_("비우면 처음부터 셉니다."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    field_order = ("since", "as_of", "program", "district", "known_at")

    def clean(self) -> dict[str, Any]:
        asked = super().clean()
        first, last = asked.get("since"), asked.get("as_of")
        if first and last and first > last:
            self.add_error("since", _("시작일이 기준일보다 늦습니다."))
        return asked


class OwnPeriodForm(PeriodForm):
    """The question about what one programme counts by itself."""

    def __init__(self, asked: QueryDict, *, actor: Actor) -> None:
        super().__init__(asked, actor=actor)
        del self.fields["program"]
