"""What a citizen fills in: consents, the answer to a supplement request, an objection."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import refuse_resident_number
from programs.models import ConsentItem


class ConsentForm(forms.Form):
    """Every consent by itself (개인정보 보호법 §22①). Refusing an optional one, or leaving it open, blocks nothing."""

    def __init__(
        self, items: list[ConsentItem], *args: Any, given: dict[int, bool] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.items = items
        for item in items:
            self.fields[f"consent_{item.pk}"] = forms.TypedChoiceField(
                label=str(item),
                choices=[("yes", _("동의합니다")), ("no", _("동의하지 않습니다"))],
                coerce=lambda value: value == "yes",
                empty_value=False,
                required=item.required,
                initial={True: "yes", False: "no"}.get((given or {}).get(item.pk)),
                widget=forms.RadioSelect,
                error_messages={"required": _("동의 여부를 골라 주십시오.")},
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for item in self.items:
            if item.required and data.get(f"consent_{item.pk}") is False:
                self.add_error(f"consent_{item.pk}", item.localised("if_refused"))
        return data

    def given(self) -> dict[int, bool]:
        """The answers as a draft keeps them."""
        return {item.pk: bool(self.cleaned_data.get(f"consent_{item.pk}")) for item in self.items}

    def answered(self) -> dict[int, bool]:
        """What was answered so far, whether or not it is complete."""
        values = {item.pk: self.data.get(f"consent_{item.pk}") for item in self.items}
        return {pk: value == "yes" for pk, value in values.items() if value in ("yes", "no")}

    def cards(self) -> list[tuple[ConsentItem, forms.BoundField]]:
        return [(item, self[f"consent_{item.pk}"]) for item in self.items]


class PlainTextForm(forms.Form):
    """One free text, in which a resident registration number is refused."""

    text = forms.CharField(max_length=2000, widget=forms.Textarea(attrs={"rows": 5}))

    def clean_text(self) -> str:
        return refuse_resident_number(self.cleaned_data["text"].strip())


class SupplementAnswerForm(PlainTextForm):
    text = forms.CharField(
        label=_("보완 내용"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("서류만 내면 비워 두어도 됩니다."),
    )


class ObjectionForm(PlainTextForm):
    text = forms.CharField(
        label=_("이의 내용"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("어떤 점이 사실과 다르거나 잘못되었는지 적어 주십시오."),
        error_messages={"required": _("이의 내용을 적으십시오.")},
    )
