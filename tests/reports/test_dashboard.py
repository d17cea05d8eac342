"""The dashboard and the rows behind its figures: what is shown, to whom, and with how many statements."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccessLog
from accounts.roles import Role
from accounts.tiles import equal_steps
from programs.workflow import perform
from reports.dashboard import month_ends
from reports.rows import Rows
from tests.factories.cast import GWANAK, person
from tests.programs.signed_in import client_of

DASHBOARD = "/work/reports/"


def rows_page(name: str, **asked: str) -> str:
    query = "&".join(f"{key}={value}" for key, value in asked.items())
    return f"{reverse('reports:rows', args=[name])}?{query}"


def cards(response) -> dict[str, str]:
    return {str(card["label"]): card["value"] for card in response.context["page"].cards}


@pytest.fixture
def three(cast):
    """One case in Dongjak-gu, two in Gwanak-gu."""
    return [cast.receive(), cast.receive(person(GWANAK)), cast.receive(person(GWANAK))]


def test_the_city_sees_every_district(cast, three):
    response = client_of(cast.city).get(DASHBOARD)
    assert response.status_code == 200
    assert cards(response)["신청 접수"] == "3"
    page = response.context["page"]
    assert len(page.lines) == len(page.tiles) == 25
    assert {line.district.pk: line.values["applications"] for line in page.lines if line.values["applications"]} == {
        "11590": 1,
        GWANAK: 2,
    }
    assert page.total.values["applications"] == 3
    assert page.series[0]["values"][-1] == 3
    assert response.text.count('<p class="stat-value">') == len(page.cards)


def test_a_district_sees_itself_alone(cast, three):
    response = client_of(cast.officer).get(f"{DASHBOARD}?district={GWANAK}")
    assert cards(response)["신청 접수"] == "1"
    assert [line.district.pk for line in response.context["page"].lines] == ["11590"]
    assert "관악" not in response.content.decode()


def test_the_city_can_look_at_one_district(cast, three):
    response = client_of(cast.city).get(f"{DASHBOARD}?district={GWANAK}")
    assert cards(response)["신청 접수"] == "2"


@pytest.mark.parametrize("role", [Role.COMPANY_STAFF, Role.PRIVACY_OFFICER])
def test_others_have_no_dashboard(cast, role):
    client = client_of(cast.actor(role))
    assert client.get(DASHBOARD).status_code == 403
    assert client.get(rows_page("portal.applications")).status_code == 403


def test_a_past_day_shows_what_was_then(cast, three):
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    response = client_of(cast.city).get(f"{DASHBOARD}?as_of={yesterday}")
    assert cards(response)["신청 접수"] == "0"
    assert "접수된 신청이 없습니다" in response.content.decode()


@pytest.mark.parametrize("query", ["as_of=soon", "as_of=1999-01-01", "district=99999", "program=none", "known_at=x"])
def test_a_wrong_question_is_told_and_answered_for_today(cast, three, query):
    response = client_of(cast.city).get(f"{DASHBOARD}?{query}")
    assert response.status_code == 422
    assert "error-summary" in response.content.decode()
    assert cards(response)["신청 접수"] == "3"


def test_then_and_now_show_what_became_known_since(cast, three):
    before = timezone.localtime() - dt.timedelta(minutes=5)
    response = client_of(cast.city).get(DASHBOARD, {"known_at": f"{before:%Y-%m-%dT%H:%M}"})
    line = response.context["page"].differences[0]
    assert (line["then"], line["now"], line["change"]) == ("0", "3", "+3")
    assert cards(response)["기한 지남"] == "0"


def test_the_number_of_statements_does_not_grow(cast, three):
    client = client_of(cast.city)
    client.get(DASHBOARD)
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(DASHBOARD)
    for _ in range(5):
        cast.receive()
    with CaptureQueriesContext(connection) as many:
        client.get(DASHBOARD)
    assert len(many) == len(few) <= 18  # four of them for programmes that count by themselves


@pytest.mark.parametrize("shown", ["applications", "open", "on_time_rate", "places_rate", "nonsense"])
def test_with_no_application_yet_it_says_so(cast, shown):
    response = client_of(cast.city).get(f"{DASHBOARD}?map={shown}")
    assert "접수된 신청이 없습니다" in response.text
    assert "–%" not in response.text
    page = response.context["page"]
    assert {card["value"] for card in page.cards} == {"0", "–"}
    assert not any(url for one in page.series for url in one["urls"])
    labels = [item["label"] for item in page.legend]
    assert len(set(labels)) == len(labels)


@pytest.mark.parametrize(
    ("lowest", "highest", "steps"),
    [(0, 0, (0,)), (0, 3, (0, 1, 2, 3)), (30, 59, (30, 36, 42, 48, 54)), (7, 7, (7,)), (0, 11, (0, 3, 6, 9))],
)
def test_the_maps_classes_reach_from_the_lowest_to_the_highest(lowest, highest, steps):
    assert equal_steps(lowest, highest) == steps


@pytest.mark.parametrize("shown", ["applications", "open", "on_time_rate", "places_rate", "nonsense"])
def test_the_map_shows_what_was_chosen(cast, three, shown):
    response = client_of(cast.city).get(f"{DASHBOARD}?map={shown}")
    levels = {tile["level"] for tile in response.context["page"].tiles}
    assert levels <= set(range(6))
    assert response.status_code == 200


def test_rows_are_masked_and_reading_them_is_logged(cast, three):
    response = client_of(cast.city).get(rows_page("portal.applications"))
    text = response.content.decode()
    assert three[0].receipt_no in text
    assert three[0].masked_name in text
    assert three[0].name not in text
    logged = AccessLog.objects.get(about="applications")
    assert sorted(logged.ids) == sorted(case.pk for case in three)
    assert logged.filter["figure"] == "portal.applications"


def test_a_district_reads_its_own_rows(cast, three):
    text = client_of(cast.officer).get(rows_page("portal.applications", district=GWANAK)).content.decode()
    assert three[0].receipt_no in text
    assert three[1].receipt_no not in text


def test_a_case_that_left_stays_counted_but_is_not_shown(cast, three):
    perform(three[0], "transfer", actor=cast.officer, data={"district": GWANAK, "note": "이사"})
    response = client_of(cast.officer).get(rows_page("portal.applications"))
    assert response.context["rows"].count == 1
    assert three[0].receipt_no not in response.content.decode()
    assert "다른 자치구로 이송됨" in response.content.decode()


def test_the_council_reads_counts_and_no_rows(cast, three):
    client = client_of(cast.actor(Role.COUNCIL_READER))
    assert cards(client.get(DASHBOARD))["신청 접수"] == "3"
    response = client.get(rows_page("portal.applications"))
    assert response.context["rows"].count == 3
    text = response.content.decode()
    assert not any(case.receipt_no in text or case.masked_name in text for case in three)
    assert not AccessLog.objects.filter(about="applications").exists()


@pytest.mark.parametrize(
    "name", ["portal.places", "portal.overdue", "portal.objections", "state.submitted", "portal.open"]
)
def test_every_kind_of_figure_opens_its_rows(cast, three, name):
    response = client_of(cast.city).get(rows_page(name))
    assert response.status_code == 200
    assert isinstance(response.context["rows"], Rows)


def test_rows_of_an_unknown_figure_are_not_found(cast):
    assert client_of(cast.city).get(rows_page("no.such")).status_code == 404


def test_what_cannot_be_known_then_is_said(cast, monkeypatch):
    monkeypatch.setattr("reports.figures.overdue_is_answerable", lambda question: False)
    response = client_of(cast.city).get(rows_page("portal.overdue", known_at="2021-10-22T00:00"))
    assert response.status_code == 422
    assert "알려진 때" in response.content.decode()


def test_rows_come_in_pages_with_few_statements(cast, monkeypatch):
    monkeypatch.setattr("reports.views.figures.PAGE_SIZE", 2)
    for _ in range(5):
        cast.receive()
    client = client_of(cast.city)
    first = client.get(rows_page("portal.applications", page="1"))
    with CaptureQueriesContext(connection) as queries:
        last = client.get(rows_page("portal.applications", page="3"))
    assert (len(first.context["lines"]), len(last.context["lines"])) == (2, 1)
    assert len(queries) <= 12


def test_month_ends_reach_back_over_the_new_year():
    days = month_ends(dt.date(2022, 1, 15), 2)
    assert days == [dt.date(2021, 11, 30), dt.date(2021, 12, 31), dt.date(2022, 1, 15)]
