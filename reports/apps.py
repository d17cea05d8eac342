from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from accounts.navigation import add_console_nav
from accounts.roles import DISTRICT_STAFF, Role


class ReportsConfig(AppConfig):
    name = "reports"

    def ready(self) -> None:
        # Models are importable only now; importing the exports registers them.
        from reports import figure_exports  # noqa: F401, PLC0415
        from reports.council import files  # noqa: F401, PLC0415 - registers its jobs

        add_console_nav(60, _("현황판"), "reports:dashboard", *DISTRICT_STAFF, Role.CITY_OFFICER, Role.COUNCIL_READER)
