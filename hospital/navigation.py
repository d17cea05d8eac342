"""The escort's entries of the console's menu, and where citizens find it."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.navigation import add_console_nav
from accounts.roles import OPERATOR_STAFF, Role
from hospital.escort_terms import PROGRAM
from hospital.figures import READERS
from hospital.selectors.standing import terms_today
from programs.registry import Service, register_service

_CITY = (Role.CITY_OFFICER, Role.COUNCIL_READER)


def add_navigation() -> None:
    """Called once, when the app is ready."""
    add_console_nav(45, _("나의 동행"), "hospital:phone_day", Role.ESCORT_MANAGER)
    add_console_nav(45, _("전화 상담"), "hospital:calls", Role.CALL_CENTER)
    add_console_nav(45, _("받은 제안"), "hospital:offers", Role.AGENCY_STAFF)
    add_console_nav(45, _("배차판"), "hospital:board", Role.DISPATCHER)
    add_console_nav(46, _("배차판"), "hospital:board", Role.CALL_CENTER)
    add_console_nav(46, _("전화 상담"), "hospital:calls", Role.DISPATCHER)
    add_console_nav(46, _("매니저 일정"), "hospital:own_board", Role.AGENCY_STAFF)
    add_console_nav(47, _("맡은 동행"), "hospital:own_trips", Role.AGENCY_STAFF)
    _add_shared(_("동행 목록"), "hospital:trips", *OPERATOR_STAFF, Role.CITY_OFFICER)
    _add_shared(_("동행매니저"), "hospital:managers", *OPERATOR_STAFF, Role.AGENCY_STAFF, Role.CITY_OFFICER)
    _add_shared(_("사고 보고"), "hospital:incidents", *OPERATOR_STAFF, Role.AGENCY_STAFF, Role.CITY_OFFICER)
    _add_shared(_("미제공 수요"), "hospital:unmet", *OPERATOR_STAFF, Role.CITY_OFFICER)
    _add_shared(_("받을 이용료"), "hospital:fees", *OPERATOR_STAFF, Role.CITY_OFFICER)
    _add_shared(_("동행 정산"), "hospital:settlements", Role.DISPATCHER, Role.CITY_OFFICER)
    _add_shared(_("동행 현황"), "hospital:figures", *READERS)
    _add_shared(_("다른 조건으로 견주기"), "hospital:replay", Role.DISPATCHER, Role.CITY_OFFICER)
    _add_shared(_("병원 목록"), "hospital:hospitals", *OPERATOR_STAFF, Role.CITY_OFFICER)


def _add_shared(label: Promise, url_name: str, *roles: Role) -> None:
    """For those whose day the escort is, beside their other entries; for the city and the council after theirs."""
    add_console_nav(48, label, url_name, *(role for role in roles if role not in _CITY))
    add_console_nav(85, label, url_name, *(role for role in roles if role in _CITY))


def add_service() -> None:
    """Called once, when the app is ready."""
    register_service(
        Service(PROGRAM, "hospital:book", _("동행 예약하기"), "hospital:escort", _("병원 동행 예약 내역"), terms_today)
    )
