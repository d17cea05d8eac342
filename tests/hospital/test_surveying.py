"""The survey after a trip: an hour later, once, and counted as the satisfaction of the escort."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from hospital.models import State, Trip
from hospital.surveying import SURVEY, about_of, ask_about_trips
from notifications.models import Message
from portal.seoul2021.surveys import load_surveys
from reports import figures
from reports.questions import Question
from surveys.models import Invitation
from surveys.seed import SeedResponse, seed_responses
from tests.hospital.test_trips import walked


@pytest.fixture
def over(escort):
    load_surveys()
    return walked(escort, 60)


def test_a_trip_is_asked_about_once_an_hour_after_its_end(over):
    now = timezone.now()
    assert ask_about_trips(now) == 0
    assert ask_about_trips(now + dt.timedelta(hours=2)) == 1
    assert ask_about_trips(now + dt.timedelta(hours=3)) == 0
    made = Invitation.objects.get()
    assert (made.survey_id, made.about, made.district) == (SURVEY, about_of(over), over.district)
    assert "/s/" in Message.objects.get(key=f"survey:{made.pk}").body


def test_after_some_days_it_is_too_late_to_ask(over):
    assert ask_about_trips(timezone.now() + dt.timedelta(days=4)) == 0


def test_made_up_trips_ask_nobody(over):
    Trip.objects.update(synthetic=True)
    assert ask_about_trips(timezone.now() + dt.timedelta(hours=2)) == 0


def test_the_share_of_contented_answers_is_a_figure(over):
    now = timezone.now()
    rows = [
        SeedResponse(
            about=f"trip:{n}", district_id=over.district_id, occurred_on=over.day, sent_at=now - dt.timedelta(hours=2),
            answered_at=now - dt.timedelta(hours=1), values=[5, 5, 4, 3, 4],
        )
        for n in range(1, 6)
    ]  # fmt: skip
    seed_responses(SURVEY, rows)
    figure, question = figures.get("hospital_escort.satisfaction"), Question(as_of=timezone.localdate())
    assert str(figures.value_of(figure, question)) == "80.0"
    assert figures.value_of(figure, Question(as_of=timezone.localdate() - dt.timedelta(days=2))) is None
    assert over.state == State.COMPLETED
