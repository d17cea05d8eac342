"""The city's form for new terms of the escort: what is nested in a row of terms, as plain fields and back again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields as fields_of
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hospital.escort_terms import PROGRAM, EscortTerms
from hospital.models import FreeProof, Measure, Per, Purpose
from hospital.terms_check import check_terms, in_rows
from programs.forms.calls import DatedTermsForm
from programs.registry import TermsEditor
from programs.workflow import UnableToPerform

FEES = {
    "fee_first": _("기본 이용료(원)"), "fee_first_minutes": _("기본 시간(분)"),
    "fee_step": _("추가 이용료(원)"), "fee_step_minutes": _("추가 단위(분)"),
    "service_price": _("시간당 운영비(원)"),
}  # fmt: skip
BOOKING = {
    "response_hours": _("도착 기한(시간)"), "reserve_days": _("예약은 며칠 앞부터"),
    "guardian_until_age": _("보호자와 함께하는 나이(이하)"),
}  # fmt: skip
PENALTIES = {
    "late_cancel_hours": _("늦은 취소(몇 시간 전부터)"), "late_cancel_fee": _("늦은 취소 위약금(원)"),
    "no_show_fee": _("현장 취소·부재 위약금(원)"),
}  # fmt: skip
BAN = {"no_shows": _("부재 횟수"), "late_cancels": _("늦은 취소 횟수"), "months": _("제한 개월")}
DISPATCH = {
    "travel_speed_kmh": _("이동 속도(km/h)"), "travel_base": _("이동 기본 시간(분)"),
    "offer_minutes": _("제안 기한(분)"),
    "device_tolerance": _("휴대전화 시각 허용 오차(분)"), "day_minutes": _("하루 근무 한도(분)"),
    "week_minutes": _("주간 근무 한도(분)"), "overrun_minutes": _("예상보다 이만큼 늦은 귀가는 시각 확인(분)"),
}  # fmt: skip
KEEPING = {
    "pay_within_days": _("납부 기한(일)"), "remind_every_days": _("미납 알림 간격(일)"),
    "most_reminders": _("미납 알림 횟수"), "health_note_days": _("건강정보 보관(일)"),
    "retention_years": _("기록 보관(년)"),
}  # fmt: skip
NUMBERS = FEES | BOOKING | PENALTIES | DISPATCH | KEEPING
LIMITS = [(measure, per) for measure in (Measure.USES, Measure.MINUTES) for per in (Per.WEEK, Per.MONTH, Per.YEAR)]
_DEFAULTS = {one.name: one.default for one in fields_of(EscortTerms)}


def _number(label: Any, initial: Any, *, required: bool = True) -> forms.IntegerField:
    widget = forms.TextInput(attrs={"inputmode": "numeric"})
    return forms.IntegerField(
        label=label, initial=initial, required=required, min_value=0, max_value=10_000_000, widget=widget
    )


def _time(label: Any, initial: Any, *, required: bool = True) -> forms.TimeField:
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    return forms.TimeField(label=label, initial=initial, required=required, widget=widget)


class EscortTermsForm(DatedTermsForm):
    """Fields are named as in the values, nested ones with a dash: `limit-uses-year`, `weekday-opens`."""

    living_alone = forms.BooleanField(label=_("1인가구만 이용합니다"), required=False)
    capital_area = forms.BooleanField(label=_("협의하면 수도권 병원도 갑니다"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = self.present
        for name, label in NUMBERS.items():
            self.fields[name] = _number(label, now.get(name, _DEFAULTS.get(name)))
        for name in ("living_alone", "capital_area"):
            self.fields[name].initial = now.get(name)
        self._add_limits(now.get("limits") or [])
        self._add_free(now.get("free") or {})
        self._add_hours(now.get("weekday") or {}, now.get("weekend") or {})
        for name, label in BAN.items():
            self.fields[f"ban-{name}"] = _number(label, (now.get("ban") or {}).get(name), required=False)
        for purpose in Purpose:
            self.fields[f"estimate-{purpose.value}"] = _number(
                purpose.label, now.get("estimate", {}).get(purpose.value)
            )

    def _add_limits(self, limits: list[dict[str, Any]]) -> None:
        known = {(one["measure"], one["per"]): one["allowed"] for one in limits}
        for measure, per in LIMITS:
            allowed, is_time = known.get((measure, per)), measure == Measure.MINUTES
            label = _("%(per)s 시간(시간)") if is_time else _("%(per)s 횟수")
            initial = allowed // 60 if is_time and allowed else allowed
            self.fields[f"limit-{measure.value}-{per.value}"] = _number(
                label % {"per": per.label}, initial, required=False
            )

    def _add_free(self, free: dict[str, Any]) -> None:
        self.fields["free-income_percent"] = _number(_("중위소득(%) 이하"), free.get("income_percent"), required=False)
        self.fields["free-uses_a_year"] = _number(_("연간 무료 횟수"), free.get("uses_a_year"), required=False)
        self.fields["free-kinds"] = forms.MultipleChoiceField(
            label=_("증빙"), choices=FreeProof.Kind.choices, required=False, initial=free.get("kinds"),
            widget=forms.CheckboxSelectMultiple,
        )  # fmt: skip

    def _add_hours(self, weekday: dict[str, Any], weekend: dict[str, Any]) -> None:
        self.fields["weekday-opens"] = _time(_("평일 시작"), weekday.get("opens"))
        self.fields["weekday-closes"] = _time(_("평일 마침"), weekday.get("closes"))
        self.fields["weekend-opens"] = _time(_("주말·공휴일 시작"), weekend.get("opens"), required=False)
        self.fields["weekend-closes"] = _time(_("주말·공휴일 마침"), weekend.get("closes"), required=False)
        self.fields["weekend-reserved_only"] = forms.BooleanField(
            label=_("주말·공휴일은 예약만 받습니다"), required=False, initial=weekend.get("reserved_only")
        )

    @property
    def groups(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """The fields in parts, with a title each."""
        parts: list[tuple[Any, Iterable[str]]] = [
            (_("적용"), ("first", "basis")),
            (_("이용료와 운영비"), FEES),
            (_("이용 한도(없으면 비움)"), [name for name in self.fields if name.startswith("limit-")]),
            (_("무료 이용(없으면 비움)"), [name for name in self.fields if name.startswith("free-")]),
            (
                _("이용시간(주말에 쉬면 비움)"),
                [name for name in self.fields if name.startswith("week") and "-" in name],
            ),
            (_("이용 대상과 예약"), (*BOOKING, "living_alone", "capital_area")),
            (_("위약금과 이용 제한(제한이 없으면 비움)"), (*PENALTIES, *(f"ban-{name}" for name in BAN))),
            (_("예상 소요시간(분)"), [name for name in self.fields if name.startswith("estimate-")]),
            (_("배차"), DISPATCH),
            (_("미납과 보관"), KEEPING),
        ]
        return [(title, [self[name] for name in names]) for title, names in parts]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for whole in ("ban", "weekend"):
            self._all_or_none(
                [name for name in self.fields if name.startswith(f"{whole}-") and "reserved" not in name]
            )
        free = [data.get("free-kinds"), data.get("free-uses_a_year")]
        if any(free) and data.get("free-income_percent") is None:
            self.add_error("free-income_percent", _("무료 이용의 소득 기준을 적으십시오."))
        if not self.errors:
            try:
                check_terms(self.values, data["first"])
            except UnableToPerform as refused:
                self.add_error(None, str(refused))
        return data

    def _all_or_none(self, names: list[str]) -> None:
        empty = [name for name in names if self.cleaned_data.get(name) is None and name not in self.errors]
        if 0 < len(empty) < len(names):
            for name in empty:
                self.add_error(name, _("함께 적는 값이 모두 있어야 합니다."))

    @property
    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {name: data[name] for name in (*NUMBERS, "living_alone", "capital_area")} | {
            "limits": [
                {
                    "measure": measure.value,
                    "per": per.value,
                    "allowed": allowed * (60 if measure == Measure.MINUTES else 1),
                }
                for measure, per in LIMITS
                if (allowed := data[f"limit-{measure.value}-{per.value}"]) is not None
            ],
            "free": self._free(),
            "weekday": self._hours("weekday"),
            "weekend": self._hours("weekend"),
            "ban": {name: data[f"ban-{name}"] for name in BAN} if data["ban-months"] is not None else None,
            "estimate": {code: data[f"estimate-{code}"] for code in Purpose.values},
        }

    def _free(self) -> dict[str, Any] | None:
        if self.cleaned_data["free-income_percent"] is None:
            return None
        return {name: self.cleaned_data[f"free-{name}"] for name in ("income_percent", "kinds", "uses_a_year")}

    def _hours(self, kind: str) -> dict[str, Any] | None:
        opens, closes = self.cleaned_data[f"{kind}-opens"], self.cleaned_data[f"{kind}-closes"]
        if opens is None:
            return None
        reserved = {"reserved_only": True} if self.cleaned_data.get(f"{kind}-reserved_only") else {}
        return {"opens": f"{opens:%H:%M}", "closes": f"{closes:%H:%M}"} | reserved


TERMS_EDITOR = TermsEditor(PROGRAM, EscortTermsForm, in_rows, check_terms)
