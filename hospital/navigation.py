"""The escort's entries of the console's menu, and where citizens find it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.navigation import add_console_nav
from accounts.roles import OPERATOR_STAFF, Role
from hospital.escort_terms import PROGRAM
from hospital.figures import READERS
from programs.registry import Service, register_service


def add_navigation() -> None:
    """Called once, when the app is ready."""
    add_console_nav(45, _("나의 동행"), "hospital:phone_day", Role.ESCORT_MANAGER)
    add_console_nav(45, _("전화 상담"), "hospital:calls", Role.CALL_CENTER)
    add_console_nav(45, _("받은 제안"), "hospital:offers", Role.AGENCY_STAFF)
    add_console_nav(45, _("배차판"), "hospital:board", Role.DISPATCHER)
    add_console_nav(46, _("배차판"), "hospital:board", Role.CALL_CENTER)
    add_console_nav(46, _("매니저 일정"), "hospital:own_board", Role.AGENCY_STAFF)
    add_console_nav(47, _("동행 목록"), "hospital:trips", *OPERATOR_STAFF, Role.CITY_OFFICER)
    add_console_nav(47, _("맡은 동행"), "hospital:own_trips", Role.AGENCY_STAFF)
    add_console_nav(48, _("충족하지 못한 수요"), "hospital:unmet", *OPERATOR_STAFF, Role.CITY_OFFICER)
    add_console_nav(48, _("동행매니저"), "hospital:managers", *OPERATOR_STAFF, Role.AGENCY_STAFF, Role.CITY_OFFICER)
    add_console_nav(49, _("동행 정산"), "hospital:settlements", Role.DISPATCHER, Role.CITY_OFFICER)
    add_console_nav(49, _("받을 이용료"), "hospital:fees", *OPERATOR_STAFF, Role.CITY_OFFICER)
    add_console_nav(49, _("다른 조건으로 견주기"), "hospital:replay", Role.DISPATCHER, Role.CITY_OFFICER)
    add_console_nav(49, _("동행 현황"), "hospital:figures", *READERS)
    add_console_nav(49, _("사고 보고"), "hospital:incidents", *OPERATOR_STAFF, Role.AGENCY_STAFF, Role.CITY_OFFICER)
    add_console_nav(49, _("병원 목록"), "hospital:hospitals", *OPERATOR_STAFF, Role.CITY_OFFICER)
    add_console_nav(46, _("전화 상담"), "hospital:calls", Role.DISPATCHER)


def add_service() -> None:
    """Called once, when the app is ready."""
    register_service(
        Service(PROGRAM, "hospital:book", _("동행 예약하기"), "hospital:escort", _("병원 동행 예약 내역"))
    )
