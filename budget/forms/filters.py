"""What a list or the tree is asked: GET forms whose wrong answers fall back to the usual ones."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.roles import Actor
from budget.forms.fields import DayField
from budget.models import EntryKind, Grant, Transfer, Voucher
from budget.selectors.choices import DISTRICTS, fiscal_years, holders, this_or_last_year

ALL = ("", _("모두"))


class HolderForm(forms.Form):
    """Fiscal year and holder. A district's staff ask about their own district."""

    year = forms.TypedChoiceField(label=_("회계연도"), coerce=int, required=False)
    holder = forms.ChoiceField(label=_("예산을 가진 기관"), required=False)

    def __init__(self, asked: QueryDict, *, actor: Actor) -> None:
        years, offered = fiscal_years(actor), holders(actor)
        asked = asked.copy()
        if asked.get("year") not in [str(year) for year in years]:
            asked["year"] = str(this_or_last_year(years))
        codes = [organisation.code for organisation in offered]
        if asked.get("holder") not in (*codes, DISTRICTS):
            asked["holder"] = codes[0] if codes else ""
        self.year_asked, self.holder_asked = int(asked["year"]), asked["holder"]
        self.prepare(asked)
        super().__init__(asked)
        self.fields["year"].choices = [(year, str(year)) for year in years]
        choices = [(organisation.code, str(organisation)) for organisation in offered]
        if actor.district_id is None:
            choices.insert(1, (DISTRICTS, _("자치구 전체")))
            self.fields["holder"].choices = choices
        else:
            del self.fields["holder"]
        self.holder_name = str(dict(choices).get(self.holder_asked, ""))
        self.is_valid()

    def prepare(self, asked: QueryDict) -> None:
        """Set what else is asked to something that can be answered."""


def last_posting_day(fiscal_year: int) -> dt.date:
    return dt.date(fiscal_year + 1, 2, 10)


class TreeForm(HolderForm):
    as_of = DayField(label=_("기준일"), required=False)

    def prepare(self, asked: QueryDict) -> None:
        """A day of the fiscal year; today unless the year is over."""
        first, last = dt.date(self.year_asked, 1, 1), last_posting_day(self.year_asked)
        try:
            day = dt.date.fromisoformat(asked.get("as_of", ""))
        except ValueError:
            day = timezone.localdate()
        self.as_of_asked = min(max(day, first), last)
        asked["as_of"] = self.as_of_asked.isoformat()


class LedgerForm(forms.Form):
    kind = forms.ChoiceField(label=_("종류"), required=False, choices=[ALL, *EntryKind.choices])
    since = DayField(label=_("부터"), required=False)
    until = DayField(label=_("까지"), required=False)

    def asked(self) -> dict[str, Any]:
        """What was understood of it."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class _StateForm(forms.Form):
    """Fiscal year, and the state of what is listed."""

    year = forms.TypedChoiceField(label=_("회계연도"), coerce=int, required=False)

    def __init__(self, asked: QueryDict, *, actor: Actor) -> None:
        super().__init__(asked)
        self.fields["year"].choices = [ALL, *((year, str(year)) for year in fiscal_years(actor))]
        self.is_valid()

    def asked(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if value}


class VoucherListForm(_StateForm):
    kind = forms.ChoiceField(label=_("종류"), required=False, choices=[ALL, *Voucher.Kind.choices])
    state = forms.ChoiceField(label=_("상태"), required=False, choices=[ALL, *Voucher.State.choices])
    document_no = forms.CharField(label=_("문서번호"), required=False, max_length=60)


class TransferListForm(_StateForm):
    state = forms.ChoiceField(label=_("상태"), required=False, choices=[ALL, *Transfer.State.choices])


class GrantListForm(_StateForm):
    state = forms.ChoiceField(label=_("상태"), required=False, choices=[ALL, *Grant.State.choices])
