"""In December each household in service is asked once, and nobody else."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from notifications.models import Message
from portal.seoul2021.surveys import SURVEYS, load_surveys
from programs.workflow import perform
from safety.doorguard.models import Service
from safety.doorguard.surveying import survey_households
from safety.doorguard.tasks import survey_households as daily
from surveys.models import Invitation, Question, Survey
from tests.doorguard.conftest import Guarded

DECEMBER = dt.date(timezone.localdate().year, 12, 5)


@pytest.fixture
def december(guarded: Guarded) -> Guarded:
    load_surveys()
    return guarded


def asked() -> list[str]:
    return list(Invitation.objects.order_by("pk").values_list("about", flat=True))


def test_each_household_in_service_is_asked_once_a_year(december):
    rows = december.installed(timezone.localdate() - dt.timedelta(days=60), count=3)
    assert survey_households(DECEMBER) == 3
    assert survey_households(DECEMBER + dt.timedelta(days=1)) == 0
    assert asked() == [f"service:{row.pk}:{DECEMBER.year}" for row in rows]
    letters = Message.objects.filter(template="survey.invitation")
    assert letters.count() == 3
    assert "안전 도어지킴이" in letters.first().body
    assert survey_households(DECEMBER.replace(year=DECEMBER.year + 1)) == 3


def test_it_is_asked_in_december_alone(december):
    december.installed(timezone.localdate() - dt.timedelta(days=60))
    assert survey_households(DECEMBER.replace(month=11)) == 0
    assert asked() == []


def test_those_not_installed_ended_or_made_up_are_not_asked(december):
    installed_on = timezone.localdate() - dt.timedelta(days=60)
    december.handed_over()
    ended, made_up, served = december.installed(installed_on, count=3)
    perform(ended, "terminate", actor=december.staff, data={"on": timezone.localdate(), "reason": "moved_out"})
    Service.objects.filter(pk=made_up.pk).update(synthetic=True)
    survey_households(DECEMBER)
    assert asked() == [f"service:{served.pk}:{DECEMBER.year}"]


def test_a_proxy_is_written_to_instead(december):
    (row,) = december.installed(timezone.localdate() - dt.timedelta(days=60))
    type(row).objects.filter(pk=row.pk).update(proxy_name="김대리", proxy_phone="01099998888")
    survey_households(DECEMBER)
    assert Message.objects.get(template="survey.invitation").to == "01099998888"


def test_the_daily_task_asks_by_todays_month(december, monkeypatch):
    december.installed(timezone.localdate() - dt.timedelta(days=60))
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_args: DECEMBER)
    daily()
    assert len(asked()) == 1


def test_more_households_cost_no_more_statements(december):
    counts = []
    for days, count in ((60, 1), (50, 8)):
        december.installed(timezone.localdate() - dt.timedelta(days=days), count=count)
        with CaptureQueriesContext(connection) as caught:
            assert survey_households(DECEMBER) == count
        counts.append(len(caught))
    assert counts[0] == counts[1]


def test_surveys_are_loaded_once_with_five_questions_each(db):
    load_surveys()
    Survey.objects.filter(code="door-guard").update(title="시가 고친 제목")
    load_surveys()
    assert Survey.objects.count() == len(SURVEYS)
    assert Survey.objects.get(code="door-guard").title == "시가 고친 제목"
    assert Question.objects.count() == 5 * len(SURVEYS)
