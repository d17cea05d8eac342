from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from programs.models import ScoringCriterion


class ScoreForm(forms.Form):
    """Points by criterion: one field each, named by its id."""

    def __init__(self, criteria: list[ScoringCriterion], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in criteria:
            self.fields[str(one.pk)] = forms.IntegerField(
                label=str(one),
                min_value=0,
                max_value=one.max_points,
                help_text=_("%(most)s점까지") % {"most": one.max_points},
                widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
            )

    @property
    def points(self) -> dict[int, int]:
        return {int(name): given for name, given in self.cleaned_data.items()}
