from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.forms import refuse_resident_number
from programs.selection import MAX_LINES

REASON_LENGTH = 300


class PlanForm(forms.Form):
    """How many to select next, and who is passed over: `pass_over` holds ids, `reason-<id>` why."""

    places = forms.IntegerField(
        label=_("선정할 인원"),
        min_value=0,
        max_value=MAX_LINES,
        help_text=_("적격을 확인한 사람을 접수 순서대로, 빈자리 안에서 선정합니다. 한 번에 300명까지 기안합니다."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    waitlist_rest = forms.BooleanField(
        label=_("정원이 찬 뒤의 적격자는 대기자로 정합니다"),
        required=False,
        help_text=_("결재하면 대기 순번이 매겨지고, 자리가 날 때 순번대로 자동으로 안내합니다."),
    )

    def __init__(self, *args: Any, by_points: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if by_points:
            self.fields["places"].help_text = _(
                "심사한 사람을 총점 순서대로, 빈자리 안에서 선정합니다. 한 번에 300명까지 기안합니다."
            )
        self.fields["places"].css_classes = "short"
        self.ticked: dict[int, str] = {}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        getlist = getattr(self.data, "getlist", lambda name: [])
        for pk in filter(str.isdigit, getlist("pass_over")):
            reason = " ".join(self.data.get(f"reason-{pk}", "").split())
            self.ticked[int(pk)] = reason
        if not all(self.ticked.values()):
            raise ValidationError(_("순서를 건너뛰는 사람마다 사유를 적으십시오."))
        for reason in self.ticked.values():
            if len(reason) > REASON_LENGTH:
                raise ValidationError(_("사유는 300자까지 쓸 수 있습니다."))
            refuse_resident_number(reason)
        return data
