from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.navigation import add_console_nav
from accounts.roles import DISTRICT_STAFF, Role


class ProgramsConfig(AppConfig):
    name = "programs"

    def ready(self) -> None:
        # Models are importable only now; importing the exports registers them.
        from accounts.identity import add_follower  # noqa: PLC0415
        from accounts.leaving import add_farewell, add_obstacle  # noqa: PLC0415
        from accounts.models.access import add_listed  # noqa: PLC0415
        from programs import application_exports  # noqa: F401, PLC0415
        from programs.identity import recognise_anew  # noqa: PLC0415
        from programs.leaving import discard_drafts, has_running_application  # noqa: PLC0415
        from programs.letter_texts import register_letters  # noqa: PLC0415
        from programs.listed import lists_applications, with_my_application  # noqa: PLC0415
        from programs.people import register_people_letters  # noqa: PLC0415
        from programs.privacy import register_privacy_letters  # noqa: PLC0415

        register_letters()
        register_people_letters()
        register_privacy_letters()
        lists_applications("applications", "selection")
        add_listed(with_my_application)
        add_obstacle(has_running_application)
        add_follower(recognise_anew)
        add_farewell(discard_drafts)
        add_console_nav(10, _("내 업무"), "programs:work", *DISTRICT_STAFF, Role.CITY_OFFICER)
        add_console_nav(12, _("심사 대기열"), "programs:queue", *DISTRICT_STAFF, Role.CITY_OFFICER)
        add_console_nav(15, _("창구 접수"), "programs:counter", *DISTRICT_STAFF)
        add_console_nav(20, pgettext_lazy("page", "선정"), "programs:selection", *DISTRICT_STAFF)
        add_console_nav(30, _("이의신청"), "programs:objections", *DISTRICT_STAFF, Role.CITY_OFFICER)
        add_console_nav(40, _("모집 관리"), "programs:calls", Role.CITY_OFFICER)
        add_console_nav(66, _("사업 안내"), "programs:catalogue", Role.CITY_OFFICER)
        add_console_nav(60, _("일괄등록"), "programs:imports", *DISTRICT_STAFF)
        add_console_nav(65, _("내려받기"), "programs:exports", *DISTRICT_STAFF, Role.CITY_OFFICER)
        add_console_nav(70, _("구성원"), "programs:people", Role.DISTRICT_MANAGER, Role.CITY_OFFICER)
        add_console_nav(50, _("접속기록 점검"), "programs:log_review", Role.PRIVACY_OFFICER)
        add_console_nav(51, _("개인정보 요구"), "programs:privacy_queue", Role.PRIVACY_OFFICER)
        add_console_nav(52, _("다운로드 사유"), "programs:privacy_downloads", Role.PRIVACY_OFFICER)
        add_console_nav(53, _("파기 기록"), "programs:privacy_destructions", Role.PRIVACY_OFFICER)
        add_console_nav(90, _("못 보낸 알림"), "programs:dead_messages", Role.CITY_OFFICER)
