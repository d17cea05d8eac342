"""Forms of several rows that are written without script: blank rows are passed over, more come by a button."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _

MOST_ROWS = 50


class Rows(forms.BaseFormSet):
    """No row is there before it is written, so that one that was cleared counts as blank too."""

    def initial_form_count(self) -> int:
        return 0

    @property
    def filled(self) -> list[forms.Form]:
        return [form for form in self.forms if form.has_changed()]

    def clean(self) -> None:
        if not any(self.errors) and not self.filled:
            raise ValidationError(_("예산 과목과 금액을 한 줄 이상 적으십시오."))


def make_rows(
    form: type[forms.Form], prefix: str, data: Any, *, initial: list[dict[str, Any]], extra: int, **options: Any
) -> Rows:
    """The rows as sent; or, unsent, those there are and a few blank ones."""
    formset = forms.formset_factory(
        form, formset=Rows, extra=min(MOST_ROWS, len(initial) + extra), max_num=MOST_ROWS, absolute_max=MOST_ROWS,
        validate_max=True,
    )  # fmt: skip
    return formset(data, prefix=prefix, initial=None if data else initial, form_kwargs=options)


def rows_as_sent(data: QueryDict, prefix: str, names: tuple[str, ...]) -> list[dict[str, Any]]:
    """What was typed into each row, unchecked, to show it again with more blank ones."""
    total = data.get(f"{prefix}-TOTAL_FORMS", "")
    count = min(MOST_ROWS, int(total)) if total.isdigit() else 0
    return [{name: data.get(f"{prefix}-{n}-{name}", "") for name in names} for n in range(count)]
