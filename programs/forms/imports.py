"""Uploading a file of paper applications."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.roles import Actor
from programs import registry
from programs.models import Call

OFFERED_CALLS = 20


class ImportForm(forms.Form):
    call = forms.ModelChoiceField(Call.objects.none(), label=_("모집"), empty_label=_("선택하십시오"))
    file = forms.FileField(
        label=_("신청 파일(.xlsx)"),
        help_text=_("이 모집의 양식에 적은 파일입니다. 10MB, 20,000건까지 올릴 수 있습니다."),
        error_messages={"empty": _("빈 파일입니다. 다른 파일을 고르십시오.")},
        widget=forms.FileInput(attrs={"accept": ".xlsx", "class": "file-input"}),
    )

    def __init__(self, *args: Any, actor: Actor) -> None:
        super().__init__(*args)
        self.fields["call"].queryset = calls_of(actor)


def calls_of(actor: Actor) -> Any:
    """The calls this district took part in, begun and applied for in the portal; the newest first."""
    codes = [programme.code for programme in registry.programmes()]
    begun = Call.objects.visible_to(actor).filter(program__in=codes, opens_at__lte=timezone.now())
    return begun.filter(district_calls__district=actor.district_id).order_by("-opens_at", "pk")
