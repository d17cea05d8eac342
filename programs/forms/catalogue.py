"""Narrowing the list of programmes, and searching it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import District
from accounts.roles import Actor
from programs.models.catalogue import SafetyArea
from programs.selectors.catalogue import Reception


class ProgramFilterForm(forms.Form):
    """GET form of the list and the search; what is not a choice is ignored rather than refused."""

    area = forms.ChoiceField(label=_("분야"), required=False)
    district = forms.ModelChoiceField(
        District.objects.none(), label=_("자치구"), required=False, empty_label=_("서울 전체")
    )
    state = forms.ChoiceField(label=_("모집 상태"), required=False)
    q = forms.CharField(
        label=_("찾는 말"), required=False, max_length=80,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].choices = [("", _("모든 분야")), *SafetyArea.choices]
        self.fields["state"].choices = [("", _("모든 상태")), *Reception.choices]
        self.fields["district"].queryset = District.objects.visible_to(actor).order_by("name_ko")

    def criteria(self) -> dict[str, Any]:
        """Arguments of selectors.catalogue.programmes."""
        self.is_valid()
        data = self.cleaned_data
        district = data.get("district")
        return {
            "area": data.get("area", ""),
            "district": district.pk if district else None,
            "state": data.get("state", ""),
            "words": data.get("q", "").strip(),
        }
