"""Inviting a colleague, ending a membership, another role, an absence, and handing cases over."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.models.organisations import ROLES_OF_KIND
from accounts.roles import MEMBERSHIP_ROLES, Actor, Role
from programs.forms.queue import date_input


def midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


def after(last_day: dt.date) -> dt.datetime:
    """The end of a period whose last day is this one."""
    return midnight(last_day + dt.timedelta(days=1))


def _from(first_day: dt.date) -> dt.datetime:
    return timezone.now() if first_day == timezone.localdate() else midnight(first_day)


def _not_past(day: dt.date | None) -> dt.date | None:
    if day and day < timezone.localdate():
        raise ValidationError(_("오늘 또는 그 뒤의 날을 고르십시오."))
    return day


class ColleagueChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.user} ({obj.get_role_display()})"


class _RoleForm(forms.Form):
    """A role in an organisation: a district's manager has only the own one to give roles in."""

    organisation = forms.ModelChoiceField(None, label=_("기관"), empty_label=_("선택하십시오"))
    role = forms.ChoiceField(label=_("역할"))

    def __init__(self, data: Any = None, *, actor: Actor, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.actor = actor
        if actor.role == Role.CITY_OFFICER:
            self.fields["organisation"].queryset = Organisation.objects.visible_to(actor).order_by("kind", "name")
            roles: tuple[Role, ...] = MEMBERSHIP_ROLES
        else:
            del self.fields["organisation"]
            roles = ROLES_OF_KIND[self._own.kind]
        self.fields["role"].choices = [("", _("선택하십시오")), *((role.value, role.label) for role in roles)]

    @property
    def _own(self) -> Organisation:
        assert self.actor.membership is not None  # noqa: S101 - only managers open these pages
        return self.actor.membership.organisation

    def clean_role(self) -> Role:
        return Role(self.cleaned_data["role"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        organisation = data.setdefault("organisation", self._own) if "organisation" not in self.fields else data.get(
            "organisation"
        )  # fmt: skip
        role = data.get("role")
        if organisation and role and role not in ROLES_OF_KIND[organisation.kind]:
            self.add_error("role", _("이 기관에는 없는 역할입니다. 다른 역할을 고르십시오."))
        return data


class InviteForm(_RoleForm):
    email = forms.EmailField(
        label=_("전자우편"),
        max_length=160,
        help_text=_("이 주소로 초대와 비밀번호를 정하는 주소를 보냅니다. 기관 전자우편을 쓰십시오."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    name = forms.CharField(label=_("이름"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    first_day = forms.DateField(label=_("시작하는 날"), widget=date_input(), initial=timezone.localdate)
    last_day = forms.DateField(
        label=_("마지막 날"), widget=date_input(), required=False, help_text=_("정해지지 않았으면 비워 두십시오.")
    )
    field_order = ("email", "name", "organisation", "role", "first_day", "last_day")

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def clean_first_day(self) -> dt.date | None:
        return _not_past(self.cleaned_data["first_day"])

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        first, last = data.get("first_day"), data.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("시작하는 날보다 앞선 날입니다."))
        return data

    @property
    def inputs(self) -> dict[str, Any]:
        """What programs.people.invite takes."""
        data = self.cleaned_data
        return {
            **{name: data[name] for name in ("email", "name", "organisation", "role")},
            "starts_at": _from(data["first_day"]),
            "ends_at": after(data["last_day"]) if data["last_day"] else None,
        }


class ReasonMixin(forms.Form):
    reason = forms.CharField(
        label=_("사유"), max_length=200, help_text=_("예) 인사이동, 퇴직. 바꾼 이력에 함께 남습니다.")
    )

    def clean_reason(self) -> str:
        return self.cleaned_data["reason"].strip()


class SuccessorMixin(forms.Form):
    """Asks for a successor only where there are cases to hand over."""

    successor = ColleagueChoice(
        None,
        label=_("열린 건을 넘겨받을 사람"),
        required=False,
        empty_label=_("지금 넘기지 않음"),
    )

    def offer(self, colleagues: QuerySet[Any], open_cases: int) -> None:
        if not open_cases:
            del self.fields["successor"]
            return
        self.fields["successor"].queryset = colleagues
        self.fields["successor"].help_text = _("열린 건 %(n)s건을 저장하는 대로 넘깁니다.") % {"n": open_cases}

    @property
    def successor_id(self) -> int | None:
        chosen = self.cleaned_data.get("successor")
        return chosen.pk if chosen else None


class EndForm(ReasonMixin, SuccessorMixin):
    when = forms.ChoiceField(
        label=_("끝나는 때"),
        choices=[("now", _("지금 바로")), ("later", _("날짜를 정하여"))],
        widget=forms.RadioSelect,
        initial="now",
    )
    last_day = forms.DateField(
        label=_("마지막 날"),
        widget=date_input(),
        required=False,
        help_text=_("‘날짜를 정하여’를 고른 때에만 적습니다. 그날까지 일할 수 있습니다."),
    )
    field_order = ("when", "last_day", "reason", "successor")

    def clean_last_day(self) -> dt.date | None:
        return _not_past(self.cleaned_data["last_day"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("when") == "later" and not data.get("last_day") and "last_day" not in self.errors:
            self.add_error("last_day", _("마지막 날을 고르십시오."))
        return data

    @property
    def at(self) -> dt.datetime | None:
        return after(self.cleaned_data["last_day"]) if self.cleaned_data["when"] == "later" else None


class ChangeRoleForm(ReasonMixin, SuccessorMixin, _RoleForm):
    field_order = ("organisation", "role", "reason", "successor")


class StandInForm(forms.Form):
    stand_in = ColleagueChoice(None, label=_("대행할 사람"), empty_label=_("선택하십시오"))
    first_day = forms.DateField(label=_("시작하는 날"), widget=date_input(), initial=timezone.localdate)
    last_day = forms.DateField(label=_("마지막 날"), widget=date_input())

    def offer(self, colleagues: QuerySet[Any]) -> None:
        self.fields["stand_in"].queryset = colleagues

    def clean_first_day(self) -> dt.date | None:
        return _not_past(self.cleaned_data["first_day"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first, last = data.get("first_day"), data.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("시작하는 날보다 앞선 날입니다."))
        return data

    @property
    def inputs(self) -> dict[str, Any]:
        """What programs.people.appoint_stand_in takes."""
        data = self.cleaned_data
        return {
            "stand_in": data["stand_in"],
            "starts_at": _from(data["first_day"]),
            "ends_at": after(data["last_day"]),
        }


class HandOverForm(forms.Form):
    successor = ColleagueChoice(None, label=_("넘겨받을 사람"), empty_label=_("선택하십시오"))

    def offer(self, colleagues: QuerySet[Any]) -> None:
        self.fields["successor"].queryset = colleagues
