"""The page of the escort's figures, the way from each number to its rows, and the rows as a file."""

from __future__ import annotations

import datetime as dt
import io
import json

import openpyxl
import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccessLog
from accounts.roles import Actor, Role
from hospital.cancelling import cancel
from hospital.models import Trip, TripEvent
from programs.models import Program
from tests.factories import cast as c
from tests.programs.signed_in import client_of

PAGE = "/work/escort/figures/"
REASON = {"purpose": "reporting", "reason": "의회 보고 자료"}


@pytest.fixture
def city(escort):
    return client_of(Actor.of(c.member(Role.CITY_OFFICER)))


def cards(response) -> dict[str, str]:
    return {str(card["label"]): card["value"] for card in response.context["cards"]}


def sheet_of(response) -> list[dict]:
    book = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def test_it_shows_this_year_by_purpose_district_and_month(busy, city):
    response = city.get(PAGE)
    assert response.status_code == 200
    found = cards(response)
    assert (found["병원동행 신청"], found["병원동행 제공"], found["병원동행 미제공"]) == ("5", "1", "2")
    assert found["병원동행 이용료 수입"] == "5,000"
    assert response.context["asked"].since == timezone.localdate().replace(month=1, day=1)
    purposes = {str(line["label"]): [cell["text"] for cell in line["cells"]] for line in response.context["purposes"]}
    assert purposes["진료"] == ["5", "1", "–", "2"]
    assert purposes["투석"] == ["0", "0", "–", "0"]
    assert {line["label"]: line["cells"][0]["text"] for line in response.context["districts"]} == {
        "동작구": "4",
        "관악구": "1",
    }
    assert [series["values"][-1] for series in response.context["series"]] == [5, 1]
    assert len(response.context["tiles"]) == 25


def test_every_number_leads_to_rows_that_are_as_many(busy, city):
    response = city.get(PAGE)
    for line in (*response.context["purposes"], *response.context["districts"], {"cells": response.context["total"]}):
        for cell in line["cells"]:
            if cell["url"]:
                page = city.get(cell["url"])
                assert f"{page.context['value']:,}" == cell["text"]
                assert page.context["rows"].count == page.context["value"]


@pytest.mark.parametrize("shown", ["requests", "served", "within_3h_rate", "unmet", "nonsense"])
def test_the_map_shows_one_of_four(busy, city, shown):
    response = city.get(PAGE, {"map": shown})
    current = [tab["url"] for tab in response.context["maps"] if tab["current"]]
    assert current[0].endswith(f"map={'requests' if shown == 'nonsense' else shown}")


def test_of_one_district(busy, city):
    response = city.get(PAGE, {"district": c.GWANAK})
    assert cards(response)["병원동행 신청"] == "1"
    assert not response.context["tiles"]
    assert not response.context["districts"]


def test_then_and_now(busy, city):
    response = city.get(PAGE, {"known_at": f"{timezone.localtime() - dt.timedelta(hours=1):%Y-%m-%dT%H:%M}"})
    card = next(card for card in response.context["cards"] if card["label"] == "병원동행 신청")
    assert (card["value"], card["note"], card["tone"]) == ("0", "지금은 5", "warning")


@pytest.mark.parametrize(
    "wrong", [{"as_of": "soon"}, {"as_of": "1999-01-01"}, {"district": "99999"}, {"known_at": "x"},
              {"since": "2026-02-01", "as_of": "2026-01-01"}],
)  # fmt: skip
def test_a_wrong_question_is_told(busy, city, wrong):
    response = city.get(PAGE, wrong)
    assert response.status_code == 422
    assert "error-summary" in response.text


def test_a_dispatcher_sees_it_and_its_rows_and_no_other_figures(busy):
    client = client_of(busy.dispatcher)
    assert client.get(PAGE).status_code == 200
    rows = client.get(reverse("reports:rows", args=["hospital_escort.requests"]))
    assert busy.made[0].number in rows.text
    assert rows.context["back"]["url"].startswith(PAGE)
    assert rows.context["export_url"] == ""
    assert client.get(reverse("reports:rows", args=["portal.applications"])).status_code == 403
    assert client.get(reverse("reports:rows", args=["budget.spent"])).status_code == 403


def test_a_district_counts_its_own_and_sees_no_trip(busy):
    client = client_of(Actor.of(c.member(Role.DISTRICT_OFFICER, c.DONGJAK)))
    assert client.get(PAGE).status_code == 403
    rows = client.get(reverse("reports:rows", args=["hospital_escort.requests"]))
    assert rows.context["value"] == 4
    assert busy.made[0].number not in rows.text


@pytest.mark.parametrize("role", [Role.DISTRICT_OFFICER, Role.COUNCIL_READER, Role.PRIVACY_OFFICER])
def test_others_have_no_file_of_the_rows(busy, role):
    client = client_of(Actor.of(c.member(role)))
    address = reverse("programs:export_new", args=["trips-of-figure"])
    assert client.get(f"{address}?figure=hospital_escort.requests").status_code in (403, 404)


def test_the_rows_are_taken_with_a_reason_and_each_trip_is_logged(busy, city):
    url = city.get(reverse("reports:rows", args=["hospital_escort.requests"])).context["export_url"]
    page = city.get(url)
    assert "병원동행 신청 (hospital_escort.requests)" in page.text
    assert not AccessLog.objects.filter(action="download").exists()
    lines = sheet_of(city.post(url, REASON))
    booked = set(Trip.objects.values_list("number", flat=True))
    assert {line["예약번호"] for line in lines} == booked
    assert {(line["처리"], line["목적"], line["구분"]) for line in lines} == {("예약", "진료", "예약")}
    log = AccessLog.objects.get(action="download")
    assert (log.about, sorted(log.ids)) == ("trips-of-figure", sorted(Trip.objects.values_list("pk", flat=True)))
    assert log.filter["figure"] == "hospital_escort.requests"
    assert busy.citizen.profile.name not in str(lines)


@pytest.mark.parametrize(
    ("name", "heading", "values"),
    [("fee_income", "금액", {5_000}), ("unmet", "사유", {"갈 수 있는 매니저 없음", "동행할 수 없는 거동 상태"})],
)
def test_payments_and_unmet_demand_are_taken_too(busy, city, name, heading, values):
    url = city.get(reverse("reports:rows", args=[f"hospital_escort.{name}"])).context["export_url"]
    assert {line[heading] for line in sheet_of(city.post(url, REASON))} == values


def test_a_file_holds_a_trip_as_often_as_it_was_counted(escort, city):
    trip = escort.booked()
    for _n in range(2):
        TripEvent.objects.create(
            trip=trip, action="cancel", occurred_at=timezone.now(), kind="now", purpose="test", district=trip.district,
            role="system",
        )  # fmt: skip
    rows = city.get(reverse("reports:rows", args=["hospital_escort.cancelled"]))
    assert rows.context["rows"].count == 2
    assert len(sheet_of(city.post(rows.context["export_url"], REASON))) == 2


@pytest.mark.parametrize(
    "asked", ["figure=hospital_escort.unmet", "figure=none", "figure=hospital_escort.served&as_of=x"]
)
def test_an_address_typed_by_hand_takes_nothing(busy, city, asked):
    address = f"{reverse('programs:export_new', args=['trips-of-figure'])}?{asked}"
    assert city.get(address).status_code == 200
    assert "내려받을 것이 없습니다" in city.post(address, REASON).text


def test_the_number_of_statements_does_not_grow(busy, city):
    city.get(PAGE)
    with CaptureQueriesContext(connection) as few:
        city.get(PAGE)
    for hour in ("16:00", "17:00", "18:00"):
        cancel(busy.booked(hour, person=busy.person(district=c.GWANAK)).pk, actor=busy.caller)
    with CaptureQueriesContext(connection) as many:
        city.get(PAGE)
    assert len(many) == len(few) <= 28


def test_the_dashboard_shows_what_stands_for_the_programme(busy, city):
    found = {
        str(card["label"]): card["value"] for card in city.get(reverse("reports:dashboard")).context["page"].cards
    }
    assert (found["병원동행 신청"], found["병원동행 제공"], found["병원동행 미제공"]) == ("5", "1", "2")
    Program.objects.create(code="door-guard", name="안전 도어지킴이", summary="보조합니다.")
    of_another = city.get(reverse("reports:dashboard"), {"program": "door-guard"}).context["page"].cards
    assert "병원동행 신청" not in {str(card["label"]) for card in of_another}
    then = f"{timezone.localtime() - dt.timedelta(hours=1):%Y-%m-%dT%H:%M}"
    lines = city.get(reverse("reports:dashboard"), {"known_at": then}).context["page"].differences
    assert next(line for line in lines if line["label"] == "병원동행 신청")["change"] == "+5"


def test_the_command_and_the_api_give_the_same(busy, city):
    out = io.StringIO()
    call_command("figure", "hospital_escort.requests.treatment", "--recount", "--district", c.GWANAK, stdout=out)
    told = json.loads(out.getvalue())
    got = city.get("/api/v1/figures/hospital_escort.requests.treatment/", {"district": c.GWANAK}).json()
    assert (told["value"], told["rows"]["count"], told["since"]) == (1, 1, None)
    assert {key: got[key] for key in ("label", "query", "rows")} == {
        key: told[key] for key in ("label", "query", "rows")
    }
    assert (str(got["value"]), got["label"]) == ("1", "병원동행 신청 · 진료")
