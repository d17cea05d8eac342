"""What the page of the escort's figures is asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import District
from programs.forms.moments import MomentInput
from programs.forms.queue import date_input
from programs.own_figures import Asked

FIRST_DAY, LAST_DAY = dt.date(2000, 1, 1), dt.date(2100, 1, 1)


class FiguresForm(forms.Form):
    since = forms.DateField(
        label=_("집계 시작일"), required=False, help_text=_("비우면 처음부터 셉니다."), widget=date_input()
    )
    as_of = forms.DateField(
        label=_("기준일"), required=False, help_text=_("그날 24시까지 일어난 일을 셉니다."), widget=date_input()
    )
    district = forms.ChoiceField(label=_("자치구"), required=False)
    known_at = forms.DateTimeField(
        label=_("알려진 때"),
        required=False,
        help_text=_("비우면 지금까지 기록된 것을 모두 셉니다. 적으면 그때와 지금을 견줍니다."),
        widget=MomentInput(attrs={"type": "datetime-local", "step": "any"}),
    )

    def __init__(self, asked: Mapping[str, str]) -> None:
        """An empty as-of day is today."""
        words = {name: asked.get(name, "") for name in self.base_fields}
        super().__init__(words | {"as_of": words["as_of"] or timezone.localdate().isoformat()})
        districts = sorted(District.objects.all(), key=str)
        everywhere = ("", _("서울시 전체"))
        self.fields["district"].choices = [everywhere, *((one.pk, str(one)) for one in districts)]  # type: ignore[attr-defined]

    @classmethod
    def of_page(cls, asked: Mapping[str, str]) -> FiguresForm:
        """Of an address that asks nothing: this year's."""
        if any(name in asked for name in cls.base_fields):
            return cls(asked)
        return cls({"since": timezone.localdate().replace(month=1, day=1).isoformat()})

    def clean_as_of(self) -> dt.date:
        day: dt.date = self.cleaned_data["as_of"]
        if not FIRST_DAY <= day <= LAST_DAY:
            raise forms.ValidationError(_("기준일은 2000년부터 2100년 사이여야 합니다."))
        return day

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        first, last = found.get("since"), found.get("as_of")
        if first and last and first > last:
            self.add_error("since", _("시작일이 기준일보다 늦습니다."))
        return found

    def asked(self) -> Asked:
        """What could not be understood is left at its default, and the form says so."""
        self.is_valid()
        get = self.cleaned_data.get
        return Asked(
            as_of=get("as_of") or timezone.localdate(), known_at=get("known_at"), district=get("district") or None,
            since=get("since"),
        )  # fmt: skip
