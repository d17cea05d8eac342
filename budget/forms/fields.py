"""Fields of the budget's forms: won, and days."""

from __future__ import annotations

from typing import Any

from django import forms


class WonField(forms.IntegerField):
    """An amount in won; commas are allowed, and a minus where the form says so."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"min_value": 1, "max_value": 10**14} | kwargs))

    def to_python(self, value: Any) -> int | None:
        if isinstance(value, str):
            value = value.replace(",", "").replace(" ", "").removesuffix("원")
        return super().to_python(value)


class DayField(forms.DateField):
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
