"""Demo accounts, one a role, and the synthetic officers under whose names the history was decided."""

from __future__ import annotations

import datetime as dt

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password

from accounts.demo import ACCOUNTS, PASSWORD
from accounts.models import CitizenProfile, District, Membership, Organisation, User
from accounts.offices import CITY
from accounts.roles import Actor, Role
from programs.deadlines import SEOUL

COMPANY = "security-company"
# Under whose names the budget of the past was drafted, reviewed, approved and paid.
CITY_STAFF = {
    "city-officer": Role.CITY_OFFICER, "city-reviewer": Role.CITY_OFFICER, "finance-officer": Role.FINANCE_OFFICER,
    "disbursing-officer": Role.DISBURSING_OFFICER,
}  # fmt: skip
SINCE = dt.datetime(2021, 4, 19, tzinfo=SEOUL)  # the task force was founded


def load_demo_accounts() -> None:
    """Accounts that can sign in, with known passwords; only for demo mode."""
    # One hash for all: it takes most of a second. Outside demo mode nobody signs in with a password that is printed.
    sealed = make_password(PASSWORD if settings.DEMO else None)
    for email, role, organisation, name in ACCOUNTS:
        user = account(email, name, sealed)
        if role == Role.CITIZEN:
            if name:
                _profile(user, name)
        else:
            membership(user, role, organisation)


def load_history_staff() -> dict[tuple[str, str], Membership]:
    """An officer and a manager in each district who cannot sign in, by (district code, "officer" or "manager"); the
    city's of CITY_STAFF; and a technician of the company."""
    found: dict[tuple[str, str], Membership] = {}
    for code in District.objects.order_by("code").values_list("code", flat=True):
        for key, role in (("officer", Role.DISTRICT_OFFICER), ("manager", Role.DISTRICT_MANAGER)):
            user = account(f"{key}-{code}@history.invalid", f"{role.label}(시연)", None)
            found[code, key] = membership(user, role, f"district-{code}")
    for key, role in CITY_STAFF.items():
        user = account(f"{key}@history.invalid", f"{role.label}(시연)", None)
        found[CITY, key] = membership(user, role, CITY)
    technician = account("company@history.invalid", "설치기사(시연)", None)
    found[COMPANY, "company"] = membership(technician, Role.COMPANY_STAFF, COMPANY)
    return found


def history_actor(memberships: dict[tuple[str, str], Membership], district: str, by: str) -> Actor:
    key = (COMPANY if by == "company" else district, by)
    return Actor.of(memberships[key]) if key in memberships else Actor.system()


def account(email: str, name: str, sealed: str | None) -> User:
    """The account, made where there is none; without `sealed` nobody can sign in with it."""
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create(email=email, name=name, password=sealed or make_password(None))
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def membership(user: User, role: Role, organisation: str) -> Membership:
    """The role in the organisation of this code, since the task force was founded."""
    return Membership.objects.get_or_create(
        user=user,
        organisation=Organisation.objects.get(code=organisation),
        role=role,
        defaults={"starts_at": SINCE},
    )[0]


def _profile(user: User, name: str) -> None:
    if not CitizenProfile.objects.filter(user=user).exists():
        CitizenProfile.objects.create(
            user=user, name=name, birth_date=dt.date(1993, 5, 17), phone="01000000001", district_id="11590",
            dong_id="1159062000", address="사당로 시연길 10, 302호", household_size=1, tenure="monthly",
        )  # fmt: skip
