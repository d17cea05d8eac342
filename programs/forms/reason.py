from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import refuse_resident_number


class ReasonForm(forms.Form):
    """A written reason, asked in a dialog."""

    reason = forms.CharField(
        label=_("사유"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("사유를 적으십시오.")},
    )

    def clean_reason(self) -> str:
        return refuse_resident_number(self.cleaned_data["reason"].strip())

    @property
    def first_error(self) -> str:
        return next((str(error) for errors in self.errors.values() for error in errors), "")
