from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.forms import PhoneField, ProfileForm, age_on, refuse_resident_number
from accounts.models import AdminDong, District
from accounts.uploads import ACCEPT, Incoming, UnableToTake, take_in
from programs import counter
from programs.documents import OTHER
from programs.intake import Person
from programs.models import DistrictCall
from programs.models.applications import Channel


class CounterPersonForm(ProfileForm):
    """The applicant as written on the paper; the district is the officer's own."""

    def __init__(self, *args: Any, district: District, **kwargs: Any) -> None:
        self.district = district
        super().__init__(*args, **kwargs)
        del self.fields["district"], self.fields["language"]
        self.fields["dong"].queryset = AdminDong.objects.filter(district=district).order_by("name")
        for field in self.fields.values():  # this is not the officer's own address
            field.widget.attrs["autocomplete"] = "off"

    def clean_birth_date(self) -> dt.date:
        return self.cleaned_data["birth_date"]  # a child comes with its guardian, who is the proxy

    def person(self) -> Person:
        data = self.cleaned_data
        return Person(
            name=data["name"], birth_date=data["birth_date"], phone=data["phone"], address=data["address"],
            district=self.district, household_size=data["household_size"], tenure=data["tenure"], dong=data["dong"],
        )  # fmt: skip


class PaperForm(forms.Form):
    """How and when the paper came in, what it consents to, and its scans."""

    submission_key = forms.UUIDField(widget=forms.HiddenInput)
    seen_alike = forms.BooleanField(required=False, widget=forms.HiddenInput)
    channel = forms.ChoiceField(
        label=_("들어온 길"),
        choices=[(Channel.COUNTER.value, Channel.COUNTER.label), (Channel.PROXY.value, Channel.PROXY.label)],
        widget=forms.RadioSelect,
    )
    received_at = forms.DateTimeField(
        label=_("종이 신청서를 받은 때"),
        help_text=_("접수 도장에 찍힌 때입니다. 이 때가 접수 순서가 됩니다."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )
    proxy_name = forms.CharField(label=_("대리인 이름"), max_length=40, required=False)
    proxy_phone = PhoneField(
        label=_("대리인 휴대전화"), required=False, help_text=_("적으면 알림이 대리인에게 갑니다.")
    )

    def __init__(self, *args: Any, district_call: DistrictCall, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.district_call = district_call
        self.scans: list[tuple[str, Incoming]] = []
        for item in counter.asked_consents(district_call):
            self.fields[f"consent-{item.pk}"] = forms.BooleanField(
                label=f"{item} ({_t('필수') if item.required else _t('선택')})", required=False
            )
        for kind, label in self._kinds():
            self.fields[f"scan-{kind}"] = forms.FileField(
                label=label, required=False, widget=forms.ClearableFileInput(attrs={"accept": ACCEPT})
            )

    def _kinds(self) -> list[tuple[str, str]]:
        asked = [(row.kind, str(row)) for row in counter.asked_documents(self.district_call)]
        return [*asked, (OTHER, _t("그 밖의 서류"))]

    @property
    def consent_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("consent-")]

    @property
    def scan_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("scan-")]

    @property
    def consents(self) -> dict[int, bool]:
        return {
            int(name.removeprefix("consent-")): given
            for name, given in self.cleaned_data.items()
            if name.startswith("consent-")
        }

    def clean_received_at(self) -> dt.datetime:
        stated = self.cleaned_data["received_at"]
        if reason := counter.wrong_time(self.district_call, stated, timezone.now()):
            raise ValidationError(reason)
        return stated

    def clean_proxy_name(self) -> str:
        return refuse_resident_number(" ".join(self.cleaned_data["proxy_name"].split()))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("channel") == Channel.PROXY:
            for name in ("proxy_name", "proxy_phone"):
                if name not in self.errors and not data.get(name):
                    self.add_error(name, _("대리 신청이면 대리인을 적으십시오."))
        for name in [name for name in self.fields if name.startswith("scan-")]:
            if upload := data.get(name):
                self._take(name, upload)
        return data

    def _take(self, name: str, upload: Any) -> None:
        try:
            self.scans.append((name.removeprefix("scan-"), take_in(upload)))
        except UnableToTake as refused:
            self.add_error(name, str(refused))


def needs_guardian(person: Person, paper: PaperForm) -> bool:
    """Under 14 only a guardian applies (개인정보 보호법 §22의2)."""
    return age_on(person.birth_date, timezone.localdate()) < 14 and paper.cleaned_data["channel"] != Channel.PROXY
