"""Writing a voucher: its heading, and rows of line, amount and note."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.forms import refuse_resident_number
from budget.attachments import ACCEPT
from budget.forms.fields import DayField, WonField
from budget.forms.rows import Rows, make_rows
from budget.models import BudgetLine, EntryKind, Voucher
from budget.refusals import Posting
from budget.selectors.choices import BUDGET_ENTRY_KINDS, line_choices, receiving_choices

Kind = Voucher.Kind
CHOOSE = ("", _("선택하십시오"))
# What may be drafted by hand; the other kinds come from transfers, grants, files and corrections.
BY_HAND = (Kind.BUDGET, Kind.ALLOTMENT, Kind.RE_ALLOTMENT, Kind.COMMITMENT, Kind.EXPENDITURE)
WITH_PAYEE = (Kind.COMMITMENT, Kind.EXPENDITURE)
ENTRY_KIND = {
    Kind.ALLOTMENT: EntryKind.ALLOTMENT,
    Kind.COMMITMENT: EntryKind.COMMITMENT,
    Kind.EXPENDITURE: EntryKind.EXPENDITURE,
}


class VoucherForm(forms.Form):
    title = forms.CharField(label=_("제목"), max_length=120)
    document_no = forms.CharField(
        label=_("문서번호"), max_length=60, required=False, help_text=_("비우면 번호를 자동으로 매깁니다.")
    )
    occurred_on = DayField(label=_("기준일"), help_text=_("장부에 적히는 날입니다. 마감한 달에는 적을 수 없습니다."))
    payee = forms.CharField(
        label=_("채주(받는 사람)"), max_length=100, required=False,
        help_text=_("암호화하여 보관하며, 볼 때마다 기록됩니다."),
    )  # fmt: skip

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind not in WITH_PAYEE:
            del self.fields["payee"]

    def clean_title(self) -> str:
        return refuse_resident_number(" ".join(self.cleaned_data["title"].split()))

    def clean_payee(self) -> str:
        return refuse_resident_number(" ".join(self.cleaned_data["payee"].split()))


class RowForm(forms.Form):
    """One row; empty rows are passed over."""

    line = forms.ChoiceField(label=_("예산 과목"))
    to_line = forms.ChoiceField(label=_("받는 기관의 과목"))
    entry_kind = forms.ChoiceField(
        label=_("종류"), choices=[CHOOSE, *((kind.value, kind.label) for kind in BUDGET_ENTRY_KINDS)]
    )
    amount = WonField(label=_("금액(원)"), min_value=None)
    note = forms.CharField(label=_("적요"), max_length=120, required=False)

    def __init__(self, *args: Any, kind: str, lines: list[Any], receiving: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = Kind(kind)
        self.fields["line"].choices = [CHOOSE, *lines]
        self.fields["to_line"].choices = [CHOOSE, *receiving]
        if self.kind != Kind.RE_ALLOTMENT:
            del self.fields["to_line"]
        if self.kind != Kind.BUDGET:
            del self.fields["entry_kind"]

    def clean_amount(self) -> int:
        amount = self.cleaned_data["amount"]
        if amount == 0:
            raise ValidationError(_("0이 아닌 금액을 적으십시오."))
        if amount < 0 and self.kind == Kind.RE_ALLOTMENT:
            raise ValidationError(_("재배정은 0보다 큰 금액으로 적으십시오."))
        return amount

    def clean_note(self) -> str:
        return refuse_resident_number(self.cleaned_data["note"].strip())

    def postings(self, lines: dict[int, BudgetLine]) -> list[Posting]:
        data = self.cleaned_data
        line, amount, note = lines[int(data["line"])], data["amount"], data["note"]
        if self.kind == Kind.RE_ALLOTMENT:
            target = lines[int(data["to_line"])]
            return [
                Posting(line, EntryKind.RE_ALLOTMENT, -amount, note),
                Posting(target, EntryKind.RE_ALLOTMENT, amount, note),
            ]
        kind = EntryKind(data["entry_kind"]) if self.kind == Kind.BUDGET else ENTRY_KIND[self.kind]
        return [Posting(line, kind, amount, note)]


ROW_FIELDS = ("line", "to_line", "entry_kind", "amount", "note")


def rows_of(
    kind: str, organisation_id: int, fiscal_year: int, data: Any = None, *, initial: list[dict[str, Any]] | None = None
) -> Rows:
    receiving = receiving_choices(organisation_id, fiscal_year) if kind == Kind.RE_ALLOTMENT else []
    lines = line_choices(organisation_id, fiscal_year, kind)
    return make_rows(
        RowForm, "rows", data, initial=initial or [], extra=3, kind=kind, lines=lines, receiving=receiving
    )


def postings_from(rows: Rows, actor: Any) -> list[Posting]:
    """The postings of a valid formset; lines other than one's own are there for a re-allotment alone."""
    ids = {int(form.cleaned_data[name]) for form in rows.filled for name in ("line", "to_line") if name in form.fields}
    visible = BudgetLine.objects.visible_to(actor).select_related("item", "object_code")
    lines = visible.in_bulk(ids)
    return [posting for form in rows.filled for posting in form.postings(lines)]


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("사유"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))

    def clean_reason(self) -> str:
        return refuse_resident_number(self.cleaned_data["reason"].strip())


class ReverseForm(ReasonForm):
    occurred_on = DayField(label=_("정정하는 날"), help_text=_("마감하지 않은 달의 날이어야 합니다."))


class FileForm(forms.Form):
    file = forms.FileField(
        label=_("붙일 파일"), help_text=_("PDF, 사진, HWPX, HWP, XLSX 파일을 10MB까지 붙일 수 있습니다."),
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
    )  # fmt: skip
