"""The API: what each may read, how errors look, how often one may ask, and that the schema is whole."""

import datetime as dt
import io

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts.api_throttles import TokenThrottle, VisitorThrottle
from accounts.models import AccessLog, PartnerToken
from accounts.roles import Actor, Role
from programs.models import Application
from tests.factories import cast as c
from tests.programs.signed_in import client_of

API = "/api/v1/"
PROBLEM = "application/problem+json"


@pytest.fixture(autouse=True)
def _nobody_has_asked_yet():
    cache.clear()


def token_of(actor: Actor, days: int = 30) -> tuple[PartnerToken, dict[str, str]]:
    token, secret = PartnerToken.issue(
        name="시험", membership=actor.membership, expires_at=timezone.now() + dt.timedelta(days=days)
    )
    return token, {"Authorization": f"Bearer {secret}"}


def assert_problem(response, status):
    assert response.status_code == status
    assert response.headers["Content-Type"] == PROBLEM
    problem = response.json()
    assert problem["status"] == status
    assert {"type", "title", "detail"} <= set(problem)
    return problem


# --- For everybody ------------------------------------------------------------------------
def test_the_catalogue_is_public(client, cast):
    answer = client.get(f"{API}programs/").json()
    assert answer["count"] == 1
    assert answer["results"][0] == {
        "code": "door-guard", "name": "안전 도어지킴이", "summary": "현관 카메라 이용료를 보조합니다.",
        "areas": ["crime"], "reception": "open", "unit": "1인가구담당관", "phone": "0221331234",
    }  # fmt: skip
    assert client.get(f"{API}programs/?area=health").json()["count"] == 0
    assert client.get(f"{API}programs/?limit=1&offset=1").json()["results"] == []


def test_a_programme_tells_its_call_rules_documents_and_places(client, cast, django_assert_max_num_queries):
    cast.receive()
    with django_assert_max_num_queries(8):
        answer = client.get(f"{API}programs/door-guard/").json()
    call = answer["call"]
    assert call["receiving"] is True
    assert [share["places_left"] for share in call["districts"]] == [3, 3]
    assert any("1인가구" in rule["text"] for rule in call["rules"])
    assert call["documents"][0]["label"] == "주민등록등본"
    assert client.get(f"{API}programs/door-guard/", headers={"Accept-Language": "en"}).json()["name"] == "Door Guard"
    assert_problem(client.get(f"{API}programs/nothing/"), 404)


def test_an_unpublished_programme_is_not_there(client, cast):
    cast.program.published = False
    cast.program.save()
    assert_problem(client.get(f"{API}programs/door-guard/"), 404)


def test_the_finder_judges_facts_and_keeps_nothing(client, cast):
    facts = {"district": c.DONGJAK, "birth_year": 1990, "household_size": 1, "tenure": "monthly", "has_wifi": True}
    (found,) = client.post(f"{API}finder/", facts, content_type="application/json").json()
    assert (found["result"], found["places_left"]) == ("can", 3)
    (found,) = client.post(f"{API}finder/", facts | {"household_size": 2}, content_type="application/json").json()
    assert found["result"] == "cannot"
    assert "1인가구" in found["reasons"][0]["text"]
    assert not client.session.keys()


def test_wrong_facts_are_a_problem_with_its_fields(client, cast):
    answer = client.post(f"{API}finder/", {"birth_year": "x"}, content_type="application/json")
    assert set(assert_problem(answer, 400)["errors"]) == {"district", "birth_year"}


# --- Errors -------------------------------------------------------------------------------
def test_every_error_is_a_problem(client, cast):
    assert_problem(client.post(f"{API}finder/", "{", content_type="application/json"), 400)
    assert_problem(client.post(f"{API}finder/", "a=1", content_type="text/plain"), 415)
    assert_problem(client.delete(f"{API}programs/"), 405)
    assert_problem(client.get(f"{API}nowhere/"), 404)
    assert_problem(client.get(f"{API}programs/", headers={"Accept": "text/csv"}), 406)
    unknown = client.get(f"{API}queue/")
    assert_problem(unknown, 401)
    assert unknown.headers["WWW-Authenticate"] == "Bearer"
    assert_problem(client.get(f"{API}queue/", headers={"Authorization": "Bearer nonsense"}), 401)
    assert_problem(client.get(f"{API}my/applications/"), 401)


def test_who_asks_too_often_waits(client, cast, monkeypatch):
    monkeypatch.setattr(VisitorThrottle, "rate", "2/min", raising=False)
    for _ in range(2):
        assert client.get(f"{API}programs/").status_code == 200
    refused = client.get(f"{API}programs/", headers={"X-Forwarded-For": "203.0.113.9"})
    assert_problem(refused, 429)
    assert int(refused.headers["Retry-After"]) > 0


def test_each_token_has_its_own_measure(client, cast, monkeypatch):
    monkeypatch.setattr(TokenThrottle, "rate", "1/min", raising=False)
    (_one, first), (_two, second) = token_of(cast.officer), token_of(cast.officer)
    assert client.get(f"{API}queue/", headers=first).status_code == 200
    assert_problem(client.get(f"{API}queue/", headers=first), 429)
    assert client.get(f"{API}queue/", headers=second).status_code == 200


# --- A citizen's own ----------------------------------------------------------------------
@pytest.fixture
def applied(cast):
    who = c.citizen()
    application = cast.receive(applicant=who)
    return who, application


def test_a_citizen_reads_their_own_and_nobody_elses(cast, applied):
    who, mine = applied
    other = cast.receive()
    client = client_of(Actor.citizen(who))
    answer = client.get(f"{API}my/applications/").json()
    assert [row["receipt_no"] for row in answer["results"]] == [mine.receipt_no]
    detail = client.get(f"{API}my/applications/{mine.receipt_no}/").json()
    assert (detail["state"], detail["state_label"], detail["place_in_queue"]) == ("submitted", "접수", 1)
    assert detail["timeline"][0]["state"] == "current"
    assert_problem(client.get(f"{API}my/applications/{other.receipt_no}/"), 404)


def test_own_applications_are_not_for_staff_or_tokens(cast):
    assert_problem(client_of(cast.officer).get(f"{API}my/applications/"), 403)
    assert_problem(Client().get(f"{API}my/applications/", headers=token_of(cast.officer)[1]), 401)


def test_own_applications_cost_the_same_however_many(cast, applied, django_assert_max_num_queries):
    who, _mine = applied
    for _ in range(4):
        cast.receive(applicant=who)
    client = client_of(Actor.citizen(who))
    with django_assert_max_num_queries(6):
        assert client.get(f"{API}my/applications/").json()["count"] == 5


# --- The queue ----------------------------------------------------------------------------
def test_the_queue_is_masked_scoped_and_logged(client, cast):
    mine = cast.receive(c.person(name="홍길동", phone="01012345678"))
    cast.receive(c.person(c.GWANAK))
    answer = client.get(f"{API}queue/", headers=token_of(cast.officer)[1])
    (row,) = answer.json()["results"]
    assert (row["receipt_no"], row["name"], row["phone"]) == (mine.receipt_no, "홍*동", "010-****-5678")
    assert "홍길동" not in answer.text
    log = AccessLog.objects.get(action="list")
    assert (log.ids, log.user_id, log.organisation_id) == (
        [mine.pk], cast.officer.user_id, cast.officer.organisation_id,
    )  # fmt: skip


def test_the_queue_turns_its_pages(client, cast, monkeypatch):
    monkeypatch.setattr("programs.selectors.queue.PAGE", 2)
    rows = [cast.receive().receipt_no for _ in range(3)]
    headers = token_of(cast.officer)[1]
    first = client.get(f"{API}queue/", headers=headers).json()
    second = client.get(f"{API}queue/?after={first['next']}", headers=headers).json()
    assert [row["receipt_no"] for row in first["results"] + second["results"]] == rows
    assert second["next"] is None
    back = client.get(f"{API}queue/?before={second['previous']}", headers=headers).json()
    assert back["results"] == first["results"]


def test_the_queue_narrows_and_refuses_nonsense(client, cast):
    cast.receive()
    headers = token_of(cast.city)[1]
    assert len(client.get(f"{API}queue/?district={c.DONGJAK}", headers=headers).json()["results"]) == 1
    assert client.get(f"{API}queue/?district={c.GWANAK}", headers=headers).json()["results"] == []
    assert "district" in assert_problem(client.get(f"{API}queue/?district=99999", headers=headers), 400)["errors"]


def test_the_queue_costs_the_same_however_long(client, cast, django_assert_max_num_queries):
    for _ in range(5):
        cast.receive()
    headers = token_of(cast.officer)[1]
    with django_assert_max_num_queries(12):
        assert len(client.get(f"{API}queue/", headers=headers).json()["results"]) == 5


def test_other_roles_have_no_queue(client, cast):
    reader = cast.actor(Role.COUNCIL_READER)
    assert_problem(client.get(f"{API}queue/", headers=token_of(reader)[1]), 403)
    assert_problem(client_of(Actor.citizen(c.citizen())).get(f"{API}queue/"), 403)


# --- Tokens -------------------------------------------------------------------------------
def test_a_token_ends_with_its_time_its_revocation_and_its_membership(client, cast):
    _token, headers = token_of(cast.officer, days=-1)
    assert_problem(client.get(f"{API}queue/", headers=headers), 401)
    token, headers = token_of(cast.officer)
    assert client.get(f"{API}queue/", headers=headers).status_code == 200
    client_of(cast.city).post(f"/work/tokens/{token.pk}/revoke/")
    assert_problem(client.get(f"{API}queue/", headers=headers), 401)
    _token, headers = token_of(cast.officer)
    cast.officer.membership.ends_at = timezone.now()
    cast.officer.membership.save()
    assert_problem(client.get(f"{API}queue/", headers=headers), 401)


def test_the_city_issues_a_token_and_sees_its_secret_once(client, cast):
    city = client_of(cast.city)
    assert "발급한 토큰이 없습니다" in city.get("/work/tokens/").text
    asked = {"name": "동작구 연계", "membership": cast.officer.membership.pk, "days": 90}
    page = city.post("/work/tokens/", asked)
    assert "다시 볼 수 없습니다" in page.text
    assert "no-store" in page.headers["Cache-Control"]
    token = PartnerToken.objects.get()
    assert token.digest not in page.text
    assert "다시 볼 수 없습니다" not in city.get("/work/tokens/").text
    assert "같은 이름의 토큰" in city.post("/work/tokens/", asked).text
    assert PartnerToken.objects.count() == 1
    secret = next(word for word in page.text.replace("<", " ").replace(">", " ").split() if len(word) == 43)
    assert client.get(f"{API}queue/", headers={"Authorization": f"Bearer {secret}"}).status_code == 200


def test_nobody_who_decides_is_stood_for_and_only_the_city_issues(cast):
    asked = {"name": "x", "membership": cast.manager.membership.pk, "days": 90}
    assert client_of(cast.city).post("/work/tokens/", asked).status_code == 200
    assert not PartnerToken.objects.exists()
    for other in (cast.officer, cast.manager):
        assert client_of(other).get("/work/tokens/").status_code == 403
        assert client_of(other).post("/work/tokens/1/revoke/").status_code == 403
    assert client_of(cast.city).post("/work/tokens/999/revoke/").status_code == 404
    assert client_of(cast.city).get("/work/tokens/999/revoke/").status_code == 405


# --- Schema and its pages -----------------------------------------------------------------
def test_the_schema_is_whole_and_without_warnings(db):
    call_command("spectacular", "--fail-on-warn", "--validate", stdout=io.StringIO())


def test_the_schema_and_its_pages_are_public_and_keep_the_policy(client, db):
    schema = client.get(f"{API}schema/", headers={"Accept": "application/json"}).json()
    assert schema["components"]["schemas"]["Problem"]
    assert set(schema["components"]["securitySchemes"]) == {"partnerToken", "cookieAuth"}
    assert f"{API}figures/{{name}}/" in schema["paths"]
    assert not any("/{path}" in path or path == API for path in schema["paths"])
    page = client.get(f"{API}docs/")
    assert "/api/v1/queue/" in page.text
    assert "districts[].places_left" in page.text
    assert "unsafe" not in page.headers["Content-Security-Policy"]


def test_asking_changes_nothing(client, cast):
    cast.receive()
    before = list(Application.objects.values())
    for path in ("programs/", "programs/door-guard/", "queue/"):
        client.get(f"{API}{path}", headers=token_of(cast.officer)[1])
    assert list(Application.objects.values()) == before
