"""The escort's entries of the console's menu, and where citizens find it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.navigation import add_console_nav
from accounts.roles import Role
from hospital.escort_terms import PROGRAM
from programs.registry import Service, register_service


def add_navigation() -> None:
    """Called once, when the app is ready."""
    add_console_nav(45, _("전화 상담"), "hospital:calls", Role.CALL_CENTER)
    add_console_nav(46, _("전화 상담"), "hospital:calls", Role.DISPATCHER)


def add_service() -> None:
    """Called once, when the app is ready."""
    register_service(
        Service(PROGRAM, "hospital:book", _("동행 예약하기"), "hospital:escort", _("병원 동행 예약 내역"))
    )
