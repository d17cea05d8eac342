"""Dates, badges and pictures as every template writes them."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation
from django.utils.formats import date_format
from django.utils.safestring import mark_safe

from accounts.templatetags import ui

MOMENT = dt.datetime(2021, 3, 2, 4, 5, tzinfo=ZoneInfo("Asia/Seoul"))


@pytest.mark.parametrize("pattern", ["n월 j일 H:i", "Y년 n월 j일", "H:i", "j M Y, H:i", r"\Y Y", "D"])
def test_a_moment_is_written_as_django_writes_it(pattern):
    assert ui._written(MOMENT, pattern) == date_format(MOMENT, pattern)


def test_a_moment_is_told_in_seoul_and_in_the_readers_language():
    assert ui.kdatetime(MOMENT.astimezone(dt.UTC)) == "3월 2일 04:05"
    assert ui.kmoment(MOMENT) == "2021년 3월 2일(화) 04:05"
    with translation.override("en"):
        assert "Mar" in ui.kdatetime(MOMENT)


def test_a_badge_that_was_drawn_before_is_escaped_as_its_label_asks():
    assert "<b>" in ui.badge(mark_safe("<b>"))
    assert "&lt;b&gt;" in ui.badge("<b>")
