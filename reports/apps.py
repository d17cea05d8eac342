from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from accounts.navigation import add_console_nav
from accounts.roles import DISTRICT_STAFF, Role


class ReportsConfig(AppConfig):
    name = "reports"

    def ready(self) -> None:
        # Models are importable only now; importing the exports registers them.
        from programs.listed import lists_applications  # noqa: PLC0415
        from reports import figure_exports  # noqa: PLC0415
        from reports.council import files  # noqa: F401, PLC0415 - registers its jobs

        lists_applications(figure_exports.CASE_ROWS.name)
        add_console_nav(55, _("의회 보고서"), "reports:council", Role.CITY_OFFICER, Role.COUNCIL_READER)
        add_console_nav(60, _("현황판"), "reports:dashboard", *DISTRICT_STAFF, Role.CITY_OFFICER, Role.COUNCIL_READER)
