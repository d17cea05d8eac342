from django.apps import AppConfig

from accounts.roles import Role


class SurveysConfig(AppConfig):
    name = "surveys"

    def ready(self) -> None:
        # Message templates are importable only now.
        from surveys.access import add_to_menu  # noqa: PLC0415
        from surveys.letters import register_letters  # noqa: PLC0415

        register_letters()
        add_to_menu(Role.CITY_OFFICER)
