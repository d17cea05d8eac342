import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from accounts.roles import Role
from reports import figures
from tests.factories.cast import DONGJAK, GWANAK, citizen, person
from tests.programs.signed_in import client_of

LIST = "/api/v1/figures/"
ONE = f"{LIST}portal.applications/"


def test_it_lists_every_figure(cast):
    response = client_of(cast.city).get(LIST)
    assert [row["name"] for row in response.json()] == [figure.name for figure in figures.all_figures()]


def test_it_answers_as_the_command_does(cast):
    cast.receive()
    cast.receive(person(GWANAK))
    answered = client_of(cast.city).get(ONE, {"as_of": timezone.localdate().isoformat()}).json()
    assert answered["value"] == answered["rows"]["count"] == 2
    assert set(answered) == {
        "name", "label", "value", "unit", "as_of", "since", "known_at", "district", "program", "item", "object_code",
        "fiscal_year",
        "query", "rows",
    }  # fmt: skip
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    assert client_of(cast.city).get(ONE, {"as_of": yesterday.isoformat()}).json()["value"] == 0


def test_a_district_is_answered_about_itself_alone(cast):
    cast.receive()
    cast.receive(person(GWANAK))
    client = client_of(cast.officer)
    answered = client.get(ONE).json()
    assert (answered["district"], answered["value"]) == (DONGJAK, 1)
    assert client.get(ONE, {"district": GWANAK}).status_code == 404


def test_the_council_may_ask(cast):
    council = cast.actor(Role.COUNCIL_READER)
    assert client_of(council).get(ONE).status_code == 200


def test_citizens_and_visitors_may_not(cast):
    assert Client().get(ONE).status_code in (401, 403)
    client = Client()
    client.force_login(citizen())
    assert client.get(ONE).status_code == 403
    assert client_of(cast.actor(Role.COMPANY_STAFF)).get(LIST).status_code == 403


@pytest.mark.parametrize(
    ("name", "asked", "status"),
    [
        ("no.such", {}, 404),
        ("portal.applications", {"as_of": "2021-02-30"}, 400),
        ("portal.applications", {"known_at": "then"}, 400),
        ("portal.applications", {"district": "1"}, 400),
        ("portal.applications", {"program": "none"}, 400),
    ],
)
def test_errors_are_problem_details(cast, name, asked, status):
    response = client_of(cast.city).get(f"{LIST}{name}/", asked)
    assert response.status_code == response.json()["status"] == status
    assert response["Content-Type"] == "application/problem+json"
    if status == 400:
        assert list(response.json()["errors"]) == list(asked)
