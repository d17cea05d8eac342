"""The demo's accounts, one a role: they exist where `load_seoul_2021` was run and are shown only in demo mode."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role

PASSWORD = "ansim-demo-2021"  # noqa: S105 - printed by `make demo`; opens nothing outside demo mode

# (e-mail, role, organisation code, name)
ACCOUNTS: tuple[tuple[str, Role, str, str], ...] = (
    ("citizen@demo.invalid", Role.CITIZEN, "", "김안심(시연)"),
    ("newcomer@demo.invalid", Role.CITIZEN, "", ""),
    ("officer@demo.invalid", Role.DISTRICT_OFFICER, "district-11590", "이담당(시연)"),
    ("officer2@demo.invalid", Role.DISTRICT_OFFICER, "district-11590", "정담당(시연)"),
    ("manager@demo.invalid", Role.DISTRICT_MANAGER, "district-11590", "박팀장(시연)"),
    ("gwanak@demo.invalid", Role.DISTRICT_OFFICER, "district-11620", "최관악(시연)"),
    ("city@demo.invalid", Role.CITY_OFFICER, "seoul", "서시청(시연)"),
    ("city2@demo.invalid", Role.CITY_OFFICER, "seoul", "조시청(시연)"),
    ("finance@demo.invalid", Role.FINANCE_OFFICER, "seoul", "한재무(시연)"),
    ("disbursing@demo.invalid", Role.DISBURSING_OFFICER, "seoul", "오지출(시연)"),
    ("cashier@demo.invalid", Role.CASHIER, "seoul", "유출납(시연)"),
    ("finance-dongjak@demo.invalid", Role.FINANCE_OFFICER, "district-11590", "안재무(시연)"),
    ("disbursing-dongjak@demo.invalid", Role.DISBURSING_OFFICER, "district-11590", "송지출(시연)"),
    ("privacy@demo.invalid", Role.PRIVACY_OFFICER, "seoul", "문보호(시연)"),
    ("company@demo.invalid", Role.COMPANY_STAFF, "security-company", "강설치(시연)"),
    ("callcenter@demo.invalid", Role.CALL_CENTER, "escort-operator", "정상담(시연)"),
    ("dispatcher@demo.invalid", Role.DISPATCHER, "escort-operator", "윤배차(시연)"),
    ("escort@demo.invalid", Role.ESCORT_MANAGER, "escort-operator", "한동행(시연)"),
    ("hub@demo.invalid", Role.AGENCY_STAFF, "escort-hub-1", "구거점(시연)"),
    ("council@demo.invalid", Role.COUNCIL_READER, "council", "남의회(시연)"),
)

_PLACES = {
    "district-11590": _("동작구"), "district-11620": _("관악구"), "seoul": _("서울시"),
    "security-company": "", "council": "", "escort-operator": "", "escort-hub-1": "",
}  # fmt: skip


def demo_accounts() -> list[dict[str, Any]]:
    """`label`, `email` and `password` of each, for the sign-in page and `make demo`."""
    return [
        {
            "label": (
                f"{_PLACES[organisation]} {role.label}".strip()
                if organisation
                else gettext("%(role)s(%(name)s)")
                % {"role": role.label, "name": name or gettext("아직 아무것도 입력하지 않은 사람")}
            ),
            "email": email,
            "password": PASSWORD,
        }
        for email, role, organisation, name in ACCOUNTS
    ]
