"""The demo's own data, but few of it: the stories are walked in what `make demo` shows."""

from __future__ import annotations

from unittest import mock

from django.utils import timezone

from portal.seoul2021 import escort, hospitals, live, reference, staff, surveys
from portal.seoul2021.escort_terms import load_consents, load_escort_terms
from programs.models import Call

DONGJAK = "11590"
CASES_OF_DONGJAK = 12


def load() -> Call:
    """The catalogue, the demo accounts and the demo's call with its live cases, most of them in one district."""
    reference.load_organisations()
    reference.load_catalogue()
    reference.load_terms()
    escort.load_escort_organisations()
    load_escort_terms()
    load_consents()
    hospitals.load_hospitals()
    surveys.load_surveys()
    memberships = staff.load_history_staff()
    staff.load_demo_accounts()
    today = timezone.localdate()
    week = timezone.timedelta(days=7)
    escort.load_shifts(escort.load_escort_people(), today - week, today + 2 * week)
    call = live.load_demo_call(timezone.now())
    with mock.patch.multiple(live, BUSY={DONGJAK: CASES_OF_DONGJAK}, ELSEWHERE=4):
        live.load_live_cases(call, memberships)
    return call
