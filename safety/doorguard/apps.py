from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from accounts.navigation import add_console_nav
from accounts.roles import DISTRICT_STAFF, Role


class DoorguardConfig(AppConfig):
    name = "safety.doorguard"
    label = "doorguard"

    def ready(self) -> None:
        # Models and the registry are importable only now.
        from programs.listed import lists_applications  # noqa: PLC0415
        from programs.registry import register  # noqa: PLC0415
        from safety.doorguard.letters import register_letters  # noqa: PLC0415
        from safety.doorguard.programme import DOOR_GUARD_PROGRAMME  # noqa: PLC0415

        register(DOOR_GUARD_PROGRAMME)
        register_letters()
        lists_applications("services", "claim")
        company_and_government = (Role.COMPANY_STAFF, *DISTRICT_STAFF, Role.CITY_OFFICER)
        add_console_nav(40, _("업체 이관"), "doorguard:hand_over", *DISTRICT_STAFF)
        add_console_nav(41, _("설치·이용"), "doorguard:households", *company_and_government)
        add_console_nav(42, _("이용료 청구"), "doorguard:claims", *company_and_government)
