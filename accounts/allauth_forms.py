"""django-allauth's forms in our words. Apart from accounts.forms, which allauth reads while it loads its own."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ConfirmEmailVerificationCodeForm
from django.utils.translation import gettext_lazy as _


class EmailCodeForm(ConfirmEmailVerificationCodeForm):
    """The six digits that were sent to the address."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        code = self.fields["code"]
        code.label, code.help_text = _("확인 번호"), _("이메일로 받은 숫자 여섯 자리")
        code.widget.attrs = {"autocomplete": "one-time-code", "inputmode": "numeric"}
