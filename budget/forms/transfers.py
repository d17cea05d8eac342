"""Writing a transfer, row by row from one line to another; deciding on it; reporting it to the council."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import refuse_resident_number
from budget.forms.fields import DayField, WonField
from budget.forms.rows import Rows, make_rows
from budget.models import BudgetLine, Voucher
from budget.selectors.choices import line_choices
from budget.transfer_rules import LINE_WITH_TREE, Move

CHOOSE = ("", _("선택하십시오"))


class TransferForm(forms.Form):
    title = forms.CharField(label=_("제목"), max_length=120)
    document_no = forms.CharField(
        label=_("문서번호"), max_length=60, required=False, help_text=_("비우면 번호를 자동으로 매깁니다.")
    )
    background = forms.CharField(
        label=_("추진배경"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    reason = forms.CharField(label=_("전용사유"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    is_reorganisation = forms.BooleanField(
        label=_("기구·직제 개편에 따른 이체입니다"), required=False,
        help_text=_("이체가 아니면, 옮기는 과목에 따라 전용·변경사용·이용이 정해집니다."),
    )  # fmt: skip
    reorganisation = forms.CharField(
        label=_("기구 개편 근거"),
        required=False,
        max_length=200,
        help_text=_("이체일 때 적습니다. 예) 행정기구 설치 조례 개정"),
    )
    council_vote_on = DayField(
        label=_("의회 의결일"), required=False, help_text=_("정책사업 사이의 이용일 때 적습니다.")
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in ("title", "background", "reason", "reorganisation"):
            if data.get(name):
                data[name] = refuse_resident_number(data[name].strip())
        return data

    def fields_of_transfer(self) -> dict[str, Any]:
        """What the form says of the document itself; nothing where it is wrong, for a preview of what is there."""
        names = ("title", "document_no", "background", "reason", "reorganisation", "council_vote_on")
        data = getattr(self, "cleaned_data", {})
        empty = {"council_vote_on": None}
        found = {name: data.get(name, empty.get(name, "")) for name in names}
        if not data.get("is_reorganisation"):
            found["reorganisation"] = ""
        return found


class MoveForm(forms.Form):
    source = forms.ChoiceField(label=_("감액 과목(주는 과목)"))
    target = forms.ChoiceField(label=_("증액 과목(받는 과목)"))
    amount = WonField(label=_("금액(원)"))

    def __init__(self, *args: Any, lines: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("source", "target"):
            self.fields[name].choices = [CHOOSE, *lines]


MOVE_FIELDS = ("source", "target", "amount")


def moves_of(
    organisation_id: int, fiscal_year: int, data: Any = None, *, initial: list[dict[str, Any]] | None = None
) -> Rows:
    lines = line_choices(organisation_id, fiscal_year, Voucher.Kind.TRANSFER)
    return make_rows(MoveForm, "moves", data, initial=initial or [], extra=2, lines=lines)


def moves_from(rows: Rows, actor: Any, *, reorganisation: bool) -> list[Move]:
    """The moves of every row that is whole; for a preview the others may still be wrong."""
    whole = [form.cleaned_data for form in rows.filled if not form.errors]
    ids = {int(data[side]) for data in whole for side in ("source", "target")}
    lines = BudgetLine.objects.visible_to(actor).select_related(*LINE_WITH_TREE).in_bulk(ids)
    return [
        Move(lines[int(data["source"])], lines[int(data["target"])], data["amount"], reorganisation=reorganisation)
        for data in whole
    ]


class PostForm(forms.Form):
    posted_on = DayField(label=_("기장일"))


class ReportForm(forms.Form):
    reported_on = DayField(label=_("의회 보고일"))
    reported_in = forms.CharField(
        label=_("보고한 문서"), max_length=120, help_text=_("예) 2026년 4분기 예산전용 보고")
    )
