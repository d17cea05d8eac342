from django import forms
from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

# Django says "이 필드는 필수 항목입니다", as no person would. Here, because forms copy it when they are imported.
forms.Field.default_error_messages["required"] = _("비어 있습니다. 적거나 골라 주십시오.")


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        # Models are importable only now.
        from allauth.account.models import EmailAddress  # noqa: PLC0415

        from accounts import api_schema  # noqa: F401, PLC0415 - tells drf-spectacular of our token
        from accounts.encryption import SealedEmailField  # noqa: PLC0415
        from accounts.navigation import add_console_nav  # noqa: PLC0415
        from accounts.roles import Role  # noqa: PLC0415

        # allauth's table has the address a second time; seal it like ours.
        EmailAddress._meta.get_field("email").__class__ = SealedEmailField
        add_console_nav(80, _("연계 토큰"), "accounts:tokens", Role.CITY_OFFICER)
