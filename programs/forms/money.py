"""Asking for an amount of money."""

from __future__ import annotations

from typing import Any

from django import forms

from programs import money


class MoneyField(forms.IntegerField):
    """An amount in won; commas are allowed."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=0, **kwargs)

    def to_python(self, value: Any) -> int | None:
        return super().to_python(money.plain(value))
