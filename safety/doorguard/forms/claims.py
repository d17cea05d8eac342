"""What company and district enter about a monthly claim."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.forms import refuse_resident_number
from accounts.models import District, Organisation
from accounts.months import previous_month
from accounts.roles import Actor, Role
from safety.doorguard.models import ClaimLine, Service

MONTHS_BACK = 12


def _ended_months() -> list[tuple[str, str]]:
    """The last months that are over, the latest first."""
    months, month = [], timezone.localdate()
    for _n in range(MONTHS_BACK):
        month = previous_month(month)
        months.append((month.isoformat(), date_format(month, "YEAR_MONTH_FORMAT")))
    return months


class ComputeForm(forms.Form):
    """Which month to compute, and with whom: a company names the district, a district the company."""

    month = forms.TypedChoiceField(label=_("청구 월"), coerce=dt.date.fromisoformat)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        self.fields["month"].choices = _ended_months()  # type: ignore[attr-defined]
        mine = Service.objects.visible_to(actor).filter(installed_on__isnull=False)
        if actor.role == Role.COMPANY_STAFF:
            self.fields["other"] = forms.ModelChoiceField(
                label=_("자치구"),
                queryset=District.objects.visible_to(actor).filter(pk__in=mine.values("district")).order_by("name_ko"),
            )
        else:
            self.fields["other"] = forms.ModelChoiceField(
                label=_("보안업체"),
                queryset=Organisation.objects.visible_to(actor)
                .filter(pk__in=mine.values("company"))
                .order_by("name", "pk"),
            )
        self.fields["other"].empty_label = _("선택하십시오")  # type: ignore[attr-defined]

    def parties(self) -> dict[str, Any]:
        """Company and district of the claim, for compute_claim."""
        other = self.cleaned_data["other"]
        if self.actor.role == Role.COMPANY_STAFF:
            return {"company_id": self.actor.organisation_id, "district_id": other.pk}
        return {"company_id": other.pk, "district_id": self.actor.district_id}


class _ReasonForm(forms.Form):
    reason = forms.CharField(max_length=300, widget=forms.Textarea(attrs={"rows": 3}))

    def clean_reason(self) -> str:
        return refuse_resident_number(self.cleaned_data["reason"].strip())


class DisputeForm(_ReasonForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = _("이의 사유")
        self.fields["reason"].required = False
        self.fields["reason"].help_text = _("무엇이 왜 다른지 적으십시오. 비우고 저장하면 이의를 거둡니다.")


class ResolveForm(_ReasonForm):
    outcome = forms.ChoiceField(
        label=_("처리"),
        widget=forms.RadioSelect,
        choices=[
            (ClaimLine.State.OK, _("그대로 지급합니다")),
            (ClaimLine.State.POSTPONED, _("이 달에서 빼고 다음 달에 다시 청구하게 합니다")),
            (ClaimLine.State.REFUSED, _("지급하지 않습니다")),
        ],
    )

    field_order = ["outcome", "reason"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = _("처리 사유")


class DownloadForm(_ReasonForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = _("내려받는 사유")
