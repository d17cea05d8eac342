"""The escort's figures: read by the city, followed to their rows, taken as a file; and read by the dispatcher."""

from __future__ import annotations

from collections.abc import Callable
from unittest import mock

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from hospital.models import EscortManager
from portal.seoul2021 import escort_demo
from tests.browser.visitor import Visitor
from tests.browser.widths import at_a_desk_first

pytestmark = [pytest.mark.browser, pytest.mark.slow, at_a_desk_first]


def test_the_escorts_figures_are_followed_to_their_rows(arrive: Callable[..., Visitor]):
    with mock.patch.multiple(escort_demo, A_DAY_2025=2.0, A_DAY_NOW=6.0):
        escort_demo.load_escort_history(list(EscortManager.objects.order_by("pk")), timezone.localdate())
    city = arrive("city")
    page = city.page
    city.go("/work/reports/")
    expect(page.get_by_text("병원동행 신청")).to_be_visible()
    city.look("dashboard")
    city.open_menu("동행 현황")
    city.is_at("병원동행 현황")
    city.look("this-year")
    city.go("/work/escort/figures/?since=2025-01-01&as_of=2025-12-31&known_at=2025-12-31T09:00")
    city.look("then")
    city.follow("3시간 안 도착률(%)", within=page.locator(".tabs"))
    city.look("map-of-the-rate")
    city.go("/work/escort/figures/?since=&as_of=&district=11590")
    city.look("one-district")
    page.get_by_role("region", name="목적별").locator("td a").first.click()
    city.sees("검증값")
    city.look("rows")
    city.follow("내려받기")
    city.look("download")
    dispatcher = arrive("dispatcher")
    dispatcher.go("/work/escort/figures/")
    dispatcher.look("dispatcher")
    dispatcher.page.locator(".stats a").first.click()
    dispatcher.look("dispatchers-rows")
