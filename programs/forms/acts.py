"""The form of any act on a case, made from what its transition needs.

A programme whose transitions need an input of its own says how it is asked, from its AppConfig.ready():

    ask("serial_no", lambda asking: forms.CharField(label=_("일련번호")))
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms import refuse_resident_number
from accounts.roles import Actor
from programs import registry
from programs.forms.queue import colleagues
from programs.models import Application, DistrictCall, RequiredDocument
from programs.selectors.case import document_kinds_of
from programs.workflow import Transition

TEXT_LENGTH = 2000


@dataclass(frozen=True)
class Asking:
    """On which case, by whom and for what an input is asked."""

    transition: Transition
    application: Application
    actor: Actor


Maker = Callable[[Asking], forms.Field | None]
_makers: dict[str, Maker] = {}


def ask(need: str, maker: Maker) -> None:
    """Say how a need is asked; a maker may return None where this case does not ask it."""
    if need in _makers:
        raise ValueError(f"{need} is asked twice")
    _makers[need] = maker


_NOTE_LABELS = {
    "request_supplement": _("보완할 내용"),
    "reject": _("사유 설명"),
    "note": _("메모"),
}


class PlainText(forms.CharField):
    """Free text about a person: never with a resident registration number (개인정보 보호법 §24의2)."""

    widget = forms.Textarea

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 5}))
        super().__init__(max_length=TEXT_LENGTH, **kwargs)

    def clean(self, value: Any) -> str:
        return refuse_resident_number(super().clean(value))


def _note(asking: Asking) -> forms.Field:
    to_applicant = asking.transition.letter is not None
    return PlainText(
        label=_NOTE_LABELS.get(asking.transition.name, _("사유")),
        help_text=_("신청인에게 보내는 통지문에 그대로 적힙니다.")
        if to_applicant
        else _("담당자만 봅니다. 신청인에게는 보이지 않습니다."),
    )


def _answer(asking: Asking) -> forms.Field:
    return PlainText(label=_("받은 보완 내용"), required=False, help_text=_("전화나 방문으로 받은 내용을 적습니다."))


def _until(asking: Asking) -> forms.Field:
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    return forms.DateField(
        label=_("보완 기한"),
        widget=forms.DateInput(attrs={"type": "date", "min": tomorrow.isoformat()}, format="%Y-%m-%d"),
        initial=timezone.localdate() + dt.timedelta(days=7),
        help_text=_("이날까지는 처리기간에 들어가지 않습니다."),
    )


def _document_kinds(asking: Asking) -> forms.Field | None:
    kinds: list[RequiredDocument] = document_kinds_of(asking.application)
    if not kinds:
        return None
    return forms.MultipleChoiceField(
        label=_("다시 받을 서류"),
        choices=[(kind.kind, str(kind)) for kind in kinds],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("서류가 아니라 설명만 필요하면 고르지 않습니다."),
    )


def _reasons(asking: Asking) -> forms.Field:
    reasons = registry.get(asking.application.program_id).reject_reasons
    return forms.MultipleChoiceField(
        label=_("미선정 사유"),
        choices=list(reasons.items()),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("미선정 사유를 하나 이상 고르십시오.")},
    )


def _district(asking: Asking) -> forms.Field:
    shares = DistrictCall.objects.visible_to(asking.actor).filter(call=asking.application.call_id)
    others = shares.exclude(district=asking.application.district_id).select_related("district")
    return forms.ChoiceField(
        label=_("옮길 자치구"),
        choices=[
            ("", _("선택하십시오")),
            *((row.district_id, str(row.district)) for row in others.order_by("district__name_ko")),
        ],
        help_text=_(
            "접수한 때와 순서는 그대로이고, 옮긴 구에서 처음부터 검토합니다. 옮기면 이 구에서는 보이지 않습니다."
        ),
    )


def _with_consent(asking: Asking) -> forms.Field | None:
    """Asked for a second extension only (민원처리법 시행령 §21)."""
    if not asking.application.extended_days:
        return None
    return forms.BooleanField(
        label=_("신청인이 두 번째 연장에 동의하였습니다."),
        error_messages={"required": _("두 번째 연장은 신청인의 동의가 있어야 합니다.")},
    )


def _assignee(asking: Asking) -> forms.Field:
    return forms.TypedChoiceField(
        label=_("담당자"),
        coerce=int,
        choices=[(row.pk, f"{row.user.name} ({row.get_role_display()})") for row in colleagues(asking.actor)],
    )


for _need, _maker in {
    "note": _note, "answer": _answer, "until": _until, "document_kinds": _document_kinds, "reasons": _reasons,
    "district": _district, "with_consent": _with_consent, "assignee": _assignee,
}.items():  # fmt: skip
    ask(_need, _maker)


class ActForm(forms.Form):
    """The inputs of one act, and the version of the case that was on the screen."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, asking: Asking) -> None:
        super().__init__(data, initial={"version": asking.application.version})
        for need in asking.transition.needs:
            field = _makers[need](asking)
            if field is not None:
                self.fields[need] = field

    @property
    def inputs(self) -> dict[str, Any]:
        """What perform() takes as `data`."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}
