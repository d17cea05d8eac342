from django.apps import AppConfig
from django.db.models.signals import post_save

from accounts.roles import Role


class HospitalConfig(AppConfig):
    name = "hospital"

    def ready(self) -> None:
        # Models are importable only now.
        from accounts.leaving import add_farewell, add_obstacle  # noqa: PLC0415
        from accounts.models import CitizenProfile  # noqa: PLC0415
        from accounts.models.access import add_listed  # noqa: PLC0415
        from hospital.figure_exports import register_exports  # noqa: PLC0415
        from hospital.figures import FIGURES  # noqa: PLC0415
        from hospital.forms.terms import TERMS_EDITOR  # noqa: PLC0415
        from hospital.leaving import has_unpaid_fee, is_still_escorted, let_go  # noqa: PLC0415
        from hospital.letters import register_letters  # noqa: PLC0415
        from hospital.listed import with_my_call, with_my_trip  # noqa: PLC0415
        from hospital.navigation import add_navigation, add_service  # noqa: PLC0415
        from hospital.service_users import follow_profile  # noqa: PLC0415
        from hospital.surveying import SURVEY  # noqa: PLC0415
        from programs.own_figures import register_own_figures  # noqa: PLC0415
        from programs.registry import register_terms_editor  # noqa: PLC0415
        from surveys.access import let_read  # noqa: PLC0415

        register_letters()
        register_terms_editor(TERMS_EDITOR)
        let_read(SURVEY, Role.DISPATCHER)
        register_own_figures("hospital-escort", FIGURES)
        register_exports()
        add_listed(with_my_trip)
        add_listed(with_my_call)
        add_obstacle(is_still_escorted)
        add_obstacle(has_unpaid_fee)
        add_farewell(let_go)
        post_save.connect(follow_profile, sender=CitizenProfile, dispatch_uid="hospital.follow_profile")
        add_navigation()
        add_service()
