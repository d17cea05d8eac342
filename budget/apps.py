from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from accounts.navigation import add_console_nav
from accounts.roles import DISTRICT_STAFF, SPENDING_CHAIN, Role


class BudgetConfig(AppConfig):
    name = "budget"

    def ready(self) -> None:
        add_console_nav(
            62, _("예산"), "budget:tree", *DISTRICT_STAFF, Role.CITY_OFFICER, *SPENDING_CHAIN, Role.COUNCIL_READER
        )
