"""What the dispatcher, or an agency, enters on the board. What is possible is the domain's to say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.clock import SEOUL
from accounts.models import District, Organisation
from accounts.roles import Actor
from hospital.models import EscortManager, Offer, Trip, UnmetDemand
from hospital.selectors.board import agencies

_ALL = ("", _("모두"))
Reason = UnmetDemand.Reason


class WaitingFilter(forms.Form):
    """Which of those who wait are shown."""

    district = forms.ChoiceField(label=_("출발 자치구"), required=False)
    kind = forms.ChoiceField(label=_("구분"), required=False, choices=[_ALL, *Trip.Kind.choices])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["district"].choices = [_ALL, *((one.pk, str(one)) for one in District.objects.order_by("code"))]

    def wanted(self) -> dict[str, str]:
        """What was chosen; nonsense narrows nothing."""
        self.is_valid()
        return {name: self.cleaned_data.get(name, "") for name in self.fields}


class AssignForm(forms.Form):
    """Without a time they are met as early as can be."""

    manager = forms.TypedChoiceField(label=_("동행매니저"), coerce=int, empty_value=None)
    meet_at = forms.TimeField(
        label=_("만나는 때"), required=False,
        widget=forms.TimeInput(attrs={"type": "time", "step": 300}, format="%H:%M"),
        help_text=_("비워 두면 갈 수 있는 가장 이른 때로 정합니다."),
    )  # fmt: skip

    late = forms.BooleanField(
        label=_("약속한 때보다 늦더라도 배정"), required=False,
        help_text=_("늦어지는 시간을 이용자에게 알립니다. 이용자는 위약금 없이 취소할 수 있습니다."),
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, trip: Trip, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.trip = trip
        rows = EscortManager.objects.visible_to(actor).filter(organisation=actor.organisation_id, active=True)
        names = [(one.pk, f"{one} ({one.base})") for one in rows.select_related("membership__user", "base")]
        self.fields["manager"].choices = [("", _("선택하십시오")), *sorted(names, key=lambda name: name[1])]

    def clean_meet_at(self) -> dt.datetime | None:
        """The moment on the trip's own day."""
        clock = self.cleaned_data["meet_at"]
        return clock and dt.datetime.combine(self.trip.day, clock, SEOUL)


class DelayForm(forms.Form):
    key = forms.UUIDField(widget=forms.HiddenInput)
    minutes = forms.IntegerField(
        label=_("늦어지는 시간(분)"), min_value=5, max_value=180, widget=forms.NumberInput(attrs={"step": 5}),
        help_text=_("이용자에게 바로 알립니다."),
    )  # fmt: skip


class OfferForm(forms.Form):
    """All hubs, everybody, or those that are ticked."""

    HUBS, ALL, SOME = "hubs", "all", "some"
    whom = forms.ChoiceField(
        label=_("제안할 곳"), widget=forms.RadioSelect, initial=HUBS,
        choices=[(HUBS, _("거점기관 모두")), (ALL, _("거점·협력기관 모두")), (SOME, _("고른 기관"))],
    )  # fmt: skip
    to = forms.TypedMultipleChoiceField(
        label=_("기관 고르기"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, offers: Iterable[Offer] = (), **kwargs: Any) -> None:
        """`offers`: those of the trip; who has not answered yet, or declined, is not asked again."""
        super().__init__(*args, **kwargs)
        asked = {one.organisation_id for one in offers if one.state in (Offer.State.OPEN, Offer.State.DECLINED)}
        self.free = [one for one in agencies() if one.pk not in asked]
        self.fields["to"].choices = [(one.pk, str(one)) for one in self.free]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("whom") == self.HUBS:
            data["to"] = [one.pk for one in self.free if one.kind == Organisation.Kind.ESCORT_HUB]
        elif data.get("whom") == self.ALL:
            data["to"] = [one.pk for one in self.free]
        elif not data.get("to"):
            self.add_error("to", _("제안할 기관을 고르십시오."))
        return data


class GiveUpForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("제공하지 못하는 사유"),
        choices=[
            ("", _("선택하십시오")),
            *((one.value, one.label) for one in (Reason.NO_MANAGER, Reason.DECLINED, Reason.REGION)),
        ],
    )


class DeclineForm(forms.Form):
    reason = forms.ChoiceField(label=_("맡지 못하는 사유"), choices=[("", _("선택하십시오")), *Offer.Decline.choices])


class NothingForm(forms.Form):
    """An act that needs no more than its button."""
